"""One declared metric at run time: its series, which of them there may be, and the client's object that holds their values."""

from __future__ import annotations

import os
from itertools import product
from math import isfinite, prod
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol

from monitoring_as_code.instrument.drops import Dropped, raising, report
from monitoring_as_code.instrument.recorders import Missing
from monitoring_as_code.model.labels import label_name
from monitoring_as_code.promql.regexes import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric as Page

    from monitoring_as_code.model.labels import Label, LabelName
    from monitoring_as_code.model.metric import AnyMetric

# Held while a series begins, which happens once for each, and while this process is copied: a copy never finds it held by nobody.
LOCK = RLock()
os.register_at_fork(before=LOCK.acquire, after_in_parent=LOCK.release, after_in_child=LOCK.release)

# More series than these do not begin at 0 before they are needed.
_MOST_ZEROS = 1000
# Of an exemplar's names and values together, says OpenMetrics.
_LONGEST_EXEMPLAR = 128

Key = tuple[str, ...]


class Series(Protocol):
    """One series of Prometheus's client: a child of its metric."""

    inc: Callable[..., None]
    set: Callable[..., None]
    observe: Callable[..., None]


class Family:
    """The series of one metric in one registry."""

    def __init__(self, metric: AnyMetric) -> None:
        self.metric = metric
        self.labels = metric.label_declarations
        # What the recorders read: the label values of each series that there is.
        self.series: dict[Key, Any] = {}
        # Why nothing can be recorded, if that is so.
        self.trouble: Dropped | None = None
        self._domains = [_domain(label) for label in self.labels]
        # The values that each label has had, `other` not among them.
        self._had: list[set[str]] = [set() for _ in self.labels]
        self._collector: _Collector | None = None

    @property
    def shape(self) -> tuple[object, ...]:
        """What two declarations must have in common to be recorded as one metric."""
        metric = self.metric
        names = tuple(label.name for label in self.labels)
        return (metric.kind, names, getattr(metric, "buckets", None), getattr(metric, "multiprocess", None))

    def join(self, registry: CollectorRegistry) -> None:
        """Become part of a registry."""
        try:
            self._collector = _Collector(self.metric, [label.name for label in self.labels])
            registry.register(self._collector)
        except ValueError as error:  # a name that the registry has already, from elsewhere, or one that the client reserves
            self.trouble = Dropped("refused", f"Prometheus's client does not take it: {error}")
            return
        if not self.labels:
            self._begin(())
        elif self.metric.kind in ("counter", "gauge") and _may_be_zero(self.metric):
            self._begin_known()

    def leave(self, registry: CollectorRegistry) -> None:
        """Be no part of it any more."""
        if self.trouble is None and self._collector is not None:
            registry.unregister(self._collector)

    def go_on_from(self, other: Family) -> None:
        """Record to the same series as another declaration of this metric did."""
        self.series, self._had, self._collector, self.trouble = other.series, other._had, other._collector, other.trouble

    def record(self, given: tuple[object, ...], action: str, value: Any, exemplar: Mapping[str, str] | None = None) -> None:  # noqa: ANN401
        """Any sample, with all that is to be looked at. Nothing is raised into the application but under `strict`."""
        notes: list[Dropped] = []
        try:
            self._record(given, action, value, exemplar, notes)
        except Dropped as dropped:
            notes.append(dropped)
        except Exception as error:  # noqa: BLE001 - whatever the client says: no application fails because it is measured
            notes.append(Dropped("value", f"Prometheus's client does not take {value!r}: {error}"))
        for note in notes:
            report(self.metric, note.reason, note.message)

    def _record(
        self,
        given: tuple[object, ...],
        action: str,
        value: Any,  # noqa: ANN401
        exemplar: Mapping[str, str] | None,
        notes: list[Dropped],
    ) -> None:
        number = self._number(action, value)
        if exemplar is not None:
            fault = _fault_of_exemplar(exemplar)
            if fault is not None:
                notes.append(Dropped("exemplar", fault))
                exemplar = None
        series = self.series[self._admitted(given, notes)]
        if notes and raising():
            return
        if exemplar is None:
            getattr(series, action)(number)
        else:
            getattr(series, action)(number, exemplar)

    def _number(self, action: str, value: Any) -> float:  # noqa: ANN401
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise Dropped("value", f"{value!r} is no number") from None
        if action != "set" and not isfinite(number):
            raise Dropped("value", f"{number} cannot be added to what was recorded before")
        if self.metric.kind == "counter" and number < 0:
            raise Dropped("value", f"{number:g} is negative, and a counter only rises")
        return number

    def wrong(self, args: tuple[object, ...], labels: Mapping[str, object]) -> None:
        """What is called with labels that it does not have, or by position."""
        if args:
            message = "labels are given by their names, and not by position"
        else:
            message = f"there is no label {', '.join(f'`{name}`' for name in labels)}"
        report(self.metric, "labels", message)

    def start(self, labels: Mapping[str, object]) -> None:
        """The series with these labels, and each value that the others send, begin at 0."""
        notes: list[Dropped] = []
        try:
            known = {label.attribute for label in self.labels}
            unknown = [name for name in labels if name not in known]
            if unknown:
                raise Dropped("labels", f"there is no label `{unknown[0]}`")
            sent = [(labels[label.attribute],) if label.attribute in labels else _sent(label) for label in self.labels]
            for label, values in zip(self.labels, sent, strict=True):
                if values is None:
                    raise Dropped("labels", f"the label `{label.attribute}` must be given, since nobody enumerated its values")
            for given in product(*(values or () for values in sent)):
                self._admitted(given, notes)
        except Dropped as dropped:
            notes.append(dropped)
        for note in notes:
            report(self.metric, note.reason, note.message)

    def set_each(self, label: LabelName[Any] | str, values: Mapping[str, Any], others: Mapping[str, object]) -> None:
        """The given values, and 0 for each other value of the label: those it sends, and those it was ever set for."""
        notes: list[Dropped] = []
        try:
            self._set_each(label_name(label), values, others, notes)
        except Dropped as dropped:
            notes.append(dropped)
        except ValueError as error:  # not a label at all
            notes.append(Dropped("labels", str(error)))
        for note in notes:
            report(self.metric, note.reason, note.message)

    def _set_each(self, name: str, values: Mapping[str, Any], others: Mapping[str, object], notes: list[Dropped]) -> None:
        wanted = [label.attribute for label in self.labels if label.name != name]
        place = next((index for index, label in enumerate(self.labels) if label.name == name), None)
        if place is None or sorted(wanted) != sorted(others):
            missing = "" if place is None else f" beside {', '.join(f'`{each}`' for each in wanted) or 'nothing'}"
            raise Dropped("labels", f"the values of `{name}`{missing} cannot be set by it")
        before = [others[label.attribute] if index != place else "" for index, label in enumerate(self.labels)]

        def key_of(member: object) -> Key:
            return self._admitted((*before[:place], member, *before[place + 1 :]), notes)

        numbers: dict[Key, float] = {}
        for member, value in values.items():
            try:
                key = key_of(member)
                numbers[key] = numbers.get(key, 0) + self._number("set", value)  # several may be `other`
            except Dropped as dropped:
                notes.append(dropped)
        for member in _sent(self.labels[place]) or ():
            numbers.setdefault(key_of(member), 0)
        some = next(iter(numbers), None) or tuple([_text(label, value) for label, value in zip(self.labels, before, strict=True)])
        for key in list(self.series):
            if key[:place] == some[:place] and key[place + 1 :] == some[place + 1 :]:
                numbers.setdefault(key, 0)
        if not (notes and raising()):
            for key, number in numbers.items():
                self.series[key].set(number)

    def _admitted(self, given: tuple[object, ...], notes: list[Dropped]) -> Key:
        """The series that a sample goes to, which there is from then on; what had to be changed is noted."""
        if self.trouble is not None:
            raise self.trouble
        key = tuple([value if type(value) is str else _text(label, value) for label, value in zip(self.labels, given, strict=True)])
        if key in self.series:
            return key
        with LOCK:
            if key not in self.series:
                key = self._within(key, notes)
                if key not in self.series:
                    self._begin(key)
        return key

    def _within(self, key: Key, notes: list[Dropped]) -> Key:
        """The key with `other` for each value that is not allowed, or is one too many."""
        allowed = list(key)
        for index, (label, value) in enumerate(zip(self.labels, key, strict=True)):
            if value == label.other:
                continue
            note = self._objection(index, label, value)
            if note is not None:
                if label.other is None:
                    raise note
                notes.append(note)
                allowed[index] = label.other
        most = self.metric.at_most
        if most is None or len(self.series) < most - any(label.other is not None for label in self.labels):
            return tuple(allowed)
        folded = tuple([value if label.other is None else label.other for label, value in zip(self.labels, allowed, strict=True)])
        note = Dropped("budget", f"it has {most} series, as many as it may have, and {_shown(self.labels, key)} is not among them")
        if folded not in self.series and len(self.series) >= most:
            raise note
        if folded != tuple(allowed):
            notes.append(note)
        return folded

    def _objection(self, index: int, label: Label[str], value: str) -> Dropped | None:
        if not self._domains[index](value):
            return Dropped("domain", f"{_quoted(value)} is no value that the label `{label.name}` may have")
        had = self._had[index]
        if label.at_most is not None and value not in had and len(had) >= label.at_most - (label.other is not None):
            return Dropped("budget", f"{_quoted(value)} is one more value than the {label.at_most} that the label `{label.name}` may have")
        return None

    def _begin(self, key: Key) -> None:
        assert self._collector is not None  # noqa: S101 - for type checkers
        client = self._collector.client
        series = client.labels(*key) if key else client
        for label, had, value in zip(self.labels, self._had, key, strict=True):
            if value != label.other:
                had.add(value)
        self.series[key] = series  # last: from now on recorders find it without the lock

    def _begin_known(self) -> None:
        """Begin at 0 what is certain to come: a series that appears with its first event shows no increase."""
        sent = [_sent(label) for label in self.labels]
        sizes = [len(values) for values in sent if values is not None]
        most = _MOST_ZEROS if self.metric.at_most is None else min(_MOST_ZEROS, self.metric.at_most)
        if len(sizes) == len(sent) and prod(sizes) <= most:
            for given in product(*(values or () for values in sent)):
                self._begin(given)


