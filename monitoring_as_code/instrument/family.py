"""One declared metric at run time: its series, and all that is done with them but the plain case, which `recorders` has."""

from __future__ import annotations

from itertools import product
from math import isfinite, prod
from typing import TYPE_CHECKING, Any

from monitoring_as_code.instrument.admission import Admission, Key, is_utf8, sent
from monitoring_as_code.instrument.client import Collector
from monitoring_as_code.instrument.drops import Dropped, raising, report
from monitoring_as_code.model.metric import LOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prometheus_client import CollectorRegistry

    from monitoring_as_code.model.labels import Label
    from monitoring_as_code.model.metric import AnyMetric

# More series than these do not begin at 0 before they are needed.
_MOST_ZEROS = 1000
# Of an exemplar's names and values together, says OpenMetrics.
_LONGEST_EXEMPLAR = 128


class Family:
    """The series of one metric in one registry. No method raises into the application, but under `strict()`."""

    def __init__(self, metric: AnyMetric) -> None:
        self.metric = metric
        self.labels: tuple[Label[str], ...] = metric.label_declarations
        # What the recorders read: the client's series by their label values.
        self.series: dict[Key, Any] = {}
        self.recorders: dict[str, Callable[..., Any]] = {}
        # Why nothing can be recorded, if that is so.
        self.trouble: Dropped | None = None
        self._admission = Admission(metric)
        self._collector: Collector | None = None

    @property
    def shape(self) -> tuple[object, ...]:
        """What two declarations must have in common to be recorded as one metric."""
        metric = self.metric
        names = tuple(label.name for label in self.labels)
        return (metric.kind, metric.help, names, getattr(metric, "buckets", None), getattr(metric, "multiprocess", None))

    def join(self, registry: CollectorRegistry) -> None:
        """Become part of a registry. What is certain to come begins at 0: a series that appears with its first event shows no increase."""
        try:
            self._collector = Collector(self.metric)
            registry.register(self._collector)
        except ValueError as error:  # something else has the name, or the client reserves it
            self.trouble = Dropped("refused", f"Prometheus's client does not take it: {error}")
            return
        values = [sent(label) for label in self.labels]
        sizes = [len(each) for each in values if each is not None]
        most = _MOST_ZEROS if self.metric.at_most is None else min(_MOST_ZEROS, self.metric.at_most)
        if len(sizes) == len(values) and prod(sizes) <= most and (not values or _begins_at_zero(self.metric)):
            for key in product(*(each or () for each in values)):
                self._begin(key)

    def leave(self, registry: CollectorRegistry) -> None:
        """Be no part of it any more."""
        if self.trouble is None and self._collector is not None:
            registry.unregister(self._collector)

    def go_on_from(self, other: Family) -> None:
        """Record to the same series as another declaration of this metric did."""
        self.series, self.trouble, self._collector = other.series, other.trouble, other._collector
        self._admission.go_on_from(other._admission)

    def record(self, given: tuple[object, ...], action: str, value: object, exemplar: Mapping[str, str] | None = None) -> None:
        """Any sample, with all that is to be looked at."""
        self._safely(self._record, given, action, value, exemplar)

    def wrong(self, args: tuple[object, ...], labels: Mapping[str, object]) -> None:
        """A call by position, or with labels that there are not."""
        what = "labels are given by their names" if args else f"there is no label {', '.join(f'`{name}`' for name in labels)}"
        report(self.metric, Dropped("labels", what))

    def start(self, labels: Mapping[str, object]) -> None:
        """The series with these labels, and each value that the others send, begin at 0."""
        self._safely(self._start, labels)

    def set_each(self, name: str, values: Mapping[str, object], others: Mapping[str, object]) -> None:
        """The given values of a gauge, and 0 for each other value of the label: those it sends, and those that it was ever set for."""
        self._safely(self._set_each, name, values, others)

    def _safely(self, do: Callable[..., Any], *given: object) -> None:
        """Whatever happens in there, no application fails because it is measured."""
        notes: list[Dropped] = []
        try:
            do(*given, notes)
        except Exception as error:  # noqa: BLE001 - what the client may say, or a value of the application's own
            notes.append(_note(error))
        for note in notes:
            report(self.metric, note)

    def _record(
        self, given: tuple[object, ...], action: str, value: object, exemplar: Mapping[str, str] | None, notes: list[Dropped]
    ) -> None:
        number = self._number(action, value)
        key = self._admitted(given, notes)
        fault = None if exemplar is None else _fault_of_exemplar(exemplar)
        if fault is not None:
            notes.append(Dropped("exemplar", fault))
        if notes and raising():
            return
        more = () if exemplar is None or fault is not None else (exemplar,)
        getattr(self.series[key], action)(number, *more)

    def _start(self, labels: Mapping[str, object], notes: list[Dropped]) -> None:
        unknown = labels.keys() - {label.attribute for label in self.labels}
        if unknown:
            raise Dropped("labels", f"there is no label {', '.join(f'`{name}`' for name in sorted(unknown))}")
        values = [(labels[label.attribute],) if label.attribute in labels else sent(label) for label in self.labels]
        open_ = [f"`{label.attribute}`" for label, each in zip(self.labels, values, strict=True) if each is None]
        if open_:
            raise Dropped("labels", f"{', '.join(open_)} must be given: the values are not enumerated")
        for given in product(*(each or () for each in values)):
            self._admitted(given, notes)

    def _set_each(self, name: str, values: Mapping[str, object], others: Mapping[str, object], notes: list[Dropped]) -> None:
        place = next((index for index, label in enumerate(self.labels) if label.name == name), None)
        if place is None or others.keys() != {label.attribute for index, label in enumerate(self.labels) if index != place}:
            raise Dropped("labels", f"its labels are {', '.join(f'`{label.attribute}`' for label in self.labels) or 'none'}")
        fixed = [others.get(label.attribute, "") for label in self.labels]

        def admitted(member: object) -> Key:
            return self._admitted((*fixed[:place], member, *fixed[place + 1 :]), notes)

        numbers: dict[Key, float] = {}
        for member, value in values.items():
            try:
                key = admitted(member)
                numbers[key] = numbers.get(key, 0) + self._number("set", value)  # several may be `other`
            except Dropped as dropped:  # the others are set all the same
                notes.append(dropped)
        for member in sent(self.labels[place]) or ():
            numbers.setdefault(admitted(member), 0)
        around = next(iter(numbers), None) or self._admission.key(tuple(fixed))
        for key in list(self.series):
            if key[:place] == around[:place] and key[place + 1 :] == around[place + 1 :]:
                numbers.setdefault(key, 0)
        if not (notes and raising()):
            for key, number in numbers.items():
                self.series[key].set(number)

    def _number(self, action: str, value: Any) -> float:  # noqa: ANN401
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise Dropped("value", f"a `{type(value).__name__}` was given, which is no number") from None
        if action != "set" and not isfinite(number):
            raise Dropped("value", f"{number} cannot be added to what was recorded before")
        if self.metric.kind == "counter" and number < 0:
            raise Dropped("value", "a negative amount was given, and a counter only rises")
        return number

    def _admitted(self, given: tuple[object, ...], notes: list[Dropped]) -> Key:
        """The series that a sample goes to, which there is from then on; what had to be changed is noted."""
        if self.trouble is not None:
            raise Dropped(self.trouble.reason, self.trouble.message)
        key = self._admission.key(given)
        if key not in self.series:
            with LOCK:
                key = self._admission.within(key, self.series.keys(), notes)
                if key not in self.series:
                    self._begin(key)
        return key

    def _begin(self, key: Key) -> None:
        assert self._collector is not None  # noqa: S101 - for type checkers: it has joined
        series = self._collector.client.labels(*key) if key else self._collector.client
        self._admission.took(key)
        self.series[key] = series  # last: from now on recorders find it without the lock


def _note(error: Exception) -> Dropped:
    return error if isinstance(error, Dropped) else Dropped("value", f"it cannot be recorded: {error}")


def _begins_at_zero(metric: AnyMetric) -> bool:
    least, most = getattr(metric, "least", None), getattr(metric, "most", None)
    return metric.kind in ("counter", "gauge") and (least is None or least <= 0) and (most is None or most >= 0)


def _fault_of_exemplar(exemplar: Mapping[Any, object]) -> str | None:
    """What is wrong with an exemplar. The client looks at it, too, but only once the sample is recorded."""
    long = 0
    for name, value in exemplar.items():
        if not isinstance(name, str) or not isinstance(value, str) or not is_utf8(value):
            return "the names and values of an exemplar are text"
        if not (name.isascii() and name.isidentifier()) or name.startswith("__"):
            return "the names of an exemplar are those of labels"
        long += len(name) + len(value)
    return f"an exemplar has {long} characters, and at most {_LONGEST_EXEMPLAR} are allowed" if long > _LONGEST_EXEMPLAR else None
