# Starts Alertmanager with the arguments given, and has it read its configuration again (SIGHUP)
# whenever the kubelet has delivered another one. If it cannot even start with what was delivered,
# starts it with the last configuration that ran everywhere. Needs no more than busybox.

new=/etc/alertmanager
good=/etc/alertmanager-last-good
# --config.file names a file below this link.
link=/run/alertmanager/config
fallback=/run/alertmanager/last-good

# The kubelet delivers by pointing ..data at another folder, in one step.
delivered() { readlink "$new/..data"; }

# Before its web port listens (9093 is 2385 in hexadecimal, 0A means listening), Alertmanager
# would die of the signal.
listens() { grep -q ':2385 .* 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null; }

watch_deliveries() {
    until listens; do sleep 1; done
    : >/run/alertmanager/started
    # Whichever it started with, the next one that it reads is the one delivered.
    ln -sfn "$new" "$link"
    while sleep 1; do
        now=$(delivered)
        [ "$now" = "$seen" ] && continue
        seen=$now
        echo "reloader: new configuration delivered, telling Alertmanager" >&2
        kill -HUP "$alertmanager"
    done
}

# Runs Alertmanager with the configuration in a folder, to its end.
run() {
    ln -sfn "$1" "$link"
    shift
    seen=$(delivered)
    [ -z "$stopping" ] || exit 0
    alertmanager "$@" &
    alertmanager=$!
    # The signal to stop may have come when there was no process yet to pass it on to.
    [ -z "$stopping" ] || kill -TERM "$alertmanager"
    watch_deliveries &
    watcher=$!
    # A trapped signal ends a wait early, so wait until there is nothing left to wait for.
    wait "$alertmanager"
    status=$?
    while kill -0 "$alertmanager" 2>/dev/null; do
        wait "$alertmanager"
        status=$?
    done
    # It may have ended while the trap ran, which the first wait does not tell; 127 is from nobody.
    wait "$alertmanager" 2>/dev/null
    last=$?
    [ "$last" -eq 127 ] || status=$last
    kill "$watcher"
}

# Makes the folder to fall back to. The last good configuration names files in $new, of which one
# may be what is wrong: here it names its own, beside those of the web port, which it has none of.
make_fallback() {
    mkdir "$fallback"
    ln -s "$new/web.yml" "$new/tls.crt" "$new/tls.key" "$good"/* "$fallback/"
    rm "$fallback/alertmanager.yml"
    (umask 077 && sed "s|$new/|$fallback/|g" "$good/alertmanager.yml" >"$fallback/alertmanager.yml")
}

alertmanager=
stopping=
trap 'stopping=yes; [ -z "$alertmanager" ] || kill -TERM "$alertmanager"' TERM INT
# The folder outlives its processes: one that was taken over may have left anything in there.
if ! rm -rf "$link" "$fallback" /run/alertmanager/started; then
    echo "reloader: cannot clear /run/alertmanager, see above; replace the pod" >&2
    exit 1
fi
run "$new" "$@"
if [ -z "$stopping" ] && [ ! -e /run/alertmanager/started ] && [ -s "$good/alertmanager.yml" ]; then
    echo "reloader: Alertmanager does not start with what was delivered, taking the last good" >&2
    make_fallback
    run "$fallback" "$@"
fi
exit "$status"
