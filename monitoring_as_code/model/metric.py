"""Metrics: what an application or an exporter exposes, and what records it.

An application records with the methods of the declared objects. They are bound late: `instrument` makes functions for a metric when it
is first recorded, and puts them on the object, where they hide the methods of the class.
"""

import math
import os
from _thread import RLock
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Literal, TypeAlias, TypeVar

from monitoring_as_code.light import override
from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Declaration
from monitoring_as_code.model.expression import (
    CounterOperators,
    CounterSelector,
    GaugeOperators,
    GaugeSelector,
    HistogramOperators,
    NoOperators,
    Selector,
    UntypedOperators,
    narrowed,
    suffixed,
)
from monitoring_as_code.model.fields import MetricName, PlainName, Text
from monitoring_as_code.model.labels import Label, LabelName, Labels
from monitoring_as_code.promql.ast import Matcher, VectorSelector
from monitoring_as_code.units import Unit

# The labels' class as a callable carries their names and types to every place that takes labels.
if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    from monitoring_as_code.instrument.timing import Timer

    P = ParamSpec("P", default=[])
else:  # only type checkers read the default
    from typing import ParamSpec

    P = ParamSpec("P")

V = TypeVar("V", bound=str)

# How the values of a gauge in several processes become one. Prometheus's client knows `all` and `liveall`, too, which give every process a
# series with a label `pid`, that nobody declared.
Multiprocess: TypeAlias = Literal["livesum", "sum", "livemax", "max", "livemin", "min", "livemostrecent", "mostrecent"]

if TYPE_CHECKING:
    # Who gives no labels has none: checkers take the type of the default for it.
    def _no_labels() -> Labels: ...
else:
    _no_labels = Labels


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

    `unused` says why no rule and no panel uses the metric, if that is on purpose. `at_most` bounds how many combinations of label values
    an application may record, where that is fewer than its labels allow one by one.
    """

    name: MetricName
    help: Text
    unit: Instance[Unit] | None = None
    labels: Annotated[Callable[P, Labels], Check(_labels_class)] = _no_labels  # type: ignore[assignment]  # as long as P is not known
    unused: Text | None = None
    at_most: int | None = Field(default=None, ge=1)

    @property
    def budget(self) -> int | None:
        """How many combinations of label values there can be; None if nothing bounds them."""
        product = 1
        for label in self.label_declarations:
            values = label.values if label.emitted is None else label.emitted
            sizes = [size for size in (label.at_most, None if values is None else len(values)) if size is not None]
            if not sizes:
                return self.at_most
            product *= min(sizes)
        return product if self.at_most is None else min(product, self.at_most)

    @property
    def series_each(self) -> int:
        """How many series Prometheus stores for each combination of label values: one of most metrics, many of a histogram."""
        return 1

    def start(self, /, **labels: str) -> None:
        """Begin series at 0: those with these labels, and each value that the other labels send, which must be enumerated.

        What is counted for the first time is no increase to Prometheus unless its series was there before.
        """
        _family(self).start(labels)

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

    def inc(self, /, *args: P.args, **labels: P.kwargs) -> None:
        """Count one."""
        _recorder(self, "inc")(*args, **labels)

    def add(self, amount: float, /, *args: P.args, **labels: P.kwargs) -> None:
        """Add an amount, which is not negative."""
        _recorder(self, "add")(amount, *args, **labels)

    def add_with(self, exemplar: Mapping[str, str] | None, amount: float, /, *args: P.args, **labels: P.kwargs) -> None:
        """Add an amount, and keep an example of what was counted, such as `{"trace_id": ...}`."""
        _recorder(self, "add_with")(exemplar, amount, *args, **labels)


class Gauge(Metric[P], GaugeOperators):
    """A value that goes up and down.

    `least` and `most` promise bounds, both included, in the metric's own unit: a number of connections is never below 0. A gauge with a
    bound promises as well that it is a number. Thresholds out of reach are found by them, and panels begin at 0. `multiprocess` says how
    the values of several processes of one application become one.

    >>> connections = Gauge(name="connections_active", help="Open connections.", least=0)
    >>> connections > 100
    <Condition connections_active > 100>
    """

    kind: ClassVar[str] = "gauge"

    least: float | None = None
    most: float | None = None
    multiprocess: Multiprocess = "livesum"

    def set(self, value: float, /, *args: P.args, **labels: P.kwargs) -> None:
        """Set the value."""
        _recorder(self, "set")(value, *args, **labels)

    def inc(self, /, *args: P.args, **labels: P.kwargs) -> None:
        """Add one."""
        _recorder(self, "inc")(*args, **labels)

    def dec(self, /, *args: P.args, **labels: P.kwargs) -> None:
        """Take one away."""
        _recorder(self, "dec")(*args, **labels)

    def add(self, amount: float, /, *args: P.args, **labels: P.kwargs) -> None:
        """Add an amount, which may be negative."""
        _recorder(self, "add")(amount, *args, **labels)

    def each(self, label: LabelName[V], /) -> "Each[V]":
        """The gauge for all values of a label at once: `services.each(States.status).set({"running": 3})`."""
        return Each(self, label)

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        least, most = fields.get("least"), fields.get("most")
        if least is not None and most is not None and least > most:
            message = f"`least` is {least:g}, which is more than `most`, {most:g}"
            raise ValueError(message)


class Each(Generic[V]):
    """A gauge for all values of one of its labels at once."""

    __slots__ = ("_gauge", "_label")

    def __init__(self, gauge: Gauge[...], label: LabelName[V]) -> None:
        self._gauge = gauge
        self._label = label

    def set(self, values: Mapping[V, float], /, **others: str) -> None:
        """Set the value for each value of the label, and 0 for all that are not given: those it can send, and those that were ever set.

        A state that no service is in any more must not keep the number that it had. `others` are the gauge's other labels.
        """
        _family(self._gauge).set_each(getattr(self._label, "name", self._label), values, others)


class Info(Metric[P], GaugeOperators):
    """A gauge that is always 1 and says something by its labels."""

    kind: ClassVar[str] = "info"

    def set(self, /, *args: P.args, **labels: P.kwargs) -> None:
        """Say it: the series with these labels is 1 from now on, in the place of the one that was said before."""
        _recorder(self, "set")(*args, **labels)


class Histogram(Metric[P], HistogramOperators):
    """Observations counted in buckets. `buckets` are their upper bounds in the metric's unit, rising.

    >>> latency = Histogram(name="request_duration_seconds", help="Time to last byte.", buckets=(0.1, 1.0))
    >>> latency.quantile(0.95, "5m")
    <Vector histogram_quantile(0.95, sum by (le) (rate(request_duration_seconds_bucket[5m])))>
    """

    kind: ClassVar[str] = "histogram"

    buckets: Annotated[tuple[float, ...], Check(_ascending)]

    @property
    @override
    def series_each(self) -> int:
        return len(self.buckets) + 3  # the bucket of all, the sum and the count

    def observe(self, value: float, /, *args: P.args, **labels: P.kwargs) -> None:
        """Observe a value, in the metric's unit."""
        _recorder(self, "observe")(value, *args, **labels)

    def observe_with(self, exemplar: Mapping[str, str] | None, value: float, /, *args: P.args, **labels: P.kwargs) -> None:
        """Observe a value, and keep it as the example of its bucket, such as `{"trace_id": ...}`."""
        _recorder(self, "observe_with")(exemplar, value, *args, **labels)

    def time(self, /, *args: P.args, **labels: P.kwargs) -> "Timer":
        """Observe how long a `with` block takes, or each call of the function that this decorates, async or not, however it ends."""
        timer: Timer = _instrument("timing").timing(self)(*args, **labels)
        return timer


