"""One declared metric at run time: its series, and all that is done with them but the plain case, which `recorders` has."""

from __future__ import annotations

from itertools import product
from math import isfinite, prod
from sys import float_info
from typing import TYPE_CHECKING, Any

from monitoring_as_code.instrument.admission import Admission, Key, is_utf8, sent
from monitoring_as_code.instrument.client import Collector, is_multiprocess, missing_folder
from monitoring_as_code.instrument.drops import Dropped, raising, report
from monitoring_as_code.instrument.recorders import METHODS
from monitoring_as_code.model.metric import LOCK
from monitoring_as_code.units import seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from prometheus_client import CollectorRegistry

    from monitoring_as_code.model.labels import Label
    from monitoring_as_code.model.metric import AnyMetric

# More series than these do not begin at 0 before they are needed.
_MOST_ZEROS = 1000
# Of an exemplar's names and values together, says OpenMetrics.
_LONGEST_EXEMPLAR = 128
# Between these is every number, but neither NaN nor an infinity.
_FINITE = (-float_info.max, float_info.max)


class Family:
    """The series of one metric in one registry. No method raises into the application, but under `strict()`."""

    def __init__(self, metric: AnyMetric) -> None:
        self.metric = metric
        self.labels: tuple[Label[str], ...] = metric.label_declarations
        # What the recorders read: the client's series by their label values.
        self.series: dict[Key, Any] = {}
        self.recorders: dict[str, Callable[..., Any]] = {}
        # What a gauge promises of its values; None if that is nothing.
        self.bounds = _bounds(metric)
        self.never_negative = _never_negative(metric)
        # Why nothing can be recorded, if that is so.
        self.trouble: Dropped | None = None
        self._admission = Admission(metric)
        self._collector: Collector | None = None

    @property
    def shape(self) -> dict[str, object]:
        """What two declarations must have in common to be recorded as one metric, each with what it is called."""
        metric = self.metric
        return {
            "kind": metric.kind,
            "labels": tuple(label.name for label in self.labels),
            "unit": metric.unit,
            "buckets": getattr(metric, "buckets", None),
            "multiprocess": getattr(metric, "multiprocess", None),
        }

    def join(self, registry: CollectorRegistry) -> None:
        """Become part of a registry. What is certain to come begins at 0: a series that appears with its first event shows no increase."""
        if self.metric.kind not in METHODS:
            self.trouble = Dropped("refused", "nobody has said what kind it is, so nothing can record it")
            return
        try:
            self._collector = Collector(self.metric)
            registry.register(self._collector)
            self._begin_at_zero()
        except ValueError as error:  # something else has the name, or the client reserves it
            self.trouble = Dropped("refused", f"Prometheus's client does not take it: {error}")
        except OSError as error:
            self.trouble = _of_files(error)

    def _begin_at_zero(self) -> None:
        values = [sent(label) for label in self.labels]
        sizes = [len(each) for each in values if each is not None]
        most = _MOST_ZEROS if self.metric.at_most is None else min(_MOST_ZEROS, self.metric.at_most)
        if len(sizes) == len(values) and prod(sizes) <= most and (not values or _begins_at_zero(self.metric)):
            for key in product(*(each or () for each in values)):
                self._begin(key)

    def go_on_from(self, first: Family) -> None:
        """Record to the same series as the first declaration of this name, if that is of the same shape."""
        theirs = first.shape
        different = [what for what, mine in self.shape.items() if mine != theirs[what]]
        if different:
            what = "kind" if "kind" in different else " and ".join(different)
            self.trouble = Dropped("refused", f"another declaration of this name was recorded first, and this one differs in its {what}")
            return
        self.series, self.trouble, self._collector = first.series, first.trouble, first._collector
        self._admission.go_on_from(first._admission)

    def record(self, given: tuple[object, ...], action: str, value: object, exemplar: Mapping[str, str] | None = None) -> None:
        """Any sample, with all that is to be looked at."""
        self._safely(self._record, given, action, value, exemplar)

    def moved(self, series: Any, amount: float) -> bool:  # noqa: ANN401 - the client's
        """Add to a gauge that has bounds, if it stays in them."""
        least, most = self.bounds or _FINITE
        with LOCK:
            # The client tells nobody what a gauge is, but on a page.
            if not least <= series._value.get() + amount <= most:  # noqa: SLF001
                return False
            series.inc(amount)
        return True

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
        if self.bounds is None or action == "set":
            getattr(self.series[key], action)(number, *more)
        elif not self.moved(self.series[key], number):
            raise Dropped("value", f"{number:+g} would take it out of its bounds, {self._bounds_in_words()}")

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
        if action == "observe" and number < 0 and self.never_negative:
            raise Dropped("value", "a negative time was given, after which its sum falls")
        if action == "set" and self.bounds is not None and not self.bounds[0] <= number <= self.bounds[1]:
            raise Dropped("value", f"{number:g} is out of its bounds, {self._bounds_in_words()}")
        return number

    def _bounds_in_words(self) -> str:
        told = {"at least": getattr(self.metric, "least", None), "at most": getattr(self.metric, "most", None)}
        return " and ".join(f"{what} {bound:g}" for what, bound in told.items() if bound is not None)

    def _admitted(self, given: tuple[object, ...], notes: list[Dropped]) -> Key:
        """The series that a sample goes to, which there is from then on; what had to be changed is noted."""
        if self.trouble is not None:
            raise Dropped(self.trouble.reason, self.trouble.message)
        key = self._admission.key(given)
        if key not in self.series:
            with LOCK:
                if self.metric.kind == "info":
                    return self._instead(key, notes)
                key = self._admission.within(key, self.series.keys(), notes)
                if key not in self.series:
                    self._begin(key)
        return key

    def _instead(self, key: Key, notes: list[Dropped]) -> Key:
        """The series of an info that takes the place of the one that there is: two at once would say that both are so."""
        assert self._collector is not None  # noqa: S101 - for type checkers: it has joined
        self._admission.forget()
        key = self._admission.within(key, (), notes)
        for old in [each for each in self.series if each != key]:
            series = self.series.pop(old)
            if is_multiprocess():  # nothing is ever taken out of the processes' files: `page` leaves out what is 0
                series.set(0)
            else:
                self._collector.client.remove(*old)
        if key not in self.series:
            self._begin(key)
            self.series[key].set(1)
        return key

    def _begin(self, key: Key) -> None:
        assert self._collector is not None  # noqa: S101 - for type checkers: it has joined
        series = self._collector.client.labels(*key) if key else self._collector.client
        self._admission.took(key)
        self.series[key] = series  # last: from now on recorders find it without the lock


