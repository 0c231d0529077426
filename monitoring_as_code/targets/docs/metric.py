"""docs/metrics/: a page for each of the application's metrics, from the code that records it to what is proven of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.disclosing import disclosable
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.metric import Exporter, Histogram, Metric, Summary
from monitoring_as_code.model.panel import Panel, QueryPanel
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.naming import dashboard_url, metric_path
from monitoring_as_code.targets.docs.markdown import block, code, escaped, link, table
from monitoring_as_code.targets.docs.metrics import cost, labels_cell, names_of, unit_cell, unused, users
from monitoring_as_code.targets.docs.pages import Context, alert_link, recorded_in
from monitoring_as_code.targets.provenance import source_file

if TYPE_CHECKING:
    from monitoring_as_code.foreign.sightings import SeenMetric
    from monitoring_as_code.model.declaration import Declaration


def pages(context: Context) -> Iterator[tuple[str, str]]:
    """Path below docs/ and text of every page."""
    project = context.analysis.project
    of_exporters = {id(metric) for exporter in project.of(Exporter) for metric in exporter.metrics}
    shown = _shown(context)
    found: dict[str, list[str]] = {}
    for metric in project.of(Metric):
        if id(metric) not in of_exporters:
            found.setdefault(metric_path(metric.name), []).extend(_page(metric, context, shown))
    for path, parts in found.items():
        yield path, "\n".join([*parts, "[All metrics](../metrics.md) · [Alerts](../alerts.md)\n"])


def _shown(context: Context) -> dict[str, list[tuple[Dashboard, Panel]]]:
    """The panels that ask for each series."""
    found: dict[str, list[tuple[Dashboard, Panel]]] = {}
    for dashboard in context.analysis.project.of(Dashboard):
        for row in dashboard.rows:
            for panel in row.panels:
                if isinstance(panel, QueryPanel):
                    uses = context.analysis.queries(panel)
                    for name in dict.fromkeys(selector.name for use in uses for selector in context.analysis.selectors(use)):
                        found.setdefault(name, []).append((dashboard, panel))
    return found


def _page(metric: Metric[...], context: Context, shown: dict[str, list[tuple[Dashboard, Panel]]]) -> Iterator[str]:
    users_ = tuple(users(names_of(metric), context.used))
    seen = None if context.known.seen is None else context.known.seen.get(metric.name)
    yield f"# {escaped(metric.name)}\n"
    yield f"{escaped(metric.help)}\n"
    yield table(("", ""), _facts(metric, context, seen))
    if context.known.recorded is not None:
        yield "## Where it is recorded\n"
        yield _recorded(metric, context)
    names = (*names_of(metric), *(rule.name for rule in users_ if isinstance(rule, RecordingRule)))
    panels = {id(panel): (dashboard, panel) for name in names for dashboard, panel in shown.get(name, ())}
    if panels:
        yield "## Where it is shown\n"
        yield "".join(f"- {_panel(dashboard, panel, context)}\n" for dashboard, panel in panels.values())
    alerts = [alert for alert in users_ if isinstance(alert, Alert)]
    if alerts:
        yield "## What alerts\n"
        yield table(("alert", "severity", "proven by"), (_alert(alert, context) for alert in alerts))
    if not panels and not alerts:
        yield _others(metric, users_)
    if context.known.seen is not None:
        yield "## What was seen\n"
        yield _seen(metric, seen)


def _facts(metric: Metric[...], context: Context, seen: SeenMetric | None) -> Iterator[tuple[str, str]]:
    yield "kind", metric.kind
    if metric.unit is not None:
        yield "unit", unit_cell(metric.unit)
    if metric.label_declarations:
        yield "labels", labels_cell(metric.label_declarations)
    if isinstance(metric, Histogram):
        yield "buckets", ", ".join(f"{bound:g}" for bound in metric.buckets)
    told = [cost(metric)] if cost(metric) else []
    if metric.budget is not None and metric.series_each > 1:
        told.append(f"{metric.budget:,} sets of labels, {metric.series_each} series each")
    if seen is not None and seen.series:
        told.append(f"{seen.series:,} {'was' if seen.series == 1 else 'were'} seen")
    if told:
        yield "series", "<br>".join(told)
    file = source_file(context.analysis, metric)
    if file is not None:
        yield "declared in", code(file)


def _recorded(metric: Metric[...], context: Context) -> str:
    sites = context.known.recorded_in(metric.name)
    if sites:
        return "".join(f"- {recorded_in(path, function)}\n" for path, function in sites)
    recorded = context.known.recorded
    if recorded is None or metric.name in recorded.unknown or recorded.unread:
        return "That cannot be told: the code hands it on, or finds it by name.\n"
    if metric.name in recorded.registered:
        return "No code that was read records it; it is registered all the same.\n"
    return "No code that was read records it.\n"


def _panel(dashboard: Dashboard, panel: Panel, context: Context) -> str:
    name = f"{panel.title}, {dashboard.name}" if panel.title else dashboard.name
    url = dashboard_url(context.analysis.stack, dashboard.uid, context.views.panel_id(dashboard, panel))
    return escaped(name) if url is None else link(name, url)


def _alert(alert: Alert, context: Context) -> tuple[str, ...]:
    proofs = [each.name for each in context.analysis.project.of(Scenario) if each.alert is alert]
    return alert_link(alert, up="../"), escaped(alert.severity), "<br>".join(map(escaped, proofs)) or "no scenario"


def _others(metric: Metric[...], users_: tuple[Declaration, ...]) -> str:
    names = ", ".join(f"{escaped(each.name)} ({each.kind})" for each in users_)
    return f"It is used by {names}.\n" if names else f"It is used by {unused(metric)}.\n"


def _seen(metric: Metric[...], seen: SeenMetric | None) -> str:
    if seen is None:
        return "It was not on the page.\n"
    if not seen.series:
        return "It was on the page, but had no series yet.\n"
    counts = [
        (code(name), f"{count:,}", ", ".join(dict.fromkeys(code(disclosable(name, each)) or "empty" for each in seen.examples[name])))
        for name, count in sorted(seen.values.items())
        if name not in ("le", "quantile")
    ]
    example = ", ".join(
        f'{name}="{_quoted(disclosable(name, text))}"' for name, text in seen.labels.items() if name not in ("le", "quantile")
    )
    line = f"{metric.name}{{{example}}}" if example else metric.name
    # Of a histogram the example is one of its buckets, whose value says nothing by itself.
    line += "" if isinstance(metric, Histogram | Summary) else f" {seen.value}"
    return "\n".join(filter(None, (table(("label", "values", "such as"), counts), block(line))))


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
