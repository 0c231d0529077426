"""The oracle notices what is wrong: a dashboard of every type of panel, broken in one place at a time.

A mutation is a panel's type (or "dashboard"), a path, and what stands there then. One that only lint can notice is in `LINTS`.
"""

import copy
from typing import Any

import pytest

from monitoring_as_code.lint.pages import pages
from tests.oracle import exercise
from tests.oracle.schema import Schema

Json = dict[str, Any]

GONE = object()  # takes the key out

MUTATIONS: tuple[tuple[str, str, object], ...] = (
    # Of the dashboard.
    ("dashboard", "schemaVersion", GONE),
    ("dashboard", "schemaVersion", "42"),
    ("dashboard", "title", GONE),
    ("dashboard", "uid", None),
    ("dashboard", "id", 7),
    ("dashboard", "version", 3),
    ("dashboard", "graphTooltip", 3),
    ("dashboard", "graphTooltip", "shared"),
    ("dashboard", "sharedCrosshair", True),
    ("dashboard", "rows", []),
    ("dashboard", "__inputs", []),
    ("dashboard", "style", "dark"),
    ("dashboard", "hideControls", False),
    ("dashboard", "gnetId", None),
    ("dashboard", "tags", "autoweave"),
    ("dashboard", "tags", [1]),
    ("dashboard", "editable", "false"),
    ("dashboard", "time", {"from": "now-1h"}),
    ("dashboard", "timepicker.time_options", ["5m"]),
    ("dashboard", "refresh", 30),
    ("dashboard", "links", [{"title": "Others", "type": "dashboards"}]),
    ("dashboard", "links", {}),
    ("dashboard", "templating.list.0.type", "datasources"),
    ("dashboard", "templating.list.0.hide", "hideVariable"),
    ("dashboard", "templating.list.0.hide", 4),
    ("dashboard", "templating.list.0.name", GONE),
    ("dashboard", "templating.list.0.allValue", None),
    ("dashboard", "templating.list.0.tagsQuery", ""),
    ("dashboard", "templating.list", {}),
    ("dashboard", "annotations.list.0.enable", GONE),
    ("dashboard", "annotations.list.0.showIn", 0),
    ("dashboard", "annotations.list.0.iconColor", 255),
    # Of any panel.
    ("timeseries", "id", GONE),
    ("timeseries", "id", "7"),
    ("timeseries", "type", "graph"),
    ("timeseries", "type", GONE),
    ("timeseries", "title", GONE),
    ("timeseries", "gridPos", GONE),
    ("timeseries", "gridPos.w", "12"),
    ("timeseries", "gridPos.width", 12),
    ("timeseries", "span", 6),
    ("timeseries", "height", "250px"),
    ("timeseries", "error", False),
    ("timeseries", "editable", True),
    ("timeseries", "cacheTimeout", None),
    ("timeseries", "datasource", "prometheus"),
    ("timeseries", "repeatDirection", "horizontal"),
    ("timeseries", "maxDataPoints", "100"),
    ("timeseries", "targets", {}),
    ("timeseries", "targets.0.expr", GONE),
    ("timeseries", "targets.0.refId", GONE),
    ("timeseries", "targets.0.format", "timeseries"),
    ("timeseries", "targets.0.intervalFactor", 2),
    ("timeseries", "targets.0.step", 60),
    ("timeseries", "targets.0.metric", ""),
    ("timeseries", "targets.0.instant", 1),
    ("timeseries", "targets.0.legendFormat", None),
    ("timeseries", "targets.0.datasource", "prometheus"),
    ("timeseries", "transformations", [{"id": "organise", "options": {}}]),
    ("timeseries", "transformations", [{"id": "organize", "options": {"renameByNames": {}}}]),
    ("timeseries", "transformations", [{"id": "reduce", "options": {"reducers": ["average"]}}]),
    ("timeseries", "transformations", [{"id": "merge"}]),
    ("timeseries", "options", GONE),
    ("timeseries", "options", []),
    ("timeseries", "options.legend.showLegend", GONE),
    ("timeseries", "options.legend.displayMode", "grid"),
    ("timeseries", "options.legend.placement", "left"),
    ("timeseries", "options.legend.calcs", "max"),
    ("timeseries", "options.tooltip.mode", "all"),
    ("timeseries", "options.tooltip.sort", "descending"),
    ("timeseries", "options.tooltips", {}),
    # Of a series.
    ("timeseries", "fieldConfig.overrides", GONE),
    ("timeseries", "fieldConfig.defaults.min", "0"),
    ("timeseries", "fieldConfig.defaults.min", None),
    ("timeseries", "fieldConfig.defaults.unit", 5),
    ("timeseries", "fieldConfig.defaults.calcs", ["mean"]),
    ("timeseries", "fieldConfig.defaults.color", "red"),
    ("timeseries", "fieldConfig.defaults.color.mode", "palette"),
    ("timeseries", "fieldConfig.defaults.thresholds.mode", "relative"),
    ("timeseries", "fieldConfig.defaults.thresholds.steps", ""),
    ("timeseries", "fieldConfig.defaults.thresholds.steps.0.value", "null"),
    ("timeseries", "fieldConfig.defaults.thresholds.steps.0.value", GONE),
    ("timeseries", "fieldConfig.defaults.thresholds.steps.0.color", GONE),
    ("timeseries", "fieldConfig.defaults.mappings", {}),
    ("timeseries", "fieldConfig.defaults.mappings", [{"type": "value", "options": {"1": "up"}}]),
    ("timeseries", "fieldConfig.defaults.mappings", [{"type": 1, "options": {}}]),
    ("timeseries", "fieldConfig.defaults.links", [{"title": "Detail"}]),
    ("timeseries", "fieldConfig.defaults.custom.drawStyle", "lines"),
    ("timeseries", "fieldConfig.defaults.custom.lineInterpolation", "step"),
    ("timeseries", "fieldConfig.defaults.custom.lineWidth", "2"),
    ("timeseries", "fieldConfig.defaults.custom.lineWidths", 2),
    ("timeseries", "fieldConfig.defaults.custom.fillOpacity", None),
    ("timeseries", "fieldConfig.defaults.custom.stacking", True),
    ("timeseries", "fieldConfig.defaults.custom.stacking.mode", "stacked"),
    ("timeseries", "fieldConfig.defaults.custom.scaleDistribution.type", "logarithmic"),
    ("timeseries", "fieldConfig.defaults.custom.thresholdsStyle.mode", "lines"),
    ("timeseries", "fieldConfig.defaults.custom.showPoints", False),
    # Of an override.
    ("timeseries", "fieldConfig.overrides", [{"matcher": {"id": "byname", "options": "A"}, "properties": []}]),
    ("timeseries", "fieldConfig.overrides", [{"matcher": {"id": "byName", "options": ["A"]}, "properties": []}]),
    ("timeseries", "fieldConfig.overrides", [{"matcher": {"id": "byTypes", "options": ["time"]}, "properties": []}]),
    ("timeseries", "fieldConfig.overrides", [{"matcher": {"id": "byName", "options": "A"}, "properties": {"unit": "s"}}]),
    ("timeseries", "fieldConfig.overrides.0.properties.0.id", "lineWidth"),
    ("timeseries", "fieldConfig.overrides.0.properties.0.id", "custom.linewidth"),
    ("timeseries", "fieldConfig.overrides.0.properties.0.value", "2"),
    ("timeseries", "fieldConfig.overrides.0.properties.0.value", GONE),
    # Of one type of panel.
    ("stat", "options.reduceOptions.calcs", GONE),
    ("stat", "options.reduceOptions.calcs", "lastNotNull"),
    ("stat", "options.colorMode", "color"),
    ("stat", "options.graphMode", "sparkline"),
    ("stat", "options.textMode", "all"),
    ("stat", "options.orientation", "diagonal"),
    ("stat", "options.fieldOptions", {}),
    ("stat", "fieldConfig.defaults.custom", {"align": "left"}),
    ("gauge", "options.showThresholdMarkers", GONE),
    ("gauge", "options.showThresholdMarkers", "true"),
    ("gauge", "options.orientation", None),
    ("bargauge", "options.displayMode", "fancy"),
    ("bargauge", "options.valueMode", "number"),
    ("bargauge", "options.namePlacement", "bottom"),
    ("barchart", "options.stacking", True),
    ("barchart", "options.xTickLabelRotation", "45"),
    ("heatmap", "options", []),
    ("heatmap", "options.color.scheme", 3),
    ("heatmap", "options.color.mode", "spectrum"),
    ("heatmap", "options.yAxis.reverse", "no"),
    ("heatmap", "cards", {}),
    ("heatmap", "dataFormat", "tsbuckets"),
    ("histogram", "options.bucketSize", "1"),
    ("piechart", "options.pieType", "ring"),
    ("piechart", "options.displayLabels", ["label"]),
    ("table", "options.showHeader", GONE),
    ("table", "options.cellHeight", "tiny"),
    ("table", "options.sortBy", [{"column": "Value"}]),
    ("table", "columns", []),
    ("table", "fieldConfig.defaults.custom.filterable", "yes"),
    ("table", "fieldConfig.defaults.custom.cellOptions.type", "colour"),
    ("table", "fieldConfig.defaults.custom.align", "middle"),
    ("text", "options.mode", "md"),
    ("text", "options.content", GONE),
    ("logs", "options.sortOrder", "Latest"),
    ("logs", "options.wrapLogMessage", GONE),
    ("state-timeline", "options.showValue", "yes"),
    ("state-timeline", "options.mergeValues", "no"),
    ("status-history", "options.rowHeight", "1"),
    ("dashlist", "options.showStarred", GONE),
    ("dashlist", "options.maxItems", "10"),
    ("alertlist", "options.stateFilter", ["firing"]),
    ("alertlist", "options.sortOrder", 9),
    ("row", "panels", GONE),
    ("row", "collapsed", "true"),
    ("row", "showTitle", True),
    ("row", "id", GONE),
)

