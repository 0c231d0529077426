"""Whom alerts reach: the route tree, inhibitions and time intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.matchers import parse_matcher
from monitoring_as_code.prove.mutations.mutant import Mutant, Operator, changed
from monitoring_as_code.routes import receiver_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring_as_code.model.routing import Receiver, Route, Routing


class Change(NamedTuple):
    """Another routing: what is changed, as it is written, and what scenario would notice."""

    routing: Routing
    where: str
    before: str
    after: str
    advice: str


class Tree(NamedTuple):
    """A routing, and the receivers that there are."""

    routing: Routing
    receivers: tuple[Receiver | str, ...]


class Spot(NamedTuple):
    """A route of the tree: what it is called, its siblings, its place among them, and the routing with other siblings."""

    where: str
    siblings: tuple[Route, ...]
    number: int
    with_siblings: Callable[[tuple[Route, ...]], Routing]

    @property
    def route(self) -> Route:
        """The route itself."""
        return self.siblings[self.number]

    def with_route(self, *routes: Route) -> Routing:
        """The routing with these in the route's place."""
        return self.with_siblings((*self.siblings[: self.number], *routes, *self.siblings[self.number + 1 :]))


Changes: TypeAlias = Iterator[Change]


class RoutingOperator(NamedTuple):
    """An operator, and what it makes of a routing."""

    operator: Operator
    changes: Callable[[Tree], Changes]


OPERATORS: list[RoutingOperator] = []


def operator(name: str, before: str, after: str) -> Callable[[Callable[[Tree], Changes]], Callable[[Tree], Changes]]:
    """Registers an operator."""

    def registered(changes: Callable[[Tree], Changes]) -> Callable[[Tree], Changes]:
        OPERATORS.append(RoutingOperator(Operator(name, changes.__doc__ or "", before, after, "routing"), changes))
        return changes

    return registered


def mutants_of(routing: Routing, receivers: Sequence[Receiver | str]) -> Iterator[Mutant]:
    """Every small change of a routing."""
    tree = Tree(routing, tuple(receivers))
    for operator, changes in OPERATORS:
        for each in changes(tree):
            yield Mutant(operator, routing, each.where, each.before, each.after, each.advice, routing=each.routing)


def _spots(tree: Tree) -> Iterator[Spot]:
    """Every route, each before those inside of it."""

    def below(routes: tuple[Route, ...], with_routes: Callable[[tuple[Route, ...]], Routing], way: str) -> Iterator[Spot]:
        for index, route in enumerate(routes):
            spot = Spot(f"{way}routes[{index}]", routes, index, with_routes)
            yield spot
            yield from below(route.routes, lambda inner, spot=spot: spot.with_route(changed(spot.route, routes=inner)), f"{spot.where}.")  # type: ignore[misc]

    yield from below(tree.routing.routes, lambda routes: changed(tree.routing, routes=routes), "")


def _text(route: Route) -> str:
    """A route in a few words."""
    matchers = ", ".join(str(parse_matcher(each)) for each in route.matchers)
    return f"{{{matchers}}}" + ("" if route.receiver is None else f" -> {receiver_name(route.receiver)}")


def _without(items: tuple[str, ...], index: int) -> tuple[str, ...]:
    return (*items[:index], *items[index + 1 :])


def _others(tree: Tree, receiver: Receiver | str) -> Iterator[Receiver | str]:
    """The next receiver, which is not this one."""
    names = [receiver_name(each) for each in tree.receivers]
    if receiver_name(receiver) in names and len(names) > 1:
        yield tree.receivers[(names.index(receiver_name(receiver)) + 1) % len(names)]


@operator("receiver", "Route(receiver=on_call)", "Route(receiver=everybody)")
def receiver(tree: Tree) -> Changes:
    """A route leads to the next receiver."""
    name = receiver_name(tree.routing.receiver)
    for other in _others(tree, tree.routing.receiver):
        advice = f"`Reaches(receivers=({name},))` of an alert that no route takes"
        yield Change(changed(tree.routing, receiver=other), "receiver", name, receiver_name(other), advice)
    for spot in _spots(tree):
        if spot.route.receiver is not None:
            name = receiver_name(spot.route.receiver)
            for other in _others(tree, spot.route.receiver):
                advice = f"`Reaches(receivers=({name},))` of an alert that `{_text(spot.route)}` takes"
                routing = spot.with_route(changed(spot.route, receiver=other))
                yield Change(routing, f"{spot.where}.receiver", name, receiver_name(other), advice)


@operator("route removed", "Route(matchers=('team=\"db\"',), ...)", "")
def route_removed(tree: Tree) -> Changes:
    """A route leaves its alerts to the others."""
    for spot in _spots(tree):
        yield Change(spot.with_route(), spot.where, _text(spot.route), "", f"`Reaches(...)` of an alert that `{_text(spot.route)}` takes")


@operator("route's matcher dropped", "matchers=('team=\"db\"', 'severity=\"critical\"')", "matchers=('team=\"db\"',)")
def route_matcher_dropped(tree: Tree) -> Changes:
    """A route takes more alerts."""
    for spot in _spots(tree):
        for index, matcher in enumerate(spot.route.matchers):
            routing = spot.with_route(changed(spot.route, matchers=_without(spot.route.matchers, index)))
            advice = f"`Reaches(..., not_to=(...))` of an alert that does not fulfil `{matcher}`"
            yield Change(routing, f"{spot.where}.matchers", str(parse_matcher(matcher)), "", advice)


