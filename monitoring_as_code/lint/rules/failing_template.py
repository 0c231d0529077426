from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, WARNING, Finding, rule
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.ast import Span

if TYPE_CHECKING:
    from monitoring_as_code.lint.notified import Notified
    from monitoring_as_code.lint.reading import Reading, Written
    from monitoring_as_code.promql.template import Query


@rule(ERROR, yields_to=("syntax-error",))
def failing_template(reading: Reading) -> Iterator[Finding]:
    """A template can be read, but not be filled in: Go compares a number with a text, a field is not there, an argument is missing.

    Nobody sees it before the alert fires. Prometheus then sends `error expanding template` in place of the text, and Alertmanager does not
    send the notification at all. Go never converts one kind of number to the other: `$value` has a fraction, so it is compared with
    `5.0`, and printed by `%.0f`, not by `%d`. A legend of a panel whose braces are never closed is shown as it is.

    BAD:

        jobs = Gauge(name="jobs", help="Jobs.")
        many = Alert(
            name="ManyJobs",
            expr="jobs > 5",
            severity="warning",
            summary="{{ if gt $value 100 }}very {{ end }}many jobs",
            runbook="https://runbooks.example/many-jobs",
        )

    GOOD:

        jobs = Gauge(name="jobs", help="Jobs.")
        many = Alert(
            name="ManyJobs",
            expr="jobs > 5",
            severity="warning",
            summary="{{ if gt $value 100.0 }}very {{ end }}many jobs",
            runbook="https://runbooks.example/many-jobs",
        )
    """
    from monitoring_as_code.lint.notified import notified

    if reading.rest:
        yield from _of_legends(reading)
    for written in reading.written:
        for failure in written.template.failures:
            yield Finding(failure.message, written.place(failure.span), failure.help or None)
        for name, span in written.template.templates:
            yield Finding(f"there is no template `{name}`", written.place(span), f'define it in this text: `{{{{ define "{name}" }}}}`')
        for query in written.template.queries:
            yield from _refused(written, query)
    for text in notified(reading):
        for failure in text.template.failures:
            yield Finding(failure.message, text.place(failure.span), failure.help or None)
        yield from _unknown_templates(text)


def _of_legends(reading: Reading) -> Iterator[Finding]:
    """Legends that Grafana shows as they are, since a brace is missing."""
    for dashboard in reading.dashboards:
        for panel in (panel for row in dashboard.rows for panel in row.panels):
            for query in getattr(panel, "all_queries", ()):
                text = getattr(query, "legend", None)
                if isinstance(text, str) and (start := text.rfind("{{")) > text.rfind("}}"):
                    at = Place(query.origin, ("legend",), Span(start, len(text)), text)
                    yield Finding(
                        "the `{{` is never closed, so it is shown as it is",
                        at,
                        "close it with `}}`",
                        declaration=dashboard,
                        severity=WARNING,
                    )


def _refused(written: Written, query: Query) -> Iterator[Finding]:
    """PromQL that Prometheus refuses when it is asked for."""
    from monitoring_as_code.promql import PromQLSyntaxError, parse

    try:
        parse(query.text)
    except PromQLSyntaxError as error:
        first = query.span.start + 1
        span = Span(first + error.span.start, first + error.span.end) if query.exact and error.span.start >= 0 else query.span
        yield Finding(error.message, written.place(span), error.help or None)


def _unknown_templates(text: Notified) -> Iterator[Finding]:
    from monitoring_as_code.model.notifications import OWN_TEMPLATES, is_alertmanagers

    for name, span in text.template.templates:
        if name not in OWN_TEMPLATES and not is_alertmanagers(name):
            from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

            help_ = (
                did_you_mean(name, OWN_TEMPLATES) or f"there are {listed(sorted(OWN_TEMPLATES), 'and')}, and those of Alertmanager itself"
            )
            yield Finding(f"there is no template `{name}`", text.place(span), help_)