# No type tells these: the words are any text to Grafana's types, and places and names any number and name. `mac lint` knows them.
LINTS: tuple[tuple[str, str, object, str], ...] = (
    ("timeseries", "fieldConfig.defaults.unit", "/ sec", "unknown-unit"),
    ("stat", "options.reduceOptions.calcs", ["average"], "unknown-reducer"),
    ("timeseries", "targets.0.expr", "rate(", "syntax-error"),
    ("timeseries", "gridPos.x", 20, "misplaced-panel"),
    ("timeseries", "fieldConfig.defaults.thresholds.steps.0.color", "grün", "unknown-color"),
    ("dashboard", "templating.list.0.name", "other", "undefined-variable"),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """One panel of each type, as it is emitted, on one dashboard."""
    (dashboard,) = exercise.emitted("one_of_each", tmp_path_factory.mktemp("everything")).values()
    timeseries = next(panel for panel in dashboard["panels"] if panel.get("type") == "timeseries")
    width = {"matcher": {"id": "byName", "options": "A"}, "properties": [{"id": "custom.lineWidth", "value": 2}]}
    timeseries["fieldConfig"]["overrides"] = [width]
    return dashboard


def mutated(dashboard: Json, kind: str, path: str, value: object) -> Json:
    changed = copy.deepcopy(dashboard)
    inner: Any = changed if kind == "dashboard" else next(panel for panel in changed["panels"] if panel.get("type") == kind)
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    for part in way:
        inner = inner[part]
    if value is GONE:
        del inner[last]
    else:
        assert not (isinstance(last, str) and last in inner) or inner[last] != value, "this changes nothing"
        inner[last] = value
    return changed


def test_the_whole_dashboard_is_right_before(whole: Json, schema_13: Schema) -> None:
    assert schema_13.violations(whole) == []
    assert len({panel.get("type") for panel in whole["panels"]}) >= 16


def described(case: tuple[Any, ...]) -> str:
    kind, path, value, *_ = case
    return f"{kind}.{path}={'gone' if value is GONE else value}"


@pytest.mark.parametrize("case", MUTATIONS, ids=described)
def test_a_mistake_is_noticed(case: tuple[str, str, object], whole: Json, schema_13: Schema) -> None:
    assert schema_13.violations(mutated(whole, *case)) != []


@pytest.mark.parametrize("case", LINTS, ids=described)
def test_what_no_type_tells_is_left_to_lint(case: tuple[str, str, object, str], whole: Json, schema_13: Schema) -> None:
    """A rule of its own must notice it: the last word of a case says which."""
    kind, path, value, rule = case
    assert schema_13.violations(mutated(whole, kind, path, value)) == []
    assert f"{rule}.md" in pages()
