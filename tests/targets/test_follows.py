"""What follows from the declarations without being said, on every type of panel that shows queries."""

import json
from pathlib import Path
from typing import Any

import pytest

import monitoring_as_code
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build.plan import plan
from monitoring_as_code.config import Config
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.project import load_project

Json = dict[str, Any]


def kinds() -> list[type[QueryPanel]]:
    """The types that an SDK's user can write; what is raw says all for itself."""
    exported = (getattr(monitoring_as_code, name) for name in monitoring_as_code.__all__)
    return [each for each in exported if isinstance(each, type) and issubclass(each, QueryPanel) and getattr(each, "type", "raw") != "raw"]


KINDS = kinds()
# Buckets are no values: their axis is of what was observed.
OF_VALUES = [each for each in KINDS if each.result != "heatmap"]


def panels(folder: Path, kind: type[QueryPanel], *written: str, before: str = "") -> tuple[list[Json], str]:
    """The JSON of panels of one type with these arguments, and the rule files."""
    listed = "".join(f"    {kind.__name__}(title='Panel {index}', {arguments}),\n" for index, arguments in enumerate(written))
    text = f"""
from monitoring_as_code import *
from monitoring_as_code.units import *

class Http(Labels):
    route: Label[str]
    status: Label[str]

served = Counter(name="http_requests_total", help="Requests served.", labels=Http, unit=requests)
duration = Histogram(name="http_seconds", help="Time to answer.", labels=Http, unit=seconds, buckets=(0.1, 1.0))
queue = Gauge(name="queue_bytes", help="What waits.", unit=bytes_)
stack = Stack(name="s", docs_url="https://docs.example", grafana_url="https://grafana.example")
{before}
board = Dashboard(name="Board", uid="board", rows=(Row(panels=(
{listed})),))
"""
    (folder / "definitions").mkdir()
    (folder / "definitions" / "case.py").write_text(text)
    project = load_project(folder, Config())
    assert [each.message for each in project.problems] == []
    files = plan(Analysis(project)).files
    rules = "".join(text.decode() for path, text in files.items() if path.startswith("prometheus/rules/"))
    return json.loads(files["grafana/dashboards/board.json"])["panels"], rules


def defaults(panel: Json) -> Json:
    found: Json = panel["fieldConfig"]["defaults"]
    return found


RATE = "expr=served.rate(rate_interval).sum(by=('route',))"
SHARE = "expr=served.where(Http.status.eq('500')).rate(rate_interval).sum() / served.rate(rate_interval).sum()"


@pytest.mark.parametrize("kind", OF_VALUES)
class TestOfValues:
    def test_the_unit_is_that_of_the_expression(self, kind: type[QueryPanel], tmp_path: Path) -> None:
        found, _ = panels(
            tmp_path, kind, RATE, "expr=queue", f"unit='Bps', {RATE}", "queries=(Query(expr=queue), Query(expr='http_requests_total'))"
        )
        assert [defaults(each)["unit"] for each in found] == ["reqps", "bytes", "Bps", "short"]

    def test_the_description_is_the_metrics_help(self, kind: type[QueryPanel], tmp_path: Path) -> None:
        found, _ = panels(
            tmp_path,
            kind,
            "expr=queue",
            "expr=queue, description='Said.'",
            "queries=(Query(expr=queue), Query(expr='http_requests_total'))",
        )
        assert [each.get("description") for each in found] == ["What waits.", "Said.", None]

    def test_a_legend_has_the_labels_that_are_left_and_one_series_the_title(self, kind: type[QueryPanel], tmp_path: Path) -> None:
        found, _ = panels(tmp_path, kind, RATE, "expr=queue.sum()", f"{RATE}, legend='x'")
        assert [each["targets"][0]["legendFormat"] for each in found] == ["{{route}}", "Panel 1", "x"]

    def test_what_cannot_be_negative_starts_at_zero(self, kind: type[QueryPanel], tmp_path: Path) -> None:
        found, _ = panels(tmp_path, kind, RATE, "expr=queue", f"min=-5, {RATE}")
        assert [defaults(each).get("min") for each in found] == [0, None, -5]

    def test_a_share_fills_what_has_a_whole(self, kind: type[QueryPanel], tmp_path: Path) -> None:
        found, _ = panels(tmp_path, kind, SHARE, f"max=0.1, {SHARE}")
        assert [defaults(each)["unit"] for each in found] == ["percentunit"] * 2
        assert [defaults(each).get("max") for each in found] == [1 if kind.bounded else None, 0.1]

    def test_a_query_that_is_hidden_changes_nothing(self, kind: type[QueryPanel], tmp_path: Path) -> None:
        found, _ = panels(tmp_path, kind, "expr=queue.sum(), queries=(Query(expr='http_requests_total', hidden=True),)", "expr=queue.sum()")
        assert defaults(found[0]) == defaults(found[1])
        assert found[0]["options"] == found[1]["options"]
        assert found[0]["description"] == "What waits."


ALERTS = """
warning = Alert(name="Slow", expr=queue.sum() > 5, severity="warning", summary="s")
critical = Alert(name="Slower", expr=queue.sum() > 9, severity="critical", summary="s")
low = Alert(name="Idle", expr=served.rate("5m").sum() < 1, severity="warning", summary="s")
"""


