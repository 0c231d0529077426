#!/bin/sh
# Node Exporter, which is to see the machine's network and not the one of its container: /proc/net leads to the network of whoever reads it,
# /proc/1/net to that of the machine's first process. So it gets a /proc of links, in memory, and needs neither the machine's network nor
# its processes.
set -eu
proc=/run/mac/proc
mkdir -p "$proc"
for each in /host/proc/[!0-9]* /host/proc/1; do
    ln -sfn "$each" "$proc/${each##*/}"
done
ln -sfn /host/proc/1/net "$proc/net"
exec "$@"
