"""What Grafana's own code makes of our words, numbers and options."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code import Threshold, units
from monitoring_as_code.model.panels import grafana_names, grafana_units
from monitoring_as_code.targets.grafana.thresholds import steps_of_thresholds
from monitoring_as_code.units import Unit
from tests.oracle.schema import Schema

ROOT = Path(__file__).parents[2]
EMITTED = sorted([*ROOT.glob("build/**/dashboards/**/*.json"), *ROOT.glob("tests/targets/*/expected/**/dashboards/**/*.json")])

Ask = Callable[..., Any]
Json = dict[str, Any]

# What a number of a unit looks like in Grafana. A ratio is of one, an instant is in seconds.
SHOWN: tuple[tuple[Unit | str, float, str], ...] = (
    (units.seconds, 90, "1.50 mins"),
    (units.seconds, 0.0042, "4.20 ms"),
    (units.milliseconds, 90, "90 ms"),
    (units.minutes, 90, "1.50 hours"),
    (units.hours, 36, "1.50 days"),
    (units.days, 2, "2 days"),
    (units.bytes_, 1536, "1.50 KiB"),
    (units.bits, 1e6, "977 Kib"),
    (units.bytes_ / units.seconds, 2e6, "2 MB/s"),
    (units.bits / units.seconds, 2e6, "2 Mb/s"),
    (units.requests / units.seconds, 1500, "1.50K req/s"),
    (units.requests / units.minutes, 30, "30 req/m"),
    (units.messages / units.seconds, 12, "12 msg/s"),
    (units.ratio, 0.25, "25%"),
    (units.percent, 25, "25%"),
    (units.errors / units.requests, 0.005, "0.500%"),
    (units.celsius, 21.5, "21.5 °C"),
    (units.volts, 230, "230 V"),
    (units.watts, 1500, "1.50 kW"),
    (units.joules, 12, "12 J"),
    (units.hertz, 50, "50 Hz"),
    (units.requests, 12000, "12 K"),
)

# The lowest step has no value; ours begin with it.
LEVELS = (Threshold(value=0, color="orange"), Threshold(value=80, color="red"))
ACTIVE = ((-1, "green"), (0, "orange"), (79.9, "orange"), (80, "red"), (1e9, "red"))


def test_our_units_are_grafanas(ask: Ask) -> None:
    assert sorted(grafana_units.known_units()) == sorted(ask("units"))


@pytest.mark.parametrize("unit, value, shown", SHOWN, ids=str)
def test_a_number_is_shown_in_its_unit(unit: Unit | str, value: float, shown: str, ask: Ask) -> None:
    assert ask("formatted", [[grafana_units.grafana_unit(unit), value]]) == [shown]


def test_our_calculations_are_grafanas(ask: Ask) -> None:
    known = set(ask("reducers"))
    old = {"current", "total", "avg"}  # of Angular panels, which Grafana still reads
    assert grafana_names.reducers() - old == known - old


def test_our_transformations_are_grafanas(ask: Ask) -> None:
    assert sorted(grafana_names.transformations()) == sorted(ask("transformations"))


def test_our_matchers_are_grafanas(ask: Ask) -> None:
    structural = {"anyMatch", "allMatch", "invertMatch", "alwaysMatch", "neverMatch"}  # of other matchers
    assert sorted(grafana_names.field_matchers()) == sorted(set(ask("matchers")) - structural)


def test_what_an_override_can_set_is_what_grafana_says(ask: Ask) -> None:
    assert [name for name in ask("properties") if not grafana_names.knows_property("timeseries", name)] == []


def test_what_an_override_can_set_of_a_type_is_what_its_types_say(schema_13: Schema) -> None:
    of_old = {"displayMode", "hidden", "neutral"}  # of tables, and of gauges before 13: Grafana migrates them
    for kind in schema_13.panels:
        ours = grafana_names.custom_properties(kind)
        theirs = schema_13.custom_properties(kind)
        if ours is not None and theirs is not None:
            assert sorted(theirs - ours) == [], kind
            assert sorted(ours - theirs - of_old - {"hideFrom"}) == [], kind


def test_our_color_modes_are_grafanas(ask: Ask) -> None:
    assert sorted(grafana_names.color_modes()) == sorted(ask("colorModes"))


def test_our_colors_are_grafanas(ask: Ask) -> None:
    names = sorted(grafana_names.palette())
    themed = dict(zip(names, ask("colors", names), strict=True))
    assert [name for name, color in themed.items() if color == name and name != "transparent"] == []


@pytest.mark.parametrize("value, color", ACTIVE)
def test_a_threshold_holds_from_its_value_on(value: float, color: str, ask: Ask) -> None:
    assert ask("active", [[value, steps_of_thresholds(LEVELS, "green")]]) == [color]


def single_stats() -> list[Json]:
    dashboards = (json.loads(file.read_text("utf-8")) for file in EMITTED)
    panels = [each for dashboard in dashboards for panel in dashboard["panels"] for each in (panel, *panel.get("panels", ()))]
    return [panel for panel in panels if panel.get("type") in ("stat", "gauge", "bargauge") and "libraryPanel" not in panel]


def test_grafanas_own_migration_leaves_stat_gauge_and_bargauge_alone(ask: Ask) -> None:
    panels = single_stats()
    assert {panel["type"] for panel in panels} == {"stat", "gauge", "bargauge"}
    for panel, migrated in zip(panels, ask("migrated", panels), strict=True):
        assert migrated == panel


def test_a_panel_of_old_would_be_seen_to_change(ask: Ask) -> None:
    old = {"type": "gauge", "title": "Load", "fieldConfig": {"defaults": {"calcs": ["mean"], "unit": "percentunit"}, "overrides": []}}
    (migrated,) = ask("migrated", [old])
    assert migrated["options"] == {"orientation": "horizontal", "reduceOptions": {"calcs": ["mean"]}}