class _Collector:
    """A metric of Prometheus's client without its `_created` series, which nobody declared and which double the number of series."""

    def __init__(self, metric: AnyMetric, names: list[str]) -> None:
        import prometheus_client

        more: dict[str, Any] = {"unit": _unit(metric), "registry": None}
        kind = {
            "counter": prometheus_client.Counter,
            "gauge": prometheus_client.Gauge,
            "info": prometheus_client.Gauge,  # the client's own Info knows nothing of several processes, or several series
            "histogram": prometheus_client.Histogram,
            "summary": prometheus_client.Summary,
        }[metric.kind]
        if metric.kind in ("gauge", "info"):
            more["multiprocess_mode"] = getattr(metric, "multiprocess", "livemax")
        if metric.kind == "histogram":
            more["buckets"] = metric.buckets  # type: ignore[attr-defined]  # histograms have them
        self.client: Any = kind(metric.name, metric.help, names, **more)

    def describe(self) -> Iterable[Page]:
        """The family without samples: which names it takes."""
        described: Iterable[Page] = self.client.describe()
        return described

    def collect(self) -> Iterator[Page]:
        """The family with its samples."""
        for page in self.client.collect():
            page.samples = [sample for sample in page.samples if sample.name != page.name + "_created"]
            yield page


def _unit(metric: AnyMetric) -> str:
    """The unit as OpenMetrics says it, which must be the end of the name."""
    word = metric.name.removesuffix("_total").rpartition("_")[2]
    known = ("seconds", "bytes", "ratio", "celsius", "meters", "volts", "amperes", "joules", "grams")
    return word if metric.unit is not None and word in known else ""


