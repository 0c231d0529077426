"""What becomes of panels of any age: every case is a panel, and what today's says in its place."""

import copy
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring_as_code.model.panels.normal import normalize
from monitoring_as_code.model.panels.older.keys import Old

Json = dict[str, Any]

GRAPH: Json = {"type": "graph", "title": "g", "targets": [{"expr": "up", "refId": "A"}]}
STAT: Json = {"type": "singlestat", "title": "s"}
TABLE: Json = {"type": "table", "title": "t", "transform": "table"}
HEATMAP: Json = {"type": "heatmap", "title": "h", "dataFormat": "timeseries", "yAxis": {"format": "s"}}

# A panel of old with one thing more, the path of today's word for it, and its value there.
CASES: list[tuple[Json, str, object]] = [
    (GRAPH, "type", "timeseries"),
    (GRAPH | {"bars": True, "lines": False}, "custom.drawStyle", "bars"),
    (GRAPH | {"bars": True}, "custom.fillOpacity", 100),
    (GRAPH | {"lines": False, "points": True}, "custom.drawStyle", "points"),
    (GRAPH | {"points": True, "pointradius": 2}, "custom.pointSize", 6),
    (GRAPH | {"fill": 4}, "custom.fillOpacity", 40),
    (GRAPH | {"fillGradient": 3}, "custom.gradientMode", "opacity"),
    (GRAPH | {"linewidth": 0}, "custom.lineWidth", 0),
    (GRAPH | {"dashes": True, "dashLength": 4, "spaceLength": 2}, "custom.lineStyle", {"dash": [4, 2], "fill": "dash"}),
    (GRAPH | {"steppedLine": True}, "custom.lineInterpolation", "stepAfter"),
    (GRAPH | {"nullPointMode": "connected"}, "custom.spanNulls", True),
    (GRAPH | {"nullPointMode": "null as zero"}, "noValue", "0"),
    (GRAPH | {"stack": True}, "custom.stacking", {"group": "A", "mode": "normal"}),
    (GRAPH | {"stack": True, "percentage": True}, "custom.stacking.mode", "percent"),
    (GRAPH | {"percentage": True}, "custom.stacking.mode", "none"),
    (GRAPH | {"yaxes": [{"format": "s", "min": "0", "max": None, "logBase": 10, "label": "l"}]}, "unit", "s"),
    (GRAPH | {"yaxes": [{"format": "s", "min": "0"}]}, "min", 0),
    (GRAPH | {"yaxes": [{"logBase": 10}]}, "custom.scaleDistribution", {"log": 10, "type": "log"}),
    (GRAPH | {"yaxes": [{"label": "l"}]}, "custom.axisLabel", "l"),
    (GRAPH | {"yaxes": [{"show": False}]}, "custom.axisPlacement", "hidden"),
    (GRAPH | {"legend": {"show": False}}, "options.legend.showLegend", False),
    (GRAPH | {"legend": {"values": True, "max": True, "avg": True}}, "options.legend.calcs", ["max", "mean"]),
    (GRAPH | {"legend": {"values": False, "max": True}}, "options.legend.calcs", []),
    (GRAPH | {"legend": {"rightSide": True, "sideWidth": 200, "alignAsTable": True}}, "options.legend.width", 200),
    (
        GRAPH | {"legend": {"alignAsTable": True, "values": True, "current": True, "sort": "current", "sortDesc": True}},
        "options.legend.sortBy",
        "Last *",
    ),
    (GRAPH | {"tooltip": {"shared": True, "sort": 2}}, "options.tooltip", {"mode": "multi", "sort": "desc"}),
    (GRAPH | {"tooltip": {"shared": False, "sort": 2}}, "options.tooltip", {"mode": "single", "sort": "none"}),
    (
        GRAPH | {"legend": {"hideZero": True}},
        "overrides.0.matcher",
        {"id": "byValue", "options": {"op": "gte", "reducer": "allIsZero", "value": 0}},
    ),
    (GRAPH | {"xaxis": {"show": False}}, "overrides.0.properties", [{"id": "custom.axisPlacement", "value": "hidden"}]),
    (
        GRAPH | {"aliasColors": {"/not a pattern/": "#fff"}},
        "overrides.0",
        {
            "matcher": {"id": "byName", "options": "/not a pattern/"},
            "properties": [{"id": "color", "value": {"fixedColor": "#fff", "mode": "fixed"}}],
        },
    ),
    (GRAPH | {"seriesOverrides": [{"alias": "/^a/", "fill": 2}]}, "overrides.0.matcher", {"id": "byRegexp", "options": "/^a/"}),
    (
        GRAPH | {"seriesOverrides": [{"alias": "a", "yaxis": 2}], "yaxes": [{"format": "s"}, {"format": "bytes", "label": "r"}]},
        "overrides.0.properties",
        [
            {"id": "custom.axisPlacement", "value": "right"},
            {"id": "unit", "value": "bytes"},
            {"id": "custom.axisLabel", "value": "r"},
        ],
    ),
    (
        GRAPH | {"seriesOverrides": [{"alias": "a", "stack": "B", "transform": "negative-Y", "legend": False}]},
        "overrides.0.properties",
        [
            {"id": "custom.transform", "value": "negative-Y"},
            {"id": "custom.stacking", "value": {"group": "B", "mode": "normal"}},
            {"id": "custom.hideFrom", "value": {"legend": True, "tooltip": False, "viz": False}},
        ],
    ),
    (
        GRAPH | {"thresholds": [{"op": "gt", "value": 80, "colorMode": "critical", "fill": True, "line": True}]},
        "thresholds.steps",
        [{"color": "transparent", "value": None}, {"color": "red", "value": 80}],
    ),
    (
        GRAPH | {"thresholds": [{"op": "lt", "value": 5, "colorMode": "warning"}, {"op": "gt", "value": 9}]},
        "thresholds.steps",
        [{"color": "orange", "value": None}, {"color": "transparent", "value": 5}, {"color": "red", "value": 9}],
    ),
    (GRAPH | {"thresholds": [{"op": "gt", "value": 1, "fill": False, "line": True}]}, "custom.thresholdsStyle.mode", "line"),
    (
        GRAPH | {"grid": {"threshold1": 5, "threshold1Color": "#f00", "threshold2": None, "thresholdLine": True}},
        "thresholds.steps.1",
        {"color": "#f00", "value": 5},
    ),
    (GRAPH | {"xaxis": {"mode": "series", "values": ["total"]}}, "options.reduceOptions.calcs", ["sum"]),
    (GRAPH | {"xaxis": {"mode": "series", "values": ["total"]}}, "type", "bargauge"),
    (GRAPH | {"xaxis": {"mode": "histogram", "buckets": 12}}, "options.bucketCount", 12),
    (STAT, "type", "stat"),
    (STAT | {"valueName": "current"}, "options.reduceOptions.calcs", ["lastNotNull"]),
    (STAT | {"valueName": "name"}, "options.textMode", "name"),
    (STAT | {"tableColumn": "version"}, "options.reduceOptions.fields", "/^version$/"),
    (STAT | {"colorBackground": True}, "options.colorMode", "background"),
    (STAT | {"sparkline": {"show": True, "lineColor": "#123456"}}, "options.graphMode", "area"),
    (STAT | {"sparkline": {"show": True, "lineColor": "#123456"}}, "color.fixedColor", "#123456"),
    (STAT | {"format": "none", "postfix": " jobs"}, "unit", "suffix: jobs"),
    (STAT | {"format": "none", "postfix": "%"}, "unit", "percent"),
    (STAT | {"format": "none", "prefix": "v"}, "unit", "prefix:v"),
    (STAT | {"nullText": "none yet"}, "noValue", "none yet"),
    (STAT | {"thresholds": "1,2", "colors": ["a", "b", "c"]}, "thresholds.steps.2", {"color": "c", "value": 2}),
    (STAT | {"gauge": {"show": True, "maxValue": 7, "minValue": 1}}, "max", 7),
    (STAT | {"gauge": {"show": True, "thresholdLabels": True}}, "options.showThresholdLabels", True),
    (
        STAT | {"mappingType": 2, "rangeMaps": [{"from": "1", "to": "3", "text": "few"}], "valueMaps": [{"value": "1", "text": "one"}]},
        "mappings",
        [{"options": {"from": 1, "result": {"index": 0, "text": "few"}, "to": 3}, "type": "range"}],
    ),
    (TABLE, "transformations", [{"id": "merge", "options": {}}]),
    (TABLE | {"transform": "timeseries_to_rows"}, "transformations.0.id", "seriesToRows"),
    (
        TABLE | {"transform": "timeseries_aggregations", "columns": [{"value": "avg"}, {"value": "max"}]},
        "transformations.0.options.reducers",
        ["mean", "max"],
    ),
    (TABLE | {"styles": [{"pattern": "/.*/", "type": "number", "unit": "s", "decimals": 2}]}, "unit", "s"),
    (
        TABLE | {"styles": [{"pattern": "Time", "type": "hidden"}]},
        "overrides.0",
        {"matcher": {"id": "byName", "options": "Time"}, "properties": [{"id": "custom.hideFrom.viz", "value": True}]},
    ),
    (TABLE | {"styles": [{"pattern": "a", "type": "date", "dateFormat": "YYYY"}]}, "overrides.0.properties.0.value", "time: YYYY"),
    (
        TABLE | {"styles": [{"pattern": "a", "type": "number", "colorMode": "cell", "thresholds": ["1"], "colors": ["g", "r"]}]},
        "overrides.0.properties.1.value.steps",
        [{"color": "g", "value": None}, {"color": "r", "value": 1}],
    ),
    (TABLE | {"styles": [{"pattern": "a", "link": True, "linkUrl": "/d/x"}]}, "overrides.0.properties.0.value.0.url", "/d/x"),
    (TABLE | {"pageSize": 20}, "options.enablePagination", True),
    (
        {
            "type": "table",
            "fieldConfig": {
                "overrides": [
                    {"matcher": {"id": "byName", "options": "a"}, "properties": [{"id": "custom.displayMode", "value": "color-text"}]}
                ]
            },
        },
        "overrides.0.properties.0",
        {"id": "custom.cellOptions", "value": {"type": "color-text"}},
    ),
    (HEATMAP, "options.calculate", True),
    (HEATMAP | {"dataFormat": "tsbuckets"}, "options.calculate", False),
    (HEATMAP | {"yBucketNumber": 9}, "options.calculation", {"yBuckets": {"mode": "count", "value": "9"}}),
    (HEATMAP | {"yBucketBound": "upper"}, "options.rowsFrame.layout", "ge"),
    (HEATMAP | {"color": {"mode": "opacity", "cardColor": "#abc"}}, "options.color.fill", "#abc"),
    (HEATMAP | {"tooltip": {"show": False}}, "options.tooltip.mode", "none"),
    (HEATMAP | {"cards": {"cardPadding": 3}}, "options.cellGap", 3),
    ({"type": "gauge", "options": {"fieldOptions": {"calcs": ["max"], "defaults": {"unit": "s"}}}}, "options.reduceOptions.calcs", ["max"]),
    ({"type": "gauge", "options": {"fieldOptions": {"calcs": ["max"], "defaults": {"unit": "s"}}}}, "unit", "s"),
    (
        {"type": "stat", "options": {"fieldOptions": {"calcs": ["mean"]}, "reduceOptions": {"calcs": ["max"]}}},
        "options.reduceOptions.calcs",
        ["max"],
    ),
    (
        {"type": "grafana-piechart-panel", "legendType": "On graph", "legend": {"percentage": True}},
        "options.displayLabels",
        ["name", "percent"],
    ),
    ({"type": "grafana-piechart-panel", "valueName": "total"}, "options.reduceOptions.calcs", ["sum"]),
    ({"type": "text", "mode": "text", "content": "c"}, "options.mode", "markdown"),
    ({"type": "dashlist", "limit": 7}, "options.maxItems", 7),
    ({"libraryPanel": {"uid": "u", "name": "n", "meta": {}}, "gridPos": {"h": 1}}, "libraryPanel", {"name": "n", "uid": "u"}),
    (
        {"type": "stat", "datasource": "-- Mixed --", "targets": [{"expr": "up", "datasource": {"uid": "a"}}]},
        "targets.0.datasource.uid",
        "a",
    ),
    ({"type": "stat", "targets": [{"datasource": "__expr__", "expression": "A", "type": "math"}]}, "targets.0.expression", "A"),
    (
        {"type": "logs", "datasource": {"type": "loki", "uid": "l"}, "targets": [{"expr": "{a=~`b`}", "maxLines": 9}]},
        "targets.0",
        {"datasource": {"type": "loki", "uid": "l"}, "expr": "{a=~`b`}", "maxLines": 9, "refId": "A"},
    ),
    ({"type": "some-plugin", "options": {"any": [1]}}, "options.any", [1]),
    ({"type": "stat", "gridPos": {"h": 1, "w": 2, "y": 3}}, "gridPos.x", 0),
    ({"type": "stat", "maxDataPoints": "300"}, "maxDataPoints", 300),
]

