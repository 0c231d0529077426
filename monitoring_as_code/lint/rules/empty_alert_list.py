from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import matcher_place
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.matchers import Matcher
from monitoring_as_code.origin import Place
from monitoring_as_code.promql import PromQLSyntaxError, parse
from monitoring_as_code.promql.ast import VectorSelector
from monitoring_as_code.promql.infer.selectors import metric_name

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.panel import Panel


@rule(WARNING, whole_project=True, of_expressions=True, everywhere=True)
def empty_alert_list(reading: Reading) -> Iterator[Finding]:
    """A panel lists alerts, or a query asks for some, of which there can be none.

    It says that nothing fires, and would say so whatever happened: its matchers ask for a label that no alert has, or for a value that none
    can have, or no alert is called like that. What counts are the alerts of this project.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            labels={"team": "orders"},
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
        board = Dashboard(
            name="Shop",
            uid="shop",
            rows=(Row(title="All", panels=(AlertList(title="Alerts", matching='{team="order"}'),)),),
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        alert = Alert(
            name="QueueLong",
            expr="queue_length > 100",
            severity="warning",
            labels={"team": "orders"},
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
        board = Dashboard(
            name="Shop",
            uid="shop",
            rows=(Row(title="All", panels=(AlertList(title="Alerts", matching='{team="orders"}'),)),),
        )
    """
    if not reading.alerts:
        return
    yield from _asked(reading)
    for dashboard in reading.dashboards if reading.rest else ():
        for panel in (panel for row in dashboard.rows for panel in row.panels if panel.type == "alertlist"):
            found = _fault(reading, panel)
            if found is not None:
                argument, message = found
                yield Finding(message, Place(panel.origin, (argument,)), "name what alerts have", declaration=dashboard)


def _asked(reading: Reading) -> Iterator[Finding]:
    """Queries of ALERTS that no alert can answer."""
    for use, selector in reading.selectors:
        node = selector.node
        if not use.in_dashboard or metric_name(node) not in ("ALERTS", "ALERTS_FOR_STATE"):
            continue
        for each in node.matchers:
            matcher = Matcher(each.name, each.op, each.value)
            if each.variables or each.name in ("alertstate", "__name__"):
                continue
            if not any(_may_pass(reading, alert, matcher) for alert in reading.alerts):
                at = matcher_place(use, node, each, each.span)
                yield Finding(f"no alert has a label that fulfils `{matcher}`", at, "name what alerts have", declaration=use.declaration)


def _fault(reading: Reading, panel: Panel) -> tuple[str, str] | None:
    """The argument that leaves no alert, and why."""
    name: str = getattr(panel, "name", "")
    left = [alert for alert in reading.alerts if "$" in name or name.lower() in alert.name.lower()]
    if not left:
        return "name", f"no alert's name has `{name}` in it"
    matchers = _matchers(getattr(panel, "matching", ""))
    for matcher in matchers:
        if not any(_may_pass(reading, alert, matcher) for alert in left):
            known, closed = reading.routed_labels
            if closed and matcher.name not in known:
                return "matching", f"no alert has a label `{matcher.name}`"
            return "matching", f"no alert has a label that fulfils `{matcher}`"
    if not any(all(_may_pass(reading, alert, matcher) for matcher in matchers) for alert in left):
        return "matching", "no alert fulfils all of these matchers at once"
    return None


def _matchers(text: str) -> tuple[Matcher, ...]:
    """Matchers in braces, without those that a variable of Grafana takes part in; none if they cannot be read."""
    try:
        tree = parse("x" + text, variables=True) if text.lstrip().startswith("{") else None
    except PromQLSyntaxError:
        return ()
    if not isinstance(tree, VectorSelector):
        return ()
    return tuple(Matcher(each.name, each.op, each.value) for each in tree.matchers if not each.variables)


def _may_pass(reading: Reading, alert: Alert, matcher: Matcher) -> bool:
    labels, others_unknown = reading.alert_labels[alert]
    values = labels.get(matcher.name, None if others_unknown else frozenset(("",)))
    return values is None or any(map(matcher.accepts, values))
