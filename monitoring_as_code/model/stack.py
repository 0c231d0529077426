"""The monitoring stack itself: what is scraped, how often, how long it is kept, and where people find it."""

import re
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from monitoring_as_code.light import override
from monitoring_as_code.model.addresses import Address, UrlPath, WebAddress
from monitoring_as_code.model.checking import Check, Disclosing, Field, Instance
from monitoring_as_code.model.declaration import Declaration, Needs, Part
from monitoring_as_code.model.fields import LabelSet, PlainName, PositiveDuration, SecretFile, Text
from monitoring_as_code.model.grafana_server import GrafanaServer
from monitoring_as_code.model.images import Images
from monitoring_as_code.model.long_term import Mimir, Thanos
from monitoring_as_code.model.metric import Exporter
from monitoring_as_code.model.proxy import Nginx, Traefik
from monitoring_as_code.model.security import passwords_in_clear
from monitoring_as_code.model.servers import AlertmanagerServer, GlobalPrometheus, PrometheusServer, check_login
from monitoring_as_code.promql.durations import milliseconds


def _within_interval(timeout: str | None, others: dict[str, Any]) -> str | None:
    interval = others.get("scrape_interval")
    if timeout is not None and interval is not None and milliseconds(timeout) > milliseconds(interval):
        message = f"`{timeout}` is longer than the scrape interval, `{interval}`: Prometheus refuses that"
        raise ValueError(message)
    return timeout


def _literal(labels: dict[str, str]) -> dict[str, str]:
    for name, value in labels.items():
        if "$" in value:
            message = f"`{name}` has a `$`, which Prometheus 3 takes for the start of a variable, and Prometheus 2 does not"
            raise ValueError(message)
    return labels


# How a page can be asked for. PrometheusText1.0.0 is another one, which differs for names that need quotes alone, and nothing here has any.
ScrapeProtocol: TypeAlias = Literal["PrometheusProto", "OpenMetricsText0.0.1", "OpenMetricsText1.0.0", "PrometheusText0.0.4"]


def _each_once(protocols: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(protocols)) < len(protocols):
        message = "has a protocol twice: Prometheus refuses that"
        raise ValueError(message)
    return protocols


class ScrapeJob(Declaration):
    """Targets that are scraped the same way.

    What they expose is the `exporter`'s metrics, or the application's own when there is none. `labels` are put on every series of the
    job, and hide a label of that name which a metric has itself, unless `honor_labels` keeps the metric's.

    Targets that want to know who asks get `username` and `password_file`, or `bearer_token_file`; with `scheme="https"` they are trusted by
    `ca_file`, or by the usual authorities, when their certificate is for `server_name`, or for the host of their address. The stack's own
    Prometheus and Alertmanager need nothing of that: their jobs get it from their `web`.

    A page with more samples than `sample_limit`, with a series of more labels than `label_limit`, or larger than `body_size_limit`, is a
    scrape that fails: so no target can fill the disk. `scrape_protocols` are asked for, the first one most of all; `fallback_scrape_protocol`
    is how a page is read that does not say what it is, which Prometheus 3 refuses otherwise.
    """

    kind: ClassVar[str] = "scrape job"

    name: PlainName
    targets: tuple[Address, ...] = Field(min_length=1)
    exporter: Instance[Exporter] | None = None
    labels: LabelSet = {}
    scrape_interval: PositiveDuration | None = None
    scrape_timeout: Annotated[PositiveDuration | None, Check(_within_interval, with_others=True)] = None
    metrics_path: UrlPath = "/metrics"
    scheme: Literal["http", "https"] = "http"
    honor_labels: bool = False
    username: Text | None = None
    password_file: SecretFile | None = None
    bearer_token_file: SecretFile | None = None
    ca_file: SecretFile | None = None
    server_name: Text | None = None
    sample_limit: int | None = Field(default=None, ge=1)
    label_limit: int | None = Field(default=None, ge=1)
    body_size_limit: Text | None = Field(
        default=None, pattern=r"^[1-9][0-9]*(?:B|KB|MB|GB|TB|PB|EB)$", form="a size such as `512KB` or `10MB`"
    )
    scrape_protocols: Annotated[tuple[ScrapeProtocol, ...], Check(_each_once)] = Field(default=(), since="Prometheus 2.49")
    fallback_scrape_protocol: ScrapeProtocol | None = Field(default=None, since="Prometheus 3.0")

    _needs: ClassVar[Needs] = dict.fromkeys(("ca_file", "server_name"), (("scheme",), ("https",)))

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        check_login(fields)


