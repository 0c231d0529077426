from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.notified import notified
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.ast import Span, walk
from monitoring_as_code.promql.rewriting import variables_of
from monitoring_as_code.promql.variables import find_variables

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr

_REFERENCE = "https://prometheus.io/docs/prometheus/latest/configuration/template_reference/"
_NOTIFICATIONS = "https://prometheus.io/docs/alerting/latest/notifications/"


@rule(ERROR, may_be_allowed=False, of_expressions=True)
def syntax_error(reading: Reading) -> Iterator[Finding]:
    """A text is no PromQL, the template of an alert or of a receiver is none, or the samples of a scenario are not promtool's.

    Prometheus refuses to load a file with such a text in it, and every rule of that file is gone; Alertmanager
    loads a receiver's text, and then sends nothing. The message says what is wrong at the
    first character that Prometheus would not take. Variables of Grafana, such as `$service`, are part of a dashboard's queries only:
    nobody fills them in for a rule.

    BAD:

        recorded = RecordingRule(name="service:up:sum", expr="sum by (job (up)")

    GOOD:

        recorded = RecordingRule(name="job:up:sum", expr="sum by (job) (up)")
    """
    for use in reading.analysis.uses if reading.rest else ():
        if use.error is not None and not (reading.project.foreign and use.in_dashboard and _filled_in(use.written or "", use.error.span)):
            at = Place(use.part.origin, (use.argument,), use.error.span, use.written)
            yield Finding(use.error.message, at, use.error.help or None, declaration=use.declaration)
        elif use.expr is not None and use.written is None and not use.in_dashboard and ("$" in use.text or "[[" in use.text):
            yield from _in_algebra(use, use.expr)
    for found in reading.query_variables:
        if found.error is not None:
            at = Place(found.variable.origin, ("matchers",), found.error.span, found.variable.matchers_text)
            yield Finding(found.error.message, at, found.error.help or None, declaration=found.dashboard)
    yield from _given(reading)
    for written in reading.written:
        fault = written.template.fault
        if fault is not None:
            yield Finding(fault.message, written.place(fault.span), fault.help or f"see `{_REFERENCE}`")
    for text in notified(reading):
        fault = text.template.fault
        if fault is not None:
            yield Finding(fault.message, text.place(fault.span), fault.help or f"see `{_NOTIFICATIONS}`")


def _given(reading: Reading) -> Iterator[Finding]:
    """What a scenario gives as text: series, and promtool's notation of their samples."""
    for found in reading.given:
        series, error = found.series, found.use.error
        if error is not None:
            at = Place(series.origin, ("of",), error.span, found.use.written)
            yield Finding(error.message, at, error.help or None, declaration=found.scenario)
        if isinstance(series.values, str):
            from monitoring_as_code.promql.errors import PromQLSyntaxError
            from monitoring_as_code.promql.series_values import runs

            try:
                runs(series.values)
            except PromQLSyntaxError as fault:
                at = Place(series.origin, ("values",), fault.span, series.values)
                yield Finding(fault.message, at, fault.help or None, declaration=found.scenario)


def _filled_in(text: str, span: Span) -> bool:
    """Whether what is wrong is at a variable of Grafana's, which puts any text there: in dashboards of others, nobody knows which."""
    return any(each.span.start <= span.end + 1 and span.start <= each.span.end + 1 for each in find_variables(text))


def _in_algebra(use: Use, expr: Expr) -> Iterator[Finding]:
    """The variables that the algebra takes, such as `rate_interval`; those in matchers are found by grafana-variable-in-rule."""
    for node in walk(expr):
        for variable in variables_of(node):
            at = place(use, node, variable.span if node.span.start >= 0 else None)
            message = f"`{variable.text}` is a variable of Grafana, which nobody fills in for a rule"
            yield Finding(message, at, "write the duration or the value itself", declaration=use.declaration)
