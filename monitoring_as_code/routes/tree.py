"""The route tree, with what each branch has from those around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.matchers import Matcher, parse_matcher
from monitoring_as_code.model.routing import Receiver, Route, Routing

if TYPE_CHECKING:
    from monitoring_as_code.model.time_interval import TimeInterval


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
