"""Scenarios: what happens to the metrics, and what the alerts must make of it. `mac test` proves them on the real engine."""

from typing import Annotated, Any, ClassVar, TypeAlias

from monitoring_as_code.light import override
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.expression import HistogramOperators, Selector
from monitoring_as_code.model.fields import DurationText, PlainName, PositiveDuration, Text
from monitoring_as_code.model.metric import AnyMetric
from monitoring_as_code.model.routing import Receiver
from monitoring_as_code.model.shapes import Observations, Shape
from monitoring_as_code.promql.durations import milliseconds

_AnyReceiver: TypeAlias = Instance[Receiver] | Text


class Series(Part):
    """The series of a metric, and the course that they take.

    `of` is a metric, one narrowed down by `where(Http.status.eq("500"))`, or text: `http_requests_total{status="500"}`. Labels that are
    not said take their first declared value, one that their pattern matches, or their own name; `job`, `instance` and the labels of targets
    are those of the first target that fits. `Http.service.one_of("a", "b")` stands for two series, and a pattern for each declared value that
    it matches. `values` is a shape, `constant(5)`, what a histogram observes, `observed(10, {0.95: 1.2})`, or promtool's notation, `0+60x30`.
    """

    of: AnyMetric | Instance[Selector] | Instance[HistogramOperators] | Text
    values: Instance[Shape] | Instance[Observations] | Text


class Expectation(Part):
    """What must be so; of the scenario's own alert, if no other one is named."""

    alert: Instance[Alert] | None = None


class Quiet(Expectation):
    """The alert neither fires nor is pending at a moment; with `until`, all the time from that moment on; without either, all the time.

    With `labels` only that of these labels.
    """

    at: DurationText | None = None
    until: PositiveDuration | None = None
    labels: dict[Text, Text] = {}

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        at, until = fields.get("at"), fields.get("until")
        if until is not None and at is not None and milliseconds(until) < milliseconds(at):
            message = f"`until` is {until}, which is before {at}"
            raise ValueError(message)


class Pending(Expectation):
    """The alert's condition holds at a moment, but has not held for long enough. With `labels`, one with these among its labels."""

    at: DurationText
    labels: dict[Text, Text] = {}


class Firing(Expectation):
    """The alert fires at a moment.

    With `labels` one of these labels among its own. `annotations` are texts that its annotations contain: `{"summary": "6%"}`. `count` says
    how many of it fire.
    """

    at: DurationText
    labels: dict[Text, Text] = {}
    annotations: dict[Text, Text] = {}
    count: int | None = Field(default=None, ge=1)

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        empty = next((name for name, text in fields.get("annotations", {}).items() if not text), None)
        if empty is not None:
            message = f"an empty text is in every annotation: say what `{empty}` contains, or leave it out"
            raise ValueError(message)


class Fires(Expectation):
    """The alert begins to fire within a time from the start; not before `after`, if that is said."""

    within: PositiveDuration
    after: DurationText = "0s"
    labels: dict[Text, Text] = {}

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        after, within = fields.get("after", "0s"), fields["within"]
        if milliseconds(after) > milliseconds(within):
            message = f"`after` is {after}, which is later than {within}"
            raise ValueError(message)


class Resolves(Expectation):
    """The alert has fired, and no longer does at a moment."""

    by: PositiveDuration
    labels: dict[Text, Text] = {}


class Reaches(Expectation):
    """The alert is sent to a receiver, as routing, inhibition and time intervals decide; at a moment, or at any.

    `not_to` are receivers that it must not be sent to.
    """

    receivers: tuple[_AnyReceiver, ...] = ()
    not_to: tuple[_AnyReceiver, ...] = ()
    at: DurationText | None = None
    labels: dict[Text, Text] = {}

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if not fields.get("receivers") and not fields.get("not_to"):
            message = "name one receiver at least, in `receivers` or in `not_to`"
            raise ValueError(message)


class Inhibited(Expectation):
    """The alert fires, but another one keeps it from being sent, at a moment or at any."""

    by: Instance[Alert]
    at: DurationText | None = None
    labels: dict[Text, Text] = {}


class Muted(Expectation):
    """The alert fires, but a time interval keeps it from being sent, at a moment or at any."""

    at: DurationText | None = None
    labels: dict[Text, Text] = {}


def _moment(text: str) -> str:
    from datetime import datetime

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        message = f"`{text}` is no moment: write it like `2026-01-05 03:00`, in UTC"
        raise ValueError(message) from None
    if found.tzinfo is not None:
        message = f"`{text}` has a time zone: write it in UTC, without one"
        raise ValueError(message)
    return text


def _last_moment(expectation: Expectation) -> int | None:
    """The last moment that an expectation speaks of, in milliseconds; None if it speaks of all."""
    said = [moment for name in ("at", "until", "within", "by") if isinstance(moment := expectation.__dict__.get(name), str)]
    return max(map(milliseconds, said), default=None)


# A Monday.
USUAL_START = "2026-01-05 12:00"


class Scenario(Declaration):
    """Something that may happen, and what the alerts must do then.

    `alert` is the alert that it is about. `given` are the series; there are no others. A sample is taken every `interval`, the stack's
    scrape interval if nothing is said, and rules are evaluated as often as the stack says. It begins at minute 0, which is the moment
    `starts`, in UTC, as far as time intervals and functions such as `hour()` care; `lasts` is how long it runs, as long as the expectations reach if nothing is said.

    >>> from monitoring_as_code import Alert, Gauge, constant
    >>> waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
    >>> jam = Alert(name="Jam", expr=waiting > 100, for_="5m", severity="warning", summary="Jobs pile up")
    >>> Scenario(name="a few jobs too many", alert=jam, given=(Series(of=waiting, values=constant(101)),), expect=(Fires(within="6m"),))
    <scenario a few jobs too many>
    """

    kind: ClassVar[str] = "scenario"

    name: PlainName
    alert: Instance[Alert]
    given: tuple[Instance[Series], ...] = ()
    expect: tuple[Instance[Expectation], ...] = Field(min_length=1)
    interval: PositiveDuration | None = None
    lasts: PositiveDuration | None = None
    starts: Annotated[Text, Check(_moment)] = USUAL_START

    @property
    def identities(self) -> tuple[tuple[str, ...], ...]:
        """An alert has each scenario once."""
        return ((self.kind, self.alert.name, self.name),)

    @override
    def called(self, identity: tuple[str, ...]) -> str:
        return f"scenario `{self.name}` of alert `{self.alert.name}`"

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts that it speaks of, its own first, each once."""
        others = (
            alert
            for expectation in self.expect
            for alert in (expectation.alert, expectation.__dict__.get("by"))
            if isinstance(alert, Alert)
        )
        return tuple({id(alert): alert for alert in (self.alert, *others)}.values())

    @property
    def reach_milliseconds(self) -> int:
        """How long it runs."""
        if self.lasts is not None:
            return milliseconds(self.lasts)
        moments = list(map(_last_moment, self.expect))
        reached = max((moment for moment in moments if moment is not None), default=0)
        # What is said of no moment is said of all: long enough to fire, and for some evaluations more.
        return reached if None not in moments else max(milliseconds(self.alert.for_) + 600_000, reached)
