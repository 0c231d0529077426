"""The monitoring stack itself: what is scraped, how often, how long it is kept, and where people find it."""

from typing import ClassVar, Literal

from pydantic import Field, InstanceOf

from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.fields import LabelSet, PlainName, PositiveDuration, Text
from monitoring_as_code.model.metric import Exporter


class ScrapeJob(Declaration):
    """Targets that are scraped the same way.

    What they expose is the `exporter`'s metrics, or the application's own when there is none. `labels` are put on every series of the
    job, and hide a label of that name which a metric has itself, unless `honor_labels` keeps the metric's.
    """

    kind: ClassVar[str] = "scrape job"

    name: PlainName
    targets: tuple[Text, ...] = Field(min_length=1)
    exporter: InstanceOf[Exporter] | None = None
    labels: LabelSet = {}
    scrape_interval: PositiveDuration | None = None
    scrape_timeout: PositiveDuration | None = None
    metrics_path: Text = "/metrics"
    scheme: Literal["http", "https"] = "http"
    honor_labels: bool = False


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
    jobs: tuple[InstanceOf[ScrapeJob], ...] = ()
    scrape_interval: PositiveDuration = "1m"
    evaluation_interval: PositiveDuration = "1m"
    scrape_timeout: PositiveDuration | None = None
    external_labels: LabelSet = {}
    retention: PositiveDuration = "15d"
    dashboard_refresh: PositiveDuration | None = None
    alertmanagers: tuple[Text, ...] = ()
    prometheus_url: Text = "http://prometheus:9090"
    grafana_url: Text | None = None
    docs_url: Text | None = None
    access_points: tuple[InstanceOf[AccessPoint], ...] = ()

    @property
    def identities(self) -> tuple[tuple[str, ...], ...]:
        """There is one stack."""
        return ((self.kind,),)
