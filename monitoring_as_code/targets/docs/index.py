"""docs/README.md: where things are, how they are set, and what to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.topology import replicas_at
from monitoring_as_code.naming import dashboard_url
from monitoring_as_code.targets.docs.markdown import code, escaped, link, table
from monitoring_as_code.targets.docs.pages import Context

if TYPE_CHECKING:
    from monitoring_as_code.model.stack import AccessPoint, ScrapeJob, Stack

_PAGES = {
    "metrics.md": ("Metrics", "what is measured, with which labels, and what uses it"),
    "alerts.md": ("Alerts", "what alerts, when, and who is told; each with a page that says what to do"),
    "routing.md": ("Routing", "which way an alert takes to people"),
}


def page(context: Context, written: Sequence[str]) -> str:
    """The page that leads to those `written`."""
    stack = context.analysis.stack
    parts = [f"# Monitoring of {escaped(stack.name)}\n" if stack is not None else "# Monitoring\n"]
    if written:
        parts.append("".join(f"- {link(_PAGES[path][0], path)}: {_PAGES[path][1]}\n" for path in written))
    if stack is not None:
        parts += _stack(stack)
    dashboards = _dashboards(context)
    if dashboards:
        parts += ["## Dashboards\n", dashboards]
    count = sum(isinstance(rule, Alert) for rule in context.analysis.rules)
    recorded = len(context.analysis.rules) - count
    parts.append(f"{count} alert{'' if count == 1 else 's'} and {recorded} recorded series are declared.\n")
    return "\n".join(parts)


def _stack(stack: Stack) -> Iterator[str]:
    if stack.access_points:
        yield "## Access points\n"
        yield table(("service", "address", "port in its container", "credentials"), map(_access_point, stack.access_points))
    yield "## Settings\n"
    yield table(("setting", "value"), _settings(stack))
    if stack.jobs:
        yield "## What is scraped\n"
        yield table(("job", "targets", "path", "every", "what it exposes"), (_job(job, stack) for job in stack.jobs))


def _access_point(point: AccessPoint) -> tuple[str, ...]:
    port = "" if point.container_port is None else str(point.container_port)
    return escaped(point.service), link(point.url, point.url), port, escaped(point.credentials or "")


def _job(job: ScrapeJob, stack: Stack) -> tuple[str, ...]:
    exposed = "the application" if job.exporter is None else escaped(job.exporter.name)
    targets = "<br>".join(map(code, stack.addresses_of(job)))
    return escaped(job.name), targets, code(job.metrics_path), job.scrape_interval or stack.scrape_interval, exposed


def _settings(stack: Stack) -> Iterator[tuple[str, str]]:
    yield "metrics are scraped every", stack.scrape_interval
    yield "rules are evaluated every", stack.evaluation_interval
    # Prometheus has no setting for it in its configuration: it is the flag --storage.tsdb.retention.time.
    size = "" if stack.prometheus.retention_size is None else f", {stack.prometheus.retention_size} at most"
    yield "samples are kept for", stack.retention + size
    for called, names in (("Prometheus", stack.prometheus.names), ("Alertmanager", stack.alertmanager.names)):
        if len(names) > 1:
            yield f"{called} runs as", ", ".join(map(code, names))
    if stack.long_term is not None:
        yield "samples are kept for longer by", type(stack.long_term).__name__
    if stack.dashboard_refresh is not None:
        yield "dashboards are refreshed every", stack.dashboard_refresh
    for name, value in stack.external_labels.items():
        yield f"label {code(name)} of everything that leaves Prometheus", code(value)
    if stack.alertmanagers:
        addresses = dict.fromkeys(each for address in stack.alertmanagers for each in replicas_at(stack, address))
        yield "alerts are sent to", ", ".join(map(code, addresses))


def _dashboards(context: Context) -> str:
    rows = []
    for dashboard in context.analysis.project.of(Dashboard):
        url = dashboard_url(context.analysis.stack, dashboard.uid)
        rows.append((escaped(dashboard.name) if url is None else link(dashboard.name, url), escaped(dashboard.description)))
    return table(("dashboard", "what it shows"), rows)
