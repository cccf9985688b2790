# Starts Prometheus with the arguments given, and has it read its configuration again (SIGHUP)
# whenever the kubelet has delivered another one that promtool accepts. Needs no more than busybox
# and promtool, which the image of Prometheus has.
#
# Prometheus works with a copy on its own volume: a configuration with a wrong expression in a rule
# would be refused by the running process, and keep the next one from starting.

delivered=/etc/prometheus
accepted=/prometheus/configuration

# The kubelet delivers by pointing ..data at another folder, in one step.
delivery() { readlink "$delivered/..data"; }

# Before its web port listens (9090 is 2382 in hexadecimal, 0A means listening), Prometheus would
# die of the signal.
listens() { grep -q ':2382 .* 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null; }

there() { [ -e "$1" ] || [ -L "$1" ]; }

# Takes over what is in the folder of a delivery: all of it, and what promtool has seen, or nothing.
# The kubelet removes that folder when there is another one.
accept() {
    rm -rf "$accepted.new" &&
        mkdir "$accepted.new" &&
        cp "$delivered/$1"/*.yml "$accepted.new/" || {
        echo "reloader: cannot copy what was delivered, see above; nothing changes" >&2
        return 1
    }
    promtool check config "$accepted.new/prometheus.yml" >&2 || {
        echo "reloader: promtool refuses what was delivered, see above; nothing changes" >&2
        return 1
    }
    rm -rf "$accepted.old" &&
        { ! there "$accepted" || mv "$accepted" "$accepted.old"; } &&
        mv "$accepted.new" "$accepted" || {
        echo "reloader: cannot put into place what was delivered, see above" >&2
        return 1
    }
    rm -rf "$accepted.old" || true
}

reload_on_delivery() {
    while sleep 1; do
        now=$(delivery)
        if [ "$now" != "$seen" ] && listens; then
            seen=$now
            accept "$now" && kill -HUP "$prometheus"
        fi
    done
}

# Killed between two moves, this script has left no other.
there "$accepted" || ! there "$accepted.old" || mv "$accepted.old" "$accepted"
seen=$(delivery)
accept "$seen"
prometheus --config.file="$accepted/prometheus.yml" "$@" &
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
