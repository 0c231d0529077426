#!/bin/sh
# Alertmanager with the channels that are configured: one without its secret would fail, and hold up the receiver's others.
. "${0%/*}/../secrets.sh"

secrets
[ ! -f "$here/web.yml" ] || web /run/secrets/alertmanager_web_users

config=${MAC_CONFIG:-/etc/alertmanager}
SMTP_USERNAME=${SMTP_USERNAME-} awk -f "$here/channels.awk" -v missing="$work/missing" -v silent="$work/silent" \
    "$config/alertmanager.yml" >"$work/alertmanager.yml"
# Alertmanager looks for its templates beside the configuration.
[ -e "$work/templates" ] || ln -s "$config/templates" "$work/templates"

muted=
while IFS='	' read -r how words; do
    say "$words"
    [ "$how" != muted ] || muted=yes
done <"$work/silent"
if [ -n "$muted" ] && [ "${MAC_ALLOW_SILENT-}" != 1 ]; then
    refuse "alerts would reach nobody; set what is named above, or MAC_ALLOW_SILENT=1 if that is meant to be"
fi
unset SMTP_USERNAME
exec "$@"
