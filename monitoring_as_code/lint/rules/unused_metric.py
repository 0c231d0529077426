from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.variables import LabelNamesVariable
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.infer.selectors import metric_name

if TYPE_CHECKING:
    from typing import Any

    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import VectorSelector


@rule(WARNING, whole_project=True, everywhere=True)
def unused_metric(reading: Reading) -> Iterator[Finding]:
    """No rule, panel, annotation or variable uses a declared metric; or one uses a metric that says it is unused.

    A metric that nobody looks at costs memory in every process and in Prometheus, and its day comes in an incident, when nobody knows it.
    Show it, alert on it, remove it, or say why it is there: `unused="asked for in incidents only"`. Metrics of exporters are not asked
    about. Nothing is said before there is any rule or panel at all.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        workers = Gauge(name="workers", help="Workers that run.")
        recorded = RecordingRule(name="job:queue_length:max", expr="max by (job) (queue_length)")

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        workers = Gauge(name="workers", help="Workers that run.", unused="asked for in incidents only")
        recorded = RecordingRule(name="job:queue_length:max", expr="max by (job) (queue_length)")
    """
    if not reading.analysis.uses:
        return
    from monitoring_as_code.model.metric import Exporter, Metric

    used, vague, texts = _used(reading)
    for metric in reading.project.of(Metric):
        if isinstance(reading.project.holder(metric), Exporter):
            continue
        where = used.get(metric.name)
        if where is None and metric.unused is None and not vague:
            if not any(metric.name in text for text in texts):
                message = f"no rule, panel, annotation or variable uses `{metric.name}`"
                help_ = 'show it, remove it, or say why it is there: `unused="..."`'
                yield Finding(message, Place(metric.origin, ("name",)), help_)
        elif where is not None and metric.unused is not None:
            message = f"`{metric.name}` says that it is unused, but it is used"
            yield Finding(message, Place(metric.origin, ("unused",)), "remove `unused`", ((where, "used here"),))


def _used(reading: Reading) -> tuple[dict[str, Place], bool, list[str]]:
    """The names of used metrics with the first use; whether a query chooses metrics in a way that nobody can tell; texts nobody could read."""
    used: dict[str, Place] = {}
    vague = False
    for use, selector in _selectors(reading):
        name = metric_name(selector)
        entry = reading.catalogue.lookup(name) if name else None
        if entry is not None:
            if entry.metric.name not in used:
                used[entry.metric.name] = place(use, selector)
        elif not name:
            vague = vague or not _told_apart(reading, selector, used, place(use, selector))
    for found in reading.query_variables:
        name = found.metric if found.entry is None else found.entry.metric.name
        used.setdefault(name, Place(found.variable.origin, ("metric",)))
        vague = vague or "$" in name
    for variable in (each for dashboard in reading.dashboards for each in dashboard.variables if isinstance(each, LabelNamesVariable)):
        if variable.metric is not None:
            name = variable.metric if isinstance(variable.metric, str) else variable.metric.name
            entry = reading.catalogue.lookup(name)
            used.setdefault(name if entry is None else entry.metric.name, Place(variable.origin, ("metric",)))
    texts = [use.written or "" for use in reading.analysis.uses if use.error is not None]
    texts += [query.text for written in reading.written for query in written.template.queries]
    texts += [text for dashboard in reading.dashboards for row in dashboard.rows for panel in row.panels for text in _raw(panel)]
    return used, vague, texts


def _selectors(reading: Reading) -> Iterator[tuple[Use, VectorSelector]]:
    for use in reading.analysis.uses:
        for selector in reading.analysis.selectors(use):
            yield use, selector
    for found in reading.query_variables:
        if found.use is not None and found.selector is not None:
            yield found.use, found.selector.node


def _told_apart(reading: Reading, selector: VectorSelector, used: dict[str, Place], at: Place) -> bool:
    """Takes the metrics that a selector by `__name__` chooses for used; false when that cannot be told."""
    matchers = [matcher for matcher in selector.matchers if matcher.name == "__name__"]
    if selector.variables or not matchers or any(matcher.variables for matcher in matchers):
        return bool(not selector.variables and not any(matcher.variables for matcher in matchers))
    from monitoring_as_code.promql.infer.patterns import tester

    for name in reading.catalogue.series_names():
        for matcher in matchers:
            test = tester(matcher.value) if matcher.op in ("=~", "!~") else matcher.value.__eq__
            if test is not None and test(name) is not (matcher.op in ("=", "=~")):
                break
        else:
            entry = reading.catalogue.lookup(name)
            if entry is not None:
                used.setdefault(entry.metric.name, at)
    return True


def _raw(panel: Any) -> list[str]:  # noqa: ANN401 - a panel of any type
    """What a panel that was taken over as it is may hold: queries, somewhere in its JSON."""
    given = getattr(panel, "json", None)
    return [str(given)] if isinstance(given, dict) else []
