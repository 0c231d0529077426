"""The monitoring stack itself: what is scraped, how often, how long it is kept, and where people find it."""

import re
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from monitoring_as_code.light import override
from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.fields import LabelSet, PlainName, PositiveDuration, Text
from monitoring_as_code.model.metric import Exporter
from monitoring_as_code.promql.durations import milliseconds

_ADDRESS = re.compile(r"(?:[^\s/:\[\]]+|\[[0-9a-fA-F:.]+\]):([0-9]{1,5})")


def _address(text: str) -> str:
    found = _ADDRESS.fullmatch(text)
    if found is None or not 0 < int(found.group(1)) < 65536:
        message = f"`{text}` is no address: write a host and a port, `backend:3001`, and nothing else"
        raise ValueError(message)
    return text


def _path(text: str) -> str:
    if not re.fullmatch(r"/[^\s?#]*", text):
        message = f"`{text}` is no path: it starts with `/`, and has neither blanks, `?` nor `#`"
        raise ValueError(message)
    return text


def _web_address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", text):
        message = f"`{text}` is no web address: it starts with `http://` or `https://`, and has no blanks"
        raise ValueError(message)
    return text


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


# A host and its port.
Address: TypeAlias = Annotated[Text, Check(_address)]
WebAddress: TypeAlias = Annotated[Text, Check(_web_address)]


class ScrapeJob(Declaration):
    """Targets that are scraped the same way.

    What they expose is the `exporter`'s metrics, or the application's own when there is none. `labels` are put on every series of the
    job, and hide a label of that name which a metric has itself, unless `honor_labels` keeps the metric's.
    """

    kind: ClassVar[str] = "scrape job"

    name: PlainName
    targets: tuple[Address, ...] = Field(min_length=1)
    exporter: Instance[Exporter] | None = None
    labels: LabelSet = {}
    scrape_interval: PositiveDuration | None = None
    scrape_timeout: Annotated[PositiveDuration | None, Check(_within_interval, with_others=True)] = None
    metrics_path: Annotated[Text, Check(_path)] = "/metrics"
    scheme: Literal["http", "https"] = "http"
    honor_labels: bool = False


def _timeouts_fit(jobs: tuple[ScrapeJob, ...], others: dict[str, Any]) -> tuple[ScrapeJob, ...]:
    interval = others.get("scrape_interval")
    for job in jobs:
        if interval is None or job.scrape_interval is not None or job.scrape_timeout is None:
            continue
        if milliseconds(job.scrape_timeout) > milliseconds(interval):
            message = f"`{job.name}` waits `{job.scrape_timeout}`, longer than the scrape interval, `{interval}`: Prometheus refuses that"
            raise ValueError(message)
    return jobs


class AccessPoint(Part):
    """Where people reach a service: the address on the host, and the port inside of its container if it runs in one.

    `credentials` says in words what to log in with, never a password itself.
    """

    service: PlainName
    url: Text
    container_port: int | None = None
    credentials: Text | None = None


class Stack(Declaration):
    """Prometheus, Alertmanager and Grafana as one. A project has one.

    `docs_url` is where the generated docs are published; the alerts' runbook links lead there. `alertmanagers` are the addresses that
    Prometheus sends alerts to.
    """

    kind: ClassVar[str] = "stack"

    name: PlainName
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
    access_points: tuple[Instance[AccessPoint], ...] = ()

    @property
    def identities(self) -> tuple[tuple[str, ...], ...]:
        """There is one stack."""
        return ((self.kind,),)

    @override
    def called(self, identity: tuple[str, ...]) -> str:
        return "the stack, which a project has once,"
