"""Which alerts a panel shows: the one that it names, and those that watch the same expression."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code import naming
from monitoring_as_code.analysis import once
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.dashboard import Dashboard, Row
from monitoring_as_code.model.panel import Panel, QueryPanel
from monitoring_as_code.promql.ast import (
    Aggregate,
    Binary,
    Call,
    Expr,
    Matcher,
    MatrixSelector,
    Name,
    NumberLiteral,
    Paren,
    StringLiteral,
    Subquery,
    Unary,
    Variable,
    VectorSelector,
    children,
)
from monitoring_as_code.targets.grafana.thresholds import limit_of

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis

# What is left of an expression when windows and matchers with variables are put aside; two of the same meaning are equal.
Shape = tuple[object, ...]


class Watching(NamedTuple):
    """The alerts of each panel and the panel of each alert, by `id()`."""

    alerts: dict[int, tuple[Alert, ...]]
    panels: dict[int, tuple[Dashboard, Panel]]


@once
def watching(analysis: Analysis) -> Watching:
    """Every pair of a panel and an alert that it shows."""
    alerts: dict[int, list[Alert]] = {}
    shown = list(_query_panels(analysis))
    naming_it: dict[int, tuple[Alert, list[tuple[Dashboard, Panel]]]] = {}
    for dashboard, panel in shown:
        for alert in panel.alerts:
            alerts.setdefault(id(panel), []).append(alert)
            naming_it.setdefault(id(alert), (alert, []))[1].append((dashboard, panel))
    panels = {number: _best(analysis, alert, found) for number, (alert, found) in naming_it.items()}
    watched: dict[Shape, list[Alert]] = {}
    metrics: set[str] = set()
    for alert in analysis.project.of(Alert):
        expr = analysis.use(alert).expr
        if expr is not None and id(alert) not in panels:
            # Where there is no limit, a panel may show the condition itself: whether it holds is all there is to see.
            limit = limit_of(expr)
            measured = expr if limit is None else limit.measured
            watched.setdefault(shape_of(measured), []).append(alert)
            metrics.add(_first_metric(measured))
    for shape, found in _panels_by_shape(analysis, shown, metrics).items():
        if len(found) == 1:
            dashboard, panel = found[0]
            for alert in watched.get(shape, ()):
                alerts.setdefault(id(panel), []).append(alert)
                panels[id(alert)] = (dashboard, panel)
    return Watching({panel: tuple(found) for panel, found in alerts.items()}, panels)


def _best(analysis: Analysis, alert: Alert, found: list[tuple[Dashboard, Panel]]) -> tuple[Dashboard, Panel]:
    """Of several panels the one that tells most of what fires: variables choose what the alert is about, and a graph shows since when."""
    if len(found) == 1:
        return found[0]
    use = analysis.use(alert)
    labels = frozenset[str]() if use.expr is None else analysis.value(use).labels.certain

    def telling(each: tuple[Dashboard, Panel]) -> tuple[int, bool]:
        dashboard, panel = each
        return sum(getattr(variable, "values_of", None) in labels for variable in dashboard.variables), panel.type == "timeseries"

    return max(found, key=telling)


def _query_panels(analysis: Analysis) -> Iterator[tuple[Dashboard, QueryPanel]]:
    for dashboard in analysis.project.of(Dashboard):
        for row in dashboard.rows:
            for panel in row.panels:
                if isinstance(panel, QueryPanel):
                    yield dashboard, panel


def _panels_by_shape(
    analysis: Analysis, shown: list[tuple[Dashboard, QueryPanel]], metrics: set[str]
) -> dict[Shape, list[tuple[Dashboard, QueryPanel]]]:
    """The panels of each expression; only of those that begin with one of the metrics, since of thousands most do not."""
    found: dict[Shape, list[tuple[Dashboard, QueryPanel]]] = {}
    for dashboard, panel in shown:
        exprs = (use.expr for use in analysis.queries(panel))
        for shape in dict.fromkeys(shape_of(expr) for expr in exprs if expr is not None and _first_metric(expr) in metrics):
            found.setdefault(shape, []).append((dashboard, panel))
    return found


def _first_metric(node: Expr) -> str:
    while inner := children(node):
        node = inner[-1] if isinstance(node, Aggregate | Call) else inner[0]
    return node.name if isinstance(node, VectorSelector) else ""


def shape_of(node: Expr) -> Shape:
    """What is left of an expression when windows and matchers with variables are put aside."""
    match node:
        case Paren(expr=expr):
            return shape_of(expr)
        case NumberLiteral(value=value):
            return ("number", value)
        case StringLiteral(value=text):
            return ("string", text)
        case VectorSelector(name=name, matchers=matchers, offset=offset, at=at):
            return ("selector", name, _matchers(matchers), repr(offset), repr(at))
        case MatrixSelector(selector=selector):
            return ("matrix", shape_of(selector))
        case Subquery(expr=expr, offset=offset, at=at):
            return ("subquery", shape_of(expr), repr(offset), repr(at))
        case Call(function=function, args=args):
            return ("call", function, *map(shape_of, args))
        case Aggregate(op=op, expr=expr, param=param, grouping=grouping, without=without):
            labels = tuple(sorted(each.value for each in grouping if isinstance(each, Name)))
            return ("aggregate", op, shape_of(expr), param and shape_of(param), labels, without)
        case Binary(op=op, left=left, right=right, bool_modifier=modifier, matching=matching):
            return ("binary", op, shape_of(left), shape_of(right), modifier, repr(matching) if matching and matching.labels else "")
        case Unary(op=op, expr=expr):
            return ("unary", op, shape_of(expr))
        case Variable(name=name):
            return ("variable", name)


def _matchers(matchers: tuple[Matcher, ...]) -> tuple[tuple[str, str, str], ...]:
    return tuple(sorted((each.name, each.op, each.value) for each in matchers if not each.variables))


def panel_ids(dashboard: Dashboard) -> dict[int, int]:
    """The id of each panel, by `id()`; of one that stands in several places that of the first."""
    ids: dict[int, int] = {}
    for number, _, panel in numbered(dashboard):
        if panel is not None:
            ids.setdefault(id(panel), number)
    return ids


def numbered(dashboard: Dashboard) -> Iterator[tuple[int, Row, Panel | None]]:
    """Each row with its id, and after it each of its panels with its own; of a collision of two that are made only the later one moves."""
    used = {panel.id for row in dashboard.rows for panel in row.panels if panel.id is not None}
    seen: dict[tuple[str, str], int] = {}
    for row in dashboard.rows:
        heading = row.title if row.key is None else row.key
        for panel in (None, *row.panels):
            if panel is not None and panel.id is not None:
                yield panel.id, row, panel
                continue
            key = (heading, "\0row" if panel is None else panel.title)
            occurrence = seen.get(key, 0)
            seen[key] = occurrence + 1
            number = naming.panel_id(dashboard.uid, *key, occurrence)
            while number in used:
                number = number % naming.MOST_PANEL_IDS + 1
            used.add(number)
            yield number, row, panel
