# Starts Prometheus with the arguments given, and has it read its configuration again (SIGHUP)
# whenever the kubelet has delivered another one that promtool accepts. Needs no more than busybox
# and promtool, which the image of Prometheus has.
#
# Prometheus works with a copy on its own volume: a configuration with a wrong expression in a rule
# would be refused by the running process, and keep the next one from starting. The copy has all
# that the next one needs to start; the password, which it does not, stays where it is.

delivered=/etc/prometheus
accepted=/prometheus/configuration

# The kubelet delivers by pointing ..data at another folder, in one step.
delivery() { readlink "$delivered/..data"; }

# Before its web port listens (9090 is 2382 in hexadecimal, 0A means listening), Prometheus would
# die of the signal.
listens() { grep -q ':2382 .* 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null; }

there() { [ -e "$1" ] || [ -L "$1" ]; }

# Copies what is in the folder of a delivery, which the kubelet removes when there is another one.
copy() {
    rm -rf "$accepted.new" && mkdir "$accepted.new" || return 1
    for file in "$delivered/$1"/*; do
        [ "$file" = "$delivered/$1/alertmanager-password" ] ||
            cp "$file" "$accepted.new/" ||
            return 1
    done
}

# Takes over a delivery: all of it, and what promtool has seen, or nothing.
accept() {
    copy "$1" || {
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
# It may have ended while the trap ran, which the first wait does not tell; 127 is from nobody.
wait "$prometheus" 2>/dev/null
last=$?
[ "$last" -eq 127 ] || status=$last
exit "$status"
