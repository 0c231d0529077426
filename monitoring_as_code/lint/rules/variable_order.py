from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import ERROR, WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.boards import Board
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.origin import Place


@rule(ERROR)
def variable_order(reading: Reading) -> Iterator[Finding]:
    """A variable depends on itself, or on one that stands behind it.

    What narrows itself, be it by way of others, can never be widened again: once `job=~"$job"` narrows the values of `job`, only the chosen
    one is left, and in a circle no variable can be the first that Grafana asks for. One that stands behind is a warning: people choose
    from left to right, and what they have chosen changes afterwards.

    BAD:

        class Place(Labels):
            city: Label[str]
            depot: Label[str]

        parcels = Gauge(name="parcels_waiting", help="Parcels that wait.", labels=Place)
        board = Dashboard(
            name="Parcels",
            uid="parcels",
            variables=(
                QueryVariable(name="city", metric=parcels, values_of=Place.city, matchers='depot=~"$depot"'),
                QueryVariable(name="depot", metric=parcels, values_of=Place.depot, matchers='city=~"$city"'),
            ),
            rows=(
                Row(title="All", panels=(TimeSeries(title="Waiting", expr='sum(parcels_waiting{city=~"$city", depot=~"$depot"})'),)),
            ),
        )

    GOOD:

        class Place(Labels):
            city: Label[str]
            depot: Label[str]

        parcels = Gauge(name="parcels_waiting", help="Parcels that wait.", labels=Place)
        board = Dashboard(
            name="Parcels",
            uid="parcels",
            variables=(
                QueryVariable(name="city", metric=parcels, values_of=Place.city),
                QueryVariable(name="depot", metric=parcels, values_of=Place.depot, matchers='city=~"$city"'),
            ),
            rows=(
                Row(title="All", panels=(TimeSeries(title="Waiting", expr='sum(parcels_waiting{city=~"$city", depot=~"$depot"})'),)),
            ),
        )
    """
    for board in boards(reading):
        needs = {choice.name: choice.depends_on for choice in board.choices}
        circles = {name for name in needs if name in _reached(name, needs)}
        places = {choice.name: index for index, choice in enumerate(board.choices)}
        told: set[str] = set()
        for index, choice in enumerate(board.choices):
            for said in choice.texts:
                for variable in said.variables:
                    name = variable.name
                    if name not in needs or choice.name in told:
                        continue
                    if name in circles and choice.name in circles and choice.name in _reached(name, needs) | {name}:
                        told |= _reached(name, needs) & circles
                        words = "itself" if name == choice.name else f"`{name}`, which depends on `{choice.name}`"
                        help_ = "leave the variable out of its own query" if name == choice.name else "leave it out of one of both"
                        message = f"the values of `{choice.name}` depend on {words}"
                        yield Finding(message, said.at(variable), help_, declaration=board.dashboard)
                    elif places[name] > index and said.role != "source":
                        yield _behind(board, choice.name, name, said.at(variable))
                        told.add(choice.name)


def _behind(board: Board, name: str, other: str, at: Place) -> Finding:
    message = f"the values of `{name}` depend on `{other}`, which stands behind it"
    return Finding(message, at, f"put `{other}` in front", declaration=board.dashboard, severity=WARNING)


def _reached(name: str, needs: dict[str, frozenset[str]]) -> set[str]:
    """All variables that one depends on, by way of others too."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for each in needs.get(waiting.pop(), ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found
