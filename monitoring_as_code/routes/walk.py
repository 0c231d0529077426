"""The way of an alert through the tree, as Alertmanager walks it; of labels, not all need be known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.routes.tree import Branch, route_tree

if TYPE_CHECKING:
    from monitoring_as_code.matchers import Matcher
    from monitoring_as_code.model.routing import Routing

# The values that a label may have, "" for a missing one among them; None if they are not known.
Values: TypeAlias = frozenset[str] | None
MISSING = frozenset(("",))
"""What a label has that an alert has not."""


class Arrival(NamedTuple):
    """A branch that an alert reaches; `certain` is false if that depends on labels whose value is not known."""

    branch: Branch
    certain: bool


class Step(NamedTuple):
    """A branch on the way of an alert.

    `outcome` is `taken`, `passed` if the alert does not fulfil `refusing`, `open` if that depends on `unknown` ones, and `unasked` if a branch
    before has kept the alert to itself. Whether it `ends` there is None if that is not known.
    """

    branch: Branch
    outcome: Literal["taken", "passed", "open", "unasked"]
    refusing: tuple[Matcher, ...]
    unknown: tuple[Matcher, ...]
    ends: bool | None


class Group(NamedTuple):
    """Alerts that come in one notification: those that end in the same branch with the same values of `labels`, by which it groups."""

    branch: Branch
    labels: Mapping[str, str]
    alerts: tuple[Mapping[str, str], ...]


def arrivals(root: Branch, labels: Mapping[str, Values], *, others_unknown: bool = False) -> list[Arrival]:
    """Where an alert with these labels ends, in Alertmanager's order: once for each receiver and grouping that it reaches.

    A label that is not in `labels` is missing, or not known if `others_unknown`.
    """
    return _walk(root, labels, None if others_unknown else MISSING, certain=True)[0]


def sure_receivers(root: Branch, labels: Mapping[str, Values], *, others_unknown: bool = False) -> frozenset[str]:
    """The receivers that an alert with these labels reaches whatever the values are that are not known, on one way or another."""
    return _sure(root, labels, None if others_unknown else MISSING)


def route_of(routing: Routing, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the receivers that an alert with exactly these labels reaches, in Alertmanager's order."""
    return tuple(
        arrival.branch.receiver for arrival in arrivals(route_tree(routing), {name: frozenset((value,)) for name, value in labels.items()})
    )


def way(root: Branch, labels: Mapping[str, Values], *, others_unknown: bool = False) -> list[Step]:
    """Every branch that is asked on an alert's way, in Alertmanager's order, and those beside them that are not asked any more."""
    others = None if others_unknown else MISSING
    ends = {arrival.branch.path: arrival.certain or None for arrival in arrivals(root, labels, others_unknown=others_unknown)}
    return list(_steps(root, labels, others, ends))


def groups(root: Branch, alerts: Iterable[Mapping[str, str]]) -> tuple[Group, ...]:
    """The notification groups that these alerts form, each alert given by all of its labels, in the order in which they come about.

    Each group is notified by itself: an alert that reaches two branches is in two of them, even if both lead to one receiver.
    """
    found: dict[tuple[tuple[int, ...], tuple[tuple[str, str], ...]], tuple[Branch, list[Mapping[str, str]]]] = {}
    for alert in alerts:
        for arrival in arrivals(root, {name: frozenset((value,)) for name, value in alert.items()}):
            branch = arrival.branch
            # To Alertmanager an empty label is none.
            by = [name for name in sorted(alert) if alert[name] and (name in branch.group_by or branch.group_by == ("...",))]
            key = branch.path, tuple((name, alert[name]) for name in by)
            found.setdefault(key, (branch, []))[1].append(alert)
    return tuple(Group(branch, dict(labels), tuple(grouped)) for (_, labels), (branch, grouped) in found.items())


def fulfilled(matchers: Iterable[Matcher], labels: Mapping[str, Values], *, others_unknown: bool = False) -> bool | None:
    """Whether an alert with these labels fulfils all matchers; None if that is not known."""
    others = None if others_unknown else MISSING
    answers = {_accepted(matcher, labels, others) for matcher in matchers}
    return False if False in answers else None if None in answers else True


def _accepted(matcher: Matcher, labels: Mapping[str, Values], others: Values) -> bool | None:
    """Whether an alert fulfils one matcher; None if that is not known."""
    values = labels.get(matcher.name, others)
    answers = set() if values is None else {matcher.accepts(value) for value in values}
    return None if len(answers) != 1 else True in answers


def _steps(branch: Branch, labels: Mapping[str, Values], others: Values, ends: Mapping[tuple[int, ...], bool | None]) -> Iterator[Step]:
    answers = [(matcher, _accepted(matcher, labels, others)) for matcher in branch.matchers]
    refusing = tuple(matcher for matcher, accepted in answers if accepted is False)
    if refusing:
        yield Step(branch, "passed", refusing, (), ends=False)
        return
    unknown = tuple(matcher for matcher, accepted in answers if accepted is None)
    yield Step(branch, "open" if unknown else "taken", (), unknown, ends.get(branch.path, False))
    kept = False
    for inner in branch.branches:
        if kept:
            yield Step(inner, "unasked", (), (), ends=False)
            continue
        step, *below = _steps(inner, labels, others, ends)
        yield step
        yield from below
        kept = step.outcome == "taken" and not inner.continue_


def _takes(branch: Branch, labels: Mapping[str, Values], others: Values) -> bool | None:
    """Whether an alert fulfils a branch's own matchers; None if that is not known."""
    taken: bool | None = True
    for matcher in branch.matchers:
        found = _accepted(matcher, labels, others)
        if found is False:
            return False
        if found is None:
            taken = None
    return taken


def _walk(branch: Branch, labels: Mapping[str, Values], others: Values, *, certain: bool) -> tuple[list[Arrival], bool | None]:
    """Where the alert ends at or below a branch, and whether the branch takes it."""
    taken = _takes(branch, labels, others)
    if taken is False:
        return [], False
    certain = certain and taken is True
    found: list[Arrival] = []
    inner_certain, covered = certain, False
    for inner in branch.branches:
        reached, inner_taken = _walk(inner, labels, others, certain=inner_certain)
        found += reached
        covered = covered or inner_taken is True
        if not inner.continue_:
            if inner_taken is True:
                break
            if inner_taken is None:  # it may have kept the alert for itself: the rest is not certain
                inner_certain = False
    if not covered:
        found.append(Arrival(branch, certain and not found))
    return found, taken


def _sure(branch: Branch, labels: Mapping[str, Values], others: Values) -> frozenset[str]:
    """The receivers that are told for sure once the alert is in this branch; found from the last inner branch to the first."""
    # What follows from here on, by whether a branch before has taken the alert; if none does, it is this one's own.
    told = {True: frozenset[str](), False: frozenset((branch.receiver,))}
    for inner in reversed(branch.branches):
        taken = _takes(inner, labels, others)
        if taken is False:
            continue
        inside = _sure(inner, labels, others)
        if inner.continue_:
            inside |= told[True]
        told = {before: inside if taken else inside & after for before, after in told.items()}
    return told[False]
