from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR, may_be_allowed=False)
def syntax_error(reading: Reading) -> Iterator[Finding]:
    """A text is no PromQL, or an alert's template is none.

    Prometheus refuses to load a file with such a text in it, and every rule of that file is gone. The message says what is wrong at the
    first character that Prometheus would not take. Variables of Grafana, such as `$service`, are part of a dashboard's queries only:
    nobody fills them in for a rule.

    BAD:

        recorded = RecordingRule(name="service:up:sum", expr="sum by (job (up)")

    GOOD:

        recorded = RecordingRule(name="job:up:sum", expr="sum by (job) (up)")
    """
    for use in reading.analysis.uses:
        if use.error is not None:
            place = Place(use.part.origin, (use.argument,), use.error.span, use.written)
            yield Finding(use.error.message, place, use.error.help or None, declaration=use.declaration)
    for written in reading.written:
        fault = written.template.fault
        if fault is not None:
            yield Finding(
                fault.message,
                written.place(fault.span),
                "see `https://prometheus.io/docs/prometheus/latest/configuration/template_reference/`",
            )
