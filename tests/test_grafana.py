"""What holds for every dashboard: ids, places, keys; and what follows from declarations without being said."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import monitoring_as_code
from monitoring_as_code import Alert, AlertList, Dashboard, Row, TextPanel, Threshold, naming, units
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.model.panel import Panel, Shown
from monitoring_as_code.model.panels import grafana_units
from monitoring_as_code.model.panels.grafana_units import grafana_unit, known_unit, known_units
from monitoring_as_code.project import load_project
from monitoring_as_code.promql import parse
from monitoring_as_code.targets.grafana import dashboard_text, panel_of
from monitoring_as_code.targets.grafana.datasource import DATASOURCE_NAME
from monitoring_as_code.targets.grafana.inferred import inferred
from monitoring_as_code.targets.grafana.thresholds import Limit, limit_of, steps_of_alerts
from monitoring_as_code.targets.grafana.watched import numbered, shape_of

CASES = Path(__file__).parent / "targets"
DASHBOARDS = sorted(CASES.glob("*/expected/grafana/dashboards/**/*.json"))

Json = dict[str, Any]


def analysis_of(text: str, folder: Path) -> Analysis:
    (folder / "definitions").mkdir()
    (folder / "definitions" / "case.py").write_text(f"from monitoring_as_code import *\nfrom monitoring_as_code.units import *\n{text}")
    project = load_project(folder, Config())
    assert not project.problems
    return Analysis(project)


def objects(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Json]]:
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from objects(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from objects(inner, (*path, str(index)))


def panels_of(dashboard: Json) -> list[Json]:
    return [each for panel in dashboard["panels"] for each in (panel, *panel.get("panels", ()))]


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: f"{file.relative_to(CASES).parts[0]}-{file.stem}")
class TestEveryDashboard:
    def test_its_keys_are_sorted_and_its_text_ends_with_one_line_break(self, file: Path) -> None:
        text = file.read_text()
        unsorted = [path for path, each in objects(json.loads(text)) if list(each) != sorted(each)]
        assert unsorted == []
        assert text.endswith("}\n")
        assert not text.endswith("\n\n")

    def test_nothing_is_null_but_an_open_end(self, file: Path) -> None:
        nulls = {(path, key) for path, each in objects(json.loads(file.read_text())) for key, value in each.items() if value is None}
        assert {key for _, key in nulls} <= {"value", "from", "to"}
        assert all(path[-2:] == ("steps", "0") or path[-1] == "options" for path, _ in nulls)

    def test_it_says_nothing_that_differs_from_installation_to_installation(self, file: Path) -> None:
        dashboard = json.loads(file.read_text())
        assert not dashboard.keys() & {"id", "version", "__inputs", "iteration"}
        assert dashboard["schemaVersion"] == 42

    def test_ids_are_unique_and_fit_into_32_bits(self, file: Path) -> None:
        ids = [each["id"] for each in panels_of(json.loads(file.read_text()))]
        assert len(set(ids)) == len(ids)
        assert all(0 < each < 2**31 for each in ids)

    def test_queries_of_a_panel_have_ids_of_their_own(self, file: Path) -> None:
        for panel in panels_of(json.loads(file.read_text())):
            refs = [each["refId"] for each in panel.get("targets", ())]
            assert len(set(refs)) == len(refs)

    def test_every_prometheus_is_the_dashboards_variable(self, file: Path) -> None:
        dashboard = json.loads(file.read_text())
        declared = {f"${{{each['name']}}}" for each in dashboard["templating"]["list"] if each["type"] == "datasource"}
        sources = [each["datasource"] for _, each in objects(dashboard) if isinstance(each.get("datasource"), dict)]
        assert {each["uid"] for each in sources if each.get("type") == "prometheus"} <= declared


def test_every_type_of_panel_is_exported_and_has_a_case() -> None:
    folder = Path(monitoring_as_code.__file__).parent / "model" / "panels"
    exported = {
        getattr(monitoring_as_code, name) for name in monitoring_as_code.__all__ if isinstance(getattr(monitoring_as_code, name), type)
    }
    typed = {each for each in exported if issubclass(each, Panel) and "type" in vars(each) and each.type != "raw"}
    declared = {
        line.split('"')[1] for file in folder.glob("*.py") for line in file.read_text().splitlines() if "    type: ClassVar[str] = " in line
    }
    assert {each.type for each in typed} | {"raw"} == declared
    for each in typed:
        assert (CASES / f"panel-{each.type}" / "definitions.py").is_file(), each.type


def test_a_panel_that_is_inserted_moves_no_others_id() -> None:
    def ids(*titles: str) -> dict[str, int]:
        board = Dashboard(name="d", uid="d", rows=(Row(title="r", panels=tuple(TextPanel(title=each, content="") for each in titles)),))
        return {panel.title: number for number, _, panel in numbered(board) if panel is not None}

    before, after = ids("a", "b", "c"), ids("a", "new", "b", "c")
    assert after == {**before, "new": after["new"]}


def test_two_panels_whose_ids_collide_get_different_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "panel_id", lambda *_: 2**31 - 1)
    same = TextPanel(title="same", content="")
    board = Dashboard(name="d", uid="d", rows=(Row(title="r", panels=(same, same)),))
    assert [number for number, _, _ in numbered(board)] == [2**31 - 1, 1, 2]


@pytest.mark.parametrize(
    ("condition", "limit"),
    [
        ("x > 0.05", ("above", 0.05, "x")),
        ("0.05 < x", ("above", 0.05, "x")),
        ("(x) >= 5", ("above", 5, "x")),
        ("x < 24 * 3600", ("below", 86400, "x")),
        ("-1 >= x", ("below", -1, "x")),
        ("((x / y) <= (2))", ("below", 2, "x / y")),
        ("x > 1e3", ("above", 1000, "x")),
        ("x == 0", None),
        ("x != 1", None),
        ("x > y", None),
        ("x > 1 and y > 2", None),
        ("absent(x)", None),
        ("x > NaN", None),
        ("x > +Inf", None),
        ("2 > bool 1", None),
        ("x > 1 / 0", None),
        ("x > bool 5", None),
    ],
)
def test_the_limit_of_an_alert_is_the_constant_it_compares_with(condition: str, limit: tuple[str, float, str] | None) -> None:
    found = limit_of(parse(condition))
    if limit is None:
        assert found is None
        return
    assert found is not None
    assert (found.side, found.value) == limit[:2]
    assert shape_of(found.measured) == shape_of(parse(limit[2]))


@pytest.mark.parametrize(
    ("limits", "steps"),
    [
        ([], [("green", None)]),
        ([("above", 5, "warning")], [("green", None), ("orange", 5)]),
        ([("above", 9, "critical"), ("above", 5, "warning")], [("green", None), ("orange", 5), ("red", 9)]),
        ([("below", 5, "warning"), ("below", 1, "critical")], [("red", None), ("orange", 1), ("green", 5)]),
        ([("below", 1, "critical"), ("above", 9, "info")], [("red", None), ("green", 1), ("blue", 9)]),
        ([("above", 5, "critical"), ("above", 5, "warning")], [("green", None), ("red", 5)]),
        ([("below", 9, "warning"), ("above", 5, "critical")], [("orange", None), ("red", 5), ("red", 9)]),
        ([("at", 0, "critical")], [("green", None), ("red", 0), ("green", 1e-9)]),
        ([("off", 1, "warning")], [("orange", None), ("green", 1), ("orange", 1 + 1e-9)]),
    ],
)
def test_each_range_has_the_colour_of_the_worst_alert_that_fires_there(
    limits: list[tuple[Any, float, str]], steps: list[tuple[str, float | None]]
) -> None:
    given = [(Limit(side, value, parse("x")), severity) for side, value, severity in limits]
    assert [(each["color"], each["value"]) for each in steps_of_alerts(given, "green")] == steps


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("sum by (a, b) (rate(x_total[5m]))", "sum by (b, a) (rate(x_total[$__rate_interval]))", True),
        ('x{a="1"}', 'x{a="1", service=~"$service"}', True),
        ("(x) / (y)", "x / y", True),
        ('x{a="1"}', 'x{a="2"}', False),
        ("sum by (a) (x)", "sum without (a) (x)", False),
        ("x / y", "y / x", False),
        ("x / on (a) y", "x / on (b) y", False),
        ("x", "x offset 5m", False),
        ("quantile(0.5, x)", "quantile(0.9, x)", False),
        ("max_over_time(x[5m:1m])", "max_over_time(x[1h:1m])", True),
    ],
)
def test_expressions_are_the_same_but_for_windows_and_variables(one: str, other: str, same: bool) -> None:
    assert (shape_of(parse(one)) == shape_of(parse(other, variables=True))) is same


SHOWN = """
queue = Gauge(name="queue", help="q", labels=type("Q", (Labels,), {"__annotations__": {"depot": Label[str]}}))
long = Alert(name="Long", expr=queue > 5, severity="warning", summary="s")
longer = Alert(name="Longer", expr=queue > 9, severity="critical", summary="s")
other = Alert(name="Other", expr=queue.sum() > 50, severity="critical", summary="s")
nowhere = Alert(name="Nowhere", expr=queue.max() > 50, severity="critical", summary="s")
twice = Alert(name="Twice", expr=queue.min() > 50, severity="critical", summary="s")
board = Dashboard(name="Board", uid="board", rows=(Row(title="r", panels=(
    TimeSeries(title="Named", expr=queue.sum(), alert=long),
    TimeSeries(title="Same", expr='queue{depot=~"$depot"}'),
    TimeSeries(title="Twice 1", expr=queue.min()),
    TimeSeries(title="Twice 2", expr=queue.min()),
)),), variables=(QueryVariable(name="depot", metric=queue, values_of="depot"),))
"""


def test_an_alert_is_shown_by_the_panel_that_names_it_or_by_the_only_one_with_its_expression(tmp_path: Path) -> None:
    analysis = analysis_of(SHOWN, tmp_path)
    titles = {number: panel.title for number, _, panel in numbered(analysis.project.of(Dashboard)[0]) if panel is not None}
    shown = {alert.name: panel_of(analysis, alert) for alert in analysis.project.of(Alert)}
    assert {name: None if found is None else titles[found[1]] for name, found in shown.items()} == {
        "Long": "Named",
        "Longer": "Same",
        "Other": "Named",
        "Nowhere": None,
        "Twice": None,
    }


@pytest.mark.parametrize(
    ("expr", "unit", "legend", "low"),
    [
        ("sum by (route) (rate(c_total[5m]))", "reqps", "{{route}}", 0),
        ("sum(rate(c_total[5m]))", "reqps", "t", 0),
        ("sum by (route) (rate(c_total[5m])) / on () group_left () sum(rate(c_total[5m]))", "percentunit", "{{route}}", 0),
        ('sum by (route, kind) (g{kind="a"})', "bytes", "{{route}}", None),
        ("histogram_quantile(0.9, sum by (le, route) (rate(h_seconds_bucket[5m])))", "s", "{{route}}", 0),
        ("sum by (route) (rate(h_seconds_sum[5m])) / sum by (route) (rate(h_seconds_count[5m]))", "s", "{{route}}", 0),
        ("count(g)", "short", "t", 0),
        ("unknown_metric", "short", "__auto", None),
        ("8 * sum(rate(c_total[5m]))", "reqps", "t", 0),
    ],
)
def test_unit_legend_and_lower_bound_follow_from_the_expression(tmp_path: Path, expr: str, unit: str, legend: str, low: int | None) -> None:
    text = f"""