# A panel, and what is told because nothing stands for it today.
TOLD: list[tuple[Json, tuple[str, ...]]] = [
    (GRAPH | {"timeRegions": [{"op": "time"}]}, ("timeRegions: [{'op': 'time'}]",)),
    (GRAPH | {"timeRegions": []}, ()),
    (GRAPH | {"thresholds": [{"op": "gt", "value": 1, "yaxis": "right"}]}, ("thresholds.0.op: 'gt'", "thresholds.0.value: 1")),
    (GRAPH | {"alert": {"name": "a"}}, ("alert: {'name': 'a'}",)),
    (GRAPH | {"datasource": "Named"}, ("datasource: 'Named'",)),
    (GRAPH | {"targets": [{"expr": "up", "intervalFactor": 10}]}, ("targets.0.intervalFactor: 10",)),
    (STAT | {"format": "s", "postfix": " each"}, ("postfix: ' each'",)),
    (STAT | {"thresholds": "a,b"}, ("thresholds: 'a,b'",)),
    (STAT | {"valueFontSize": "200%"}, ("valueFontSize: '200%'",)),
    (TABLE | {"sort": {"col": 3, "desc": True}}, ("sort.col: 3",)),
    (TABLE | {"transform": "json"}, ("transform: 'json'",)),
    ({"type": "stat", "fieldConfig": {"defaults": {"custom": {"lineWidth": 3}}}}, ("fieldConfig.defaults.custom.lineWidth: 3",)),
    # Once a graph and then made another panel: it has not shown what the graph said since then.
    ({"type": "timeseries", "renderer": "flot", "bars": True, "linewidth": 3}, ()),
    ({"type": "row", "panels": [GRAPH | {"alert": {"name": "a"}}]}, ("panels.0.alert: {'name': 'a'}",)),
]


