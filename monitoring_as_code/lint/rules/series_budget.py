from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.counting import most_series, repeated
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.dashboard import Dashboard

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, yields_to=("syntax-error", "unknown-label"), of_expressions=True)
def series_budget(reading: Reading) -> Iterator[Finding]:
    """A query can give more series than a panel can show, or a rule should store.

    How many there can be is the product of what is declared of the labels that are left: the number of their values, `at_most`, the
    targets of the jobs; a metric's own `at_most` is of all its labels together. It is the worst case, and the day on which it comes is the
    day of the incident. Group by fewer labels, choose series, or rank them with `topk`. The budgets are `panel-series` and `rule-series`
    below `[tool.mac]` in pyproject.toml, 1,000 and 10,000 without a word. Where a bound is not declared, nothing is said.

    BAD:

        class Http(Labels):
            route: Label[str] = label(at_most=200)
            status: Label[str] = label(at_most=60)

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(name="route_status:http_requests:rate5m", expr="sum by (route, status) (rate(http_requests_total[5m]))")

    GOOD:

        class Http(Labels):
            route: Label[str] = label(at_most=200)
            status: Label[str] = label(at_most=60)

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(name="route:http_requests:rate5m", expr="sum by (route) (rate(http_requests_total[5m]))")
    """
    config = reading.project.config
    for use in reading.uses:
        if use.expr is None:
            continue
        of_panel = isinstance(use.declaration, Dashboard)
        budget = config.panel_series if of_panel else config.rule_series
        found = most_series(use, reading.facts(use), use.expr, repeated(reading, use))
        if found is None or found[0] <= budget:
            continue
        series, labels = found
        factors = " × ".join(f"{count:,} of `{name}`" for name, count in labels)
        message = (
            f"this can give {series:,} series, {factors}: more than the {budget:,} that {'a panel' if of_panel else 'a rule'} may have"
        )
        help_ = "group by fewer labels, or choose series" + (", or show the first with `topk`" if of_panel else "")
        yield Finding(message, place(use, use.expr), help_, (), (id(use.part), "series"), use.declaration)
