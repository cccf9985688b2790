# Starts Prometheus with the arguments given, and has it read its configuration again (SIGHUP)
# whenever the kubelet has delivered another one that promtool accepts. Needs no more than busybox
# and promtool, which the image of Prometheus has.
#
# Prometheus works with a copy on its own volume: a configuration with a wrong expression in a rule
# would be refused by the running process, and keep the next one from starting.

delivered() { readlink /etc/prometheus/..data; }

# Before its web port listens (9090 is 2382 in hexadecimal, 0A means listening), Prometheus would
# die of the signal.
listens() { grep -q ':2382 .* 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null; }

accept() {
    if promtool check config /etc/prometheus/prometheus.yml >&2; then
        rm -rf /prometheus/configuration.new
        mkdir /prometheus/configuration.new
        cp /etc/prometheus/*.yml /prometheus/configuration.new/
        rm -rf /prometheus/configuration
        mv /prometheus/configuration.new /prometheus/configuration
    else
        echo "reloader: promtool refuses what was delivered, see above; nothing changes" >&2
        return 1
    fi
}

reload_on_delivery() {
    while sleep 1; do
        now=$(delivered)
        if [ "$now" != "$seen" ] && listens; then
            seen=$now
            accept && kill -HUP "$prometheus"
        fi
    done
}

seen=$(delivered)
accept
prometheus --config.file=/prometheus/configuration/prometheus.yml "$@" &
prometheus=$!
trap 'kill -TERM "$prometheus"' TERM INT
reload_on_delivery &

# A trapped signal ends the wait early, so wait until there is nothing left to wait for.
wait "$prometheus"
status=$?
while kill -0 "$prometheus" 2>/dev/null; do
    wait "$prometheus"
    status=$?
done
exit "$status"
