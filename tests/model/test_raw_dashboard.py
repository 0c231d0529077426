"""A dashboard of others becomes a declaration, with all that it said."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code import raw_dashboard
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.model.raw_dashboard import RawDashboard
from monitoring_as_code.project import Project
from monitoring_as_code.targets.grafana import dashboard_json

Json = dict[str, Any]

SOURCE = {"type": "prometheus", "uid": "${source}"}
GIVEN: Json = {
    "title": "Shop",
    "uid": "shop",
    "description": "How it sells.",
    "tags": ["a"],
    "time": {"from": "now-3h", "to": "now"},
    "refresh": "30s",
    "graphTooltip": 2,
    "templating": {
        "list": [
            {"name": "source", "type": "datasource", "query": "prometheus"},
            {
                "name": "job",
                "type": "query",
                "query": 'label_values(up{env="a"}, job)',
                "multi": True,
                "includeAll": True,
                "sort": 1,
                "refresh": 2,
            },
            {"name": "step", "type": "interval", "query": "1m,5m"},
            {"name": "size", "type": "custom", "query": "small : 1, large : 2"},
            {"name": "odd", "type": "query", "query": "show tag values"},
        ]
    },
    "links": [{"type": "link", "title": "Wiki", "url": "https://wiki.example.com"}, {"type": "dashboards", "title": "All", "tags": ["a"]}],
    "annotations": {
        "list": [
            {"builtIn": 1, "name": "Annotations & Alerts"},
            {"name": "Deploys", "expr": "changes(version[5m]) > 0", "enable": True, "titleFormat": "{{version}}"},
            {"name": "Others", "datasource": {"type": "loki"}},
        ]
    },
    "panels": [
        {
            "id": 4,
            "type": "stat",
            "title": "Up",
            "gridPos": {"x": 0, "y": 0, "w": 6, "h": 4},
            "targets": [{"expr": "up", "datasource": SOURCE}],
        },
        {"id": 5, "type": "row", "title": "More", "collapsed": False, "gridPos": {"x": 0, "y": 4, "w": 24, "h": 1}, "panels": []},
        {"id": 6, "type": "graph", "title": "Right", "gridPos": {"x": 12, "y": 5, "w": 12, "h": 8}, "targets": [{"expr": "up"}]},
        {"id": 7, "type": "text", "title": "Left", "gridPos": {"x": 0, "y": 5, "w": 12, "h": 8}, "content": "c"},
        {
            "id": 8,
            "type": "row",
            "title": "Hidden",
            "collapsed": True,
            "gridPos": {"x": 0, "y": 13, "w": 24, "h": 1},
            "panels": [{"id": 9, "type": "stat", "title": "In", "gridPos": {"x": 0, "y": 14, "w": 6, "h": 4}}],
        },
    ],
}


def rendered(board: RawDashboard) -> Json:
    return dashboard_json(Analysis(Project("", Config(), [board])), board)


def test_all_that_it_said_is_kept() -> None:
    board = raw_dashboard(GIVEN)
    made = rendered(board)
    assert {key: made[key] for key in ("title", "uid", "description", "time", "refresh", "graphTooltip")} == {
        key: GIVEN[key] for key in ("title", "uid", "description", "time", "refresh", "graphTooltip")
    }
    assert made["tags"] == ["a", "mac"]
    assert [each["name"] for each in made["templating"]["list"]] == ["source", "job", "step", "size"]
    assert [each["title"] for each in made["links"]] == ["Wiki", "All"]
    assert [each["name"] for each in made["annotations"]["list"]] == ["Annotations & Alerts", "Deploys"]
    assert board.dropped == ("variable odd: query 'show tag values'", "annotation Others")


def test_panels_keep_their_ids_their_places_and_their_rows() -> None:
    made = rendered(raw_dashboard(GIVEN))
    given = {each["id"]: (each["title"], each["gridPos"]) for each in GIVEN["panels"] if each["type"] != "row"}
    assert {each["id"]: (each["title"], each["gridPos"]) for each in made["panels"] if each["type"] != "row"} == given
    rows = [each for each in made["panels"] if each["type"] == "row"]
    assert [(each["title"], each["collapsed"], [inner["id"] for inner in each["panels"]]) for each in rows] == [
        ("More", False, []),
        ("Hidden", True, [9]),
    ]


def test_panels_that_lie_over_each_other_stand_side_by_side() -> None:
    stat = {"type": "stat", "gridPos": {"x": 0, "y": 0, "w": 6, "h": 4}}
    made = rendered(raw_dashboard({"title": "t", "uid": "u", "panels": [stat | {"title": "a"}, stat | {"title": "b"}]}))
    assert [(each["gridPos"]["x"], each["gridPos"]["y"]) for each in made["panels"]] == [(0, 0), (6, 0)]


def test_rows_of_grafana_4_become_rows() -> None:
    old = {
        "title": "t",
        "uid": "u",
        "rows": [
            {
                "title": "R",
                "showTitle": True,
                "height": "250px",
                "panels": [{"type": "graph", "span": 8}, {"type": "singlestat", "span": 4}],
            },
            {"panels": [{"type": "text"}]},
        ],
    }
    made = raw_dashboard(old)
    assert [(row.title, [panel.columns for panel in row.panels]) for row in made.rows] == [("R", [16, 8, 24])]


@pytest.mark.parametrize("given", [{}, [], "x", {"type": "stat", "panels": []}, {"title": "t"}], ids=str)
def test_what_is_no_dashboard_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="a dashboard is an object with `panels`"):
        raw_dashboard(given)


def test_public_dashboards_are_taken_over_with_every_panel(corpus: Path) -> None:
    taken = 0
    for index, file in enumerate(sorted((corpus / "dashboards").glob("*.json"))):
        given = json.loads(file.read_text("utf-8"))
        given = given.get("dashboard", given)
        panels = [inner for each in given.get("panels") or () for inner in (each, *(each.get("panels") or ()))]
        if not panels or not all("type" in each or "libraryPanel" in each for each in panels):
            continue  # of Grafana 4, or of a generator's own language
        made = rendered(raw_dashboard(given, uid=f"board-{index}"))
        ours = [inner for each in made["panels"] for inner in (each, *each.get("panels", ()))]
        assert sum(each["type"] != "row" for each in ours) == sum(each.get("type") != "row" for each in panels)
        taken += 1
    assert taken > 50


def test_a_resource_of_the_first_form_is_read_and_one_of_the_second_is_refused_with_the_way_out() -> None:
    classic = {"title": "Shop", "panels": [{"type": "stat", "title": "Up", "targets": [{"expr": "up"}]}]}
    wrapped = {"apiVersion": "dashboard.grafana.app/v1", "kind": "Dashboard", "metadata": {"name": "shop"}, "spec": classic}
    board = raw_dashboard(wrapped)
    assert (board.uid, board.name, board.rows[0].panels[0].title) == ("shop", "Shop", "Up")
    with pytest.raises(ValueError, match="give its classic form"):
        raw_dashboard({**wrapped, "spec": {"title": "Shop", "elements": {}, "layout": {}}})