@pytest.mark.parametrize("kind", KINDS)
class TestOfAlerts:
    @pytest.mark.parametrize("named", ["", "alert=warning, ", "alert=(warning, critical), "])
    def test_every_alert_that_watches_the_expression_has_its_threshold(self, kind: type[QueryPanel], named: str, tmp_path: Path) -> None:
        found, _ = panels(tmp_path, kind, f"{named}expr=queue.sum()", before=ALERTS)
        steps = [(each["color"], each["value"]) for each in defaults(found[0])["thresholds"]["steps"]]
        assert steps[1:] == [("orange", 5), ("red", 9)]

    def test_alerts_that_watch_something_else_are_shown_where_they_are_named(self, kind: type[QueryPanel], tmp_path: Path) -> None:
        found, rules = panels(tmp_path, kind, "alert=(warning, low), expr=queue.max()", "expr=queue.max()", before=ALERTS)
        assert [len(defaults(each)["thresholds"]["steps"]) for each in found] == [3, 1]
        assert [link["title"] for link in found[0]["links"]] == ["Runbook: Slow", "Runbook: Idle"]
        assert rules.count(f"dashboard_url: https://grafana.example/d/board?viewPanel={found[0]['id']}") == 2

    def test_panel_and_alert_know_each_other(self, kind: type[QueryPanel], tmp_path: Path) -> None:
        found, rules = panels(tmp_path, kind, "expr='queue_bytes'", "expr=served.rate(rate_interval).sum()", before=ALERTS)
        assert "links" not in found[0]
        assert [link["url"] for link in found[1]["links"]] == ["https://docs.example/runbooks/idle.md"]
        assert f"dashboard_url: https://grafana.example/d/board?viewPanel={found[1]['id']}" in rules

    def test_its_own_thresholds_win(self, kind: type[QueryPanel], tmp_path: Path) -> None:
        if kind.type == "heatmap":
            return  # draws none, and refuses them
        arguments = "expr=queue.sum(), thresholds=(Threshold(value=7, color='blue'),)"
        found, _ = panels(tmp_path, kind, arguments, before=ALERTS)
        assert [each["value"] for each in defaults(found[0])["thresholds"]["steps"]] == [None, 7]
        assert [link["title"] for link in found[0]["links"]] == ["Runbook: Slow", "Runbook: Slower"]


def test_a_heatmap_has_the_unit_of_what_was_observed_and_counts_in_that_of_the_rate(tmp_path: Path) -> None:
    from monitoring_as_code import Heatmap

    found, _ = panels(tmp_path, Heatmap, "expr=duration.bucket.rate(rate_interval).sum(by=('le',))", "expr=queue.sum(), calculate=True")
    assert [each["options"]["yAxis"]["unit"] for each in found] == ["s", "bytes"]
    assert found[0]["options"]["cellValues"] == {"unit": "cps"}
    assert "cellValues" not in found[1]["options"]
    assert [each["targets"][0]["legendFormat"] for each in found] == ["{{le}}", "Panel 1"]
    assert [each["targets"][0]["format"] for each in found] == ["heatmap", "time_series"]


@pytest.mark.parametrize(
    ("arguments", "bounds"),
    [
        ("", (0, 1)),
        ("calculation='max', ", (0, 1)),
        ("calculation='p95', ", (0, 1)),
        ("calculation='sum', ", (0, None)),
        ("calculation='count', ", (0, None)),
        ("calculation='diff', ", (None, None)),
        ("transformations=(Transformation(id='organize'),), ", (0, 1)),
        ("transformations=(Transformation(id='calculateField'),), ", (None, None)),
        ("max=0.5, ", (0, 0.5)),
    ],
)
def test_a_dial_has_the_bounds_of_what_is_worked_out(arguments: str, bounds: tuple[int | None, int | None], tmp_path: Path) -> None:
    from monitoring_as_code import GaugePanel

    found, _ = panels(tmp_path, GaugePanel, arguments + SHARE)
    assert (defaults(found[0]).get("min"), defaults(found[0]).get("max")) == bounds


@pytest.mark.parametrize("arguments", ["overrides=(Override(series='out', negative=True),)", "custom={'transform': 'negative-Y'}"])
def test_what_is_drawn_below_the_axis_has_room_there(arguments: str, tmp_path: Path) -> None:
    from monitoring_as_code import TimeSeries

    found, _ = panels(tmp_path, TimeSeries, f"{RATE}, {arguments}", RATE)
    assert [defaults(each).get("min") for each in found] == [None, 0]


@pytest.mark.parametrize(
    ("condition", "steps"),
    [
        ("queue_bytes == 0", [("green", None), ("red", 0), ("green", 1e-9)]),
        ("0 == (queue_bytes)", [("green", None), ("red", 0), ("green", 1e-9)]),
        ("queue_bytes != 1", [("red", None), ("green", 1), ("red", 1 + 1e-9)]),
        ("queue_bytes == bool 0", [("green", None)]),
        ("queue_bytes == queue_bytes", [("green", None)]),
        ("1 == 1", [("green", None)]),
        ("queue_bytes == +Inf", [("green", None)]),
        ("absent(queue_bytes)", [("green", None)]),
    ],
)
def test_an_alert_at_a_value_colours_just_that(condition: str, steps: list[tuple[str, float | None]], tmp_path: Path) -> None:
    from monitoring_as_code import Stat

    alert = f"down = Alert(name='Down', expr='{condition}', severity='critical', summary='s')"
    found, _ = panels(tmp_path, Stat, "expr=queue, alert=down", before=alert)
    assert [(each["color"], each["value"]) for each in defaults(found[0])["thresholds"]["steps"]] == steps