def at(panel: Json, path: str) -> object:
    """What stands there: from the field's defaults, its overrides, or the panel itself."""
    config = panel.get("fieldConfig", {})
    steps = path.split(".")
    found: Any = panel if steps[0] in panel else config if steps[0] == "overrides" else config["defaults"]
    for step in steps:
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[1]}={json.dumps(case[2])[:40]}")
def test_what_was_said_is_said_in_todays_words(case: tuple[Json, str, object]) -> None:
    panel, path, value = case
    normal = normalize(panel)
    assert at(normal.json, path) == value
    assert normal.dropped == ()
    assert normalize(normal.json) == normal


@pytest.mark.parametrize("case", TOLD, ids=lambda case: str(case[1]))
def test_what_cannot_be_said_today_is_told(case: tuple[Json, tuple[str, ...]]) -> None:
    panel, told = case
    assert normalize(panel).dropped == told
    assert normalize(normalize(panel).json).dropped == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "null", "1"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["value", "id", "show", "defaults", "alias"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(panel=st.sampled_from([each[0] for each in CASES] + [each[0] for each in TOLD]), wrong=st.data())
def test_no_value_of_a_wrong_type_makes_it_fail(panel: Json, wrong: st.DataObject) -> None:
    where = wrong.draw(st.sampled_from([path for path, _ in leaves(panel) if path != ("type",)] or [("title",)]))
    changed = replaced(panel, where[: wrong.draw(st.integers(1, len(where)))], wrong.draw(JSON))
    if isinstance(changed.get("type"), str):
        normal = normalize(changed)
        assert normalize(normal.json) == (normal.json, ())


# Panels that say all that their type could, none of it as it was without being said.
WHOLE: list[Json] = [
    GRAPH
    | {
        "aliasColors": {"a": "#fff"},
        "bars": False,
        "dashes": True,
        "dashLength": 4,
        "decimals": 2,
        "fill": 3,
        "legend": {
            "alignAsTable": True,
            "avg": True,
            "current": True,
            "hideEmpty": True,
            "hideZero": True,
            "max": True,
            "min": True,
            "rightSide": True,
            "show": True,
            "sideWidth": 200,
            "sort": "current",
            "sortDesc": True,
            "total": True,
            "values": True,
        },
        "lines": True,
        "linewidth": 2,
        "nullPointMode": "connected",
        "percentage": True,
        "pointradius": 3,
        "points": True,
        "seriesOverrides": [
            {
                "alias": "/a/",
                "bars": True,
                "color": "#123",
                "dashes": True,
                "dashLength": 2,
                "fillBelowTo": "b",
                "hideTooltip": True,
                "legend": False,
                "linewidth": 2,
                "nullPointMode": "null as zero",
                "pointradius": 3,
                "points": True,
                "spaceLength": 5,
                "stack": "B",
                "steppedLine": True,
                "transform": "negative-Y",
                "yaxis": 2,
            },
            {"alias": "b", "fill": 5, "lines": False},
        ],
        "spaceLength": 3,
        "stack": True,
        "steppedLine": True,
        "thresholds": [{"colorMode": "custom", "fill": True, "fillColor": "#f00", "line": True, "op": "gt", "value": 3, "yaxis": "left"}],
        "tooltip": {"shared": True, "sort": 2},
        "xaxis": {"mode": "time", "show": False},
        "yaxes": [
            {"format": "s", "label": "l", "logBase": 2, "max": 9, "min": "1", "show": True},
            {"decimals": 1, "format": "bytes", "label": "r", "logBase": 10, "max": 8, "min": 2, "show": True},
        ],
    },
    STAT
    | {
        "colorBackground": True,
        "colors": ["a", "b", "c"],
        "decimals": 2,
        "format": "s",
        "mappingType": 1,
        "nullPointMode": "null as zero",
        "postfix": "x",
        "sparkline": {"show": True},
        "tableColumn": "c",
        "thresholds": "1,2",
        "valueFontSize": "50%",
        "valueMaps": [{"text": "one", "value": "1"}],
        "valueName": "max",
    },
    STAT | {"gauge": {"maxValue": 9, "minValue": 2, "show": True, "thresholdLabels": True, "thresholdMarkers": False}},
    STAT | {"sparkline": {"lineColor": "#123", "show": True}},
    TABLE
    | {
        "columns": [{"value": "avg"}],
        "fontSize": "80%",
        "pageSize": 9,
        "showHeader": False,
        "sort": {"col": 2},
        "styles": [
            {
                "alias": "A",
                "align": "left",
                "colorMode": "cell",
                "colors": ["a", "b"],
                "decimals": 1,
                "link": True,
                "linkTargetBlank": True,
                "linkTooltip": "tip",
                "linkUrl": "/d/a",
                "mappingType": 1,
                "pattern": "a",
                "thresholds": ["1"],
                "type": "number",
                "unit": "s",
                "valueMaps": [{"text": "one", "value": "1"}],
            },
            {"dateFormat": "YYYY", "pattern": "b", "type": "date"},
        ],
        "transform": "timeseries_aggregations",
    },
    HEATMAP
    | {
        "cards": {"cardPadding": 1, "cardRound": 2},
        "color": {"cardColor": "#123", "colorScale": "linear", "colorScheme": "interpolateReds", "exponent": 0.7, "max": 9, "min": 1},
        "hideZeroBuckets": True,
        "legend": {"show": True},
        "reverseYBuckets": True,
        "tooltip": {"show": True, "showHistogram": True},
        "tooltipDecimals": 3,
        "xAxis": {"show": False},
        "xBucketNumber": 9,
        "yAxis": {"decimals": 1, "format": "s", "max": 9, "min": 1, "show": True, "width": 9},
        "yBucketBound": "upper",
        "yBucketSize": 5,
    },
]
SILENT = {
    "columns.0.value",  # tried with what there never was, as are dataFormat and mappingType
    "dataFormat",
    "hideZeroBuckets",  # they are always hidden
    "mappingType",
    "pageSize",  # how many lines fit on a page is not said any more
    "styles.0.mappingType",
    "thresholds.0.yaxis",
    "xaxis.mode",
}


def others(value: object) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    return [value + 3] if isinstance(value, int | float) else [f"{value}x", "7", "min"]


@pytest.mark.parametrize("panel", WHOLE, ids=lambda panel: f"{panel['type']}-{len(panel)}")
def test_nothing_is_lost_in_silence(panel: Json) -> None:
    before = normalize(panel)
    silent = [
        ".".join(map(str, path))
        for path, value in leaves(panel)
        if all(normalize(replaced(panel, path, other)) == before for other in others(value))
    ]
    assert set(silent) <= SILENT


def leaves(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], object]]:
    if isinstance(value, dict | list) and value:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def replaced(panel: Json, path: tuple[Any, ...], value: object) -> Json:
    changed = copy.deepcopy(panel)
    holder: Any = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return changed


