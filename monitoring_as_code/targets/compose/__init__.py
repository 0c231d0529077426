"""Docker Compose: the whole stack as `compose.yaml`, the entrypoints of its services, and `.env.example`.

Compose mounts folders and never single files: a build renames files into place, and a container that mounts one keeps the old one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.grafana_server import Ldap
from monitoring_as_code.model.long_term import Thanos
from monitoring_as_code.model.proxy import Traefik
from monitoring_as_code.model.security import web_password_file
from monitoring_as_code.model.topology import GRAFANA, PROMETHEUS, servers, web_of
from monitoring_as_code.naming import slug
from monitoring_as_code.origin import Place
from monitoring_as_code.targets.alertmanager import configuration
from monitoring_as_code.targets.compose import grafana
from monitoring_as_code.targets.compose.env_example import env_example
from monitoring_as_code.targets.compose.service import Service
from monitoring_as_code.targets.compose.services import networks, services, volumes
from monitoring_as_code.targets.compose.values import written
from monitoring_as_code.targets.prometheus.configuration import configurations
from monitoring_as_code.targets.provenance import generated
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.security import Web
    from monitoring_as_code.model.stack import Stack
    from monitoring_as_code.yaml_text import Plain

CLASHING_PORTS = "clashing-ports"
MISPLACED_SECRET = "misplaced-secret"  # noqa: S105 - a rule

_AUTHORITIES = ("/etc/ssl/", "/etc/pki/", "/etc/ca-certificates/", "/usr/local/share/ca-certificates/", "/usr/share/ca-certificates/")
# What an image, or we, have below these is needed.
_SYSTEM = ("/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/proc/", "/sys/", "/dev/", "/boot/", "/etc/mac/", "/run/mac/", "/run/given/")
_SCRIPTS = os.path.join(os.path.dirname(__file__), "scripts")
# What an entrypoint needs beside itself.
_BESIDE = {"alertmanager": ("channels.awk",), "grafana": ("weak.awk",)}


def render(analysis: Analysis) -> Iterator[tuple[str, str] | Diagnostic]:
    """`compose.yaml`, `.env.example` and what is below `compose/`, if there is a stack."""
    stack = analysis.stack
    if stack is None:
        return
    routing = analysis.routing
    notifying = None if routing is None else configuration(analysis, routing)
    found = list(services(stack, dict(configurations(stack)), notifying, dashboards=bool(analysis.project.of(Dashboard))))
    yield from _clashes(stack, found)
    yield from _misplaced(stack, found)
    header = generated(analysis, (stack,) if routing is None else (stack, routing))
    yield "compose.yaml", _compose_yaml(project_name(analysis, stack), found, header)
    yield ".env.example", env_example(stack, found, header)
    for path, text in _beside(stack, found, header):
        yield f"compose/{path}", text


def project_name(analysis: Analysis, stack: Stack) -> str:
    """What Compose calls the whole: each environment is a stack of its own."""
    environment = analysis.project.environment
    return slug(stack.name if environment is None else f"{stack.name}-{environment}")


def _compose_yaml(name: str, found: Sequence[Service], header: str) -> str:
    start = "Start it by `mac up`, or by `docker compose -f compose.yaml --env-file PATH/.env up -d`; .env.example says what is in .env."
    blocks = [to_yaml({"name": name}, header=f"{header}\n{start}"), "services:\n"]
    for service in found:
        if service.comment:
            blocks.append(f"  # {service.comment}\n")
        blocks.append(_indented(to_yaml({service.name: written(service.settings)})))
    rest: dict[str, Plain] = {"networks": networks(found)}
    kept = volumes(found)
    if kept:
        rest["volumes"] = {each: {} for each in kept}
    secrets = {each.id: each.source() for service in found if service.given is not None for each in service.given.secrets}
    secrets |= {each.id: each.demanded() for service in found for each in service.demanded}
    if secrets:
        rest["secrets"] = {each: written(secrets[each]) for each in sorted(secrets)}
    blocks.append(to_yaml(rest))
    return "".join(blocks)


def _indented(text: str) -> str:
    return "".join(f"  {line}" if line.strip() else line for line in text.splitlines(keepends=True))


def _beside(stack: Stack, found: Sequence[Service], header: str) -> Iterator[tuple[str, str]]:
    """What the services read besides their configuration: entrypoints, tables of secrets, how their pages are protected, the proxy's."""
    entered = {each.entrypoint: each for each in found if each.entrypoint}
    if any(each.given is not None for each in entered.values()):
        yield "secrets.sh", _script("secrets.sh")
    protected: dict[str, Web] = {}
    for name, service in entered.items():
        # The global one starts as the others do.
        yield f"{name}/entrypoint.sh", _script(f"{'prometheus' if name.startswith(PROMETHEUS) else name}.sh")
        for beside in _BESIDE.get(name, ()):
            yield f"{name}/{beside}", _script(beside)
        if service.given is not None:
            yield f"{name}/secrets.tsv", service.given.table()
        web = web_of(stack, name)
        if web is not None:
            protected[name] = web
    if GRAFANA in entered:
        yield f"{GRAFANA}/words", _weak_words()
        if isinstance(stack.grafana.auth, Ldap):
            yield f"{GRAFANA}/ldap.toml", f"# {header}\n{grafana.ldap_toml(stack.grafana.auth)}"
    for name, web in protected.items():
        yield f"{name}/web.yml", _web_yaml(web, header)
        yield f"{name}/client.yml", to_yaml(_client(web, name) | _unproven(web), header=header)
        if web.users:
            yield f"{name}/users", "".join(f"{user}\n" for user in web.users)
    if any(web.users for web in protected.values()):
        yield "users.awk", _script("users.awk")
    if isinstance(stack.long_term, Thanos) and PROMETHEUS in protected:
        web = protected[PROMETHEUS]
        proof: dict[str, Plain] = {"ca_file": web.ca_file} if web.ca_file is not None else {}
        if web.server_name is not None:
            proof["server_name"] = web.server_name
        tls: dict[str, Plain] = {"tls_config": proof} if proof else {}
        yield "thanos/client.yml", to_yaml(_client(web, PROMETHEUS) | tls, header=header)
    if stack.proxy is not None:
        from monitoring_as_code.targets.compose import proxy

        backends = [f"{each.name}:{each.port}" for each in servers(stack) if each.service == GRAFANA]
        if isinstance(stack.proxy, Traefik):
            yield "proxy/traefik.yml", proxy.traefik_yaml(stack.proxy, backends, header)
        else:
            yield "proxy/nginx.conf", proxy.nginx_conf(stack.proxy, backends, header)


