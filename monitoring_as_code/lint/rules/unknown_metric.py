from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import declared_here, kind_words, place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.model.variables import LabelNamesVariable
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.catalogue import Catalogue, Metric
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Span
    from monitoring_as_code.promql.infer.facts import SelectorFact

_SUFFIXES = ("_bucket", "_count", "_sum", "_total")


@rule(ERROR, of_expressions=True)
def unknown_metric(reading: Reading) -> Iterator[Finding]:
    """A query names a metric that nobody declares.

    Prometheus takes such a query and answers with nothing: the panel stays empty and the alert never fires. Mostly the name is
    misspelt, or a histogram's suffix is missing: a classic histogram has series `_bucket`, `_sum` and `_count`, and none of its own name.
    A metric that another program exposes is declared in an `Exporter`.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.", unused="an example")
        recorded = RecordingRule(name="queue:length:max", expr="max(queue_lenght)")

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        recorded = RecordingRule(name="queue:length:max", expr="max(queue_length)")
    """
    for use, selector in reading.selectors:
        if selector.unknown:
            message, help_, metric = _told(reading.catalogue, selector.name)
            related = () if metric is None else declared_here(metric)
            yield Finding(message, place(use, selector.node, _span(selector)), help_, related, declaration=use.declaration)
    if not reading.catalogue.complete:
        return
    for found in reading.query_variables:
        variable = found.variable
        if (
            found.entry is None
            and isinstance(variable.metric, str)
            and "$" not in variable.metric
            and reading.catalogue.lacks(variable.metric)
        ):
            message, help_, metric = _told(reading.catalogue, variable.metric)
            related = () if metric is None else declared_here(metric)
            yield Finding(message, Place(variable.origin, ("metric",)), help_, related, declaration=found.dashboard)
    for board in reading.dashboards if reading.rest else ():
        for each in board.variables:
            metric_name = each.metric if isinstance(each, LabelNamesVariable) else None
            if isinstance(metric_name, str) and "$" not in metric_name and reading.catalogue.lacks(metric_name):
                message, help_, metric = _told(reading.catalogue, metric_name)
                related = () if metric is None else declared_here(metric)
                yield Finding(message, Place(each.origin, ("metric",)), help_, related, declaration=board)


def _told(catalogue: Catalogue, name: str) -> tuple[str, str, Metric | None]:
    """The message, the help, and the metric that was meant if there is no doubt."""
    from monitoring_as_code.diagnostics.nearest import listed

    metric = catalogue.metric(name)
    if metric is not None and metric.kind == "histogram":
        return (
            f"`{name}` is a histogram, and no series of it has just this name",
            f"write {listed(name + suffix for suffix in _SUFFIXES[:3])}",
            metric,
        )
    for suffix in _SUFFIXES:
        base = catalogue.metric(name.removesuffix(suffix)) if name.endswith(suffix) else None
        if base is not None:
            return f"`{base.name}` is {kind_words(base)}, and has no `{name}`", f"write {listed(_series(base))}", base
    near = catalogue.nearest(name)
    if catalogue.learnt:
        return f"no metric `{name}` has been exposed", f"did you mean {listed(near)}?" if near else "see the exposition", None
    help_ = f"did you mean {listed(near)}?" if near else "declare it; what another program exposes goes into an `Exporter`"
    return f"no metric `{name}` is declared", help_, None


def _series(metric: Metric) -> list[str]:
    if metric.kind == "histogram":
        return [metric.name + suffix for suffix in _SUFFIXES[:3]]
    return [metric.name, metric.name + "_sum", metric.name + "_count"] if metric.kind == "summary" else [metric.name]


def _span(selector: SelectorFact) -> Span:
    if selector.node.name:
        return selector.node.name_span
    return next(matcher.value_span for matcher in selector.node.matchers if matcher.name == "__name__")
