"""Grafana, and the database that several of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.model.grafana_server import Postgres
from monitoring_as_code.model.long_term import Mimir
from monitoring_as_code.model.topology import GRAFANA, Server
from monitoring_as_code.targets.compose import grafana
from monitoring_as_code.targets.compose.secrets import Given
from monitoring_as_code.targets.compose.service import (
    MAC,
    RUN,
    Service,
    direct,
    entered,
    memory,
    mount,
    published,
    service,
    to_host,
    volume,
)

if TYPE_CHECKING:
    from monitoring_as_code.model.stack import Stack
    from monitoring_as_code.yaml_text import Plain


def grafana_service(stack: Stack, server: Server, *, dashboards: bool) -> Service:
    """A Grafana, all of whose settings are variables."""
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
        mount("compose", MAC),
        *(mount(f"grafana/{each}", f"/etc/grafana/{each}") for each in folders),
        volume(f"{server.name}-data", "/var/lib/grafana"),
    ]
    settings = service(
        stack.images.grafana.reference,
        stack.grafana.limits,
        networks,
        ["wget", "-q", "-O", "/dev/null", f"http://localhost:{server.port}/api/health"],
        user=user,
        environment=environment,
        tmpfs=[*memory([RUN, *given.folders()], user), "/tmp:size=64m"],  # noqa: S108 - in the container
        more={
            **entered(given, GRAFANA, "/run.sh"),
            "volumes": volumes,
            "ports": published(stack, server),
            **to_host(f"{stack.prometheus_url} {stack.long_term.url if isinstance(stack.long_term, Mimir) else ''}"),
            "depends_on": waits,
        },
    )
    return Service(server.name, "", settings, given, entrypoint=GRAFANA, outward="" if stack.proxy is not None else "queries")


def postgres_service(stack: Stack, database: Postgres) -> Service:
    """Grafana's database, which nobody else sees."""
    secret = next(each for each in grafana.secrets(stack) if each.path == database.password_file)
    major = stack.images.postgres.tag.partition(".")[0].partition("-")[0]
    # From 18 on the image has its data one level up.
    home = "/var/lib/postgresql" if major.isdigit() and int(major) >= 18 else "/var/lib/postgresql/data"
    settings = service(
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
            "volumes": [volume("postgres-data", home)],
            "secrets": [direct(secret)],
        },
    )
    return Service("postgres", "Grafana's database.", settings, demanded=(secret,))