def _may_be_zero(metric: AnyMetric) -> bool:
    least, most = getattr(metric, "least", None), getattr(metric, "most", None)
    return (least is None or least <= 0) and (most is None or most >= 0)


def _sent(label: Label[str]) -> tuple[str, ...] | None:
    """The values that a label sends, if they are enumerated."""
    return label.values if label.emitted is None else label.emitted


def _domain(label: Label[str]) -> Callable[[str], bool]:
    """Whether a value is one that the label may have: text that a page can hold, one of its values, matched by its pattern."""
    values = None if label.values is None else frozenset(label.values)
    matched = None if label.pattern is None else whole(label.pattern)

    def holds(value: str) -> bool:
        if values is not None and value not in values:
            return False
        try:
            value.encode()
        except UnicodeEncodeError:  # half of a surrogate pair, which would spoil the whole page
            return False
        return matched is None or matched(value)

    return holds


def _text(label: Label[str], value: object) -> str:
    """The value of a label as text."""
    if isinstance(value, str):
        return str.__str__(value)  # a member of an enumeration is its value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is Missing:
        raise Dropped("labels", f"the label `{label.attribute}` is missing")
    raise Dropped("labels", f"the label `{label.attribute}` is a `{type(value).__name__}`, and not text")


def _quoted(value: str) -> str:
    """A value in a message, which may come from anybody."""
    return f"`{value!a}`" if len(value) <= 100 else f"`{value[:100]!a}` and more"


def _shown(labels: tuple[Label[str], ...], key: Key) -> str:
    return "{" + ", ".join(f"{label.name}={_quoted(value)}" for label, value in zip(labels, key, strict=True)) + "}"


def _fault_of_exemplar(exemplar: Mapping[str, str]) -> str | None:
    if not all(isinstance(each, str) for pair in exemplar.items() for each in pair):
        return "the names and values of an exemplar are text"
    long = sum(len(name) + len(value) for name, value in exemplar.items())
    return f"an exemplar has {long} characters, and at most {_LONGEST_EXEMPLAR} are allowed" if long > _LONGEST_EXEMPLAR else None
