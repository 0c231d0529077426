"""Between our dashboards and grafanalib's objects, with grafanalib's own classes and its own command."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code import Dashboard, Row, raw
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.project import load_project
from monitoring_as_code.targets.grafana import dashboard_json, dashboard_text
from monitoring_as_code.targets.grafanalib import from_grafanalib, to_grafanalib

core = pytest.importorskip("grafanalib.core")

EXAMPLE = Path(__file__).parent / "targets" / "data" / "grafanalib"

Json = dict[str, Any]


def targets() -> list[Any]:
    return [
        core.Target(expr="up", legendFormat="{{job}}"),
        core.Target(expr="up offset 1h", refId="A", interval="1m"),
        core.Target(expr="up", refId="A"),
    ]


PANELS = {
    "time series": core.TimeSeries(title="t", targets=targets(), stacking={}, unit="s", dataSource="$prometheus"),
    "stat": core.Stat(title="t", targets=targets(), mappings=[core.StatValueMappings(core.StatValueMappingItem("up", "1", "green"))]),
    "gauge": core.GaugePanel(title="t", targets=targets(), calc="max"),
    "bar gauge": core.BarGauge(title="t", targets=targets(), format="percent"),
    "pie chart": core.PieChartv2(title="t", targets=targets()),
    "table": core.Table(title="t", targets=targets(), displayMode="color-background-solid"),
    "heatmap": core.Heatmap(title="t", targets=targets(), dataFormat="tsbuckets"),
    "text": core.Text(title="t", content="# t"),
    "alert list": core.AlertList(title="t", stateFilter=["alerting"]),
    "graph": core.Graph(title="t", targets=targets(), thresholds=[core.GraphThreshold(80.0, "critical")], dataSource="prometheus"),
    "single stat": core.SingleStat(title="t", targets=targets(), thresholds="10,20", valueMaps=[{"op": "=", "value": "0", "text": "no"}]),
    "state timeline": core.StateTimeline(title="t", targets=targets()),
    "bar chart": core.BarChart(title="t", targets=targets()),
}


def nulls(value: object, path: str = "") -> list[str]:
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in nulls(inner, f"{path}.{key}")]
    if isinstance(value, list):
        return [found for index, inner in enumerate(value) for found in nulls(inner, f"{path}.{index}")]
    return [path] if value is None else []


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_of_grafanalib_becomes_one_that_grafana_keeps(name: str) -> None:
    panel, dropped = from_grafanalib(PANELS[name])
    assert not panel.keys() & {"span", "height", "error", "editable", "minSpan", "maxDataPoints", "legend", "yaxes", "cards", "limit"}
    assert isinstance(panel["options"], dict)
    if name not in ("text", "alert list"):
        steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        assert steps[0]["value"] is None
        assert all(isinstance(each["value"], int | float) and each.keys() == {"color", "value"} for each in steps[1:])
    assert set(nulls(panel)) <= {".fieldConfig.defaults.thresholds.steps.0.value"}
    refs = [each["refId"] for each in panel.get("targets", ())]
    assert len(set(refs)) == len(refs) == (0 if name in ("text", "alert list") else 3)
    assert not any(each.keys() & {"intervalFactor", "step", "metric", "query", "target"} for each in panel.get("targets", ()))
    assert dropped == (("datasource: 'prometheus'",) if name == "graph" else ())
    assert from_grafanalib(panel) == (panel, ()), "normalizing once more changes nothing"


def test_what_the_user_set_survives() -> None:
    kept = {name: from_grafanalib(panel).json for name, panel in PANELS.items()}
    assert kept["gauge"]["options"]["reduceOptions"]["calcs"] == ["max"]
    assert kept["gauge"]["fieldConfig"]["defaults"]["max"] == 100
    assert kept["bar gauge"]["options"]["displayMode"] == "lcd"
    assert kept["bar gauge"]["fieldConfig"]["defaults"]["unit"] == "percent"
    assert kept["heatmap"]["options"]["calculate"] is False
    assert kept["table"]["fieldConfig"]["defaults"]["custom"]["cellOptions"] == {"mode": "basic", "type": "color-background"}
    assert kept["time series"]["datasource"] == {"type": "prometheus", "uid": "$prometheus"}
    assert kept["time series"]["fieldConfig"]["defaults"]["unit"] == "s"
    assert kept["graph"]["type"] == "timeseries"
    assert kept["graph"]["fieldConfig"]["defaults"]["thresholds"]["steps"][1] == {"color": "red", "value": 80}
    assert kept["single stat"]["type"] == "stat"
    assert [each["value"] for each in kept["single stat"]["fieldConfig"]["defaults"]["thresholds"]["steps"]] == [None, 10, 20]
    assert kept["single stat"]["fieldConfig"]["defaults"]["mappings"][0]["options"]["0"]["text"] == "no"
    assert kept["alert list"]["options"]["stateFilter"]["firing"] is True
    assert kept["alert list"]["options"]["stateFilter"]["pending"] is False
    assert [each.get("interval") for each in kept["stat"]["targets"]] == [None, "1m", None]


def test_what_has_no_counterpart_today_is_said() -> None:
    graph = core.Graph(title="t", targets=targets(), seriesOverrides=[{"alias": "a", "hiddenSeries": True}])
    assert from_grafanalib(graph).dropped == ("seriesOverrides.0.hiddenSeries: True",)


def test_a_query_without_a_data_source_asks_that_of_its_panel() -> None:
    loki = {"type": "loki", "uid": "loki"}
    panel = raw(
        {"type": "logs", "datasource": loki, "targets": [{"expr": '{app="a"} |= "b"'}, {"expr": "up", "datasource": "$prometheus"}]}
    )
    assert [each.expr for each in panel.queries] == ["up"]
    assert panel.json_data["targets"][0]["datasource"] == loki


def test_a_row_takes_a_panel_of_grafanalib_with_its_queries() -> None:
    panel = raw(PANELS["gauge"], width=5)
    assert (panel.title, panel.width, [each.expr for each in panel.queries]) == ("t", 5, ["up", "up offset 1h", "up"])
    assert Row(title="r", panels=(panel,)).panels == (panel,)


@pytest.mark.parametrize(
    "given", [{}, [], "stat", None, {"type": 1}, pytest.param(object(), id="an object"), {"type": "stat", "max": float("nan")}], ids=str
)
def test_what_is_no_panel_is_refused_with_a_sentence(given: object) -> None:
    with pytest.raises(ValueError, match=r"panel is an object|is no JSON|has no NaN"):
        from_grafanalib(given)


def test_a_dashboard_of_grafanalib_becomes_one_of_schema_42() -> None:
    old = core.Dashboard(
        title="Old",
        uid="old",
        sharedCrosshair=True,
        rows=[
            core.Row(title="R", showTitle=True, panels=[core.Graph(title="a", targets=targets()), core.Stat(title="b", targets=targets())])
        ],
        templating=core.Templating([core.Template(name="job", query="label_values(up, job)", dataSource="prometheus")]),
        links=[core.DashboardLink(title="l")],
    ).auto_panel_ids()
    json, dropped = from_grafanalib(old)
    assert json["schemaVersion"] == 42
    assert json["graphTooltip"] == 1
    assert [each["type"] for each in json["panels"]] == ["row", "timeseries", "stat"]
    assert [tuple(each["gridPos"][key] for key in "xywh") for each in json["panels"]] == [(0, 0, 24, 1), (0, 1, 12, 7), (12, 1, 12, 7)]
    assert len({each["id"] for each in json["panels"]}) == 3
    assert not json.keys() & {"__inputs", "rows", "style", "sharedCrosshair", "version", "hideControls"}
    assert [each for each in nulls(json) if "steps.0" not in each] == []
    assert dropped == ()
    assert from_grafanalib(json).json == json


@pytest.fixture
def analysis() -> Analysis:
    project = load_project(EXAMPLE, Config())
    assert not project.problems
    return Analysis(project)


def test_grafanalibs_encoder_writes_what_we_write(analysis: Analysis) -> None:
    from grafanalib._gen import DashboardEncoder

    dashboard = analysis.project.of(Dashboard)[0]
    written = json.dumps(to_grafanalib(analysis, dashboard), sort_keys=True, indent=2, cls=DashboardEncoder, ensure_ascii=False)
    assert json.loads(written) == dashboard_json(analysis, dashboard)
    assert written + "\n" == dashboard_text(analysis, dashboard)


def test_what_is_changed_on_grafanalibs_object_is_written(analysis: Analysis) -> None:
    from grafanalib._gen import DashboardEncoder

    changed = to_grafanalib(analysis, analysis.project.of(Dashboard)[0])
    changed.title = "Changed"
    changed.tags = ["new"]
    changed.panels.append(PANELS["gauge"])
    written = json.loads(json.dumps(changed, cls=DashboardEncoder))
    assert (written["title"], written["tags"]) == ("Changed", ["new"])
    assert written["panels"][-1]["options"]["reduceOptions"]["calcs"] == ["max"]


def test_the_command_generate_dashboard_writes_our_dashboard(tmp_path: Path, analysis: Analysis) -> None:
    made = tmp_path / "depots.json"
    command = [str(Path(sys.executable).parent / "generate-dashboard"), "-o", str(made), str(EXAMPLE / "depots.dashboard.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    written = json.loads(made.read_text())
    ours = dashboard_json(analysis, analysis.project.of(Dashboard)[0])
    assert written["panels"][-1]["title"] == "Added"
    assert {**written, "panels": written["panels"][:-1]} == ours
