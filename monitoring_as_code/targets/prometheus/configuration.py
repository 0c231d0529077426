"""The configuration of each Prometheus of a stack: one, several that differ in an external label alone, and the global one above them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitoring_as_code.model.long_term import Mimir
from monitoring_as_code.model.security import web_password_file
from monitoring_as_code.model.topology import GLOBAL, PROMETHEUS, replicas_at, servers, service_at, web_of
from monitoring_as_code.targets.flags import config_path

if TYPE_CHECKING:
    from monitoring_as_code.model.security import Web
    from monitoring_as_code.model.servers import Federation, GlobalPrometheus, RemoteWrite
    from monitoring_as_code.model.stack import ScrapeJob, Stack
    from monitoring_as_code.yaml_text import Plain

# The label that Mimir's HA tracker tells replicas apart by, where nobody has set another one.
_MIMIR_REPLICA = "__replica__"


def configurations(stack: Stack, plain: Collection[str] = ()) -> Iterator[tuple[str, dict[str, Plain]]]:
    """The configuration of each Prometheus by its path below build/; the services that are `plain` answer everybody, whatever their `web` says."""
    for name in stack.prometheus.names:
        yield config_path(name), _of_replica(stack, name, plain)
    if stack.global_prometheus is not None:
        yield config_path(GLOBAL), _of_global(stack, stack.global_prometheus, plain)


def _of_replica(stack: Stack, name: str, plain: Collection[str]) -> dict[str, Plain]:
    server = stack.prometheus
    overall: dict[str, Plain] = {"scrape_interval": stack.scrape_interval}
    if stack.scrape_timeout is not None:
        overall["scrape_timeout"] = stack.scrape_timeout
    overall["evaluation_interval"] = stack.evaluation_interval
    external = dict(stack.external_labels)
    if server.replicas > 1:
        external[server.replica_label] = name
    if external:
        overall["external_labels"] = external
    found: dict[str, Plain] = {"global": overall, "rule_files": ["rules/*.yml"]}
    if stack.alertmanagers:
        found["alerting"] = _alerting(stack, plain)
    if stack.jobs:
        found["scrape_configs"] = [_job(stack, job, plain) for job in stack.jobs]
    writing = [_remote_write(stack, each, plain) for each in server.remote_write]
    if isinstance(stack.long_term, Mimir):
        writing.append(_to_mimir(stack, stack.long_term))
    if writing:
        found["remote_write"] = writing
    return found


def _alerting(stack: Stack, plain: Collection[str]) -> dict[str, Plain]:
    """Where alerts are sent to, without the label that would make different alerts of the same one."""
    found: dict[str, Plain] = {}
    if stack.prometheus.replicas > 1:
        found["alert_relabel_configs"] = [{"regex": stack.prometheus.replica_label, "action": "labeldrop"}]
    groups: list[Plain] = []
    for service, addresses in _by_service(stack, stack.alertmanagers, plain).items():
        groups.append({**client(service, stack, plain), "static_configs": [{"targets": addresses}]})
    found["alertmanagers"] = groups
    return found


def _by_service(stack: Stack, addresses: tuple[str, ...], plain: Collection[str]) -> dict[str, list[str]]:
    """All replicas of addresses, by the service of the stack that asks for a login or speaks TLS, or "" where none does."""
    found: dict[str, list[str]] = {}
    for address in addresses:
        service = service_at(stack, address) or ""
        protected = service not in plain and web_of(stack, service) is not None
        found.setdefault(service if protected else "", []).extend(replicas_at(stack, address))
    return {service: list(dict.fromkeys(each)) for service, each in found.items()}


def client(service: str, stack: Stack, plain: Collection[str]) -> dict[str, Plain]:
    """How one of the stack's own services is asked, if that is not plain HTTP without a login."""
    web: Web | None = None if service in plain else web_of(stack, service)
    if web is None:
        return {}
    found: dict[str, Plain] = {}
    if web.scheme == "https":
        found["scheme"] = "https"
    if web.users:
        found["basic_auth"] = {"username": web.users[0], "password_file": web_password_file(service)}
    if trusted := _tls(web.ca_file, web.server_name):
        found["tls_config"] = trusted
    return found


def _tls(ca_file: str | None, server_name: str | None) -> dict[str, Plain]:
    said = {"ca_file": ca_file, "server_name": server_name}
    return {name: value for name, value in said.items() if value is not None}


