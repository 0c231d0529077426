"""Thanos: a sidecar beside each Prometheus puts its blocks away; query, store and compactor read and tend them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.model.topology import PROMETHEUS, Server, web_of
from monitoring_as_code.targets.compose.secrets import Secret, of_prometheus
from monitoring_as_code.targets.compose.service import MAC, NOBODY, Service, direct, mount, service, volume

if TYPE_CHECKING:
    from monitoring_as_code.model.long_term import Thanos
    from monitoring_as_code.model.stack import Stack
    from monitoring_as_code.yaml_text import Plain


def _objstore(engine: Thanos) -> Secret:
    return Secret(engine.objstore_file, "refuse", "where Thanos keeps blocks: its configuration of an object store", file_only=True)


def sidecar(stack: Stack, engine: Thanos, server: Server) -> Service:
    """The one beside a Prometheus, which shares its data and so its user."""
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
    volumes: list[Plain] = [volume(f"{server.name}-data", "/prometheus")]
    if web is not None:
        volumes.append(mount("compose", MAC))
        flags.append(f"--prometheus.http-client-file={MAC}/thanos/client.yml")
        demanded += [each for each in of_prometheus({}, PROMETHEUS, web) if each.path.endswith("_web_password")]
        if web.ca_file is not None:
            demanded.append(Secret(web.ca_file, "refuse", "who signed the certificate of prometheus", file_only=True))
    settings = service(
        stack.images.thanos.reference,
        engine.limits,
        ["thanos"],
        _thanos_health(),
        # Who writes Prometheus's data.
        user=NOBODY,
        more={
            "command": flags,
            "volumes": volumes,
            "secrets": [direct(each) for each in demanded],
            "depends_on": {server.name: {"condition": "service_healthy"}},
        },
    )
    return Service(name, "It copies finished blocks to the object store.", settings, demanded=tuple(demanded), outward="thanos")


def _thanos_health() -> list[str]:
    return ["wget", "-q", "-O", "/dev/null", "http://localhost:10902/-/ready"]


def around(stack: Stack, engine: Thanos) -> Iterator[Service]:
    """Those that there is one of."""
    image, limits = stack.images.thanos.reference, engine.limits
    secret = _objstore(engine)
    sidecars = [name.replace(PROMETHEUS, "thanos-sidecar") for name in stack.prometheus.names]
    endpoints = [f"--endpoint={name}:10901" for name in (*sidecars, "thanos-store")]
    query = service(
        image,
        limits,
        ["thanos", "queries"],
        _thanos_health(),
        user=NOBODY,
        more={
            "command": ["query", f"--query.replica-label={stack.prometheus.replica_label}", *endpoints],
        },
    )
    yield Service("thanos-query", "One answer of all replicas, and of what they have put away.", query)
    kept = "Its volume belongs to root, so it is root without any capability: nothing else in the container is of use to it."
    store = service(
        image,
        limits,
        ["thanos"],
        _thanos_health(),
        user="0:0",
        more={
            "command": ["store", "--data-dir=/data", f"--objstore.config-file={secret.path}"],
            "volumes": [volume("thanos-store-data", "/data")],
            "secrets": [direct(secret)],
        },
    )
    yield Service("thanos-store", f"It reads the object store. {kept}", store, demanded=(secret,), outward="thanos")
    compactor = service(
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
            "volumes": [volume("thanos-compact-data", "/data")],
            "secrets": [direct(secret)],
        },
    )
    yield Service(
        "thanos-compact", f"There must never be two of it for one object store. {kept}", compactor, demanded=(secret,), outward="thanos"
    )