def _web_yaml(web: Web, header: str) -> str:
    """How a server answers; who may ask is added when it starts."""
    if web.certificate_file is None:
        return to_yaml({"http_server_config": {"http2": True}}, header=header)
    tls: dict[str, Plain] = {"cert_file": web.certificate_file, "key_file": web.key_file, "min_version": web.min_version}
    return to_yaml({"tls_server_config": tls}, header=header)


def _client(web: Web, service: str) -> dict[str, Plain]:
    return {"basic_auth": {"username": web.users[0], "password_file": web_password_file(service)}} if web.users else {}


def _unproven(web: Web) -> dict[str, Plain]:
    """A server that asks itself whether it is well knows whom it asks, and its certificate is for another name."""
    return {} if web.certificate_file is None else {"tls_config": {"insecure_skip_verify": True}}


def _weak_words() -> str:
    """What default passwords are made of, for the entrypoint that knows no Python."""
    from monitoring_as_code.passwords import KNOWN, WORDS

    return "".join((*(f"={each}\n" for each in KNOWN), *(f"{each}\n" for each in WORDS)))


def _script(name: str) -> str:
    with open(os.path.join(_SCRIPTS, name), encoding="utf-8") as file:
        return file.read()


def _clashes(stack: Stack, found: Sequence[Service]) -> Iterator[Diagnostic]:
    """Compose takes them, and Docker finds out when it starts the second service."""
    taken: dict[str, str] = {}
    for service in found:
        for port in _ports(service.settings):
            other = taken.setdefault(port, service.name)
            if other != service.name:
                message = f"`{other}` and `{service.name}` would both be published at port {port} of the machine"
                help_ = 'give one of them an access point with another port: `AccessPoint(service=..., url="http://localhost:...", ...)`'
                yield Diagnostic(CLASHING_PORTS, Severity.ERROR, message, Place(stack.origin, ("access_points",)), help_)


def _misplaced(stack: Stack, found: Sequence[Service]) -> Iterator[Diagnostic]:
    """A folder of secrets lies in memory, over whatever the image has there."""
    paths = {each.path for service in found if service.given is not None for each in service.given.secrets}
    for path in sorted(paths):
        folder = path.rpartition("/")[0]
        if f"{folder}/".startswith(_AUTHORITIES):
            message = f"`{path}` would need a folder in memory at `{folder}`, and hide the authorities that the image trusts"
            own = f"/run/secrets/{path.rpartition('/')[2]}"
            help_ = f"leave it out if it is the usual authorities, which are trusted anyway, or give it a folder of its own: `{own}`"
            yield Diagnostic(MISPLACED_SECRET, Severity.ERROR, message, Place(stack.origin), help_)
        elif folder.count("/") < 2 or f"{folder}/".startswith(_SYSTEM):
            message = f"`{path}` would need a folder in memory at `{folder or '/'}`, which belongs to the image"
            help_ = f"give secrets a folder of their own: `/run/secrets/{path.rpartition('/')[2]}`"
            yield Diagnostic(MISPLACED_SECRET, Severity.ERROR, message, Place(stack.origin), help_)


def _ports(settings: Mapping[str, Plain]) -> Iterator[str]:
    published = settings.get("ports", ())
    for each in published if isinstance(published, Sequence) else ():
        yield str(each).rsplit(":", 2)[-2]
