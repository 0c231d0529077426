"""AutoWeave's two dashboards against what makes dashboards excellent, point by point, on the JSON as it was built.

What a test cannot decide was decided by reading: that the order of the rows tells a story (2), that a colour means what people expect (17),
and that each description says what to do (15). Point 30, what is seen with no data, with one and with many services, is
test_dashboards_data.py. The last part holds them to the rules of Grafana's own dashboard-linter.
"""

import functools
import json
import re
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import promql_parser
import pytest
import yaml

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build import plan
from monitoring_as_code.config import read_config
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.model.metric import Exporter, Metric
from monitoring_as_code.model.panels.grafana_units import known_units
from monitoring_as_code.project import load_project
from monitoring_as_code.promql import parse
from monitoring_as_code.promql.ast import Aggregate, Call, Expr, MatrixSelector, Name, Variable, VectorSelector, walk

Json = dict[str, Any]

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "build" / "local" / "grafana" / "dashboards").rglob("*.json"))
OVERVIEW, DETAIL = "autoweave-overview", "autoweave-services"
RED = ("Request rate by method", "Error rate by service", "Response time P95 by route")

# Those that the documentation of AutoWeave Backend names.
NAMED = {
    OVERVIEW: {
        "Request rate by method",
        "Error rate",
        "Response time P95 by route",
        "Active WebSocket connections",
        "Services by status",
        "Database operations rate",
    },
    DETAIL: {
        "Service uptime",
        "Health check success rate",
        "Event bus activity",
        "Pipeline execution rates",
        "Integration request rates",
    },
}


class Panel(NamedTuple):
    """A panel, the dashboard that it is on, and the row that hides it until it is opened."""

    dashboard: Json
    json: Json
    row: str
    collapsed: bool

    def __str__(self) -> str:
        return f"{self.dashboard['title']}: {self.json['title']}"

    @property
    def field(self) -> Json:
        """What holds for all of its series."""
        found: Json = self.json["fieldConfig"]["defaults"]
        return found

    @property
    def targets(self) -> list[Json]:
        """Its queries."""
        return list(self.json.get("targets", ()))

    @property
    def trees(self) -> list[Expr]:
        """Its queries as syntax trees."""
        return [tree(each["expr"]) for each in self.targets]

    @property
    def steps(self) -> set[float]:
        """The values at which its colour changes."""
        return {each["value"] for each in self.field["thresholds"]["steps"] if each["value"] is not None}


def panels_of(dashboard: Json) -> Iterator[Panel]:
    row, collapsed = "", False
    for each in dashboard["panels"]:
        if each["type"] != "row":
            yield Panel(dashboard, each, row, collapsed)
            continue
        row, collapsed = each["title"], each["collapsed"]
        for inner in each["panels"]:
            yield Panel(dashboard, inner, row, collapsed)


@functools.cache
def tree(expr: str) -> Expr:
    return parse(expr, variables=True)


BOARDS: dict[str, Json] = {(board := json.loads(file.read_text(encoding="utf-8")))["uid"]: board for file in FILES}
PANELS = [panel for board in BOARDS.values() for panel in panels_of(board)]
ASKING = [panel for panel in PANELS if panel.targets]


def panel_of(uid: str, title: str) -> Panel:
    return next(each for each in PANELS if each.dashboard["uid"] == uid and each.json["title"] == title)


def queried(board: Json) -> list[Json]:
    """The variables whose values Prometheus knows."""
    return [each for each in board["templating"]["list"] if each["type"] == "query"]


def selectors(expr: Expr) -> Iterator[VectorSelector]:
    for node in walk(expr):
        if isinstance(node, VectorSelector):
            yield node


@functools.cache
def analysed() -> Analysis:
    return Analysis(load_project(ROOT, read_config(ROOT)[0]))


@functools.cache
def rules() -> list[Json]:
    files = sorted((ROOT / "build" / "local" / "prometheus" / "rules").glob("*.yml"))
    groups = [group for file in files for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]]
    return [rule for group in groups for rule in group["rules"]]


ALERTS = [rule for rule in rules() if "alert" in rule]
RECORDED = {rule["record"] for rule in rules() if "record" in rule}

every_board = pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
every_panel = pytest.mark.parametrize("panel", PANELS, ids=str)
every_asking_panel = pytest.mark.parametrize("panel", ASKING, ids=str)
every_alert = pytest.mark.parametrize("alert", ALERTS, ids=lambda rule: rule["alert"])


