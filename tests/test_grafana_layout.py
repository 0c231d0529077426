"""Where panels stand: never over each other, inside of the grid, without holes that Grafana would close; and how ids stay."""

from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from monitoring_as_code import Dashboard, Row, Stat, TextPanel, TimeSeries
from monitoring_as_code.model.declaration import InvalidDeclaration
from monitoring_as_code.model.panel import Panel
from monitoring_as_code.targets.grafana.layout import COLUMNS, Position, positions
from monitoring_as_code.targets.grafana.watched import numbered

Place = tuple[int, int, int, int]

widths = (
    st.none() | st.integers(1, 24) | st.sampled_from(["full", "1/2", "1/3", "2/3", "1/4", "3/4", "1/6", "5/6", "1/8", "3/8", "5/8", "7/8"])
)
flowing = st.builds(
    lambda kind, width, height: (
        kind(title="", content="", width=width, height=height) if kind is TextPanel else kind(title="", width=width, height=height)
    ),
    st.sampled_from([TextPanel, Stat, TimeSeries]),
    widths,
    st.none() | st.integers(1, 12),
)
places = st.tuples(st.integers(0, 23), st.integers(0, 20), st.integers(1, 24), st.integers(1, 8))


def placed(place: Place) -> Stat:
    x, y, width, height = place
    return Stat(title="", x=x, y=y, width=width, height=height)


def overlap(one: Place, other: Place) -> bool:
    return one[0] < other[0] + other[2] and other[0] < one[0] + one[2] and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]


def apart(found: list[Place]) -> list[Place]:
    """Those of the places that are inside of the grid and over none of the earlier ones."""
    kept: list[Place] = []
    for place in found:
        if place[0] + place[2] <= COLUMNS and not any(overlap(place, each) for each in kept):
            kept.append(place)
    return kept


def cells(position: Position) -> set[tuple[int, int]]:
    return {(x, y) for x in range(position.x, position.x + position.w) for y in range(position.y, position.y + position.h)}


@given(st.lists(flowing, max_size=12), st.lists(places, max_size=8).map(apart), st.randoms(), st.integers(0, 50))
def test_no_panel_is_over_another_or_outside_and_grafana_would_move_none(
    flow: list[Panel], said: list[Place], random: Random, start: int
) -> None:
    panels: list[Panel] = [*flow, *map(placed, said)]
    random.shuffle(panels)
    Row(panels=tuple(panels))  # which is allowed
    found, below = positions(panels, start)
    taken = [cell for position in found for cell in cells(position)]
    assert len(taken) == len(set(taken))
    assert all(0 <= x < COLUMNS and start <= y < below for x, y in taken)
    # Grafana moves a panel up as long as there is nothing above it.
    held = set(taken) | {(x, start - 1) for x in range(COLUMNS)}
    assert all(any((x, each.y - 1) in held for x in range(each.x, each.x + each.w)) for each in found)
    for panel, position in zip(panels, found, strict=True):
        assert panel.columns in (None, position.w)
        if panel.x is not None:
            assert (position.x, position.h) == (panel.x, panel.height)


@given(st.lists(flowing.filter(lambda panel: panel.width is None), min_size=1, max_size=12), st.none() | st.integers(1, 18))
def test_panels_of_free_width_fill_their_lines_and_are_equally_tall_in_each(panels: list[Panel], first: int | None) -> None:
    panels = [TextPanel(title="", content="", width=first), *panels]
    found, _ = positions(panels, 0)
    for y in {position.y for position in found}:
        line = [position for position in found if position.y == y]
        assert sum(position.w for position in line) == COLUMNS
        assert len({position.h for position in line}) == 1


@given(st.lists(places, max_size=6))
@example([(0, 0, 12, 4), (12, 0, 12, 4), (0, 4, 24, 1)])
@example([(0, 0, 13, 4), (12, 0, 12, 4)])
def test_a_row_takes_just_the_places_that_are_inside_and_apart(said: list[Place]) -> None:
    fine = all(x + width <= COLUMNS for x, _, width, _ in said) and not any(overlap(*pair) for pair in combinations(said, 2))
    panels = tuple(map(placed, said))
    if fine:
        Row(panels=panels)
    else:
        with pytest.raises(InvalidDeclaration, match=r"overlaps|the last one is 23"):
            Row(panels=panels)


@given(st.lists(places, min_size=2, max_size=8).map(apart))
def test_places_that_leave_no_hole_are_kept_as_they_are_said(said: list[Place]) -> None:
    first, _ = positions([placed(each) for each in said], 0)
    again, _ = positions([placed((each.x, each.y, each.w, each.h)) for each in first], 0)
    assert again == first


@pytest.mark.parametrize(("said", "x", "width"), [({"x": 18}, 18, 6), ({"y": 2}, 0, 24), ({"x": 4, "width": "1/4"}, 4, 6)])
def test_what_is_not_said_of_a_place_is_the_left_edge_the_first_line_and_all_to_the_right(said: dict[str, Any], x: int, width: int) -> None:
    (found,), below = positions([Stat(title="", **said)], 7)
    assert found == Position(h=4, w=width, x=x, y=7)
    assert below == 11


def ids(*rows: Row) -> dict[str, int]:
    board = Dashboard(name="d", uid="d", rows=rows)
    return {panel.title: number for number, _, panel in numbered(board) if panel is not None}


def panel(title: str, **said: Any) -> TextPanel:
    return TextPanel(title=title, content="", **said)


def test_ids_stay_when_a_row_is_renamed_and_keeps_its_key_or_a_panel_says_its_id() -> None:
    before = ids(Row(title="Traffic", panels=(panel("Rate"), panel("Errors"))))
    assert ids(Row(title="Requests", panels=(panel("Rate"), panel("Errors")))) != before
    assert ids(Row(title="Requests", key="Traffic", panels=(panel("Rate"), panel("Errors")))) == before
    kept = ids(Row(title="Other", panels=(panel("Errors per second", id=before["Errors"]),)))
    assert kept == {"Errors per second": before["Errors"]}


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=6), st.integers(0, 6), st.sampled_from(["first", "second"]))
def test_a_panel_of_a_new_title_or_of_another_row_moves_no_id(titles: list[str], at: int, row: str) -> None:
    assume(at <= len(titles))

    def numbers(*rows: Row) -> list[int]:
        return [number for number, _, each in numbered(Dashboard(name="d", uid="d", rows=rows)) if each is not None and each.title != "new"]

    rest = Row(title="rest", panels=(panel("a"), panel("b")))
    before = numbers(Row(title="row", panels=tuple(map(panel, titles))), rest)
    inserted = [*titles[:at], "new", *titles[at:]]
    assert numbers(Row(title="row", panels=tuple(map(panel, inserted))), rest) == before
    more = numbers(Row(title=row, panels=(panel("a"), panel("b"))), Row(title="row", panels=tuple(map(panel, titles))), rest)
    assert more[2:] == before


def test_an_id_that_was_said_is_given_to_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from monitoring_as_code import naming

    monkeypatch.setattr(naming, "panel_id", lambda *_: 7)
    assert ids(Row(title="r", panels=(panel("made"), panel("said", id=7)))) == {"made": 9, "said": 7}
