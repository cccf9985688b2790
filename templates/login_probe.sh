# Asks Alertmanager how it is, where it answers only those who log in: as the charm's own user, whose
# password neither the pod spec nor the list of processes shows. Where there is no amtool, or web-users
# has been reset, an open port must do (9093 is 2385 in hexadecimal, 0A means listening).

login=/etc/alertmanager/charm-login.yml
if [ ! -e "$login" ] || ! command -v amtool >/dev/null; then
    grep -q ':2385 .* 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null
    exit
fi
# Until it is restarted, it speaks TLS, or does not, as it did before that changed.
case $1 in
https:*) other=http:${1#https:} ;;
*) other=https:${1#http:} ;;
esac
for url in "$1" "$other"; do
    said=$(amtool --http.config.file="$login" --alertmanager.url="$url" cluster show 2>&1) && exit 0
    # It answers that it is busy.
    case $said in *503*) exit 0 ;; esac
done
echo "$said" >&2
exit 1