class Summary(Metric[P], NoOperators, Selector):
    """Observations with quantiles that the application computed; they cannot be aggregated."""

    kind: ClassVar[str] = "summary"

    quantiles: tuple[float, ...] = ()

    @property
    @override
    def series_each(self) -> int:
        return len(self.quantiles) + 2  # the sum and the count

    def observe(self, value: float, /, *args: P.args, **labels: P.kwargs) -> None:
        """Observe a value, in the metric's unit."""
        _recorder(self, "observe")(value, *args, **labels)

    def time(self, /, *args: P.args, **labels: P.kwargs) -> "Timer":
        """Observe how long a `with` block takes, or each call of the function that this decorates, async or not, however it ends."""
        timer: Timer = _instrument("timing").timing(self)(*args, **labels)
        return timer

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


class Untyped(Metric[P], UntypedOperators):
    """A metric of another program that does not say whether it counts or goes up and down; queries may take it for either.

    Declare it as a Counter or a Gauge once you know: then queries are held to that. It is not for recording.

    >>> faults = Untyped(name="node_vmstat_pgfault", help="Page faults.")
    >>> faults.rate("5m") > 1000
    <Condition rate(node_vmstat_pgfault[5m]) > 1000>
    """

    kind: ClassVar[str] = "unknown"


class Exporter(Declaration):
    """Metrics that another program exposes, for queries only; a scrape job names its exporter."""

    kind: ClassVar[str] = "exporter"
    keeps_names: ClassVar[bool] = True

    name: PlainName
    metrics: tuple[AnyMetric, ...]


def _recorder(metric: Metric[...], method: str) -> Callable[..., None]:
    """What records from now on."""
    recorders: Mapping[str, Callable[..., None]] = _instrument("registry").bind(metric)
    return recorders[method]


def _family(metric: Metric[...]) -> Any:  # noqa: ANN401 - of a layer above
    return _instrument("registry").family_of(metric)


# Held while recorders are made or a series begins, and while this process is forked: in the new process no lock, and no module that is
# being imported, waits for a thread that is not there any more.
LOCK = RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=LOCK.release)


def _instrument(module: str) -> Any:  # noqa: ANN401 - a module
    """By name, since declarations know nothing of an application's client library: they are compiled where there is none."""
    from importlib import import_module

    with LOCK:
        return import_module(f"monitoring_as_code.instrument.{module}")
