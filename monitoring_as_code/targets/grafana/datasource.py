"""Provisioning: where Grafana finds the data, and the dashboards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitoring_as_code.model.long_term import Mimir, Thanos
from monitoring_as_code.model.security import web_password_file
from monitoring_as_code.model.topology import GLOBAL, PROMETHEUS, Server, servers, service_at, web_of
from monitoring_as_code.yaml_text import Plain, to_yaml

if TYPE_CHECKING:
    from monitoring_as_code.model.stack import Stack

DATASOURCE_NAME = "Prometheus"
# Dashboards, bookmarks and Explore's links hold it: it never changes, whoever answers.
DATASOURCE_UID = "prometheus"
# Where Thanos answers queries.
THANOS_QUERY = "http://thanos-query:10902"


def datasources(stack: Stack, header: str) -> str:
    """The provisioning file of the data sources; passwords and certificates are read from files when Grafana starts."""
    return to_yaml({"apiVersion": 1, "prune": True, "datasources": list(_sources(stack))}, header=header)


def _sources(stack: Stack) -> Iterator[dict[str, Plain]]:
    """The one that dashboards ask; then each Prometheus, if there are several, and the global one."""
    replicas = [server for server in servers(stack) if server.service == PROMETHEUS]
    single = len(replicas) == 1
    engine = stack.long_term
    if isinstance(engine, Thanos):
        # Thanos answers for what it has as Prometheus does, and knows no rules.
        yield _source(stack, DATASOURCE_NAME, DATASOURCE_UID, THANOS_QUERY, flavor="Thanos", default=True, rules=False)
    elif isinstance(engine, Mimir):
        yield _of_mimir(stack, engine)
    else:
        url = stack.prometheus_url
        if _is_own(stack, url):
            # Replicas scrape at different moments: a graph of one of them is smooth, one that is asked of each in turn is not.
            yield _source(stack, DATASOURCE_NAME, DATASOURCE_UID, url if single else _url(stack, replicas[0]), PROMETHEUS, default=True)
        else:
            yield _source(stack, DATASOURCE_NAME, DATASOURCE_UID, url, default=True)
    for number, server in enumerate(replicas, 1):
        if not single and (number > 1 or engine is not None):
            yield _source(stack, f"{DATASOURCE_NAME} {number}", server.name, _url(stack, server), PROMETHEUS)
    if single and engine is not None:
        yield _source(stack, f"{DATASOURCE_NAME} alone", "prometheus-alone", _url(stack, replicas[0]), PROMETHEUS)
    for server in servers(stack):
        if server.service == GLOBAL:
            yield _source(stack, f"{DATASOURCE_NAME} global", GLOBAL, _url(stack, server), GLOBAL)


def _is_own(stack: Stack, url: str) -> bool:
    parts = urlsplit(url)
    return service_at(stack, f"{parts.hostname}:{parts.port}") == PROMETHEUS and parts.hostname == PROMETHEUS


def _url(stack: Stack, server: Server) -> str:
    web = web_of(stack, server.service)
    return f"{'http' if web is None else web.scheme}://{server.name}:{server.port}"


def _source(
    stack: Stack,
    name: str,
    uid: str,
    url: str,
    service: str | None = None,
    *,
    flavor: str = "Prometheus",
    default: bool = False,
    rules: bool = True,
) -> dict[str, Plain]:
    found: dict[str, Plain] = {"name": name, "uid": uid, "type": "prometheus", "access": "proxy", "url": _plain(url)}
    settings: dict[str, Plain] = {
        "httpMethod": "POST",
        "prometheusType": flavor,
        # $__rate_interval is four of these at least, so that a rate always has two samples.
        "timeInterval": stack.scrape_interval,
        "manageAlerts": rules,
    }
    secure: dict[str, Plain] = {}
    web = None if service is None else web_of(stack, service)
    if service is not None and web is not None:
        if web.scheme == "https":
            found["url"] = _plain(url.replace("http://", "https://", 1))
            _trust(settings, secure, web.ca_file, web.server_name)
        if web.users:
            _log_in(found, secure, web.users[0], web_password_file(service))
    return _assembled(found, settings, secure, default=default)


def _of_mimir(stack: Stack, mimir: Mimir) -> dict[str, Plain]:
    found = _source(stack, DATASOURCE_NAME, DATASOURCE_UID, mimir.query_url, flavor="Mimir", default=True, rules=False)
    settings = dict(_mapping(found.pop("jsonData")))
    for key in ("isDefault", "editable"):
        del found[key]
    secure: dict[str, Plain] = {}
    _trust(settings, secure, mimir.ca_file, None)
    if mimir.username is not None and mimir.password_file is not None:
        _log_in(found, secure, mimir.username, mimir.password_file)
    if mimir.tenant is not None:
        settings["httpHeaderName1"] = "X-Scope-OrgID"
        secure["httpHeaderValue1"] = _plain(mimir.tenant)
    return _assembled(found, settings, secure, default=True)


def _trust(settings: dict[str, Plain], secure: dict[str, Plain], ca_file: str | None, server_name: str | None) -> None:
    if server_name is not None:
        settings["serverName"] = _plain(server_name)
    if ca_file is not None:
        settings["tlsAuthWithCACert"] = True
        secure["tlsCACert"] = _content(ca_file)


def _log_in(found: dict[str, Plain], secure: dict[str, Plain], user: str, password_file: str) -> None:
    found |= {"basicAuth": True, "basicAuthUser": _plain(user)}
    secure["basicAuthPassword"] = _content(password_file)


def _assembled(found: dict[str, Plain], settings: dict[str, Plain], secure: dict[str, Plain], *, default: bool) -> dict[str, Plain]:
    found |= {"isDefault": default, "editable": False, "jsonData": settings}
    if secure:
        found["secureJsonData"] = secure
    return found


def _mapping(value: Plain) -> Mapping[str, Plain]:
    return value if isinstance(value, Mapping) else {}


def _content(path: str) -> str:
    """What is in a file, which Grafana reads when it starts."""
    return f"$__file{{{path}}}"


def _plain(text: str) -> str:
    """A text that is itself: in provisioning files `$` starts a variable."""
    return text.replace("$", "$$")


def dashboard_provider(header: str) -> str:
    """The provisioning file of the dashboards: a folder of files is a folder of Grafana."""
    provider: Mapping[str, Plain] = {
        "name": "mac",
        "type": "file",
        "disableDeletion": False,
        "allowUiUpdates": False,
        "updateIntervalSeconds": 10,
        "options": {"path": "/etc/grafana/dashboards", "foldersFromFilesStructure": True},
    }
    return to_yaml({"apiVersion": 1, "providers": [provider]}, header=header)
