"""Metrics: what an application or an exporter exposes."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeAlias

from monitoring_as_code.model.checking import Check, Instance
from monitoring_as_code.model.declaration import Declaration
from monitoring_as_code.model.expression import (
    CounterOperators,
    CounterSelector,
    GaugeOperators,
    GaugeSelector,
    HistogramOperators,
    NoOperators,
    Selector,
    narrowed,
    suffixed,
)
from monitoring_as_code.model.fields import MetricName, PlainName, Text
from monitoring_as_code.model.labels import Label, Labels
from monitoring_as_code.promql.ast import Matcher, VectorSelector
from monitoring_as_code.units import Unit

# The labels' class as a callable carries their names and types to every place that takes labels.
if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    P = ParamSpec("P", default=[])
else:  # only type checkers read the default
    from typing import ParamSpec

    P = ParamSpec("P")

_NO_LABELS: Any = Labels


def _labels_class(labels: object) -> object:
    if not (isinstance(labels, type) and issubclass(labels, Labels)):
        message = "must be a class of labels: `class Http(Labels): method: Label[str]`"
        raise ValueError(message)  # noqa: TRY004 - pydantic turns a ValueError into a fault of this field
    labels.declared()
    return labels


def _ascending(buckets: tuple[float, ...]) -> tuple[float, ...]:
    bounds = [bound for bound in buckets if not math.isinf(bound)]
    if not bounds:
        message = "needs at least one bound; `+Inf` is added by itself"
        raise ValueError(message)
    for lower, upper in pairwise(bounds):
        if not lower < upper:
            message = f"must rise from bound to bound, but {upper:g} follows {lower:g}"
            raise ValueError(message)
    return tuple(bounds)


class Metric(Declaration, Generic[P]):
    """What all metrics have.

    `unused` says why no rule and no panel uses the metric, if that is on purpose.
    """

    name: MetricName
    help: Text
    unit: Instance[Unit] | None = None
    labels: Annotated[Callable[P, Labels], Check(_labels_class)] = _NO_LABELS
    unused: Text | None = None

    @property
    def label_declarations(self) -> tuple[Label[str], ...]:
        """The labels, in the order of their declaration."""
        labels: Any = self.labels
        declared: tuple[Label[str], ...] = labels.declared()
        return declared

    @property
    def selector(self) -> VectorSelector:
        """All series of the metric."""
        return VectorSelector(self.name, origin=self.origin)


if TYPE_CHECKING:
    # A metric of any labels.
    AnyMetric: TypeAlias = Metric[...]
else:
    AnyMetric = Instance[Metric]


class Counter(Metric[P], CounterOperators):
    """A value that only rises, and starts at zero again when its process does.

    >>> served = Counter(name="http_requests_total", help="Requests served.")
    >>> served.rate("5m").sum() > 100
    <Condition sum(rate(http_requests_total[5m])) > 100>
    """

    kind: ClassVar[str] = "counter"


class Gauge(Metric[P], GaugeOperators):
    """A value that goes up and down.

    `least` and `most` promise bounds, both included, in the metric's own unit: a number of connections is never below 0. A gauge with a
    bound promises as well that it is a number. Thresholds out of reach are found by them, and panels begin at 0.

    >>> connections = Gauge(name="connections_active", help="Open connections.", least=0)
    >>> connections > 100
    <Condition connections_active > 100>
    """

    kind: ClassVar[str] = "gauge"

    least: float | None = None
    most: float | None = None

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        least, most = fields.get("least"), fields.get("most")
        if least is not None and most is not None and least > most:
            message = f"`least` is {least:g}, which is more than `most`, {most:g}"
            raise ValueError(message)


class Info(Metric[P], GaugeOperators):
    """A gauge that is always 1 and says something by its labels."""

    kind: ClassVar[str] = "info"


class Histogram(Metric[P], HistogramOperators):
    """Observations counted in buckets. `buckets` are their upper bounds in the metric's unit, rising.

    >>> latency = Histogram(name="request_duration_seconds", help="Time to last byte.", buckets=(0.1, 1.0))
    >>> latency.quantile(0.95, "5m")
    <Vector histogram_quantile(0.95, sum by (le) (rate(request_duration_seconds_bucket[5m])))>
    """

    kind: ClassVar[str] = "histogram"

    buckets: Annotated[tuple[float, ...], Check(_ascending)]


class Summary(Metric[P], NoOperators, Selector):
    """Observations with quantiles that the application computed; they cannot be aggregated."""

    kind: ClassVar[str] = "summary"

    quantiles: tuple[float, ...] = ()

    @property
    def count(self) -> CounterSelector:
        """How many observations there were."""
        return suffixed(self.selector, "_count")

    @property
    def sum(self) -> CounterSelector:
        """The sum of all observations."""
        return suffixed(self.selector, "_sum")

    def quantile(self, phi: float) -> GaugeSelector:
        """The series of one precomputed quantile."""
        return GaugeSelector(narrowed(self.selector, (Matcher("quantile", "=", f"{phi:g}"),)))


class Exporter(Declaration):
    """Metrics that another program exposes, for queries only; a scrape job names its exporter."""

    kind: ClassVar[str] = "exporter"
    keeps_names: ClassVar[bool] = True

    name: PlainName
    metrics: tuple[AnyMetric, ...]