@operator("route's matcher negated", "matchers=('team=\"db\"',)", "matchers=('team!=\"db\"',)")
def route_matcher_negated(tree: Tree) -> Changes:
    """A route takes the other alerts."""
    for spot in _spots(tree):
        for index, matcher in enumerate(spot.route.matchers):
            parsed = parse_matcher(matcher)
            matchers = (*spot.route.matchers[:index], str(parsed.negated), *spot.route.matchers[index + 1 :])
            advice = f"`Reaches(...)` of an alert that fulfils `{matcher}`"
            yield Change(
                spot.with_route(changed(spot.route, matchers=matchers)), f"{spot.where}.matchers", str(parsed), str(parsed.negated), advice
            )


@operator("continue_", "continue_=True", "continue_=False")
def continue_(tree: Tree) -> Changes:
    """`continue_` is turned round."""
    for spot in _spots(tree):
        if spot.number == len(spot.siblings) - 1:
            continue  # there is nothing to go on to
        now = spot.route.continue_
        advice = "`Reaches(...)` with all receivers" if now else "`Reaches(..., not_to=(...))` with the receivers of the routes below"
        routing = spot.with_route(changed(spot.route, continue_=not now))
        yield Change(routing, f"{spot.where}.continue_", str(now), str(not now), f"{advice}, of an alert that `{_text(spot.route)}` takes")


@operator("order of routes", "routes=(one, other)", "routes=(other, one)")
def order(tree: Tree) -> Changes:
    """A route changes places with the next one."""
    for spot in _spots(tree):
        if spot.number + 1 < len(spot.siblings):
            this, following = spot.siblings[spot.number : spot.number + 2]
            routes = (*spot.siblings[: spot.number], following, this, *spot.siblings[spot.number + 2 :])
            yield Change(
                spot.with_siblings(routes),
                spot.where,
                f"{_text(this)}, {_text(following)}",
                f"{_text(following)}, {_text(this)}",
                f"`Reaches(...)` of an alert that both `{_text(this)}` and `{_text(following)}` would take",
            )


@operator("time interval dropped", "mute_time_intervals=(nights,)", "mute_time_intervals=()")
def time_interval_dropped(tree: Tree) -> Changes:
    """A route is never mute, or always active, as far as one interval says."""
    for spot in _spots(tree):
        for field in ("mute_time_intervals", "active_time_intervals"):
            intervals = getattr(spot.route, field)
            for index, interval in enumerate(intervals):
                routing = spot.with_route(changed(spot.route, **{field: (*intervals[:index], *intervals[index + 1 :])}))
                advice = f"`Muted(...)` of an alert that `{_text(spot.route)}` takes, in a scenario that `starts` when it must be mute"
                yield Change(routing, f"{spot.where}.{field}", interval.name, "", advice)


@operator("inhibition removed", "Inhibition(source=..., target=...)", "")
def inhibition_removed(tree: Tree) -> Changes:
    """No alert is held back by an inhibition."""
    for index, each in enumerate(tree.routing.inhibitions):
        kept = (*tree.routing.inhibitions[:index], *tree.routing.inhibitions[index + 1 :])
        text = f"{', '.join(each.source)} -> {', '.join(each.target)}"
        advice = "`Inhibited(by=...)` of an alert that it holds back"
        yield Change(changed(tree.routing, inhibitions=kept), f"inhibitions[{index}]", text, "", advice)


@operator("inhibition's label dropped", 'equal=("service",)', "equal=()")
def inhibition_label_dropped(tree: Tree) -> Changes:
    """Alerts are held back that differ in a label from the one that fires."""
    for index, each in enumerate(tree.routing.inhibitions):
        for number, name in enumerate(each.equal):
            other = changed(each, equal=_without(each.equal, number))
            kept = (*tree.routing.inhibitions[:index], other, *tree.routing.inhibitions[index + 1 :])
            advice = f"`Reaches(...)` of an alert that differs in nothing but `{name}` from one that fires, and must not be held back by it"
            yield Change(changed(tree.routing, inhibitions=kept), f"inhibitions[{index}].equal", f'"{name}"', "", advice)


@operator("inhibition's matcher dropped", "target=('severity=\"warning\"', 'team=\"db\"')", "target=('team=\"db\"',)")
def inhibition_matcher_dropped(tree: Tree) -> Changes:
    """An inhibition has one matcher less, of several."""
    for index, each in enumerate(tree.routing.inhibitions):
        for side in ("source", "target"):
            matchers: tuple[str, ...] = getattr(each, side)
            for number, matcher in enumerate(matchers if len(matchers) > 1 else ()):
                other = changed(each, **{side: _without(matchers, number)})
                kept = (*tree.routing.inhibitions[:index], other, *tree.routing.inhibitions[index + 1 :])
                whose = "holds others back though it" if side == "source" else "is held back though it"
                advice = f"`Reaches(...)` that fails if an alert {whose} does not fulfil `{matcher}`"
                yield Change(
                    changed(tree.routing, inhibitions=kept), f"inhibitions[{index}].{side}", str(parse_matcher(matcher)), "", advice
                )
