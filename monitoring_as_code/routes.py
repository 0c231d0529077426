"""Which way an alert takes through the route tree, as Alertmanager walks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from monitoring_as_code.matchers import Matcher, parse_matcher
from monitoring_as_code.model.routing import Receiver, Route, Routing
from monitoring_as_code.model.time_interval import TimeInterval

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert


# The values that a label may have, "" for a missing one among them; None if they are not known.
Values: TypeAlias = frozenset[str] | None
_MISSING = frozenset(("",))


class Branch(NamedTuple):
    """A route with all that it inherits.

    `path` leads to it: its index among its siblings, from the root on, whose own is empty. `receiver` is a name, whether it is declared
    or not. Time intervals are not inherited: they are those of the route itself.
    """

    path: tuple[int, ...]
    declaration: Route | Routing
    matchers: tuple[Matcher, ...]
    receiver: str
    group_by: tuple[str, ...]
    group_wait: str
    group_interval: str
    repeat_interval: str
    continue_: bool
    branches: tuple[Branch, ...]

    @property
    def mute_time_intervals(self) -> tuple[TimeInterval, ...]:
        """When the route is mute; the root never is."""
        return self.declaration.mute_time_intervals if isinstance(self.declaration, Route) else ()

    @property
    def active_time_intervals(self) -> tuple[TimeInterval, ...]:
        """When alone the route notifies, if that is limited."""
        return self.declaration.active_time_intervals if isinstance(self.declaration, Route) else ()


class Arrival(NamedTuple):
    """A branch that an alert reaches; `certain` is false if that depends on labels whose value is not known."""

    branch: Branch
    certain: bool


def route_tree(routing: Routing) -> Branch:
    """The root of the route tree, with every branch below it resolved."""
    root = Branch(
        (),
        routing,
        (),
        receiver_name(routing.receiver),
        routing.group_by,
        routing.group_wait,
        routing.group_interval,
        routing.repeat_interval,
        continue_=False,
        branches=(),
    )
    return root._replace(branches=_branches(root, routing.routes))


def every_branch(root: Branch) -> Iterator[Branch]:
    """`root` and all branches below it, each before its own."""
    yield root
    for branch in root.branches:
        yield from every_branch(branch)


def arrivals(root: Branch, labels: Mapping[str, Values], *, others_unknown: bool = False) -> list[Arrival]:
    """Where an alert with these labels ends, in Alertmanager's order: once for each receiver and grouping that it reaches.

    A label that is not in `labels` is missing, or not known if `others_unknown`.
    """
    return _walk(root, labels, None if others_unknown else _MISSING, certain=True)[0]


def sure_receivers(root: Branch, labels: Mapping[str, Values], *, others_unknown: bool = False) -> frozenset[str]:
    """The receivers that an alert with these labels reaches whatever the values are that are not known, on one way or another."""
    return _sure(root, labels, None if others_unknown else _MISSING)


def route_of(routing: Routing, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the receivers that an alert with exactly these labels reaches, in Alertmanager's order."""
    return tuple(
        arrival.branch.receiver for arrival in arrivals(route_tree(routing), {name: frozenset((value,)) for name, value in labels.items()})
    )


def alert_labels(analysis: Analysis, alert: Alert) -> tuple[dict[str, Values], bool]:
    """The labels with which an alert arrives at Alertmanager, and whether it may have others; as `arrivals` takes them.

    They are those of its expression's result, overruled by its own, completed by the external ones of Prometheus. A template's value is
    not known.
    """
    found: dict[str, Values] = {}
    others_unknown = True
    use = analysis.use(alert)
    if use.expr is not None:
        labels = analysis.value(use).labels
        others_unknown = not labels.closed
        found = {name: fact.seen for name, fact in labels.facts.items() if name != "__name__"}
    for name, value in {"severity": alert.severity, **alert.labels}.items():
        found[name] = None if "{{" in value else frozenset((value,))
    stack = analysis.stack
    for name, value in ({} if stack is None else stack.external_labels).items():
        values = found.get(name, None if others_unknown else _MISSING)
        # Prometheus puts it on what has no such label yet.
        found[name] = None if values is None else frozenset(each or value for each in values)
    found["alertname"] = frozenset((alert.name,))
    return found, others_unknown


def receiver_name(receiver: Receiver | str) -> str:
    """The name of a receiver that was given as a declaration or by name."""
    return receiver if isinstance(receiver, str) else receiver.name


def _branches(parent: Branch, routes: tuple[Route, ...]) -> tuple[Branch, ...]:
    made: list[Branch] = []
    for index, route in enumerate(routes):
        branch = Branch(
            (*parent.path, index),
            route,
            tuple(map(parse_matcher, route.matchers)),
            parent.receiver if route.receiver is None else receiver_name(route.receiver),
            # Alertmanager before 0.31 takes an empty list for none at all, so the parent's holds.
            route.group_by or parent.group_by,
            route.group_wait or parent.group_wait,
            route.group_interval or parent.group_interval,
            route.repeat_interval or parent.repeat_interval,
            route.continue_,
            (),
        )
        made.append(branch._replace(branches=_branches(branch, route.routes)))
    return tuple(made)


def _takes(branch: Branch, labels: Mapping[str, Values], others: Values) -> bool | None:
    """Whether an alert fulfils a branch's own matchers; None if that is not known."""
    taken: bool | None = True
    for matcher in branch.matchers:
        values = labels.get(matcher.name, others)
        accepted = set() if values is None else {matcher.accepts(value) for value in values}
        if accepted == {False}:
            return False
        if accepted != {True}:
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
