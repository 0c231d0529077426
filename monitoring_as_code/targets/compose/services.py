"""The services of a Compose file: each as small as it can be, and seen by those alone whom it has to do with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from monitoring_as_code.model.limits import Limits
from monitoring_as_code.model.long_term import Thanos
from monitoring_as_code.model.topology import ALERTMANAGER, GLOBAL, GRAFANA, NODE_EXPORTER, PROMETHEUS, Server, servers, service_at, web_of
from monitoring_as_code.targets.compose.grafana import root_url
from monitoring_as_code.targets.compose.grafana_service import grafana_service, postgres_service
from monitoring_as_code.targets.compose.secrets import Given, of_alertmanager, of_prometheus
from monitoring_as_code.targets.compose.service import (
    MAC,
    NOBODY,
    RUN,
    Service,
    entered,
    home,
    memory,
    mount,
    published,
    service,
    to_host,
    volume,
)
from monitoring_as_code.targets.compose.values import variable
from monitoring_as_code.targets.flags import Where, alertmanager_flags, config_path, global_flags, own_page, prometheus_flags

if TYPE_CHECKING:
    from monitoring_as_code.model.stack import Stack
    from monitoring_as_code.yaml_text import Plain


def services(
    stack: Stack, scraping: Mapping[str, Mapping[str, Plain]], notifying: Mapping[str, Plain] | None, *, dashboards: bool
) -> Iterator[Service]:
    """All of them. `scraping` is the configuration of each Prometheus by its path, `notifying` the one of Alertmanager, if there is one."""
    scraped = {service_at(stack, address) for job in stack.jobs for address in job.targets}
    alerted = notifying is not None and any(service_at(stack, address) == ALERTMANAGER for address in stack.alertmanagers)
    for server in servers(stack):
        if server.service in (PROMETHEUS, GLOBAL):
            yield _prometheus(stack, server, scraping[config_path(server.name)], alerted=alerted)
            if server.service == PROMETHEUS and isinstance(stack.long_term, Thanos):
                from monitoring_as_code.targets.compose import thanos

                yield thanos.sidecar(stack, stack.long_term, server)
        elif server.service == ALERTMANAGER and alerted and notifying is not None:
            yield _alertmanager(stack, server, notifying)
        elif server.service == NODE_EXPORTER and NODE_EXPORTER in scraped:
            yield _node_exporter(stack, server)
        elif server.service == GRAFANA:
            yield grafana_service(stack, server, dashboards=dashboards)
    if isinstance(stack.long_term, Thanos):
        from monitoring_as_code.targets.compose import thanos

        yield from thanos.around(stack, stack.long_term)
    database = stack.grafana.database
    if database is not None and database.own:
        yield postgres_service(stack, database)
    if stack.proxy is not None:
        from monitoring_as_code.targets.compose.proxy import proxy_service

        yield proxy_service(stack, stack.proxy)


def _external_url(stack: Stack, server: Server) -> str:
    """Where links in alerts lead: to where people find the server. In production, where they often cannot, to Grafana, and to no container."""
    found = own_page(stack, server.service, server.name) if server.number == 1 or stack.production else ""
    return found or ((root_url(stack) or "") if stack.production else "")


def _asks(program: Sequence[str], stack: Stack, server: Server, option: str) -> list[str]:
    """How a server asks itself whether it is well."""
    web = web_of(stack, server.service)
    scheme = "http" if web is None else web.scheme
    login = [] if web is None else [f"--http.config.file={MAC}/{server.service}/client.yml"]
    return [*program, f"--{option}={scheme}://localhost:{server.port}", *login]


def _prometheus_health(stack: Stack, server: Server) -> list[str]:
    # promtool of 2.42 cannot ask, and images of its time have wget; newer ones need not have it.
    if stack.images.prometheus.tag.startswith(("v2.", "2.")) and web_of(stack, server.service) is None:
        return ["wget", "-q", "-O", "/dev/null", f"http://localhost:{server.port}/-/ready"]
    return _asks(["promtool", "check", "ready"], stack, server, "url")


def _prometheus(stack: Stack, server: Server, tree: Mapping[str, Plain], *, alerted: bool) -> Service:
    web = web_of(stack, server.service)
    given = Given(of_prometheus(tree, server.service, web), stack.production)
    where = Where(
        config=f"{home(PROMETHEUS, given)}/{config_path(server.name).partition('/')[2]}",
        data="/prometheus",
        listen=f":{server.port}",
        external_url=_external_url(stack, server),
        web_config=f"{RUN}/web.yml" if web is not None else "",
    )
    own = server.service == GLOBAL
    limits = stack.prometheus.limits if not own or stack.global_prometheus is None else stack.global_prometheus.limits
    flags = global_flags(stack, where) if own else prometheus_flags(stack, where)
    networks: list[str] = ["queries"] if own else [*(["alerts"] if alerted else []), "queries", "scrape"]
    if isinstance(stack.long_term, Thanos) and not own:
        networks.append("thanos")
    volumes: list[Plain] = [mount("prometheus", home(PROMETHEUS, given)), volume(f"{server.name}-data", "/prometheus")]
    start: dict[str, Plain] = {}
    environment: dict[str, str] = {}
    tmpfs: list[str] = []
    if given.secrets or web is not None:
        start = entered(given, server.service, "/bin/prometheus")
        environment = dict(given.environment())
        tmpfs = memory([RUN, *given.folders()], NOBODY)
        volumes.insert(0, mount("compose", MAC))
    settings = service(
        stack.images.prometheus.reference,
        limits,
        networks,
        _prometheus_health(stack, server),
        user=NOBODY,
        environment=environment,
        tmpfs=tmpfs,
        # What it has not yet written must be replayed at the next start.
        grace="1m",
        more={
            **start,
            "command": list(flags),
            "volumes": volumes,
            "ports": published(stack, server),
            **to_host(tree),
            "depends_on": {name: {"condition": "service_started"} for name in stack.alertmanager.names} if alerted and not own else {},
        },
    )
    outward = "alerts" if "alerts" in networks else "queries"
    return Service(server.name, "", settings, given, entrypoint=server.service if start else "", outward=outward)


def _alertmanager(stack: Stack, server: Server, tree: Mapping[str, Plain]) -> Service:
    web = web_of(stack, server.service)
    given = Given(of_alertmanager(tree, web), stack.production)
    where = Where(
        config=f"{RUN}/alertmanager.yml",
        data="/alertmanager",
        listen=f":{server.port}",
        external_url=_external_url(stack, server),
        web_config=f"{RUN}/web.yml" if web is not None else "",
    )
    environment: dict[str, str] = dict(given.environment())
    if "smtp_auth_username" in str(tree.get("global")):
        environment["SMTP_USERNAME"] = variable(("SMTP_USERNAME",))
    if home(ALERTMANAGER, given) != f"/etc/{ALERTMANAGER}":
        environment["MAC_CONFIG"] = home(ALERTMANAGER, given)
    # On one's own machine it is usual that nobody is told.
    environment["MAC_ALLOW_SILENT"] = variable(("MAC_ALLOW_SILENT",), "" if stack.production else "1")
    settings = service(
        stack.images.alertmanager.reference,
        stack.alertmanager.limits,
        ["alerts"],
        _asks(["amtool", "cluster", "show"], stack, server, "alertmanager.url"),
        user=NOBODY,
        environment=environment,
        tmpfs=memory([RUN, *given.folders()], NOBODY),
        more={
            **entered(given, ALERTMANAGER, "/bin/alertmanager"),
            "command": list(alertmanager_flags(stack, where)),
            "volumes": [
                mount("compose", MAC),
                mount("alertmanager", home(ALERTMANAGER, given)),
                volume(f"{server.name}-data", "/alertmanager"),
            ],
            "ports": published(stack, server),
            **to_host(tree),
        },
    )
    comment = "Its entrypoint takes out the channels without a secret, and says who hears nothing then."
    return Service(server.name, comment, settings, given, entrypoint=ALERTMANAGER, outward="alerts")


def _node_exporter(stack: Stack, server: Server) -> Service:
    settings = service(
        stack.images.node_exporter.reference,
        Limits(memory="128m", cpus=0.5, pids=64),
        ["scrape"],
        ["wget", "-q", "-O", "/dev/null", f"http://localhost:{server.port}/"],
        user=NOBODY,
        # Memory lies over /run of the machine, where the sockets of Docker and others are.
        tmpfs=[*memory([RUN], NOBODY), "/host/run:mode=0755,size=4k"],
        grace="10s",
        more={
            "entrypoint": ["/bin/sh", f"{MAC}/node-exporter/entrypoint.sh", "/bin/node_exporter"],
            "command": [
                f"--path.procfs={RUN}/proc",
                "--path.sysfs=/host/sys",
                "--path.rootfs=/host",
                "--no-collector.netdev.netlink",
                # Container filesystems come and go, and are no disks.
                "--collector.filesystem.mount-points-exclude=^/(dev|proc|run|sys|var/lib/(docker|containers|containerd)/.+)($|/)",
                f"--web.listen-address=:{server.port}",
            ],
            "volumes": [
                mount("compose", MAC),
                {"type": "bind", "source": "/", "target": "/host", "read_only": True, "bind": {"propagation": "rslave"}},
            ],
            "ports": published(stack, server),
        },
    )
    comment = (
        "It measures the file systems of the machine, so it sees its files: as nobody, changing none, and without the sockets in /run."
    )
    return Service(server.name, comment, settings, entrypoint=NODE_EXPORTER, outward="scrape" if "ports" in settings else "")


def networks(found: Sequence[Service]) -> dict[str, Plain]:
    """Who hears whom. One by which nobody leaves the machine, or is reached from there, is internal."""
    outward = {each.outward for each in found}
    used = {name for each in found for name in _texts(each.settings["networks"])}
    return {name: {} if name in outward else {"internal": True} for name in sorted(used)}


def volumes(found: Sequence[Service]) -> list[str]:
    """The volumes that Docker is to keep."""
    mounts = [mount for each in found for mount in _mounts(each.settings.get("volumes", ()))]
    return sorted({str(mount["source"]) for mount in mounts if mount["type"] == "volume"})


def _mounts(value: Plain) -> Iterator[Mapping[str, Plain]]:
    for each in value if isinstance(value, Sequence) else ():
        if isinstance(each, Mapping):
            yield each


def _texts(value: Plain) -> Iterator[str]:
    for each in value if isinstance(value, Sequence) else ():
        if isinstance(each, str):
            yield each
