"""The servers that a stack consists of: what each is called, and where it listens. Whoever runs a stack, or writes down how to, asks here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.servers import replica_names
from monitoring_as_code.naming import slug

if TYPE_CHECKING:
    from monitoring_as_code.model.security import Web
    from monitoring_as_code.model.stack import Stack

ServiceName: TypeAlias = Literal["prometheus", "alertmanager", "prometheus-global", "node-exporter", "grafana"]

PROMETHEUS: Final = "prometheus"
ALERTMANAGER: Final = "alertmanager"
GLOBAL: Final = "prometheus-global"
NODE_EXPORTER: Final = "node-exporter"
GRAFANA: Final = "grafana"

# The port inside of a container, and the one of this machine where nobody says another.
_USUAL: dict[ServiceName, tuple[int, int]] = {
    PROMETHEUS: (9090, 9091),
    ALERTMANAGER: (9093, 9093),
    NODE_EXPORTER: (9100, 9100),
    GRAFANA: (3000, 3003),
    GLOBAL: (9090, 9190),
}
# How a service calls itself.
_SELF = ("localhost", "127.0.0.1", "::1", "[::1]")


class Server(NamedTuple):
    """One process of the stack's own."""

    name: str
    """`prometheus`, or `prometheus-2` as one of several."""
    service: ServiceName
    number: int
    """From 1, among its replicas."""
    port: int
    """Where it listens in a container of its own."""
    host_port: int
    """Where people reach it on the machine that all of them run on."""


def servers(stack: Stack, asked: Mapping[str, int] | None = None) -> tuple[Server, ...]:
    """All servers of a stack, replicas in order; `asked` are ports of the machine that overrule the declared ones, by server or service.

    The ports of replicas count up from that of the first, past those that other services have.
    """
    return _servers(stack, asked) if asked else _declared_servers(stack)


@lru_cache(maxsize=8)
def _declared_servers(stack: Stack) -> tuple[Server, ...]:
    return _servers(stack, {})


def _servers(stack: Stack, asked: Mapping[str, int]) -> tuple[Server, ...]:
    inside = {service: inner for service, (inner, _) in _USUAL.items()}
    outside: dict[str, int] = {}
    for point in stack.access_points:
        name = slug(point.service)
        if point.container_port is not None and name in inside:
            inside[name] = point.container_port
        if point.host_port is not None:
            outside[name] = point.host_port
    outside |= asked
    counts = dict(_counts(stack))
    first = {service: outside.get(f"{service}-1", outside.get(service, _USUAL[service][1])) for service in counts}
    taken = {*first.values(), *outside.values()}
    found = []
    for service, count in counts.items():
        port = first[service]
        for number, name in enumerate(replica_names(service, count), 1):
            if number > 1:
                said = outside.get(name)
                port = said if said is not None else next(free for free in range(port + 1, 65536 + len(taken)) if free not in taken)
                taken.add(port)
            found.append(Server(name, service, number, inside[service], port))
    return tuple(found)


def _counts(stack: Stack) -> Iterator[tuple[ServiceName, int]]:
    yield PROMETHEUS, stack.prometheus.replicas
    yield ALERTMANAGER, stack.alertmanager.replicas
    if stack.global_prometheus is not None:
        yield GLOBAL, 1
    yield NODE_EXPORTER, 1
    yield GRAFANA, stack.grafana.replicas


def web_of(stack: Stack, service: str) -> Web | None:
    """How a service answers, if that is not plain HTTP for everybody."""
    if service == PROMETHEUS:
        return stack.prometheus.web
    if service == ALERTMANAGER:
        return stack.alertmanager.web
    if service == GLOBAL:
        return None if stack.global_prometheus is None else stack.global_prometheus.web
    return None


def service_at(stack: Stack, address: str) -> ServiceName | None:
    """Which of the stack's own services an address of a container network is; `localhost` is who asks, Prometheus.

    The name of one replica, `prometheus-2:9090`, is that service, too.
    """
    host, _, port = address.rpartition(":")
    for server in servers(stack):
        if port == str(server.port) and (host in (server.name, server.service) or (host in _SELF and server.service == PROMETHEUS)):
            return server.service
    return None


def replicas_at(stack: Stack, address: str) -> tuple[str, ...]:
    """The addresses of all replicas that an address of a service means; any other one, that of a single replica as well, is just itself."""
    service = service_at(stack, address)
    host, _, port = address.rpartition(":")
    if service is None or (host != service and host not in _SELF):
        return (address,)
    names = [server.name for server in servers(stack) if server.service == service]
    return (address,) if len(names) == 1 else tuple(f"{name}:{port}" for name in names)