def _login(part: ScrapeJob | RemoteWrite | Mimir) -> dict[str, Plain]:
    """As who somebody asks, and whom they trust."""
    found: dict[str, Plain] = {}
    if part.username is not None:
        found["basic_auth"] = {"username": part.username, "password_file": part.password_file}
    bearer = None if isinstance(part, Mimir) else part.bearer_token_file
    if bearer is not None:
        found["authorization"] = {"credentials_file": bearer}
    if trusted := _tls(part.ca_file, None if isinstance(part, Mimir) else part.server_name):
        found["tls_config"] = trusted
    return found


def _job(stack: Stack, job: ScrapeJob, plain: Collection[str]) -> dict[str, Plain]:
    found: dict[str, Plain] = {"job_name": job.name}
    if job.scrape_interval is not None:
        found["scrape_interval"] = job.scrape_interval
    if job.scrape_timeout is not None:
        found["scrape_timeout"] = job.scrape_timeout
    if job.metrics_path != "/metrics":
        found["metrics_path"] = job.metrics_path
    if job.scheme != "http":
        found["scheme"] = job.scheme
    if job.honor_labels:
        found["honor_labels"] = True
    for name in ("sample_limit", "label_limit", "body_size_limit", "scrape_protocols", "fallback_scrape_protocol"):
        if said := getattr(job, name):
            found[name] = said
    login = _login(job)
    if "basic_auth" not in login and "authorization" not in login:
        # A job that scrapes a service with a `web` scrapes nothing else: the stack has seen to that.
        found |= client(service_at(stack, job.targets[0]) or "", stack, plain)
    found |= login
    targets: dict[str, Plain] = {"targets": stack.addresses_of(job)}
    if job.labels:
        targets["labels"] = job.labels
    found["static_configs"] = [targets]
    return found


def _remote_write(stack: Stack, part: RemoteWrite, plain: Collection[str]) -> dict[str, Plain]:
    found: dict[str, Plain] = {"url": part.url}
    if part.name is not None:
        found["name"] = part.name
    if part.remote_timeout is not None:
        found["remote_timeout"] = part.remote_timeout
    if part.headers:
        found["headers"] = part.headers
    login = _login(part)
    if "basic_auth" not in login and "authorization" not in login:
        asked = client(service_at(stack, urlsplit(part.url).netloc) or "", stack, plain)
        asked.pop("scheme", None)  # the address says it
        found |= asked
    found |= login
    relabelled: list[Plain] = []
    for action, regex in (("keep", part.keep), ("drop", part.drop)):
        if regex is not None:
            relabelled.append({"source_labels": ["__name__"], "regex": regex, "action": action})
    if relabelled:
        found["write_relabel_configs"] = relabelled
    return found


def _to_mimir(stack: Stack, mimir: Mimir) -> dict[str, Plain]:
    found: dict[str, Plain] = {"url": mimir.push_url, "name": "mimir"}
    if mimir.tenant is not None:
        found["headers"] = {"X-Scope-OrgID": mimir.tenant}
    found |= _login(mimir)
    label = stack.prometheus.replica_label
    if stack.prometheus.replicas > 1 and label != _MIMIR_REPLICA:
        found["write_relabel_configs"] = [
            {"source_labels": [label], "target_label": _MIMIR_REPLICA},
            {"regex": label, "action": "labeldrop"},
        ]
    return found


def _of_global(stack: Stack, server: GlobalPrometheus, plain: Collection[str]) -> dict[str, Plain]:
    overall: dict[str, Plain] = {"scrape_interval": server.scrape_interval}
    if server.external_labels:
        overall["external_labels"] = server.external_labels
    found: dict[str, Plain] = {"global": overall}
    if server.federate:
        found["scrape_configs"] = [_federated(stack, each, plain) for each in server.federate]
    return found


def _federated(stack: Stack, part: Federation, plain: Collection[str]) -> dict[str, Plain]:
    found: dict[str, Plain] = {"job_name": part.name}
    if part.scrape_interval is not None:
        found["scrape_interval"] = part.scrape_interval
    # The series keep the labels by which the other Prometheus knows them, job and instance too.
    found |= {"honor_labels": True, "metrics_path": "/federate", "params": {"match[]": part.match}}
    addresses = part.targets or tuple(f"{name}:{port}" for name, port in _own(stack))
    found |= client(service_at(stack, addresses[0]) or "", stack, plain)
    targets: dict[str, Plain] = {"targets": addresses}
    if part.labels:
        targets["labels"] = part.labels
    found["static_configs"] = [targets]
    return found


def _own(stack: Stack) -> Iterator[tuple[str, int]]:
    return ((server.name, server.port) for server in servers(stack) if server.service == PROMETHEUS)
