"""What a stack on this machine must be: the emitted configuration, with only those addresses, paths and channels changed that must differ."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitoring_as_code.engines.stand_in import StandIn, no_stand_in, stand_ins
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.long_term import Thanos
from monitoring_as_code.model.topology import ALERTMANAGER, GLOBAL, GRAFANA, NODE_EXPORTER, PROMETHEUS, Server, servers
from monitoring_as_code.naming import slug
from monitoring_as_code.operate.engine import StackError
from monitoring_as_code.operate.login import NOBODY, Login
from monitoring_as_code.operate.protection import Protection, protections
from monitoring_as_code.operate.secrets import Secrets, Silent
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.targets.alertmanager import render as render_alertmanager
from monitoring_as_code.targets.flags import Where, alertmanager_flags, global_flags, prometheus_flags
from monitoring_as_code.targets.prometheus import render as render_prometheus
from monitoring_as_code.targets.prometheus.configuration import client, configurations
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.engines import EngineName
    from monitoring_as_code.model.stack import Stack

LOOPBACK = "127.0.0.1"
_LOCAL = ("localhost", LOOPBACK, "[::1]", "::1")
# How a container calls the machine that it runs on.
_HOST = ("host.docker.internal", "gateway.docker.internal", "host.containers.internal")
_PROGRAMS: dict[str, EngineName] = {
    PROMETHEUS: "prometheus",
    GLOBAL: "prometheus",
    ALERTMANAGER: "alertmanager",
    NODE_EXPORTER: "node_exporter",
}


class Wanted(NamedTuple):
    """A service that must run."""

    name: str
    program: EngineName | None
    """None is the Python that runs `mac`."""
    port: int
    flags: Callable[[Where], tuple[str, ...]]
    """Its command line behind the program, when it is known where things are."""
    files: Mapping[str, str] = {}
    """Its configuration, by path below the folder of it."""
    config: str = ""
    """Which of the files it is told of."""
    web_config: str = ""
    """The path of the file with TLS and logins, if it has any."""
    login: Login = NOBODY
    cluster_port: int | None = None
    """Where it gossips with its like."""

    @property
    def url(self) -> str:
        """Where people find it."""
        return f"{self.login.scheme}://localhost:{self.port}"

    @property
    def ports(self) -> tuple[int, ...]:
        """All that it listens on."""
        return (self.port,) if self.cluster_port is None else (self.port, self.cluster_port)


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
    """What this stack would run in containers, and does not run here."""
    words: tuple[str, ...] = ()
    """What people should know before it starts."""
    admin_api: bool = False
    """Whether Prometheus takes snapshots and deletes series when it is asked to."""
    demo: bool = False
    """Whether stand-ins for applications are among the services."""

    @property
    def programs(self) -> tuple[EngineName, ...]:
        """The real programs that it needs, each as often as it runs."""
        return tuple(each.program for each in self.services if each.program is not None)


def blueprint(
    analysis: Analysis, secrets: Secrets, ports: Mapping[str, int], *, admin_api: bool = False, demo_in: str | None = None
) -> Blueprint:
    """The stack that the declarations give on this machine, with the stand-ins for applications that are below the folder `demo_in`.

    `ports` overrule those of the access points, by service, by server (`alertmanager-2`), or by where one gossips (`alertmanager-2-cluster`).

    Raises:
        StackError: there is no stack or no stand-in, or in production a secret is missing.
    """
    stack = analysis.stack
    if stack is None:
        raise StackError("there is no stack to start: declare a `Stack`, with the `jobs` that Prometheus scrapes")
    words: list[str] = []
    said = secrets.variables.get("PROMETHEUS_RETENTION", stack.retention)
    if said != stack.retention:
        words.append(f"`PROMETHEUS_RETENTION` is `{said}`, but the stack declares `{stack.retention}`, and that is what holds")
    if admin_api and stack.production and (stack.prometheus.web is None or not stack.prometheus.web.users):
        raise StackError("the admin API lets everybody delete series: in production Prometheus needs a `web` with `users` first")
    lacking: dict[str, None] = {}
    guards = protections(stack, secrets, words, lacking)
    notifier = dict(render_alertmanager(analysis))
    if not notifier:
        words.append("there is no routing, so Alertmanager is not started and nobody is told of alerts")
    elif not stack.alertmanagers:
        words.append("the stack has no `alertmanagers`, so Alertmanager is not started and nobody is told of alerts")
    notifies = bool(notifier and stack.alertmanagers)
    local = _Local(stack, ports, guards, secrets, words)
    wanted, scraped = local.prometheus(render_prometheus(analysis), notifies=notifies, admin_api=admin_api)
    silent: tuple[Silent, ...] = ()
    if notifies:
        files = {path.removeprefix("alertmanager/"): text for path, text in notifier.items()}
        notifying = _read(files["alertmanager.yml"])
        silent = secrets.prune(notifying)
        files["alertmanager.yml"] = to_yaml(notifying)
        wanted += local.alertmanager(files)
    wanted += local.node_exporter(scraped)
    if demo_in is not None:
        wanted += local.stand_ins(demo_in)
    if lacking | local.lacking:  # who is told of all of them sets all of them
        told = ", and ".join(lacking | local.lacking)
        raise StackError(f"{told}; the stack is for production: set what is missing, or write its file to where the definitions say")
    _distinct(wanted)
    intervals = [milliseconds(job.scrape_interval or stack.scrape_interval) for job in stack.jobs]
    started = {each.name for each in wanted} | {server.service for server in servers(stack) if server.service in _PROGRAMS}
    return Blueprint(
        tuple(wanted),
        secrets,
        ports,
        stack.retention,
        max(intervals, default=0) / 1000 + _DISCOVERY_SECONDS,
        silent,
        local.addresses.starters,
        tuple(_only_in_containers(stack, started)),
        tuple(dict.fromkeys(words)),
        admin_api,
        demo_in is not None,
    )


def _only_in_containers(stack: Stack, started: Collection[str]) -> Iterator[str]:
    for point in stack.access_points:
        # Behind a proxy Grafana's point is the proxy's address.
        if slug(point.service) not in started and (point.container_port is not None or slug(point.service) == GRAFANA):
            yield point.service
    if stack.grafana.database is not None and stack.grafana.database.own:
        yield "PostgreSQL"
    if stack.proxy is not None:
        yield type(stack.proxy).__name__
    if isinstance(stack.long_term, Thanos):
        yield "Thanos"


# Prometheus looks for targets every five seconds, and scrapes each at its own moment of the interval.
_DISCOVERY_SECONDS = 6.0


class _Local:
    """What each server of a stack is on this machine."""

    def __init__(
        self, stack: Stack, ports: Mapping[str, int], guards: Mapping[str, Protection], secrets: Secrets, words: list[str]
    ) -> None:
        self.stack = stack
        self.ports = ports
        self.guards = guards
        self.secrets = secrets
        self.words = words
        self.lacking: dict[str, None] = {}
        self.servers = servers(stack, ports)
        self.addresses = _Addresses(stack, ports)
        # Who has no protection here answers everybody.
        self.plain = {server.service for server in self.servers} - set(guards)

    def prometheus(self, rendered: Iterator[tuple[str, str]], *, notifies: bool, admin_api: bool) -> tuple[list[Wanted], set[str]]:
        """Each Prometheus, and the addresses that they scrape."""
        rules = {path.removeprefix("prometheus/"): text for path, text in rendered if path.startswith("prometheus/rules/")}
        scraped: set[str] = set()
        found = []
        own = [server for server in self.servers if server.service in (PROMETHEUS, GLOBAL)]
        for server, (_, emitted) in zip(own, configurations(self.stack, self.plain), strict=True):
            tree = _read(to_yaml(emitted))
            if not notifies:
                tree.pop("alerting", None)
            elif "alerting" in tree:
                self._notify(tree)
            scraped |= self.addresses.lead(tree)
            self._write_elsewhere(tree)
            self._log_in(tree)
            flags = partial(prometheus_flags if server.service == PROMETHEUS else global_flags, self.stack, admin_api=admin_api)
            files = {**(rules if server.service == PROMETHEUS else {}), "prometheus.yml": to_yaml(tree)}
            found.append(self._wanted(server, flags, files, "prometheus.yml"))
        return found, scraped

    def alertmanager(self, files: Mapping[str, str]) -> Iterator[Wanted]:
        """Each Alertmanager."""
        own = [server for server in self.servers if server.service == ALERTMANAGER]
        if len(own) == 1:
            yield self._wanted(own[0], partial(alertmanager_flags, self.stack), files, "alertmanager.yml")
            return
        taken = {server.host_port for server in self.servers} | set(self.ports.values())
        gossip: dict[str, int] = {}
        for server in own:
            asked = self.ports.get(f"{server.name}-cluster")
            gossip[server.name] = asked or next(port for port in range(own[0].host_port + 1, 65536 + len(taken)) if port not in taken)
            taken.add(gossip[server.name])
        peers = [f"{LOOPBACK}:{port}" for port in gossip.values()]
        for server in own:
            flags = partial(alertmanager_flags, self.stack, cluster_listen=f"{LOOPBACK}:{gossip[server.name]}", peers=peers)
            yield self._wanted(server, flags, files, "alertmanager.yml")._replace(cluster_port=gossip[server.name])

    def node_exporter(self, scraped: Collection[str]) -> Iterator[Wanted]:
        """Node Exporter, if it is scraped."""
        for server in self.servers:
            if server.service == NODE_EXPORTER and f"{LOOPBACK}:{server.host_port}" in scraped:
                yield self._wanted(server, _node_exporter_flags)

    def stand_ins(self, root: str) -> list[Wanted]:
        """Programs that stand in for the applications that are scraped."""
        if self.stack.production:
            raise StackError(
                "the stack is for production, where nobody stands in for an application: `--demo` is for a machine of your own"
            )
        found = [made for each in stand_ins(self.stack, root) if (made := self._stand_in(each)) is not None]
        if not found:
            raise StackError(no_stand_in(self.stack))
        return found

    def _stand_in(self, known: StandIn) -> Wanted | None:
        """One where Prometheus looks for the application: one is enough to see all of its metrics."""
        taken = {server.host_port for server in self.servers}
        for address in map(self.addresses.of, known.job.targets):
            host, _, port = address.rpartition(":")
            if host == LOOPBACK and int(port) not in taken:
                return Wanted(known.name, None, int(port), partial(_told, known.arguments(int(port))))
        return None

    def _wanted(
        self, server: Server, flags: Callable[[Where], tuple[str, ...]], files: Mapping[str, str] | None = None, config: str = ""
    ) -> Wanted:
        guard = self.guards.get(server.service)
        made = Wanted(server.name, _PROGRAMS[server.service], server.host_port, flags, files or {}, config)
        return made if guard is None else made._replace(web_config=guard.file, login=guard.login)

    def _notify(self, tree: dict[str, Any]) -> None:
        """Let a Prometheus notify all Alertmanagers here, and no other."""
        here = [f"{LOOPBACK}:{server.host_port}" for server in self.servers if server.service == ALERTMANAGER]
        for group in tree["alerting"]["alertmanagers"]:
            for static in group["static_configs"]:
                for address in static["targets"]:
                    if self.addresses.of(address) not in here:
                        self.words.append(f"`{address}` is told of no alert: those of this machine stay here")
        known = _read(to_yaml(client(ALERTMANAGER, self.stack, self.plain)))
        tree["alerting"]["alertmanagers"] = [{**known, "static_configs": [{"targets": here}]}]

    def _write_elsewhere(self, tree: dict[str, Any]) -> None:
        """Let samples go to what is on this machine alone, unless this is production."""
        kept = []
        for write in tree.pop("remote_write", ()):
            url = urlsplit(write["url"])
            address = f"{url.hostname}:{url.port or (443 if url.scheme == 'https' else 80)}"
            led = self.addresses.of(address)
            if led != address:
                write["url"] = url._replace(netloc=led, scheme=self._scheme_at(led, url.scheme)).geturl()
            elif url.hostname not in _LOCAL and not self.stack.production:
                self.words.append(f"nothing is written to `{write['url']}`: samples of this machine stay here")
                continue
            kept.append(write)
        if kept:
            tree["remote_write"] = kept

    def _scheme_at(self, address: str, said: str) -> str:
        """How a service here is asked, which may have no protection, whatever was said."""
        for server in self.servers:
            if address == f"{LOOPBACK}:{server.host_port}" and server.service in _PROGRAMS:
                guard = self.guards.get(server.service)
                return "http" if guard is None else guard.login.scheme
        return said

    def _log_in(self, tree: dict[str, Any]) -> None:
        """Lead the paths of secrets to files here; what is missing is left out, but in production."""
        for scrape in tree.get("scrape_configs", ()):
            self._known_by(scrape, f"`{scrape['job_name']}` is scraped without its login")
        for group in tree.get("alerting", {}).get("alertmanagers", ()):
            self._known_by(group, "Alertmanager is asked without its login")
        kept = [each for each in tree.pop("remote_write", ()) if self._known_by(each, f"nothing is written to `{each['url']}`")]
        if kept:
            tree["remote_write"] = kept

    def _known_by(self, part: dict[str, Any], otherwise: str) -> bool:
        missing = self.secrets.resolve(part)
        if not missing:
            return True
        if self.stack.production:
            self.lacking[missing] = None
            return True
        for name in ("basic_auth", "authorization", "tls_config"):
            part.pop(name, None)
        self.words.append(f"{otherwise}: {missing}")
        return False


def _told(arguments: tuple[str, ...], _where: Where) -> tuple[str, ...]:
    return arguments


def _node_exporter_flags(where: Where) -> tuple[str, ...]:
    # The folder of files with metrics is one of ours, so that nothing of another installation gets into the series.
    return (f"--collector.textfile.directory={where.data}", f"--web.listen-address={where.listen}")


class _Addresses:
    """Which address on this machine an address of the definitions is."""

    def __init__(self, stack: Stack, ports: Mapping[str, int]) -> None:
        found = servers(stack, ports)
        known = {server.service for server in found}
        self.starters: dict[str, str] = {}
        self._known: dict[tuple[str, int], int] = {}
        for point in stack.access_points:
            port = point.host_port
            if port is not None and slug(point.service) not in known:
                self.starters[f"{LOOPBACK}:{port}"] = point.service
                if point.container_port is not None:
                    self._known[slug(point.service), point.container_port] = port
        # From a service's container another one is seen by its name; from Prometheus's own, Prometheus is `localhost`.
        for server in reversed(found):
            for host in (server.name, server.service, *(_LOCAL if server.service == PROMETHEUS else ())):
                self._known[host, server.port] = server.host_port
        for server, declared in zip(found, servers(stack), strict=True):
            for host in (*_HOST, *_LOCAL):
                self._known[host, declared.host_port] = server.host_port

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


def _distinct(wanted: list[Wanted]) -> None:
    seen: dict[int, str] = {}
    for each in wanted:
        for port in each.ports:
            other = seen.setdefault(port, each.name)
            if other != each.name:
                raise StackError(f"`{other}` and `{each.name}` are both to listen on port {port}: give one of them another")


def _read(text: str) -> dict[str, Any]:
    import yaml

    # The parser in C, where it is there, takes a tenth of the time.
    tree: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are the safe ones
    return tree
