#!/bin/sh
# Prometheus, with its secrets where its configuration reads them.
. "${0%/*}/../secrets.sh"

secrets
name=${here##*/}
[ ! -f "$here/web.yml" ] || web "/run/secrets/$(printf %s "$name" | tr - _)_web_users"
exec "$@"