@pytest.mark.parametrize("uid", NAMED)
def test_the_panels_that_the_documentation_names_are_there_and_open(uid: str) -> None:
    assert {each.json["title"] for each in PANELS if each.dashboard["uid"] == uid and not each.collapsed} >= NAMED[uid]


class TestStory:
    @every_board
    def test_01_a_dashboard_asks_one_question(self, board: Json) -> None:
        assert board["description"].count("?") == 1

    def test_02_rows_go_from_the_users_to_the_machines_and_what_is_opened_later_comes_last(self) -> None:
        rows = [each["title"] for each in BOARDS[OVERVIEW]["panels"] if each["type"] == "row"]
        assert rows[:4] == ["Health", "Traffic, errors, duration", "Platform", "Dependencies"]
        assert rows[-1] == "Monitoring"
        for board in BOARDS.values():
            closed = [each["collapsed"] for each in board["panels"] if each["type"] == "row"]
            assert closed == sorted(closed)

    def test_02_traffic_errors_and_duration_stand_from_left_to_right_and_begin_on_the_first_screen(self) -> None:
        places = [panel_of(OVERVIEW, title).json["gridPos"] for title in RED]
        assert [each["x"] for each in places] == [0, 8, 16]
        assert {each["y"] for each in places} == {14}

    def test_03_the_overview_shows_twenty_panels_at_most_before_a_row_is_opened(self) -> None:
        assert sum(each.dashboard["uid"] == OVERVIEW and not each.collapsed for each in PANELS) <= 20

    @pytest.mark.parametrize("title", RED[1:])
    def test_04_errors_and_duration_have_the_limits_of_their_alerts(self, title: str) -> None:
        assert panel_of(OVERVIEW, title).steps


