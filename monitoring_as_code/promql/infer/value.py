"""The abstract value of an expression: what holds for every result that it can have.

Sound first: a claim that is not certain is not made. `None`, "unknown" and "maybe" say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from monitoring_as_code.catalogue import ANY_NUMBER, Entry, Kind, Part, Range
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import Expr, Matcher
from monitoring_as_code.units import Unit

Presence: TypeAlias = Literal["never", "maybe", "always"]
Type: TypeAlias = Literal["scalar", "string", "vector", "matrix"]
Emptiness: TypeAlias = Literal["never", "data", "filter", "always"]
"""Whether a vector can have no elements: never; when the data is missing; when a filter lets nothing through; always."""


class Reason(NamedTuple):
    """Why a fact holds: a few words, and the node (or the matcher of a selector) that makes it so."""

    text: str
    node: Expr | Matcher

    def __str__(self) -> str:
        return self.text


class LabelFact(NamedTuple):
    """What is known of one label: whether elements have it, and with which values.

    `values` are all that it can have where it is present; None when they are not known. `pattern` (RE2, whole values) bounds them then.
    A label that is "never" there is the same as one with an empty value, as everywhere in Prometheus.
    """

    presence: Presence
    values: frozenset[str] | None = None
    pattern: str | None = None
    reason: Reason | None = None

    @property
    def seen(self) -> frozenset[str] | None:
        """The values that a matcher or a join compares, "" for an absent label included; None when they are not known."""
        if self.presence == "never":
            return _ABSENT
        if self.values is None:
            return None
        return self.values if self.presence == "always" else self.values | _ABSENT


_ABSENT: Final = frozenset({""})
ANYTHING: Final = LabelFact("maybe")
NO_VALUES: Final[frozenset[str]] = frozenset()
MOST_VALUES: Final = 256  # a set beyond this says less than it costs


class Labels:
    """The labels of an arm: a fact for each that is known of, and one for the `rest`, which is "never" when the label set is closed."""

    __slots__ = ("facts", "rest")

    def __init__(self, facts: Mapping[str, LabelFact], rest: LabelFact) -> None:
        self.facts = facts
        self.rest = rest

    def get(self, name: str) -> LabelFact:
        """What is known of this label."""
        return self.facts.get(name, self.rest)

    @property
    def closed(self) -> bool:
        """Whether no label can be there but those in `facts`."""
        return self.rest.presence == "never"

    @property
    def possible(self) -> frozenset[str]:
        """The labels in `facts` that can be there; all there are when the set is closed."""
        return frozenset(name for name, fact in self.facts.items() if fact.presence != "never")

    @property
    def certain(self) -> frozenset[str]:
        """The labels that every element has."""
        return frozenset(name for name, fact in self.facts.items() if fact.presence == "always")

    def but(self, changes: Mapping[str, LabelFact]) -> Labels:
        """These labels with some facts replaced."""
        return Labels({**self.facts, **changes}, self.rest)

    def __repr__(self) -> str:
        marks = {"never": "-", "maybe": "?", "always": ""}
        parts = [
            marks[fact.presence] + name + ("" if fact.values is None or fact.presence == "never" else f"={'|'.join(sorted(fact.values))}")
            for name, fact in sorted(self.facts.items())
        ]
        return f"{{{', '.join(parts)}{'' if self.closed else ', ...'}}}"


OPEN: Final = Labels(MappingProxyType({}), ANYTHING)


class Arm(NamedTuple):
    """One alternative of a value: every element of the result is described by one arm at least.

    `keys` are sets of labels that identify an element within the whole vector as far as this arm's elements go; none known when empty,
    and the empty set says that there is at most one element. `kind` says what the numbers mean, `part` which part of a histogram they
    came from. `unit` None is unknown; `literal` marks a number as written, which takes any unit. `empty` is whether this arm alone can be
    without elements. `entry` is the catalogue entry that all numbers come from, if there is exactly one. `floats` says that no element is a
    native histogram, of which `range` says nothing.
    """

    labels: Labels
    keys: tuple[frozenset[str], ...] = ()
    kind: Kind = "unknown"
    part: Part = ""
    unit: Unit | None = None
    range: Range = ANY_NUMBER
    empty: Emptiness = "data"
    entry: Entry | None = None
    literal: bool = False
    floats: bool = False
    empty_reason: Reason | None = None
    kind_reason: Reason | None = None
    unit_reason: Reason | None = None
    range_reason: Reason | None = None


class Value(NamedTuple):
    """What an expression evaluates to. `text` is a string's.

    The properties look at all arms together; for the common case of one arm they are that arm's.
    """

    type: Type
    arms: tuple[Arm, ...]
    empty: Emptiness = "data"
    text: str | None = None

    @property
    def arm(self) -> Arm:
        """All arms as one: what holds for each of them."""
        return self.arms[0] if len(self.arms) == 1 else joined(self.arms)

    @property
    def labels(self) -> Labels:
        """What is known of each label."""
        return self.arm.labels

    @property
    def kind(self) -> Kind:
        """What the numbers mean."""
        return self.arm.kind

    @property
    def part(self) -> Part:
        """Which part of a histogram the numbers come from."""
        return self.arm.part

    @property
    def unit(self) -> Unit | None:
        """The unit of the numbers; None when it is not known."""
        return self.arm.unit

    @property
    def range(self) -> Range:
        """The bounds of the numbers."""
        return self.arm.range

    @property
    def keys(self) -> tuple[frozenset[str], ...]:
        """Sets of labels that identify an element."""
        return self.arm.keys


def joined_fact(facts: Iterable[LabelFact]) -> LabelFact:
    """What holds for a label of which one of these facts holds."""
    facts = list(facts)
    first = facts[0]
    if all(fact is first for fact in facts):
        return first
    presences = {fact.presence for fact in facts}
    presence: Presence = first.presence if len(presences) == 1 else "maybe"
    values: frozenset[str] | None = NO_VALUES
    patterns = set()
    for fact in facts:
        if fact.presence != "never":
            values = None if values is None or fact.values is None else values | fact.values
            patterns.add(fact.pattern)
    if values is not None and len(values) > MOST_VALUES:
        values = None
    return LabelFact(
        presence,
        None if presence == "never" else values,
        patterns.pop() if len(patterns) == 1 else None,
        next((fact.reason for fact in facts if fact.presence == presence and fact.reason), None),
    )


def met_fact(left: LabelFact, right: LabelFact) -> LabelFact | None:
    """What holds for a label of which both facts hold; None when they contradict each other."""
    if left is right:
        return left
    if left.presence == "never" or right.presence == "never":
        if left.presence == "always" or right.presence == "always":
            return None
        return left if left.presence == "never" else right
    if left.values is None:
        values, pattern = right.values, left.pattern or right.pattern
    elif right.values is None:
        values, pattern = left.values, left.pattern or right.pattern
    else:
        values, pattern = left.values & right.values, left.pattern
    always = left.presence == "always" or right.presence == "always"
    if values is not None and not values:
        return None if always else LabelFact("never", None, None, left.reason or right.reason)
    reason = right.reason if right.presence == "always" and left.presence != "always" else left.reason
    return LabelFact("always" if always else "maybe", values, pattern, reason)


def joined_labels(all_labels: Iterable[Labels]) -> Labels:
    """What holds for labels of which one of these holds."""
    many = list(all_labels)
    names = {name: None for labels in many for name in labels.facts}
    return Labels(
        {name: joined_fact(labels.get(name) for labels in many) for name in names},
        joined_fact(labels.rest for labels in many),
    )


def joined_range(ranges: Iterable[Range]) -> Range:
    """The smallest range that holds all of these."""
    many = list(ranges)
    return Range(
        min(one.low for one in many), max(one.high for one in many), nan=any(one.nan for one in many), inf=any(one.inf for one in many)
    )


_ORDER: Final[tuple[Emptiness, ...]] = ("never", "data", "filter", "always")


def fuller(left: Emptiness, right: Emptiness) -> Emptiness:
    """The emptiness of a vector that has the elements of both."""
    return left if _ORDER.index(left) <= _ORDER.index(right) else right


def emptier(left: Emptiness, right: Emptiness) -> Emptiness:
    """The emptiness of a vector that needs elements of both."""
    return left if _ORDER.index(left) >= _ORDER.index(right) else right


def joined(arms: tuple[Arm, ...]) -> Arm:
    """What holds for each of the arms. Elements of different arms can have the same keys, so only one that all labels make is left."""
    first = arms[0]
    if len(arms) == 1:
        return first
    empty = first.empty
    for arm in arms[1:]:
        empty = fuller(empty, arm.empty)
    labels = joined_labels(arm.labels for arm in arms)
    units = {None if arm.literal else arm.unit for arm in arms if not (arm.literal and any(not other.literal for other in arms))}
    return Arm(
        labels,
        keys=whole_key(labels),
        kind=first.kind if all(arm.kind == first.kind for arm in arms) else "unknown",
        part=first.part if all(arm.part == first.part for arm in arms) else "",
        unit=units.pop() if len(units) == 1 else None,
        range=joined_range(arm.range for arm in arms),
        empty=empty,
        entry=first.entry if all(arm.entry is first.entry for arm in arms) else None,
        literal=all(arm.literal for arm in arms),
        floats=all(arm.floats for arm in arms),
        empty_reason=first.empty_reason,
        kind_reason=first.kind_reason,
        unit_reason=first.unit_reason,
        range_reason=first.range_reason,
    )


def whole_key(labels: Labels) -> tuple[frozenset[str], ...]:
    """All labels that can differ between elements: they identify one, because no vector has two elements with equal labels."""
    if not labels.closed:
        return ()
    return (frozenset(name for name, fact in labels.facts.items() if fact.presence != "never" and not pinned(fact)),)


def pinned(fact: LabelFact) -> bool:
    """Whether the label is the same on every element."""
    return fact.presence == "never" or (fact.presence == "always" and fact.values is not None and len(fact.values) == 1)


def smallest(keys: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """These keys without those that hold another one; four at most."""
    kept: list[frozenset[str]] = []
    for key in sorted(keys, key=len):
        if not any(other <= key for other in kept):
            kept.append(key)
    return tuple(kept[:4])
