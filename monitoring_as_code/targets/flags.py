"""The command lines of Prometheus and Alertmanager, behind the program's name. All of it is known to 2.42 and 0.25, and to the newest.

Whoever runs a stack says where things are: a container as the defaults have it, programs of this machine otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.long_term import Mimir, Thanos
from monitoring_as_code.model.topology import GLOBAL, PROMETHEUS
from monitoring_as_code.naming import slug

if TYPE_CHECKING:
    from monitoring_as_code.model.stack import Stack

# Where Alertmanagers gossip.
CLUSTER_PORT = 9094


class Where(NamedTuple):
    """Where a server finds its things, and where it is found. What is empty is not said."""

    config: str
    """The file of its configuration."""
    data: str
    """The folder of its data."""
    listen: str
    external_url: str = ""
    web_config: str = ""
    """The file with TLS and logins, if the server has any."""
    cors_origin: str = ""
    """The pages whose scripts may read from it."""


def own_page(stack: Stack, service: str, *names: str) -> str:
    """Where people find a service, as its access point says; a path would be taken for the root of all its pages, the metrics included."""
    from urllib.parse import urlsplit

    for point in stack.access_points:
        if slug(point.service) in (service, *names):
            url = urlsplit(point.url)
            # In production people read notifications elsewhere: what is found on this machine alone is no page of theirs.
            elsewhere = not stack.production or url.hostname not in ("localhost", "127.0.0.1", "::1")
            if elsewhere and url.scheme in ("http", "https") and url.path in ("", "/") and not url.query:
                return point.url
    return ""


def config_path(name: str) -> str:
    """Where the configuration of a server is, below build/, by the server's name: `prometheus/prometheus-2.yml` for one of several."""
    if name == GLOBAL:
        return "prometheus/global/prometheus.yml"
    if name == PROMETHEUS or name.startswith(f"{PROMETHEUS}-"):
        return f"prometheus/{name}.yml"
    return "alertmanager/alertmanager.yml"


def prometheus_flags(stack: Stack, where: Where, *, admin_api: bool = False) -> tuple[str, ...]:
    """Those of each replica of Prometheus."""
    server = stack.prometheus
    kept = (stack.retention, server.retention_size)
    uploaded = isinstance(stack.long_term, Thanos)
    writes = bool(server.remote_write) or isinstance(stack.long_term, Mimir)
    return tuple(_prometheus(where, *kept, receives=server.remote_write_receiver, writes=writes, uploaded=uploaded, admin_api=admin_api))


def global_flags(stack: Stack, where: Where, *, admin_api: bool = False) -> tuple[str, ...]:
    """Those of the global Prometheus.

    Raises:
        ValueError: the stack has none.
    """
    server = stack.global_prometheus
    if server is None:
        message = "the stack has no global Prometheus"
        raise ValueError(message)
    kept = (server.retention, server.retention_size)
    return tuple(_prometheus(where, *kept, receives=server.remote_write_receiver, writes=False, uploaded=False, admin_api=admin_api))


def alertmanager_flags(
    stack: Stack, where: Where, *, cluster_listen: str = f"0.0.0.0:{CLUSTER_PORT}", peers: Sequence[str] = ()
) -> tuple[str, ...]:
    """Those of each replica of Alertmanager. `peers` are where the others gossip, itself among them or not; if there are none, by their names."""
    return tuple(_alertmanager(stack, where, cluster_listen, peers or [f"{name}:{CLUSTER_PORT}" for name in stack.alertmanager.names]))


def _alertmanager(stack: Stack, where: Where, cluster_listen: str, peers: Sequence[str]) -> Iterator[str]:
    yield f"--config.file={where.config}"
    yield f"--storage.path={where.data}"
    if stack.alertmanager.replicas == 1:
        yield "--cluster.listen-address="
    else:
        yield f"--cluster.listen-address={cluster_listen}"
        for peer in peers:
            yield f"--cluster.peer={peer}"
        if stack.alertmanager.peer_timeout is not None:
            yield f"--cluster.peer-timeout={stack.alertmanager.peer_timeout}"
    yield from _web(where)


def _prometheus(
    where: Where, retention: str, retention_size: str | None, *, receives: bool, writes: bool, uploaded: bool, admin_api: bool
) -> Iterator[str]:
    yield f"--config.file={where.config}"
    yield f"--storage.tsdb.path={where.data}"
    yield f"--storage.tsdb.retention.time={retention}"
    if retention_size is not None:
        yield f"--storage.tsdb.retention.size={retention_size}"
    if uploaded:
        # The sidecar refuses to upload blocks that Prometheus might still merge: that is for the compactor to do.
        yield "--storage.tsdb.min-block-duration=2h"
        yield "--storage.tsdb.max-block-duration=2h"
    if where.cors_origin:
        yield f"--web.cors.origin={where.cors_origin}"
    if writes:
        # It goes on trying for a minute when it is to end, if nobody takes what it writes; what is left it sends after the next start.
        yield "--storage.remote.flush-deadline=10s"
    if receives:
        yield "--web.enable-remote-write-receiver"
    if admin_api:
        yield "--web.enable-admin-api"
    yield from _web(where)


def _web(where: Where) -> Iterator[str]:
    if where.external_url:
        yield f"--web.external-url={where.external_url}"
        if where.external_url.partition("://")[2].rstrip("/").count("/"):
            # Its pages stay where they are asked for.
            yield "--web.route-prefix=/"
    if where.web_config:
        yield f"--web.config.file={where.web_config}"
    yield f"--web.listen-address={where.listen}"