class TestIdentity:
    @every_board
    def test_05_a_uid_is_short_and_ids_are_unique(self, board: Json) -> None:
        assert re.fullmatch(r"[a-z0-9-]{1,40}", board["uid"])
        ids = [panel.json["id"] for panel in panels_of(board)] + [each["id"] for each in board["panels"] if each["type"] == "row"]
        assert len(set(ids)) == len(ids)
        assert not {"id", "version", "iteration"} & board.keys()

    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
    def test_05_the_text_is_the_same_in_every_build(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        assert text == plan(analysed()).files[file.relative_to(ROOT / "build" / "local").as_posix()].decode()
        unsorted: list[Any] = []
        json.loads(text, object_pairs_hook=lambda pairs: unsorted.extend(pairs if pairs != sorted(pairs, key=itemgetter(0)) else ()))
        assert unsorted == []
        assert text.endswith("}\n")

    @every_board
    def test_06_a_dashboard_says_that_it_is_generated_and_from_where(self, board: Json) -> None:
        assert board["editable"] is False
        assert board["schemaVersion"] == 42
        assert set(board["tags"]) >= {"autoweave", "generated", "mac"}
        assert (ROOT / re.search(r"definitions/\w+", board["description"])[0]).exists()  # type: ignore[index]

    @every_panel
    def test_06_a_panel_says_for_which_grafana_it_was_made(self, panel: Panel) -> None:
        assert panel.json["pluginVersion"]


class TestVariables:
    @every_board
    def test_07_every_prometheus_is_the_one_that_was_chosen(self, board: Json) -> None:
        chosen = {"type": "prometheus", "uid": "${datasource}"}
        assert board["templating"]["list"][0]["name"] == "datasource"
        assert "__inputs" not in board
        holders = [*queried(board), *(each for each in board["annotations"]["list"] if not each.get("builtIn"))]
        holders += [each for panel in panels_of(board) if panel.targets for each in (panel.json, *panel.targets)]
        assert [each for each in holders if each["datasource"] != chosen] == []

    def test_08_variables_are_few_and_each_offers_what_those_before_it_leave(self) -> None:
        assert [each["name"] for each in BOARDS[OVERVIEW]["templating"]["list"]] == ["datasource"]
        variables = queried(BOARDS[DETAIL])
        assert [each["name"] for each in variables] == ["service", "instance", "route"]
        for index, each in enumerate(variables):
            assert (each["refresh"], each["sort"], each["multi"], each["includeAll"], each["allValue"]) == (2, 1, True, True, ".+")
            used = re.findall(r'(\w+)=~"\$(\w+)"', each["query"]["query"])
            assert used == [(name, name) for name in ("service", "instance", "route")[:index]]

    @every_board
    def test_09_variables_of_several_values_are_matched_as_expressions_and_all_are_used(self, board: Json) -> None:
        several = {each["name"] for each in queried(board) if each["multi"]}
        used: set[str] = set()
        for panel in panels_of(board):
            for expr in panel.trees:
                for node in selectors(expr):
                    for matcher in node.matchers:
                        used.update(each.name for each in matcher.variables)
                        assert not matcher.variables or matcher.op == "=~", panel
        assert used == several


class TestQueries:
    @every_asking_panel
    def test_10_windows_follow_the_time_range_and_nothing_thins_the_points_out(self, panel: Panel) -> None:
        for expr in panel.trees:
            windows = [each.range for each in walk(expr) if isinstance(each, MatrixSelector)]
            assert all(isinstance(each, Variable) and each.name == "__rate_interval" for each in windows)
        assert not {"maxDataPoints", "interval"} & panel.json.keys()
        assert not [each for each in panel.targets if "intervalFactor" in each]

    @every_asking_panel
    def test_10_what_shows_one_number_asks_for_one(self, panel: Panel) -> None:
        now = panel.json["type"] in ("table", "gauge", "bargauge") or panel.json["options"].get("graphMode") == "none"
        assert {each["instant"] for each in panel.targets} == {now}

    @every_asking_panel
    def test_11_a_ratio_is_one_of_sums_and_never_a_mean_of_means(self, panel: Panel) -> None:
        for expr in panel.trees:
            assert not [node for node in walk(expr) if isinstance(node, Aggregate) and node.op == "avg"]
        assert "* 100" not in str([each["expr"] for each in panel.targets])

    @every_asking_panel
    def test_12_quantiles_come_from_sums_of_buckets(self, panel: Panel) -> None:
        for expr in panel.trees:
            for node in walk(expr):
                if isinstance(node, Call) and node.function == "histogram_quantile":
                    summed = node.args[1]
                    assert isinstance(summed, Aggregate)
                    assert summed.op == "sum"
                    assert "le" in {each.value for each in summed.grouping if isinstance(each, Name)}
        if panel.json["type"] == "heatmap":
            assert [each["format"] for each in panel.targets] == ["heatmap"]
            assert [each["expr"].startswith("sum by (le) (") for each in panel.targets] == [True]

    def test_13_the_declarations_bound_every_panel_to_what_a_person_can_read(self) -> None:
        project = load_project(ROOT, read_config(ROOT)[0]._replace(panel_series=50))
        assert [str(each.message) for each in lint(Analysis(project)) if each.rule == "series-budget"] == []

    @pytest.mark.parametrize("name", ["HighErrorRate", "HighResponseTime", "HighRequestRate", "DatabaseConnectionPoolExhausted"])
    def test_14_alert_and_panel_read_the_same_recorded_metric(self, name: str) -> None:
        rule = next(each for each in ALERTS if each["alert"] == name)
        recorded = {node.name for node in selectors(parse(rule["expr"]))}
        assert recorded <= RECORDED
        showing = [panel for panel in ASKING if f"Runbook: {name}" in str(panel.json.get("links"))]
        assert any(recorded == {node.name for expr in panel.trees for node in selectors(expr)} for panel in showing)


class TestPanels:
    @every_panel
    def test_15_a_title_is_short_and_a_description_says_more(self, panel: Panel) -> None:
        title = panel.json["title"]
        assert 0 < len(title) <= 34
        assert title[0].isupper()
        assert not re.search(r"\((s|ms|%|bytes|req/s)\)|per second", title)
        assert len(panel.json["description"]) > 2 * len(title)
        assert panel.json["description"].endswith(".")

    @every_asking_panel
    def test_15_a_unit_is_known_and_an_axis_starts_at_zero_where_nothing_is_below(self, panel: Panel) -> None:
        assert panel.field["unit"] in known_units()
        scale = panel.field.get("custom", {}).get("scaleDistribution", {}).get("type")
        if panel.json["type"] == "timeseries" and scale != "log":
            assert panel.field["min"] == 0

    @every_asking_panel
    def test_16_a_legend_compares_series_and_is_gone_where_there_is_one(self, panel: Panel) -> None:
        if panel.json["type"] != "timeseries":
            return
        options = panel.json["options"]
        assert options["tooltip"] == {"mode": "multi", "sort": "desc"}
        several = len(panel.targets) > 1 or "{{" in panel.targets[0]["legendFormat"]
        assert options["legend"]["showLegend"] is several
        if options["legend"]["showLegend"]:
            assert options["legend"]["displayMode"] == "table"
            assert {"lastNotNull", "max"} <= set(options["legend"]["calcs"])

    @every_board
    def test_16_the_crosshair_is_shared(self, board: Json) -> None:
        assert board["graphTooltip"] == 1

    def test_17_a_name_has_one_colour_wherever_it_stands(self) -> None:
        colors: dict[str, set[str]] = {}
        for panel in ASKING:
            for override in panel.json["fieldConfig"]["overrides"]:
                for each in override["properties"]:
                    if each["id"] == "color":
                        colors.setdefault(override["matcher"]["options"], set()).add(each["value"]["fixedColor"])
        assert {name: colors[name] for name in ("2xx", "4xx", "5xx")} == {"2xx": {"green"}, "4xx": {"orange"}, "5xx": {"red"}}
        assert colors.keys() >= {"P50", "P95", "P99"}
        assert {name: found for name, found in colors.items() if len(found) > 1} == {}

    @every_asking_panel
    def test_17_nothing_but_a_limit_or_an_outcome_is_red(self, panel: Panel) -> None:
        red = [each["matcher"]["options"] for each in panel.json["fieldConfig"]["overrides"] if '"fixedColor": "red"' in json.dumps(each)]
        assert set(red) <= {"5xx", "/failure$/", "failed", "error"}

    @every_alert
    def test_18_the_limit_of_an_alert_is_a_line_on_its_panel(self, alert: Json) -> None:
        limit = re.fullmatch(r"[^<>]+ > ([0-9.]+)", alert["expr"])
        if limit is None or float(limit[1]) == 0:
            return
        showing = [panel for panel in ASKING if f"Runbook: {alert['alert']}" in str(panel.json.get("links"))]
        assert showing
        for panel in showing:
            assert float(limit[1]) in panel.steps, panel
            if panel.json["type"] == "timeseries":
                assert panel.field["custom"]["thresholdsStyle"]["mode"] in ("line", "dashed"), panel

    @every_asking_panel
    def test_19_an_empty_panel_says_what_that_means(self, panel: Panel) -> None:
        always = any(each["expr"].endswith("or vector(0)") for each in panel.targets)
        assert always or panel.field["noValue"]

    def test_20_only_parts_of_a_whole_are_stacked(self) -> None:
        stacked = [each for each in ASKING if each.field.get("custom", {}).get("stacking", {}).get("mode", "none") != "none"]
        assert stacked
        for panel in stacked:
            for expr in panel.trees:
                assert isinstance(expr, Aggregate), panel
                assert expr.op == "sum", panel
        assert not [each for each in ASKING if each.json["type"] == "piechart"]

    def test_20_the_spread_of_a_latency_is_on_a_logarithmic_axis(self) -> None:
        for title in ("Response time", "Query time"):
            assert panel_of(DETAIL, title).field["custom"]["scaleDistribution"] == {"log": 10, "type": "log"}


class TestNavigation:
    @every_board
    def test_21_the_dashboards_lead_to_each_other_and_to_the_runbooks(self, board: Json) -> None:
        others = next(each for each in board["links"] if each["type"] == "dashboards")
        assert (others["tags"], others["includeVars"], others["keepTime"]) == (["autoweave"], True, True)
        assert any(each["title"] == "Runbooks" and each["targetBlank"] for each in board["links"])

    def test_22_a_service_on_the_overview_leads_to_its_details_with_time_range_and_data_source(self) -> None:
        leading = 0
        for panel in ASKING:
            legends = {each["legendFormat"] for each in panel.targets}
            if panel.dashboard["uid"] != OVERVIEW or not (
                any("{{service}}" in each for each in legends) or panel.json["title"] == "Services"
            ):
                continue
            urls = [each["url"] for each in panel.field["links"]]
            name = "data.fields" if panel.json["type"] == "table" else "field.labels"
            assert urls == [f"/d/{DETAIL}?var-service=${{__{name}.service}}&${{__url_time_range}}&${{datasource:queryparam}}"], panel
            leading += 1
        assert leading >= 6

    def test_22_a_route_of_the_details_leads_to_itself_alone_with_all_else_that_was_chosen(self) -> None:
        by_route = [each for each in ASKING if each.dashboard["uid"] == DETAIL and "{{route}}" in each.targets[0]["legendFormat"]]
        assert len(by_route) == 3
        for panel in by_route:
            (link,) = panel.field["links"]
            assert link["url"].startswith(f"/d/{DETAIL}?var-route=${{__field.labels.route}}&${{__url_time_range}}&")
            assert {"${datasource:queryparam}", "${service:queryparam}", "${instance:queryparam}"} <= set(link["url"].split("&"))

    @every_alert
    def test_23_the_panel_of_an_alert_leads_to_its_runbook(self, alert: Json) -> None:
        urls = {link["url"] for panel in ASKING for link in panel.json.get("links", ())}
        assert alert["annotations"]["runbook_url"] in urls

    @every_board
    def test_24_starts_and_alerts_are_marked_each_in_its_colour(self, board: Json) -> None:
        marked = {each["name"]: each for each in board["annotations"]["list"] if not each.get("builtIn")}
        assert marked.keys() == {"Deployments and restarts", "Alerts"}
        assert len({each["iconColor"] for each in marked.values()}) == 2
        assert 'ALERTS{alertstate="firing"' in marked["Alerts"]["target"]["expr"]

    def test_25_nothing_is_repeated(self) -> None:
        assert [each for board in BOARDS.values() for each in board["panels"] if "repeat" in each] == []
        assert [str(each) for each in PANELS if "repeat" in each.json] == []

    def test_26_what_fires_is_listed_by_severity(self) -> None:
        table = panel_of(OVERVIEW, "What fires")
        assert not table.collapsed
        colored = {each["matcher"]["options"] for each in table.json["fieldConfig"]["overrides"] if "color-background" in json.dumps(each)}
        assert colored == {"Severity"}
        assert {name: found["color"] for each in table.field["mappings"] for name, found in each["options"].items()} == {
            "critical": "red",
            "warning": "orange",
        }
        assert any(each.json["type"] == "alertlist" for each in PANELS)


class TestTime:
    def test_27_the_overview_shows_six_hours_the_detail_one_and_both_refresh_as_the_stack_says(self) -> None:
        assert {uid: board["time"]["from"] for uid, board in BOARDS.items()} == {OVERVIEW: "now-6h", DETAIL: "now-1h"}
        stack = analysed().stack
        assert stack is not None
        assert {board["refresh"] for board in BOARDS.values()} == {stack.dashboard_refresh} == {"5s"}
        assert {board["timezone"] for board in BOARDS.values()} == {"browser"}


class TestMeta:
    def test_28_a_row_tells_whether_the_monitoring_itself_is_well(self) -> None:
        asked = {node.name for each in PANELS if each.row == "Monitoring" for expr in each.trees for node in selectors(expr)}
        assert asked >= {
            "up",
            "scrape_duration_seconds",
            "prometheus_rule_evaluation_failures_total",
            "prometheus_config_last_reload_success_timestamp_seconds",
            "alertmanager_notifications_failed_total",
        }
        assert any("timestamp(up)" in target["expr"] for each in PANELS if each.row == "Monitoring" for target in each.targets)

    def test_29_every_declared_metric_is_on_a_panel_or_marked_on_all_of_them(self) -> None:
        read = {node.name for panel in ASKING for expr in panel.trees for node in selectors(expr)}
        read |= {node.name for rule in rules() if rule.get("record") in read for node in selectors(parse(rule["expr"]))}
        marked = [each["target"]["expr"] for board in BOARDS.values() for each in board["annotations"]["list"] if "target" in each]
        read |= {node.name for expr in marked for node in selectors(tree(expr))}
        shown = {re.sub("_(bucket|count|sum)$", "", name) for name in read} | read
        theirs = {metric.name for exporter in analysed().project.of(Exporter) for metric in exporter.metrics}
        assert {metric.name for metric in analysed().project.of(Metric)} - theirs - shown == set()

    @every_alert
    def test_29_every_alert_leads_to_a_panel_that_is_there(self, alert: Json) -> None:
        found = re.search(r"/d/([a-z-]+)\?viewPanel=(\d+)", alert["annotations"]["dashboard_url"])
        assert found is not None
        panel = next(each for each in PANELS if each.dashboard["uid"] == found[1] and each.json["id"] == int(found[2]))
        assert f"Runbook: {alert['alert']}" in str(panel.json["links"])

    @pytest.mark.parametrize("name", ["HighErrorRate", "HighResponseTime", "ServiceHealthCheckFailing"])
    def test_29_an_alert_about_a_service_opens_the_details_of_that_service(self, name: str) -> None:
        rule = next(each for each in ALERTS if each["alert"] == name)
        assert f"/d/{DETAIL}?" in rule["annotations"]["dashboard_url"]
        assert "&var-service={{ $labels.service | urlquery }}" in rule["annotations"]["dashboard_url"]


JUDGED = ("stat", "table", "timeseries", "gauge")  # the types that dashboard-linter looks at


class TestDashboardLinter:
    """The 17 rules of Grafana's dashboard-linter; the two about LogQL have nothing to judge.

    Matchers on job and instance are asked for where the dashboard has such a variable, and not of recorded metrics or of what Prometheus
    says of its own alerts, which have neither label.
    """

    @every_board
    def test_template_datasource_rule(self, board: Json) -> None:
        sources = [each for each in board["templating"]["list"] if each["type"] == "datasource"]
        assert [(each["name"], each["query"], each["label"]) for each in sources] == [("datasource", "prometheus", "Data source")]

    @every_board
    def test_template_job_rule_and_template_instance_rule(self, board: Json) -> None:
        for each in queried(board):
            if each["name"] in ("job", "instance"):
                assert each["datasource"]["uid"] == "${datasource}"
                assert each["multi"]
                assert each["allValue"] == ".+"

    @every_board
    def test_template_label_promql_rule(self, board: Json) -> None:
        for each in queried(board):
            found = re.fullmatch(r"label_values\((.+), (\w+)\)", each["query"]["query"])
            assert found is not None
            promql_parser.parse(re.sub(r"\$\w+", "x", found[1]))

    @every_board
    def test_template_on_time_change_reload_rule(self, board: Json) -> None:
        assert {each["refresh"] for each in queried(board)} <= {2}

    @every_asking_panel
    def test_panel_datasource_rule(self, panel: Panel) -> None:
        assert panel.json["datasource"]["uid"] == "${datasource}"

    @every_panel
    def test_panel_title_description_rule(self, panel: Panel) -> None:
        assert panel.json["title"]
        assert panel.json["description"]

    @every_asking_panel
    def test_panel_units_rule(self, panel: Panel) -> None:
        assert panel.field["unit"]

    @every_panel
    def test_panel_no_targets_rule(self, panel: Panel) -> None:
        assert panel.targets or panel.json["type"] not in JUDGED

    @every_asking_panel
    def test_target_promql_rule(self, panel: Panel) -> None:
        for each in panel.targets:
            promql_parser.parse(re.sub(r"\$\w+", "x", each["expr"].replace("$__rate_interval", "5m")))

    @every_panel
    def test_target_logql_rule_and_target_logql_auto_rule(self, panel: Panel) -> None:
        assert not [each for each in panel.targets if each["datasource"]["type"] != "prometheus"]

    @every_asking_panel
    def test_target_rate_interval_rule(self, panel: Panel) -> None:
        for expr in panel.trees:
            for node in walk(expr):
                if isinstance(node, Call) and node.function in ("rate", "irate"):
                    ranged = node.args[0]
                    assert isinstance(ranged, MatrixSelector)
                    assert isinstance(ranged.range, Variable)
                    assert ranged.range.name == "__rate_interval"

    @every_asking_panel
    def test_target_job_rule_and_target_instance_rule(self, panel: Panel) -> None:
        wanted = {each["name"] for each in queried(panel.dashboard)} & {"job", "instance"}
        for expr in panel.trees:
            for node in selectors(expr):
                if node.name in RECORDED or node.name == "ALERTS":
                    continue
                chosen = {(each.name, each.op, each.value) for each in node.matchers}
                assert {(name, "=~", f"${name}") for name in wanted} <= chosen

    @every_asking_panel
    def test_target_counter_agg_rule(self, panel: Panel) -> None:
        counters = {each.name for each in analysed().project.of(Metric) if each.kind == "counter"}
        for expr in panel.trees:
            ranged = {id(each.selector) for each in walk(expr) if isinstance(each, MatrixSelector)}
            assert not [each.name for each in selectors(expr) if each.name in counters and id(each) not in ranged]

    @every_board
    def test_uneditable_dashboard_rule(self, board: Json) -> None:
        assert board["editable"] is False


def test_lint_finds_nothing_and_nobody_had_to_silence_it() -> None:
    assert [str(each.message) for each in lint(analysed())] == []
    assert [
        file.name
        for file in (ROOT / "definitions").rglob("*.py")
        if re.search(r"#\s*mac:(?! allow\[(unnoticed-mutation|misleading-suffix)\])", file.read_text(encoding="utf-8"))
    ] == []
