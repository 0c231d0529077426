"""docs/metrics.md: a row for each metric, with what uses it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.model.metric import Exporter, Histogram, Metric, Summary
from monitoring_as_code.schema import metrics_of
from monitoring_as_code.targets.docs.markdown import code, escaped, table
from monitoring_as_code.targets.docs.pages import Context, alert_link

if TYPE_CHECKING:
    from monitoring_as_code.model.declaration import Declaration
    from monitoring_as_code.model.labels import Label
    from monitoring_as_code.units import Unit

_HEADS = ("metric", "kind", "unit", "labels", "what it says", "used by")
_MOST_VALUES = 12


def page(context: Context) -> str:
    """Empty if there are no metrics and no recording rules."""
    project = context.analysis.project
    used = _used(context)
    exporters = project.of(Exporter)
    of_exporters = {id(metric) for exporter in exporters for metric in exporter.metrics}
    sections = [_section("The application", (metric for metric in project.of(Metric) if id(metric) not in of_exporters), used)]
    sections += [_section(exporter.name, metrics_of(project, exporter, used), used) for exporter in exporters]
    sections.append(_recorded(context, used))
    found = [section for section in sections if section]
    return "\n".join(["# Metrics\n", *found]) if found else ""


def _used(context: Context) -> dict[str, list[Declaration]]:
    """What names each series, in order, each once."""
    found: dict[str, dict[int, Declaration]] = {}
    for use in context.analysis.uses:
        for selector in context.analysis.selectors(use):
            found.setdefault(selector.name, {})[id(use.declaration)] = use.declaration
    return {name: list(declarations.values()) for name, declarations in found.items()}


def _section(title: str, metrics: Iterable[Metric[...]], used: dict[str, list[Declaration]]) -> str:
    labels = cache(_labels)  # many metrics share a class of labels
    rows = [
        (
            code(metric.name),
            metric.kind,
            _unit(metric.unit),
            labels(metric.label_declarations),
            escaped(metric.help) + _buckets(metric),
            _users((metric.name, *(metric.name + part for part in _parts(metric))), used) or _unused(metric),
        )
        for metric in metrics
    ]
    return f"## {escaped(title)}\n\n" + table(_HEADS, rows) if rows else ""


def _parts(metric: Metric[...]) -> tuple[str, ...]:
    if isinstance(metric, Histogram):
        return ("_bucket", "_sum", "_count")
    return ("_sum", "_count") if isinstance(metric, Summary) else ()


def _buckets(metric: Metric[...]) -> str:
    if not isinstance(metric, Histogram):
        return ""
    return "<br>buckets: " + ", ".join(f"{bound:g}" for bound in metric.buckets)


def _unused(metric: Metric[...]) -> str:
    return "nothing" if metric.unused is None else f"nothing: {escaped(metric.unused)}"


def _labels(labels: tuple[Label[str], ...]) -> str:
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


def _unit(unit: Unit | None) -> str:
    return "" if unit is None else escaped(str(unit))


def _recorded(context: Context, used: dict[str, list[Declaration]]) -> str:
    rows = [
        (
            code(rule.name),
            _unit(rule.unit),
            code(context.analysis.use(rule).text),
            escaped(rule.help),
            _users((rule.name,), used) or "nothing",
        )
        for rule in context.analysis.rules
        if isinstance(rule, RecordingRule)
    ]
    heads = ("series", "unit", "expression", "what it says", "used by")
    return "## Recorded\n\nWorked out by Prometheus at every evaluation, and kept.\n\n" + table(heads, rows) if rows else ""


def _users(names: Iterable[str], used: dict[str, list[Declaration]]) -> str:
    """Who uses one of these series, and who uses what is recorded from them."""
    found: dict[int, Declaration] = {}
    waiting = [declaration for name in names for declaration in used.get(name, ())]
    for declaration in waiting:
        if id(declaration) not in found:
            found[id(declaration)] = declaration
            if isinstance(declaration, RecordingRule):
                waiting += used.get(declaration.name, ())
    return ", ".join(dict.fromkeys(map(_user, found.values())))


def _user(declaration: Declaration) -> str:
    if isinstance(declaration, Alert):
        return alert_link(declaration)
    if isinstance(declaration, RecordingRule):
        return code(declaration.name)
    return f"{escaped(declaration.name)} ({declaration.kind})"