def _timeouts_fit(jobs: tuple[ScrapeJob, ...], others: dict[str, Any]) -> tuple[ScrapeJob, ...]:
    interval = others.get("scrape_interval")
    for job in jobs:
        if interval is None or job.scrape_interval is not None or job.scrape_timeout is None:
            continue
        if milliseconds(job.scrape_timeout) > milliseconds(interval):
            message = f"`{job.name}` waits `{job.scrape_timeout}`, longer than the scrape interval, `{interval}`: Prometheus refuses that"
            raise ValueError(message)
    return jobs


def _no_password(text: str | None) -> str | None:
    """Refuse what is plainly a login itself: `admin / h4z-tulip-92`, `password: h4z-tulip-92`."""
    if text is None:
        return None
    found = (
        re.fullmatch(r"\s*[\w.@-]+\s+[/:|]\s+(\S+)\s*", text)
        or re.fullmatch(r"\s*(?:admin|administrator|root|user|grafana)[/:|](\S+)\s*", text, re.IGNORECASE)
        or re.search(r"\b(?:password|passwort|passwd|pwd)(?:\s+is)?\s*[:=]?\s+[\"'`]?(\S*[0-9]\S*)", text, re.IGNORECASE)
        or re.search(r"\b(?:password|passwort|passwd|pwd)[:=](\S+)", text, re.IGNORECASE)
    )
    # The name of a variable, and an address, say where it is.
    if found is not None and not re.fullmatch(r"[\"'`$({]*[A-Z][A-Z0-9_]*[\"'`)}.,;]*|.*://.*|/.*", found[1]):
        message = "names the password itself, and the docs would show it: say where it is, `admin, with the password from GRAFANA_PASSWORD`"
        raise Disclosing(message)
    return text


class AccessPoint(Part):
    """Where people reach a service: the address on the host, and the port inside of its container if it runs in one.

    `credentials` says in words what to log in with, never a password itself.
    """

    service: PlainName
    url: Text
    container_port: int | None = None
    credentials: Annotated[Text | None, Check(_no_password)] = None

    @property
    def host_port(self) -> int | None:
        """The port of this machine at which it is; None if it is elsewhere, or has no port."""
        # `urllib.parse` takes 2 ms to import.
        found = re.fullmatch(
            r"(?:[\w.+-]+:)?//(?:[^/?#]*@)?(?:localhost|127\.0\.0\.1|\[::1\]):([0-9]{1,5})(?:[/?#].*)?", self.url, re.IGNORECASE
        )
        return None if found is None or int(found[1]) > 65535 else int(found[1])


def _one_at_a_port(points: tuple[AccessPoint, ...]) -> tuple[AccessPoint, ...]:
    """Compose finds out only when it starts the second one."""
    seen: dict[int, AccessPoint] = {}
    for point in points:
        if point.host_port is None or point.container_port is None:
            continue
        other = seen.setdefault(point.host_port, point)
        if other.service != point.service:
            message = (
                f"`{other.service}` and `{point.service}` are both on port {point.host_port} of this machine: give one of them another"
            )
            raise ValueError(message)
    return points


def _replicas_apart(server: PrometheusServer, others: dict[str, Any]) -> PrometheusServer:
    if others.get("production") and passwords_in_clear(server.web):
        raise ValueError(_READABLE)
    if server.replicas > 1 and server.replica_label in others.get("external_labels", ()):
        message = f"`{server.replica_label}` tells the replicas apart, and is one of `external_labels`, too: choose another `replica_label`"
        raise ValueError(message)
    return server


_READABLE = "without TLS passwords go over the network for everybody to read: give the `web` a `certificate_file` and a `key_file`"


def _safe(server: AlertmanagerServer, others: dict[str, Any]) -> AlertmanagerServer:
    if others.get("production") and passwords_in_clear(server.web):
        raise ValueError(_READABLE)
    return server


def _safe_global(server: GlobalPrometheus | None, others: dict[str, Any]) -> GlobalPrometheus | None:
    if others.get("production") and server is not None and passwords_in_clear(server.web):
        raise ValueError(_READABLE)
    return server