def panels_of(holder: Json) -> Iterator[Json]:
    for key in ("rows", "panels"):
        for each in holder.get(key) or ():
            if key == "panels" and ("type" in each or "libraryPanel" in each):
                yield each
            yield from panels_of(each)


def test_every_public_panel_is_normalized_and_stays_as_it_is_then(corpus: Path) -> None:
    types: Counter[str] = Counter()
    for file in sorted((corpus / "dashboards").glob("*.json")):
        for panel in panels_of(json.loads(file.read_text("utf-8"))):
            normal = normalize(panel)
            types[normal.json["type"]] += 1
            assert normalize(normal.json) == (normal.json, ())
    assert types.total() > 1000
    assert not types.keys() & {"graph", "singlestat", "table-old"}


def test_what_is_asked_of_keys_of_old_is_taken_and_the_rest_is_left() -> None:
    old = Old({"a": {"b": 1, "c": "x"}, "list": [{"d": True}, {"e": 2}], "wrong": "text"})
    assert (old.number("a.b"), old.flag("wrong"), old.text("nowhere.at.all", "plain")) == (1, False, "plain")
    assert [each.flag("d") for each in old.each("list")] == [True, False]
    assert list(old.left()) == [("a.c", "x"), ("list.1.e", 2), ("wrong", "text")]


def test_parts_that_are_not_what_grafana_has_there_are_told() -> None:
    given = {
        "type": "timeseries",
        "fieldConfig": 5,
        "gridPos": {"x": "a", "y": 0, "w": 6, "h": 4},
        "targets": [{"expr": 5}],
        "options": [],
        "transformations": 7,
    }
    assert normalize(given).dropped == ("fieldConfig: 5", "gridPos.x: 'a'", "targets.0.expr: 5", "transformations: 7")
