# Starts Alertmanager with the arguments given, and has it read its configuration again (SIGHUP)
# whenever the kubelet has delivered another one. Needs no more than busybox.

# The kubelet delivers by pointing this link at another folder, in one step.
delivered() { readlink /etc/alertmanager/..data; }

# Before its web port listens (9093 is 2385 in hexadecimal, 0A means listening), Alertmanager
# would die of the signal.
listens() { grep -q ':2385 .* 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null; }

reload_on_delivery() {
    while sleep 1; do
        now=$(delivered)
        if [ "$now" != "$seen" ] && listens; then
            seen=$now
            echo "reloader: new configuration delivered, telling Alertmanager" >&2
            kill -HUP "$alertmanager"
        fi
    done
}

seen=$(delivered)
alertmanager "$@" &
alertmanager=$!
trap 'kill -TERM "$alertmanager"' TERM INT
reload_on_delivery &

# A trapped signal ends the wait early, so wait until there is nothing left to wait for.
wait "$alertmanager"
status=$?
while kill -0 "$alertmanager" 2>/dev/null; do
    wait "$alertmanager"
    status=$?
done
exit "$status"
