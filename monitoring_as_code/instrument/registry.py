"""Which declared metrics are recorded where: the families of the registry in use."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from monitoring_as_code.instrument.drops import Dropped, report
from monitoring_as_code.instrument.family import Family
from monitoring_as_code.instrument.own import dropped
from monitoring_as_code.instrument.recorders import METHODS, recorders
from monitoring_as_code.instrument.timing import timing
from monitoring_as_code.model.metric import LOCK, Exporter, Metric

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from prometheus_client import CollectorRegistry

    from monitoring_as_code.model.metric import AnyMetric


class Instruments:
    """The families of one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.families: dict[AnyMetric, Family] = {}
        # Of each name the one that was first.
        self._first: dict[str, Family] = {}
        # The metrics that record here: each has its recorders among its attributes.
        self.bound: set[AnyMetric] = set()

    def family(self, metric: AnyMetric) -> Family:
        """The family of a metric.

        One that is declared a second time, as when its module is loaded again, records to the same series as the first. One of that name
        that is declared otherwise is refused: what the first has counted must stay.
        """
        family = self.families.get(metric)
        if family is None:
            family = Family(metric)
            first = self._first.setdefault(metric.name, family)
            if first is family:
                family.join(self.registry)
            else:
                family.go_on_from(first)
            self.families[metric] = family
        return family

    def bind(self, metric: AnyMetric) -> dict[str, Callable[..., Any]]:
        """The recorders of a metric, which are now attributes of it: what is declared is frozen, but they are no part of that."""
        family = self.family(metric)
        made = family.recorders = family.recorders or recorders(family)
        vars(metric).update(made)
        if "observe" in made:
            vars(metric)["time"] = timing(metric)
        self.bound.add(metric)
        return made

    def let_go(self) -> None:
        """Take the recorders off the metrics, so that the next call binds them where it is then to be recorded."""
        for metric in self.bound:
            for name in (*METHODS.get(metric.kind, {}), "time"):
                vars(metric).pop(name, None)
        self.bound.clear()


# The ones in use, and where a registry keeps its own: for as long as it lives, and no longer.
_current: Instruments | None = None
_ATTRIBUTE = "_monitoring_as_code"


def current() -> Instruments:
    """The instruments in use: those of the client's own registry, until `use` says otherwise."""
    with LOCK:
        if _current is None:
            use(_default())
        assert _current is not None  # noqa: S101 - for type checkers
        return _current


def _default() -> CollectorRegistry:
    try:
        from prometheus_client import REGISTRY
    except ModuleNotFoundError as error:
        # The one thing that is raised into an application: it would never record anything.
        message = "recording needs Prometheus's client library: pip install 'monitoring-as-code-sdk[instrument]'"
        raise ModuleNotFoundError(message, name=error.name) from error
    return REGISTRY


def bind(metric: AnyMetric) -> dict[str, Callable[..., Any]]:
    """Make what records a metric, and put it where the next call finds it by itself."""
    with LOCK:
        instruments = current()
        made = instruments.bind(metric)
        trouble = instruments.families[metric].trouble
    if trouble is not None:
        report(metric, Dropped(trouble.reason, trouble.message))
    elif metric.kind == "counter" and not metric.name.endswith("_total"):
        report(metric, Dropped("refused", f"Prometheus's client calls it `{metric.name}_total`, and no query by its own name finds it"))
    return made


def family_of(metric: AnyMetric) -> Family:
    """The series of a metric, for what is not done a million times a second."""
    with LOCK:
        bind(metric)
        return current().families[metric]


def register(*what: AnyMetric | ModuleType) -> None:
    """Expose metrics from now on, those that have no sample yet, too: theirs is a place on the page, and 0 where all values are known.

    A module stands for the metrics among its names, without those of exporters.

    Raises:
        TypeError: something else was given.
    """
    given: tuple[object, ...] = what
    for each in given:
        if not isinstance(each, Metric | ModuleType):
            message = f"`register` takes metrics, and modules that have some, but not a `{type(each).__name__}`"
            raise TypeError(message)
        for metric in _metrics_of(each) if isinstance(each, ModuleType) else (each,):
            bind(metric)


def _metrics_of(module: ModuleType) -> Iterator[AnyMetric]:
    names = vars(module).values()
    of_others = {id(metric) for each in names if isinstance(each, Exporter) for metric in each.metrics}
    for each in names:
        if isinstance(each, Metric) and id(each) not in of_others:
            yield each


class use:  # noqa: N801 - read as a function
    """Record in another registry than the client's own: from now on, or while a `with` block lasts.

    >>> from prometheus_client import CollectorRegistry
    >>> with use(CollectorRegistry()):
    ...     pass
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        with LOCK:
            self._before = _current
            _switch(vars(registry).setdefault(_ATTRIBUTE, Instruments(registry)))

    def __enter__(self) -> None:
        """It is used already."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with LOCK:
            _switch(self._before)


def _switch(instruments: Instruments | None) -> None:
    global _current  # noqa: PLW0603 - one application has one
    if _current is not None:
        _current.let_go()
    _current = instruments
    if instruments is not None:
        instruments.bind(dropped)
