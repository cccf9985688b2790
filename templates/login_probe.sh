# Asks Alertmanager how it is, where it answers only those who log in: as the charm's own user, whose
# password neither the pod spec nor the list of processes shows. Where there is no amtool, or no user
# any more, an open port must do (9093 is 2385 in hexadecimal, 0A means listening).

login=/etc/alertmanager/charm-login.yml
if [ -e "$login" ] && command -v amtool >/dev/null; then
    exec amtool --http.config.file="$login" --alertmanager.url="$1" cluster show >/dev/null
fi
grep -q ':2385 .* 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null
