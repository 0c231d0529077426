from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.analysis import once
from monitoring_as_code.diagnostics import Edit, Fix
from monitoring_as_code.lint.panels import is_graph, panel_of
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.promql.ast import COMPARISONS, Binary, Duration, MatrixSelector, walk
from monitoring_as_code.promql.durations import to_text
from monitoring_as_code.promql.infer.calls import unwrapped
from monitoring_as_code.promql.printer import to_text as printed

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.lint.reading import Reading

# A window of ten minutes is a choice: it smooths, or catches what is rare, and is no accident.
_CHOSEN_MILLISECONDS = 600_000


@rule(WARNING, yields_to=("window-too-short",), of_expressions=True)
def hard_coded_window(reading: Reading) -> Iterator[Finding]:
    """A panel's rate has a window that stays as it is when the reader zooms out.

    A graph of a week has a point every 20 minutes. A rate over 5 minutes shows a quarter of what happened, and the rest is nowhere: peaks
    come and go with the zoom. `$__rate_interval` (in the algebra `rate_interval`) is as long as the distance of two points, and never too
    short. A window is left alone if the panel shows an alert, or what a rule computes with the same window; if it is asked for one
    moment only; if its query is hidden; and if it is ten minutes or more.

    BAD:

        requests = Counter(name="http_requests_total", help="Requests served.")
        board = Dashboard(
            name="Shop",
            uid="shop",
            rows=(Row(title="All", panels=(TimeSeries(title="Requests", expr="sum(rate(http_requests_total[5m]))"),)),),
        )

    GOOD:

        requests = Counter(name="http_requests_total", help="Requests served.")
        board = Dashboard(
            name="Shop",
            uid="shop",
            rows=(Row(title="All", panels=(TimeSeries(title="Requests", expr="sum(rate(http_requests_total[$__rate_interval]))"),)),),
        )
    """
    for use, call in reading.calls("rate"):
        source = unwrapped(call.args[0]) if call.args else None
        if not use.in_dashboard or not isinstance(source, MatrixSelector) or not isinstance(source.range, Duration):
            continue
        if source.range.milliseconds >= _CHOSEN_MILLISECONDS or source.selector.at is not None:
            continue
        panel = panel_of(reading.analysis, use)
        if panel is None or panel.alert is not None or not is_graph(panel, use):
            continue
        if use.text in _ruled(reading.analysis):
            continue
        span = source.range.span if source.span.start >= 0 and source.range.span.start >= 0 else None
        at = place(use, source, span)
        window = "rate_interval" if use.written is None and source.span.start < 0 else "$__rate_interval"
        fix = None if span is None else Fix("write `$__rate_interval`", (Edit(at, "$__rate_interval"),), safe=False)
        yield Finding(
            f"the window `{to_text(source.range.milliseconds)}` does not follow the zoom: what happens between the points is not shown",
            at,
            f"write `{window}`",
            about=(id(use.part), "window", id(source)),
            declaration=use.declaration,
            fix=fix,
        )


@once
def _ruled(analysis: Analysis) -> frozenset[str]:
    """The expressions of all rules, and what alerts compare with their thresholds: a panel that shows one wants its window."""
    found = set()
    for rule_ in analysis.rules:
        use = analysis.use(rule_)
        if use.expr is None:
            continue
        found.add(use.text)
        if isinstance(rule_, Alert):
            for node in walk(use.expr):
                if isinstance(node, Binary) and node.op in COMPARISONS:
                    found.update((printed(unwrapped(node.left)), printed(unwrapped(node.right))))
    return frozenset(found)
