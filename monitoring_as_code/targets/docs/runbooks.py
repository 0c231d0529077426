"""docs/runbooks/: the page that an alert's runbook link opens. Alerts that share a name share a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.model.alert import Alert, Runbook
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.naming import dashboard_url, runbook_path
from monitoring_as_code.targets.docs.markdown import block, code, escaped, link, prose, table
from monitoring_as_code.targets.docs.pages import Context, lasting, metric_link
from monitoring_as_code.targets.provenance import source_file

if TYPE_CHECKING:
    from monitoring_as_code.promql.ast import Expr

_LONGEST_SPAN = 100


def pages(context: Context) -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of every page."""
    alerts: dict[str, list[Alert]] = {}
    for rule in context.analysis.rules:
        if isinstance(rule, Alert):
            alerts.setdefault(runbook_path(rule.name), []).append(rule)
    for path in sorted(alerts):
        yield path, _page(alerts[path], context)


def _page(alerts: list[Alert], context: Context) -> str:
    names = " and ".join(dict.fromkeys(escaped(alert.name) for alert in alerts))
    parts = [f"# {names}\n"]
    for alert in alerts:
        if len(alerts) > 1:
            parts.append(f"## {escaped(_variant(alert, alerts))}\n")
        parts += _sections(alert, context, "##" if len(alerts) == 1 else "###")
    parts.append("[All alerts](../alerts.md) · [Routing](../routing.md) · [Metrics](../metrics.md)\n")
    return "\n".join(parts)


def _variant(alert: Alert, alerts: list[Alert]) -> str:
    """What tells an alert from the others on its page."""
    mine = {"alertname": alert.name, "severity": alert.severity, **alert.labels}
    others = [{"alertname": each.name, "severity": each.severity, **each.labels} for each in alerts if each is not alert]
    telling = [f"{name}={value}" for name, value in mine.items() if any(each.get(name) != value for each in others)]
    return ", ".join(telling) or alert.severity


def _sections(alert: Alert, context: Context, level: str) -> Iterator[str]:
    runbook = alert.runbook
    use = context.analysis.use(alert)
    yield f"{escaped(alert.summary)}\n"
    if alert.description:
        yield f"{escaped(alert.description)}\n"
    yield table(("", ""), _facts(alert, context))
    if isinstance(runbook, Runbook):
        yield f"{level} What it means\n\n{prose(runbook.meaning)}\n"
    yield f"{level} The query\n\n{block(use.text, 'promql')}{_threshold(use.expr)}"
    if isinstance(runbook, Runbook):
        yield f"{level} What to check\n"
        yield "".join(f"{number}. {prose(step, '   ')}\n" for number, step in enumerate(runbook.check, 1))
        if runbook.fix:
            yield f"{level} What has helped\n"
            yield "".join(f"- {prose(step, '  ')}\n" for step in runbook.fix)
    elif runbook is not None:
        yield f"{level} What to do\n\nIt is written at {link(runbook, runbook)}.\n"
    else:
        yield f"{level} What to do\n\nNobody has written it down yet.\n"


def _facts(alert: Alert, context: Context) -> Iterator[tuple[str, str]]:
    yield "severity", escaped(alert.severity)
    yield "fires", "as soon as the query has a result" if alert.for_ == "0s" else f"when the query has had a result for {lasting(alert)}"
    yield "who is told", context.told(alert)
    if alert.labels:
        yield "labels", ", ".join(code(f"{name}={value}") for name, value in alert.labels.items())
    view = context.views.of(alert)
    if view is not None:
        name = f"{view.panel.title}, {view.dashboard.name}"
        url = dashboard_url(context.analysis.stack, view.dashboard.uid, view.panel_id)
        yield "shown in", escaped(name) if url is None else link(name, url)
    file = source_file(context.analysis, alert)
    if file is not None:
        yield "declared in", code(file)
    metrics = [metric_link(name, context, up="../") for name in context.read_by(alert)]
    if metrics:
        yield "looks at", "<br>".join(metrics)
    proofs = [each for each in context.analysis.project.of(Scenario) if each.alert is alert]
    if proofs:
        yield "proven by", "<br>".join(escaped(each.name) for each in proofs)


def _threshold(expr: Expr | None) -> str:
    from monitoring_as_code.promql.printer import to_text
    from monitoring_as_code.targets.grafana.thresholds import limit_of

    limit = limit_of(expr)
    if limit is None:
        return ""
    measured = to_text(limit.measured)
    value = f"is {limit.side} {limit.value:.10g}"
    # A span is one line, in which a bar would show with the backslash that only a table needs.
    if len(measured) > _LONGEST_SPAN or "|" in measured:
        return f"\nIt has a result while this {value}:\n\n{block(measured, 'promql')}"
    return f"\nIt has a result while {code(measured)} {value}.\n"
