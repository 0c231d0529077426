#!/bin/sh
# Grafana, with a password for its administrator that nobody guesses.
. "${0%/*}/../secrets.sh"

secrets
if weak=$(awk -f "$here/weak.awk" -v shortest=12 "$here/words" /run/secrets/grafana_password); then
    [ "${MAC_PRODUCTION-}" != 1 ] || refuse "the administrator's password $weak: choose another one"
    say "warning: the administrator's password $weak"
fi
exec "$@"
