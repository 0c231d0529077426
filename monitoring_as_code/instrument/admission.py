"""Which series of a metric there may be: the domains of its labels, and how many values and combinations of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from monitoring_as_code.instrument.drops import Dropped
from monitoring_as_code.instrument.recorders import Missing
from monitoring_as_code.promql.regexes import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from monitoring_as_code.model.labels import Label
    from monitoring_as_code.model.metric import AnyMetric

Key: TypeAlias = tuple[str, ...]


class Admission:
    """Lets the series of one metric in, each once, as long as they are what is declared."""

    def __init__(self, metric: AnyMetric) -> None:
        self._labels = metric.label_declarations
        self._most = metric.at_most
        self._domains = [_domain(label) for label in self._labels]
        # The values that each bounded label has had, `other` not among them.
        self._had: list[set[str]] = [set() for _ in self._labels]

    def go_on_from(self, other: Admission) -> None:
        """Know the values of what another declaration of the metric let in."""
        self._had = other._had

    def forget(self) -> None:
        """Go on as if no value had been let in."""
        for had in self._had:
            had.clear()

    def key(self, given: tuple[object, ...]) -> Key:
        """The values of the labels as text.

        Raises:
            Dropped: one is missing or no text.
        """
        return tuple([value if type(value) is str else _text(label, value) for label, value in zip(self._labels, given, strict=True)])

    def within(self, key: Key, series: Collection[Key], notes: list[Dropped]) -> Key:
        """The key with `other` for each value that may not be, which is noted. It is one of the series already, or may become one.

        Raises:
            Dropped: a value may not be, and nothing stands for it.
        """
        allowed = list(key)
        for index, (label, value) in enumerate(zip(self._labels, key, strict=True)):
            objection = None if value == label.other else self._objection(index, label, value)
            if objection is not None:
                if label.other is None:
                    raise objection
                notes.append(objection)
                allowed[index] = label.other
        admitted = tuple(allowed)
        # The last place is kept for what stands for all others.
        kept = any(label.other is not None for label in self._labels)
        if self._most is None or admitted in series or len(series) < self._most - kept:
            return admitted
        folded = tuple([value if label.other is None else label.other for label, value in zip(self._labels, admitted, strict=True)])
        over = Dropped("budget", f"it has as many series as it may have, {self._most}", key)
        if folded not in series and len(series) >= self._most:
            raise over
        if folded != admitted:
            notes.append(over)
        return folded

    def took(self, key: Key) -> None:
        """There is a series of this key from now on."""
        for label, had, value in zip(self._labels, self._had, key, strict=True):
            if label.at_most is not None and value != label.other:
                had.add(value)

    def _objection(self, index: int, label: Label[str], value: str) -> Dropped | None:
        if not self._domains[index](value):
            return Dropped("domain", f"label `{label.name}` got a value that it may not have", (value,), public=label.values is not None)
        had = self._had[index]
        if label.at_most is not None and value not in had and len(had) >= label.at_most - (label.other is not None):
            return Dropped("budget", f"label `{label.name}` got one more value than it may have, {label.at_most}", (value,))
        return None


def sent(label: Label[str]) -> tuple[str, ...] | None:
    """The values that a label sends, if they are enumerated."""
    return label.values if label.emitted is None else label.emitted


def _domain(label: Label[str]) -> Callable[[str], bool]:
    """Whether a value is one that the label may have: text that a page can hold, one of its values, matched by its pattern."""
    values = None if label.values is None else frozenset(label.values)
    matched = None if label.pattern is None else whole(label.pattern)

    def holds(value: str) -> bool:
        return (values is None or value in values) and is_utf8(value) and (matched is None or matched(value))

    return holds


def is_utf8(value: str) -> bool:
    """Whether a page can hold it: half of a surrogate pair would spoil all of the page."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(label: Label[str], value: object) -> str:
    if isinstance(value, str):
        return str.__str__(value)  # a member of an enumeration is its value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is Missing:
        raise Dropped("labels", f"label `{label.attribute}` is missing")
    raise Dropped("labels", f"label `{label.attribute}` is a `{type(value).__name__}`, and not text")
