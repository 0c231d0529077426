"""What a stack on this machine must be: the emitted configuration, with only those addresses, paths and channels changed that must differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.naming import slug
from monitoring_as_code.operate.engine import StackError
from monitoring_as_code.operate.secrets import Secrets, Silent
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.targets.alertmanager import render as render_alertmanager
from monitoring_as_code.targets.prometheus import render as render_prometheus
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.engines import EngineName
    from monitoring_as_code.model.stack import Stack

PROMETHEUS, ALERTMANAGER, NODE_EXPORTER = "prometheus", "alertmanager", "node-exporter"
SERVICES = (PROMETHEUS, ALERTMANAGER, NODE_EXPORTER)

LOOPBACK = "127.0.0.1"
_LOCAL = ("localhost", LOOPBACK, "[::1]", "::1")
# How a container calls the machine that it runs on.
_HOST = ("host.docker.internal", "gateway.docker.internal", "host.containers.internal")
# The port where nobody says another, and the one inside of a container.
_USUAL = {PROMETHEUS: (9091, 9090), ALERTMANAGER: (9093, 9093), NODE_EXPORTER: (9100, 9100)}
_PROGRAMS: dict[str, EngineName] = {PROMETHEUS: "prometheus", ALERTMANAGER: "alertmanager", NODE_EXPORTER: "node_exporter"}


class Wanted(NamedTuple):
    """A service that must run."""

    name: str
    program: EngineName
    port: int
    files: Mapping[str, str] = {}
    """Its configuration, by path below the folder of it."""

    @property
    def url(self) -> str:
        """Where people find it."""
        return f"http://localhost:{self.port}"


class Blueprint(NamedTuple):
    """A whole stack."""

    services: tuple[Wanted, ...]
    secrets: Secrets
    ports: Mapping[str, int]
    """Those that were asked for, instead of the declared ones."""
    retention: str
    patience_seconds: float
    """Within which each target has been scraped."""
    silent: tuple[Silent, ...]
    starters: Mapping[str, str]
    """What to start when nothing answers at an address, by the address."""
    elsewhere: tuple[str, ...]
    """Services with an access point that this stack would run in a container, and does not run here."""
    words: tuple[str, ...] = ()
    """What people should know before it starts."""
    admin_api: bool = False
    """Whether Prometheus takes snapshots and deletes series when it is asked to."""


def blueprint(analysis: Analysis, secrets: Secrets, ports: Mapping[str, int], *, admin_api: bool = False) -> Blueprint:
    """The stack that the declarations give on this machine; `ports` overrule those of the access points.

    Raises:
        StackError: there is no stack.
    """
    stack = analysis.stack
    if stack is None:
        raise StackError("there is no stack to start: declare a `Stack`, with the `jobs` that Prometheus scrapes")
    addresses = _Addresses(stack, ports)
    rendered = {path.removeprefix("prometheus/"): text for path, text in render_prometheus(analysis)}
    tree = _read(rendered["prometheus.yml"])
    words: list[str] = []
    said = secrets.variables.get("PROMETHEUS_RETENTION", stack.retention)
    if said != stack.retention:
        words.append(f"`PROMETHEUS_RETENTION` is `{said}`, but the stack declares `{stack.retention}`, and that is what holds")
    notifier = dict(render_alertmanager(analysis))
    if not notifier:
        words.append("there is no routing, so Alertmanager is not started and nobody is told of alerts")
    elif not stack.alertmanagers:
        words.append("the stack has no `alertmanagers`, so Alertmanager is not started and nobody is told of alerts")
    notifies = bool(notifier and stack.alertmanagers)
    if not notifies:
        tree.pop("alerting", None)
    else:
        words += [f"`{each}` is told of no alert: those of this machine stay here" for each in addresses.notify(tree)]
    scraped = addresses.lead(tree)
    wanted = [Wanted(PROMETHEUS, _PROGRAMS[PROMETHEUS], addresses.ports[PROMETHEUS], rendered | {"prometheus.yml": to_yaml(tree)})]
    silent: tuple[Silent, ...] = ()
    if notifies:
        files = {path.removeprefix("alertmanager/"): text for path, text in notifier.items()}
        notifying = _read(files["alertmanager.yml"])
        silent = secrets.prune(notifying)
        files["alertmanager.yml"] = to_yaml(notifying)
        wanted.append(Wanted(ALERTMANAGER, _PROGRAMS[ALERTMANAGER], addresses.ports[ALERTMANAGER], files))
    if f"{LOOPBACK}:{addresses.ports[NODE_EXPORTER]}" in scraped:
        wanted.append(Wanted(NODE_EXPORTER, _PROGRAMS[NODE_EXPORTER], addresses.ports[NODE_EXPORTER]))
    _distinct(wanted)
    intervals = [milliseconds(job.scrape_interval or stack.scrape_interval) for job in stack.jobs]
    return Blueprint(
        tuple(wanted),
        secrets,
        ports,
        stack.retention,
        max(intervals, default=0) / 1000 + _DISCOVERY_SECONDS,
        silent,
        addresses.starters,
        tuple(point.service for point in stack.access_points if slug(point.service) not in SERVICES and point.container_port is not None),
        tuple(words),
        admin_api,
    )


# Prometheus looks for targets every five seconds, and scrapes each at its own moment of the interval.
_DISCOVERY_SECONDS = 6.0


class _Addresses:
    """Which address on this machine an address of the definitions is."""

    def __init__(self, stack: Stack, ports: Mapping[str, int]) -> None:
        declared = {name: usual for name, (usual, _) in _USUAL.items()}
        inside = {name: port for name, (_, port) in _USUAL.items()}
        self.starters: dict[str, str] = {}
        others: dict[tuple[str, int], int] = {}
        for point in stack.access_points:
            url = urlsplit(point.url)
            port = _port(point.url)
            if url.hostname not in _LOCAL or port is None:
                continue
            name = slug(point.service)
            if name in declared:
                declared[name] = port
                inside[name] = point.container_port or inside[name]
            else:
                self.starters[f"{LOOPBACK}:{port}"] = point.service
                if point.container_port is not None:
                    others[name, point.container_port] = port
        self.ports = {name: ports.get(name, port) for name, port in declared.items()}
        # From a service's container another one is seen by its name; from Prometheus's own, Prometheus is `localhost`.
        self._known = {(name, inside[name]): port for name, port in self.ports.items()} | others
        self._known |= {(host, inside[PROMETHEUS]): self.ports[PROMETHEUS] for host in _LOCAL}
        self._known |= {(host, declared[name]): port for name, port in self.ports.items() for host in (*_HOST, *_LOCAL)}

    def of(self, address: str) -> str:
        """The address on this machine; one that is elsewhere stays as it is."""
        host, _, port = address.rpartition(":")
        known = self._known.get((host, int(port)))
        if known is not None:
            return f"{LOOPBACK}:{known}"
        return f"{LOOPBACK}:{port}" if host in _HOST else address

    def lead(self, tree: dict[str, Any]) -> set[str]:
        """Change the addresses of the targets in a prometheus.yml; those that it scrapes now."""
        scraped: set[str] = set()
        for scrape in tree.get("scrape_configs", ()):
            led: list[dict[str, Any]] = []
            for static in scrape.get("static_configs", ()):
                for address in static["targets"]:
                    found = self.of(address)
                    scraped.add(found)
                    labels = dict(static.get("labels", {}))
                    if found != address:
                        # Series are called the same wherever the stack runs.
                        labels.setdefault("instance", address)
                    led.append({"targets": [found], "labels": labels} if labels else {"targets": [found]})
            scrape["static_configs"] = led
        return scraped

    def notify(self, tree: dict[str, Any]) -> list[str]:
        """Let Prometheus notify the Alertmanager here and no other; those that it would have notified elsewhere."""
        here = f"{LOOPBACK}:{self.ports[ALERTMANAGER]}"
        others: list[str] = []
        for each in tree["alerting"]["alertmanagers"]:
            for static in each["static_configs"]:
                others += [address for address in static["targets"] if self.of(address) != here]
                static["targets"] = [here]
        return others


def _port(url: str) -> int | None:
    """A port of an address that nobody has checked."""
    try:
        return urlsplit(url).port
    except ValueError:
        return None


def _distinct(wanted: list[Wanted]) -> None:
    seen: dict[int, str] = {}
    for each in wanted:
        other = seen.setdefault(each.port, each.name)
        if other != each.name:
            raise StackError(f"`{other}` and `{each.name}` are both to listen on port {each.port}: give one of them another")


def _read(text: str) -> dict[str, Any]:
    import yaml

    # The parser in C, where it is there, takes a tenth of the time.
    tree: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are the safe ones
    return tree