def _safe_database(server: GrafanaServer, others: dict[str, Any]) -> GrafanaServer:
    database = server.database
    if others.get("production") and database is not None and not database.own and database.ssl_mode in (None, "disable"):
        message = f"`{database.host}` is reached over a network that is not the stack's own: give the database an `ssl_mode`, `verify-full`"
        raise ValueError(message)
    return server


def _labelled(engine: Thanos | Mimir | None, others: dict[str, Any]) -> Thanos | Mimir | None:
    labels = others.get("external_labels", {})
    replicas = getattr(others.get("prometheus"), "replicas", 1)
    if isinstance(engine, Thanos) and replicas == 1 and not labels:
        message = "Thanos tells the blocks of several Prometheus servers apart by `external_labels`: give the stack one, such as `cluster`"
        raise ValueError(message)
    if isinstance(engine, Mimir) and replicas > 1 and "cluster" not in labels:
        message = "Mimir keeps the samples of one replica by the external label `cluster`: give the stack one"
        raise ValueError(message)
    return engine


class Stack(Declaration):
    """Prometheus, Alertmanager and Grafana as one. A project has one.

    `docs_url` is where the generated docs are published; the alerts' runbook links lead there. `alertmanagers` are the addresses that
    Prometheus sends alerts to; `alertmanager:9093` is all replicas of the stack's own.

    With `production` it is for others than who starts it: default and weak passwords are refused, and passwords without TLS.
    """

    kind: ClassVar[str] = "stack"

    name: PlainName
    production: bool = False
    scrape_interval: PositiveDuration = "1m"
    evaluation_interval: PositiveDuration = "1m"
    scrape_timeout: Annotated[PositiveDuration | None, Check(_within_interval, with_others=True)] = None
    jobs: Annotated[tuple[Instance[ScrapeJob], ...], Check(_timeouts_fit, with_others=True)] = ()
    external_labels: Annotated[LabelSet, Check(_literal)] = {}
    retention: PositiveDuration = "15d"
    dashboard_refresh: PositiveDuration | None = None
    alertmanagers: tuple[Address, ...] = ()
    prometheus_url: WebAddress = "http://prometheus:9090"
    grafana_url: WebAddress | None = None
    docs_url: WebAddress | None = None
    access_points: Annotated[tuple[Instance[AccessPoint], ...], Check(_one_at_a_port)] = ()
    images: Instance[Images] = Images()
    prometheus: Annotated[Instance[PrometheusServer], Check(_replicas_apart, with_others=True)] = PrometheusServer()
    alertmanager: Annotated[Instance[AlertmanagerServer], Check(_safe, with_others=True)] = AlertmanagerServer()
    grafana: Annotated[Instance[GrafanaServer], Check(_safe_database, with_others=True)] = GrafanaServer()
    global_prometheus: Annotated[Instance[GlobalPrometheus] | None, Check(_safe_global, with_others=True)] = None
    proxy: Instance[Traefik] | Instance[Nginx] | None = None
    long_term: Annotated[Instance[Thanos] | Instance[Mimir] | None, Check(_labelled, with_others=True)] = None

    def addresses_of(self, job: ScrapeJob) -> tuple[str, ...]:
        """The addresses that a job scrapes: those that it names, and all replicas of an own service that is one of them."""
        if self.prometheus.replicas == self.alertmanager.replicas == self.grafana.replicas == 1:
            return job.targets
        from monitoring_as_code.model.topology import replicas_at

        return tuple(dict.fromkeys(each for address in job.targets for each in replicas_at(self, address)))

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if all(getattr(fields.get(name), "web", None) is None for name in ("prometheus", "alertmanager", "global_prometheus")):
            return
        from monitoring_as_code.model.topology import service_at, web_of

        stack = object.__new__(cls)
        stack.__dict__.update(fields)
        for job in stack.jobs:
            services = [service_at(stack, address) for address in job.targets]
            asked = next((service for service in services if service is not None and web_of(stack, service) is not None), None)
            if asked is not None and any(service != asked for service in services):
                message = f"`{job.name}` scrapes `{asked}`, which has a `web`, and others, which are asked otherwise: make two jobs of it"
                raise ValueError(message)

    @property
    def identities(self) -> tuple[tuple[str, ...], ...]:
        """There is one stack."""
        return ((self.kind,),)

    @override
    def called(self, identity: tuple[str, ...]) -> str:
        return "the stack, which a project has once,"