class L(Labels):
    route: Label[str]
    kind: Label[str]
c = Counter(name="c_total", help="c", labels=L, unit=requests)
g = Gauge(name="g", help="g", labels=L, unit=bytes_)
h = Histogram(name="h_seconds", help="h", labels=L, unit=seconds, buckets=(1.0,))
d = Dashboard(name="d", uid="d", rows=(Row(title="r", panels=(TimeSeries(title="t", expr={expr!r}),)),))
"""
    analysis = analysis_of(text, tmp_path)
    shown = json.loads(dashboard_text(analysis, analysis.project.of(Dashboard)[0]))["panels"][1]
    defaults = shown["fieldConfig"]["defaults"]
    assert (defaults["unit"], shown["targets"][0]["legendFormat"], defaults.get("min")) == (unit, legend, low)
    assert shown["options"]["legend"]["showLegend"] is (legend != "t")


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        (units.seconds, "s"),
        (units.bytes_ / units.seconds, "Bps"),
        (units.errors / units.requests, "percentunit"),
        (units.percent, "percent"),
        (units.ratio, "percentunit"),
        (units.one, "short"),
        (units.connections, "short"),
        (units.operations / units.seconds, "ops"),
        (units.errors / units.seconds, "cps"),
        (units.hertz, "hertz"),
        (units.timestamp, "none"),
        (units.volts * units.volts, "short"),
        (units.bits / units.seconds, "bps"),
        ("currency:CHF", "currency:CHF"),
    ],
    ids=str,
)
def test_a_unit_is_shown_by_the_id_that_grafana_has_for_it(unit: units.Unit | str, name: str) -> None:
    assert grafana_unit(unit) == name
    assert known_unit(name)


def test_no_unit_is_shown_by_an_id_that_grafana_lacks() -> None:
    used = {
        *grafana_units._PLAIN.values(),
        *grafana_units._A_SECOND.values(),
        *grafana_units._A_MINUTE.values(),
        "short",
        "percent",
        "cps",
        "cpm",
    }
    assert used <= known_units()
    assert len(known_units()) == 273
    assert not known_unit("/ sec")
    assert not known_unit("suffix:")


def test_a_list_of_alerts_asks_the_data_source_that_is_provisioned() -> None:
    options = AlertList(title="a").grafana_options(Shown())
    assert options["datasource"] == DATASOURCE_NAME


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_threshold_that_json_cannot_hold_is_refused_at_the_declaration(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Threshold(value=value, color="red")
    with pytest.raises(ValueError, match="NaN"):
        monitoring_as_code.Override(series="a", properties={"custom.x": value})


def test_the_constant_of_an_alert_that_is_no_number_draws_no_line(tmp_path: Path) -> None:
    text = """
