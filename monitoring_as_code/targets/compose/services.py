"""The services of a Compose file: each as small as it can be, and seen by those alone whom it has to do with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.long_term import Mimir, Thanos
from monitoring_as_code.model.proxy import Nginx, Traefik
from monitoring_as_code.model.topology import ALERTMANAGER, GLOBAL, GRAFANA, NODE_EXPORTER, PROMETHEUS, Server, servers, service_at, web_of
from monitoring_as_code.naming import slug
from monitoring_as_code.targets.compose import grafana, proxy
from monitoring_as_code.targets.compose.secrets import Given, Secret, of_alertmanager, of_prometheus
from monitoring_as_code.targets.compose.values import variable
from monitoring_as_code.targets.flags import Where, alertmanager_flags, config_path, global_flags, prometheus_flags

if TYPE_CHECKING:
    from monitoring_as_code.model.limits import Limits
    from monitoring_as_code.model.stack import Stack
    from monitoring_as_code.yaml_text import Plain

_NOBODY = "65534:65534"
_HOST = "host.docker.internal"
# Where the folders of build/ are in the containers.
_MAC = "/etc/mac"
_RUN = "/run/mac"


class Service(NamedTuple):
    """A service as Compose is told of it."""

    name: str
    comment: str
    """Why it differs from what one expects."""
    settings: Mapping[str, Plain]
    given: Given | None = None
    """The secrets that its entrypoint reads."""
    demanded: tuple[Secret, ...] = ()
    """Those that it cannot start without, and has no entrypoint to say so."""
    entrypoint: str = ""
    """The name of the script, which is the name of its folder as well."""
    outward: str = ""
    """The network by which it reaches what is not of the stack, and is reached."""


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
                yield _sidecar(stack, stack.long_term, server)
        elif server.service == ALERTMANAGER and alerted and notifying is not None:
            yield _alertmanager(stack, server, notifying)
        elif server.service == NODE_EXPORTER and NODE_EXPORTER in scraped:
            yield _node_exporter(stack, server)
        elif server.service == GRAFANA:
            yield _grafana(stack, server, dashboards=dashboards)
    if isinstance(stack.long_term, Thanos):
        yield from _thanos(stack, stack.long_term)
    database = stack.grafana.database
    if database is not None and database.own:
        yield _postgres(stack)
    if stack.proxy is not None:
        yield _proxy(stack, stack.proxy)


def _service(
    image: str,
    limits: Limits,
    networks: Sequence[str],
    health: Sequence[str],
    *,
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
    tmpfs: Sequence[str] = (),
    grace: str = "30s",
    more: Mapping[str, Plain],
) -> dict[str, Plain]:
    """What all services have: no privilege, no file that could be changed, a limit of all that a machine has."""
    found: dict[str, Plain] = {"image": image}
    if user is not None:
        found["user"] = user
    found |= {key: value for key, value in more.items() if value}
    if environment:
        found["environment"] = dict(environment)
    found |= {
        "init": True,
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
    }
    if tmpfs:
        found["tmpfs"] = list(tmpfs)
    found["networks"] = list(networks)
    if health:
        found["healthcheck"] = {"test": ["CMD", *health], "interval": "10s", "timeout": "5s", "retries": 6, "start_period": "20s"}
    found |= {
        "restart": "unless-stopped",
        "stop_grace_period": grace,
        "deploy": {"resources": {"limits": {"memory": limits.memory, "cpus": f"{limits.cpus:g}", "pids": limits.pids}}},
        "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}},
    }
    return found


def _memory(folders: Sequence[str], user: str) -> list[str]:
    """Folders in memory that one user alone may enter."""
    uid, _, gid = user.partition(":")
    return [f"{folder}:mode=0700,uid={uid},gid={gid},size=4m" for folder in folders]


def _mount(source: str, target: str) -> dict[str, Plain]:
    """A folder of build/. One that is missing is a mistake, not something to be made, as Docker would."""
    return {"type": "bind", "source": f"./{source}", "target": target, "read_only": True, "bind": {"create_host_path": False}}


def _volume(name: str, target: str) -> dict[str, Plain]:
    return {"type": "volume", "source": name, "target": target}


def _published(stack: Stack, server: Server) -> list[str]:
    """A port of this machine alone; with a proxy there is none but its own."""
    return [] if stack.proxy is not None else [f"127.0.0.1:{server.host_port}:{server.port}"]


def _entered(given: Given, folder: str, program: str) -> dict[str, Plain]:
    """What a service with an entrypoint has more."""
    return {
        "entrypoint": ["/bin/sh", f"{_MAC}/{folder}/entrypoint.sh", program],
        "secrets": given.mounts(),
    }


def _external_url(stack: Stack, server: Server) -> str:
    """Where people find a server; a path would be taken for the root of all its pages, the metrics included."""
    for point in stack.access_points:
        if slug(point.service) in (server.name, server.service) and server.number == 1:
            url = urlsplit(point.url)
            if url.scheme in ("http", "https") and url.path in ("", "/") and not url.query:
                return point.url
    return ""


def _to_host(text: object) -> dict[str, Plain]:
    """Let a container find the machine that it runs on, if it wants to."""
    return {"extra_hosts": [f"{_HOST}:host-gateway"]} if _HOST in str(text) else {}


def _asks(program: Sequence[str], stack: Stack, server: Server, option: str) -> list[str]:
    """How a server asks itself whether it is well."""
    web = web_of(stack, server.service)
    scheme = "http" if web is None else web.scheme
    login = [] if web is None else [f"--http.config.file={_MAC}/{server.service}/client.yml"]
    return [*program, f"--{option}={scheme}://localhost:{server.port}", *login]


def _prometheus(stack: Stack, server: Server, tree: Mapping[str, Plain], *, alerted: bool) -> Service:
    web = web_of(stack, server.service)
    given = Given(of_prometheus(tree, server.service, web), stack.production)
    where = Where(
        config=f"/etc/prometheus/{config_path(server.name).partition('/')[2]}",
        data="/prometheus",
        listen=f":{server.port}",
        external_url=_external_url(stack, server),
        web_config=f"{_RUN}/web.yml" if web is not None else "",
    )
    own = server.service == GLOBAL
    limits = stack.prometheus.limits if not own or stack.global_prometheus is None else stack.global_prometheus.limits
    flags = global_flags(stack, where) if own else prometheus_flags(stack, where)
    networks: list[str] = ["queries"] if own else [*(["alerts"] if alerted else []), "queries", "scrape"]
    if isinstance(stack.long_term, Thanos) and not own:
        networks.append("thanos")
    volumes: list[Plain] = [_mount("prometheus", "/etc/prometheus"), _volume(f"{server.name}-data", "/prometheus")]
    entered: dict[str, Plain] = {}
    environment: dict[str, str] = {}
    tmpfs: list[str] = []
    if given.secrets or web is not None:
        entered = _entered(given, server.service, "/bin/prometheus")
        environment = dict(given.environment())
        tmpfs = _memory([_RUN, *given.folders()], _NOBODY)
        volumes.insert(0, _mount("compose", _MAC))
    settings = _service(
        stack.images.prometheus.reference,
        limits,
        networks,
        _asks(["promtool", "check", "ready"], stack, server, "url"),
        user=_NOBODY,
        environment=environment,
        tmpfs=tmpfs,
        # What it has not yet written must be replayed at the next start.
        grace="1m",
        more={
            **entered,
            "command": list(flags),
            "volumes": volumes,
            "ports": _published(stack, server),
            **_to_host(tree),
            "depends_on": {name: {"condition": "service_started"} for name in stack.alertmanager.names} if alerted and not own else {},
        },
    )
    outward = "alerts" if "alerts" in networks else "queries"
    return Service(server.name, "", settings, given, entrypoint=server.service if entered else "", outward=outward)


def _alertmanager(stack: Stack, server: Server, tree: Mapping[str, Plain]) -> Service:
    web = web_of(stack, server.service)
    given = Given(of_alertmanager(tree, web), stack.production)
    where = Where(
        config=f"{_RUN}/alertmanager.yml",
        data="/alertmanager",
        listen=f":{server.port}",
        external_url=_external_url(stack, server),
        web_config=f"{_RUN}/web.yml" if web is not None else "",
    )
    environment: dict[str, str] = dict(given.environment())
    if "smtp_auth_username" in str(tree.get("global")):
        environment["SMTP_USERNAME"] = variable(("SMTP_USERNAME",))
    # On one's own machine it is usual that nobody is told.
    environment["MAC_ALLOW_SILENT"] = variable(("MAC_ALLOW_SILENT",), "" if stack.production else "1")
    settings = _service(
        stack.images.alertmanager.reference,
        stack.alertmanager.limits,
        ["alerts"],
        _asks(["amtool", "cluster", "show"], stack, server, "alertmanager.url"),
        user=_NOBODY,
        environment=environment,
        tmpfs=_memory([_RUN, *given.folders()], _NOBODY),
        more={
            **_entered(given, ALERTMANAGER, "/bin/alertmanager"),
            "command": list(alertmanager_flags(stack, where)),
            "volumes": [
                _mount("compose", _MAC),
                _mount("alertmanager", "/etc/alertmanager"),
                _volume(f"{server.name}-data", "/alertmanager"),
            ],
            "ports": _published(stack, server),
            **_to_host(tree),
        },
    )
    comment = "Its entrypoint takes out the channels without a secret, and says who hears nothing then."
    return Service(server.name, comment, settings, given, entrypoint=ALERTMANAGER, outward="alerts")


def _node_exporter(stack: Stack, server: Server) -> Service:
    from monitoring_as_code.model.limits import Limits

    settings = _service(
        stack.images.node_exporter.reference,
        Limits(memory="128m", cpus=0.5, pids=64),
        ["scrape"],
        ["wget", "-q", "-O", "/dev/null", f"http://localhost:{server.port}/"],
        user=_NOBODY,
        tmpfs=_memory([_RUN], _NOBODY),
        grace="10s",
        more={
            "entrypoint": ["/bin/sh", f"{_MAC}/node-exporter/entrypoint.sh", "/bin/node_exporter"],
            "command": [
                f"--path.procfs={_RUN}/proc",
                "--path.sysfs=/host/sys",
                "--path.rootfs=/host",
                "--no-collector.netdev.netlink",
                # Container filesystems come and go, and are no disks.
                "--collector.filesystem.mount-points-exclude=^/(dev|proc|run|sys|var/lib/(docker|containers|containerd)/.+)($|/)",
                f"--web.listen-address=:{server.port}",
            ],
            "volumes": [
                _mount("compose", _MAC),
                {"type": "bind", "source": "/", "target": "/host", "read_only": True, "bind": {"propagation": "rslave"}},
            ],
            "ports": _published(stack, server),
        },
    )
    comment = "It reads what the machine says of itself, so it sees all of its files, as nobody and without changing any."
    return Service(server.name, comment, settings, entrypoint=NODE_EXPORTER, outward="scrape" if "ports" in settings else "")


def _grafana(stack: Stack, server: Server, *, dashboards: bool) -> Service:
    # The user of Grafana's image, in the group of root as it has it.
    user = "472:0"
    given = Given(grafana.secrets(stack), stack.production)
    environment: dict[str, str] = {**grafana.environment(stack, server.port), **given.environment()}
    if stack.production:
        environment["MAC_PRODUCTION"] = "1"
    database = stack.grafana.database
    networks = ["queries"]
    waits: dict[str, Plain] = {}
    if stack.proxy is not None:
        networks.append("front")
    if database is not None and database.own:
        networks.append("database")
        waits["postgres"] = {"condition": "service_healthy"}
    folders = ("provisioning", "dashboards") if dashboards else ("provisioning",)
    volumes = [
        _mount("compose", _MAC),
        *(_mount(f"grafana/{each}", f"/etc/grafana/{each}") for each in folders),
        _volume(f"{server.name}-data", "/var/lib/grafana"),
    ]
    settings = _service(
        stack.images.grafana.reference,
        stack.grafana.limits,
        networks,
        ["wget", "-q", "-O", "/dev/null", f"http://localhost:{server.port}/api/health"],
        user=user,
        environment=environment,
        tmpfs=[*_memory([_RUN, *given.folders()], user), "/tmp:size=64m"],  # noqa: S108 - in the container
        more={
            **_entered(given, GRAFANA, "/run.sh"),
            "volumes": volumes,
            "ports": _published(stack, server),
            **_to_host(f"{stack.prometheus_url} {stack.long_term.url if isinstance(stack.long_term, Mimir) else ''}"),
            "depends_on": waits,
        },
    )
    return Service(server.name, "", settings, given, entrypoint=GRAFANA, outward="" if stack.proxy is not None else "queries")


def _objstore(engine: Thanos) -> Secret:
    return Secret(engine.objstore_file, "refuse", "where Thanos keeps blocks: its configuration of an object store", file_only=True)


def _sidecar(stack: Stack, engine: Thanos, server: Server) -> Service:
    secret = _objstore(engine)
    web = web_of(stack, PROMETHEUS)
    name = server.name.replace(PROMETHEUS, "thanos-sidecar")
    demanded = [secret]
    flags = [
        "sidecar",
        "--tsdb.path=/prometheus",
        f"--prometheus.url={'http' if web is None else web.scheme}://{server.name}:{server.port}",
        f"--objstore.config-file={secret.path}",
    ]
    volumes: list[Plain] = [_volume(f"{server.name}-data", "/prometheus")]
    if web is not None:
        volumes.append(_mount("compose", _MAC))
        flags.append(f"--prometheus.http-client-file={_MAC}/thanos/client.yml")
        demanded += [each for each in of_prometheus({}, PROMETHEUS, web) if each.path.endswith("_web_password")]
        if web.ca_file is not None:
            demanded.append(Secret(web.ca_file, "refuse", "who signed the certificate of prometheus", file_only=True))
    settings = _service(
        stack.images.thanos.reference,
        engine.limits,
        ["thanos"],
        _thanos_health(),
        # Who writes Prometheus's data.
        user=_NOBODY,
        more={
            "command": flags,
            "volumes": volumes,
            "secrets": [_direct(each) for each in demanded],
            "depends_on": {server.name: {"condition": "service_healthy"}},
        },
    )
    return Service(name, "It copies finished blocks to the object store.", settings, demanded=tuple(demanded), outward="thanos")


def _thanos_health() -> list[str]:
    return ["wget", "-q", "-O", "/dev/null", "http://localhost:10902/-/ready"]


def _thanos(stack: Stack, engine: Thanos) -> Iterator[Service]:
    image, limits = stack.images.thanos.reference, engine.limits
    secret = _objstore(engine)
    sidecars = [name.replace(PROMETHEUS, "thanos-sidecar") for name in stack.prometheus.names]
    endpoints = [f"--endpoint={name}:10901" for name in (*sidecars, "thanos-store")]
    query = _service(
        image,
        limits,
        ["thanos", "queries"],
        _thanos_health(),
        user=_NOBODY,
        more={
            "command": ["query", f"--query.replica-label={stack.prometheus.replica_label}", *endpoints],
        },
    )
    yield Service("thanos-query", "One answer of all replicas, and of what they have put away.", query)
    kept = "Its volume belongs to root, so it is root without any capability: nothing else in the container is of use to it."
    store = _service(
        image,
        limits,
        ["thanos"],
        _thanos_health(),
        user="0:0",
        more={
            "command": ["store", "--data-dir=/data", f"--objstore.config-file={secret.path}"],
            "volumes": [_volume("thanos-store-data", "/data")],
            "secrets": [_direct(secret)],
        },
    )
    yield Service("thanos-store", f"It reads the object store. {kept}", store, demanded=(secret,), outward="thanos")
    compactor = _service(
        image,
        limits,
        ["thanos"],
        _thanos_health(),
        user="0:0",
        more={
            "command": [
                "compact",
                "--wait",
                "--data-dir=/data",
                f"--objstore.config-file={secret.path}",
                f"--retention.resolution-raw={engine.retention_raw}",
                f"--retention.resolution-5m={engine.retention_5m}",
                f"--retention.resolution-1h={engine.retention_1h}",
            ],
            "volumes": [_volume("thanos-compact-data", "/data")],
            "secrets": [_direct(secret)],
        },
    )
    yield Service(
        "thanos-compact", f"There must never be two of it for one object store. {kept}", compactor, demanded=(secret,), outward="thanos"
    )


def _direct(secret: Secret) -> dict[str, Plain]:
    """A file where the service itself reads it."""
    return {"source": secret.id, "target": secret.path}


def _postgres(stack: Stack) -> Service:
    database = stack.grafana.database
    assert database is not None  # noqa: S101 - asked by who calls
    secret = next(each for each in grafana.secrets(stack) if each.path == database.password_file)
    major = stack.images.postgres.tag.partition(".")[0].partition("-")[0]
    # From 18 on the image has its data one level up.
    home = "/var/lib/postgresql" if major.isdigit() and int(major) >= 18 else "/var/lib/postgresql/data"
    settings = _service(
        stack.images.postgres.reference,
        database.limits,
        ["database"],
        ["pg_isready", "-q", "-U", database.user, "-d", database.name],
        user="postgres",
        environment={
            "POSTGRES_DB": database.name,
            "POSTGRES_USER": database.user,
            "POSTGRES_PASSWORD_FILE": database.password_file,
            "PGDATA": f"{home}/mac",
        },
        tmpfs=["/run/postgresql:mode=1777,size=4m", "/tmp:size=64m"],  # noqa: S108 - in the container
        grace="1m",
        more={
            "volumes": [_volume("postgres-data", home)],
            "secrets": [_direct(secret)],
        },
    )
    return Service("postgres", "Grafana's database.", settings, demanded=(secret,))


def _proxy(stack: Stack, wanted: Traefik | Nginx) -> Service:
    ports = [f"443:{proxy.HTTPS}", f"80:{proxy.HTTP}"]
    waits: Plain = {name: {"condition": "service_healthy"} for name in stack.grafana.names}
    if isinstance(wanted, Traefik):
        settings = _service(
            stack.images.traefik.reference,
            wanted.limits,
            ["front"],
            ["traefik", "healthcheck", *proxy.traefik_health_flags()],
            user="0:0",
            tmpfs=["/tmp:size=16m"],  # noqa: S108 - in the container
            more={
                "command": proxy.traefik_flags(wanted),
                "volumes": [_mount("compose/proxy", proxy.FOLDER), _volume("acme", "/acme")],
                "ports": ports,
                "depends_on": waits,
            },
        )
        comment = "The only way in. Its volume with the certificate belongs to root, so it is root without any capability."
        return Service("proxy", comment, settings, outward="front")
    secrets = (
        Secret(wanted.certificate_file, "refuse", f"the certificate of {wanted.domain} and those that signed it", file_only=True),
        Secret(wanted.key_file, "refuse", f"the key of the certificate of {wanted.domain}", file_only=True),
    )
    settings = _service(
        stack.images.nginx.reference,
        wanted.limits,
        ["front"],
        ["wget", "-q", "-O", "/dev/null", f"http://127.0.0.1:{proxy.HEALTH}/health"],
        user="101:101",
        tmpfs=["/tmp:mode=1777,size=64m"],  # noqa: S108 - in the container
        more={
            "entrypoint": ["nginx", "-c", f"{proxy.FOLDER}/nginx.conf", "-g", "daemon off;"],
            "volumes": [_mount("compose/proxy", proxy.FOLDER)],
            "secrets": [_direct(each) for each in secrets],
            "ports": ports,
            "depends_on": waits,
        },
    )
    return Service("proxy", "The only way in.", settings, demanded=secrets, outward="front")


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
