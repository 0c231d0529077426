"""docs/metrics.md: a row for each metric, with what uses it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.model.metric import Exporter, Histogram, Metric, Summary
from monitoring_as_code.naming import metric_path
from monitoring_as_code.schema import metrics_of
from monitoring_as_code.targets.docs.known import NOTHING
from monitoring_as_code.targets.docs.markdown import code, escaped, link, table
from monitoring_as_code.targets.docs.pages import Context, alert_link

if TYPE_CHECKING:
    from monitoring_as_code.model.declaration import Declaration
    from monitoring_as_code.model.labels import Label
    from monitoring_as_code.units import Unit

_HEADS = ("metric", "kind", "unit", "labels", "series", "what it says", "used by")
_MOST_VALUES = 12


def page(context: Context) -> str:
    """Empty if there are no metrics and no recording rules."""
    project = context.analysis.project
    used = context.used
    exporters = project.of(Exporter)
    of_exporters = {id(metric) for exporter in exporters for metric in exporter.metrics}
    own = (metric for metric in project.of(Metric) if id(metric) not in of_exporters)
    sections = [_section("The application", own, used, has_pages=context.known is not NOTHING)]
    sections += [_section(exporter.name, metrics_of(project, exporter, used), used) for exporter in exporters]
    sections.append(_recorded(context, used))
    found = [section for section in sections if section]
    return "\n".join(["# Metrics\n", *found]) if found else ""


def _section(title: str, metrics: Iterable[Metric[...]], used: dict[str, list[Declaration]], *, has_pages: bool = False) -> str:
    labels = cache(labels_cell)  # many metrics share a class of labels
    rows = [
        (
            link(metric.name, metric_path(metric.name)) if has_pages else code(metric.name),
            metric.kind,
            unit_cell(metric.unit),
            labels(metric.label_declarations),
            cost(metric),
            escaped(metric.help) + _buckets(metric),
            ", ".join(dict.fromkeys(map(_user, users(names_of(metric), used)))) or unused(metric),
        )
        for metric in metrics
    ]
    return f"## {escaped(title)}\n\n" + table(_HEADS, rows) if rows else ""


def names_of(metric: Metric[...]) -> tuple[str, ...]:
    """The names of its series."""
    parts = ("_bucket", "_sum", "_count") if isinstance(metric, Histogram) else ("_sum", "_count") if isinstance(metric, Summary) else ()
    return (metric.name, *(metric.name + part for part in parts))


def cost(metric: Metric[...]) -> str:
    """How many series of it one target can have Prometheus store."""
    if not metric.label_declarations:
        return f"{metric.series_each}"
    if metric.budget is not None:
        return f"at most {metric.budget * metric.series_each:,}"
    return f"{metric.series_each} for each set of labels" if metric.series_each > 1 else ""


def _buckets(metric: Metric[...]) -> str:
    if not isinstance(metric, Histogram):
        return ""
    return "<br>buckets: " + ", ".join(f"{bound:g}" for bound in metric.buckets)


def unused(metric: Metric[...]) -> str:
    """That nothing uses it, and why."""
    return "nothing" if metric.unused is None else f"nothing: {escaped(metric.unused)}"


def labels_cell(labels: tuple[Label[str], ...]) -> str:
    """The labels with what is known of their values, as a table's cell."""
    return "<br>".join(map(_label, labels))


def _label(label: Label[str]) -> str:
    limits: list[str] = []
    if label.values is not None:
        shown = ", ".join(code(value) or "empty" for value in label.values[:_MOST_VALUES])
        more = len(label.values) - _MOST_VALUES
        limits.append(f"{shown} and {more} more" if more > 0 else shown)
        silent = [] if label.emitted is None else [value for value in label.values if value not in label.emitted]
        if silent:
            limits.append(f"not sent today: {', '.join(map(code, silent))}")
    if label.pattern is not None:
        limits.append(f"matches {code(label.pattern)}")
    if label.at_most is not None:
        limits.append(f"at most {label.at_most} values")
    return code(label.name) + (f": {'; '.join(limits)}" if limits else "")


def unit_cell(unit: Unit | None) -> str:
    """A unit as a table's cell."""
    return "" if unit is None else escaped(str(unit))


def _recorded(context: Context, used: dict[str, list[Declaration]]) -> str:
    rows = [
        (
            code(rule.name),
            unit_cell(rule.unit),
            code(context.analysis.use(rule).text),
            escaped(rule.help),
            ", ".join(dict.fromkeys(map(_user, users((rule.name,), used)))) or "nothing",
        )
        for rule in context.analysis.rules
        if isinstance(rule, RecordingRule)
    ]
    heads = ("series", "unit", "expression", "what it says", "used by")
    return "## Recorded\n\nWorked out by Prometheus at every evaluation, and kept.\n\n" + table(heads, rows) if rows else ""


def users(names: Iterable[str], used: dict[str, list[Declaration]]) -> Iterable[Declaration]:
    """Who uses one of these series, and who uses what is recorded from them."""
    found: dict[int, Declaration] = {}
    waiting = [declaration for name in names for declaration in used.get(name, ())]
    for declaration in waiting:
        if id(declaration) not in found:
            found[id(declaration)] = declaration
            if isinstance(declaration, RecordingRule):
                waiting += used.get(declaration.name, ())
    return found.values()


def _user(declaration: Declaration) -> str:
    if isinstance(declaration, Alert):
        return alert_link(declaration)
    if isinstance(declaration, RecordingRule):
        return code(declaration.name)
    return f"{escaped(declaration.name)} ({declaration.kind})"