def _note(error: Exception) -> Dropped:
    if isinstance(error, OSError):
        return _of_files(error)
    return error if isinstance(error, Dropped) else Dropped("value", f"it cannot be recorded: {error}")


def _of_files(error: OSError) -> Dropped:
    """What keeps the client from writing the files of several processes."""
    return Dropped("refused", missing_folder() or f"Prometheus's client cannot write its files: {error.strerror}")


def _begins_at_zero(metric: AnyMetric) -> bool:
    least, most = getattr(metric, "least", None), getattr(metric, "most", None)
    return metric.kind in ("counter", "gauge") and (least is None or least <= 0) and (most is None or most >= 0)


def _bounds(metric: AnyMetric) -> tuple[float, float] | None:
    """The bounds of a gauge that are held in this process.

    Where several processes add up to one value, each has a share of it, of which the bounds say nothing but that it is a number.
    """
    least, most = getattr(metric, "least", None), getattr(metric, "most", None)
    if least is None and most is None:
        return None
    if is_multiprocess() and getattr(metric, "multiprocess", "").endswith("sum"):
        return _FINITE
    return (_FINITE[0] if least is None else least, _FINITE[1] if most is None else most)


def _never_negative(metric: AnyMetric) -> bool:
    """Whether what is observed is a span of time, which inference, too, takes as never negative; buckets below zero say otherwise."""
    timed = metric.unit is not None and metric.unit.same_dimension(seconds) and not metric.unit.affine
    return timed and all(bound > 0 for bound in getattr(metric, "buckets", ()))


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