g = Gauge(name="g", help="g")
a = Alert(name="A", expr="g > NaN", severity="warning", summary="s")
d = Dashboard(name="d", uid="d", rows=(Row(title="r", panels=(TimeSeries(title="t", expr=g, alert=a),)),))
"""
    analysis = analysis_of(text, tmp_path)
    shown = json.loads(dashboard_text(analysis, analysis.project.of(Dashboard)[0]))["panels"][1]
    assert shown["fieldConfig"]["defaults"]["thresholds"]["steps"] == [{"color": "transparent", "value": None}]


@pytest.mark.parametrize(
    ("expr", "labels"),
    [
        ("sum by (service, queue) (length)", ("service", "queue")),
        ("sum by (queue, service) (length)", ("queue", "service")),
        ("sum by (queue, service) (length) / on (queue, service) sum by (service, queue) (length)", ("queue", "service")),
    ],
)
def test_a_legend_has_its_labels_in_the_order_of_the_grouping(expr: str, labels: tuple[str, ...], tmp_path: Path) -> None:
    analysis = analysis_of(
        "class Queue(Labels):\n    service: Label[str]\n    queue: Label[str]\n"
        'length = Gauge(name="length", help="Jobs.", labels=Queue)\n'
        f'page = Dashboard(name="P", uid="p", rows=(Row(title="r", panels=(TimeSeries(title="t", expr="{expr}"),)),))\n',
        tmp_path,
    )
    assert inferred(analysis, analysis.uses[0]).labels == labels
