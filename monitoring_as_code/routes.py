"""Which way an alert takes through the route tree, as Alertmanager walks it, and what can hold it back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.matchers import Matcher, parse_matcher
from monitoring_as_code.model.routing import Receiver, Route, Routing
from monitoring_as_code.model.time_interval import TimeInterval

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.routing import Inhibition


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


class Silence(NamedTuple):
    """The receivers that cannot notify anybody, the alerts that reach no other one, and those that may reach no other one."""

    receivers: tuple[str, ...]
    unheard: tuple[Alert, ...]
    doubtful: tuple[Alert, ...]


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


def way(root: Branch, labels: Mapping[str, Values], *, others_unknown: bool = False) -> list[Step]:
    """Every branch that is asked on an alert's way, in Alertmanager's order, and those beside them that are not asked any more."""
    others = None if others_unknown else _MISSING
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
    others = None if others_unknown else _MISSING
    answers = {_accepted(matcher, labels, others) for matcher in matchers}
    return False if False in answers else None if None in answers else True


def holds_back(inhibition: Inhibition, source: tuple[Mapping[str, Values], bool], target: tuple[Mapping[str, Values], bool]) -> bool | None:
    """Whether an alert holds another one back while it fires, each given as `alert_labels` does; None if that is not known."""
    of_source, of_target = tuple(map(parse_matcher, inhibition.source)), tuple(map(parse_matcher, inhibition.target))
    excluded = fulfilled(of_source, target[0], others_unknown=target[1])
    answers = {
        fulfilled(of_source, source[0], others_unknown=source[1]),
        fulfilled(of_target, target[0], others_unknown=target[1]),
        None if excluded is None else not excluded,
        *(same_value(name, inhibition, source, target) for name in inhibition.equal),
    }
    return False if False in answers else None if None in answers else True


def same_value(
    name: str, inhibition: Inhibition, source: tuple[Mapping[str, Values], bool], target: tuple[Mapping[str, Values], bool]
) -> bool | None:
    """Whether both sides of an inhibition have the same value of a label, those that their matchers accept; one that both lack is the same."""
    mine, theirs = _accepted_values(name, inhibition.source, source), _accepted_values(name, inhibition.target, target)
    if mine is None or theirs is None:
        return None
    return False if not mine & theirs else True if len(mine | theirs) == 1 else None


def declared_receivers(analysis: Analysis, root: Branch) -> dict[str, Receiver]:
    """The receivers that are declared or given to a route, by name; those that are declared come first."""
    found = {receiver.name: receiver for receiver in analysis.project.of(Receiver)}
    for branch in every_branch(root):
        if isinstance(branch.declaration.receiver, Receiver):
            found.setdefault(branch.receiver, branch.declaration.receiver)
    return found


def silence(analysis: Analysis, without: Collection[str], root: Branch) -> Silence:
    """Who is not told of what, if these integrations are not configured: `slack`, `email`. Alerts of severity `none` are not counted."""
    from monitoring_as_code.model.alert import Alert

    receivers = declared_receivers(analysis, root)
    mute = {name for name, each in receivers.items() if all(way.integration in without for way in each.integrations)}
    unheard: list[Alert] = []
    doubtful: list[Alert] = []
    for alert in analysis.project.of(Alert) if mute else ():
        if alert.severity == "none":
            continue
        labels, others_unknown = alert_labels(analysis, alert)
        if all(each.branch.receiver in mute for each in arrivals(root, labels, others_unknown=others_unknown)):
            unheard.append(alert)
        elif not sure_receivers(root, labels, others_unknown=others_unknown) - mute:
            doubtful.append(alert)
    return Silence(tuple(sorted(mute)), tuple(unheard), tuple(doubtful))


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


def _accepted(matcher: Matcher, labels: Mapping[str, Values], others: Values) -> bool | None:
    """Whether an alert fulfils one matcher; None if that is not known."""
    values = labels.get(matcher.name, others)
    answers = set() if values is None else {matcher.accepts(value) for value in values}
    return None if len(answers) != 1 else True in answers


def _accepted_values(name: str, matchers: Iterable[str], known: tuple[Mapping[str, Values], bool]) -> Values:
    """The values that an alert's label may have if it fulfils the matchers."""
    labels, others_unknown = known
    own = [matcher for matcher in map(parse_matcher, matchers) if matcher.name == name]
    values = labels.get(name, None if others_unknown else _MISSING)
    if values is None:
        values = next((matcher.values for matcher in own if matcher.values is not None), None)
    return None if values is None else frozenset(value for value in values if all(matcher.accepts(value) for matcher in own))


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
        accepted = _accepted(matcher, labels, others)
        if accepted is False:
            return False
        if accepted is None:
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
