"""Alerts, recording rules and the groups they are evaluated in."""

from typing import Annotated, ClassVar

from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.expression import Condition, GaugeSelector, Vector, VectorOperators, narrowed
from monitoring_as_code.model.fields import DurationText, LabelSet, MetricName, PlainName, PositiveDuration, Severity, Text, check_labels
from monitoring_as_code.promql.ast import Matcher, VectorSelector
from monitoring_as_code.units import Unit


def _no_reserved(labels: dict[str, str]) -> dict[str, str]:
    for reserved in ("alertname", "severity"):
        if reserved in labels:
            message = f"`{reserved}` is set by the alert's own argument"
            raise ValueError(message)
    return labels


def _no_made(annotations: dict[str, str]) -> dict[str, str]:
    for made in ("summary", "description"):
        if made in annotations:
            message = f"`{made}` is set by the alert's own argument"
            raise ValueError(message)
    return check_labels(annotations)


def _page(runbook: str) -> str:
    if "://" not in runbook:
        message = f"`{runbook}` is no URL: write one, such as `https://wiki.example/queues`, or `Runbook(meaning=..., check=(...,))`"
        raise ValueError(message)
    return runbook


def _said(text: str) -> str:
    if not text.strip():
        message = "must say something: it is what people are woken up with"
        raise ValueError(message)
    return text


class Runbook(Part):
    """What to do when the alert fires; becomes the alert's page.

    `meaning` says what is going on and who suffers; `check` are the steps that find the cause; `fix` what has helped.
    """

    meaning: Text
    check: tuple[Text, ...] = Field(min_length=1)
    fix: tuple[Text, ...] = ()


class Alert(Declaration):
    """A condition that somebody must hear of.

    The condition is a comparison of the algebra, threshold included, or PromQL text. It must hold for `for_` before the alert fires, and
    the alert keeps firing for `keep_firing_for` after it stopped to hold. `summary` and `description` are templates of Prometheus.
    `runbook` is a page that is generated, or the URL of one.
    """

    kind: ClassVar[str] = "alert"

    name: PlainName
    expr: Instance[Condition] | Text
    for_: DurationText = "0s"
    keep_firing_for: DurationText = "0s"
    severity: Severity
    labels: Annotated[LabelSet, Check(_no_reserved)] = {}
    summary: Annotated[Text, Check(_said)]
    description: Text = ""
    annotations: Annotated[dict[Text, Text], Check(_no_made)] = {}
    runbook: Instance[Runbook] | Annotated[Text, Check(_page)] | None = None

    @property
    def identities(self) -> tuple[tuple[str, ...], ...]:
        """An alert's name may recur with other labels, as warning and critical of one thing do."""
        return ((self.kind, self.name, self.severity, *(f"{name}={value}" for name, value in sorted(self.labels.items()))),)


class RecordingRule(VectorOperators, Declaration):
    """An expression that is evaluated beforehand and kept under a name of its own; stands for its result in other expressions."""

    kind: ClassVar[str] = "recording rule"

    name: MetricName
    expr: Instance[Vector] | Text
    unit: Instance[Unit] | None = None
    help: Text = ""
    labels: LabelSet = {}

    @property
    def node(self) -> VectorSelector:
        """The recorded series."""
        return VectorSelector(self.name, origin=self.origin)

    def where(self, *matchers: Matcher) -> GaugeSelector:
        """Only the recorded series that match: `error_ratio.where(Http.service.matches("$service"))`."""
        return GaugeSelector(narrowed(self.node, matchers))

    @property
    def identities(self) -> tuple[tuple[str, ...], ...]:
        """A record's name may recur with other labels."""
        return ((self.kind, self.name, *(f"{name}={value}" for name, value in sorted(self.labels.items()))),)


class RuleGroup(Declaration):
    """Rules that are evaluated one after the other at the same time. Rules in no group go into one named after their module.

    With `query_offset` they look at how things were that long ago, for samples that others write and that come late.
    """

    kind: ClassVar[str] = "rule group"

    name: PlainName
    rules: tuple[Instance[Alert] | Instance[RecordingRule], ...] = Field(min_length=1)
    interval: PositiveDuration | None = None
    limit: int | None = Field(default=None, ge=1)
    query_offset: PositiveDuration | None = Field(default=None, since="Prometheus 2.53")
