from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.cadence import cadence
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.promql.ast import Duration, VectorSelector, walk
from monitoring_as_code.promql.durations import to_text

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.cadence import Cadence
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Subquery


@rule(WARNING, of_expressions=True)
def step_below_scrape(reading: Reading) -> Iterator[Finding]:
    """The steps of a subquery are shorter than the time between two samples.

    The inner expression then gives the same number several times in a row. That costs, and tells nothing new; counts, deviations and
    rates over the steps are of the repetitions.

    BAD:

        load = Gauge(name="node_load1", help="Runnable processes.")
        stack = Stack(name="shop", scrape_interval="30s", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),))
        recorded = RecordingRule(name="instance:node_load1:max1h", expr="max_over_time(avg by (instance) (node_load1)[1h:5s])")

    GOOD:

        load = Gauge(name="node_load1", help="Runnable processes.")
        stack = Stack(name="shop", scrape_interval="30s", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),))
        recorded = RecordingRule(name="instance:node_load1:max1h", expr="max_over_time(avg by (instance) (node_load1)[1h:30s])")
    """
    for use, node in reading.subqueries:
        if not isinstance(node.step, Duration):
            continue
        step = node.step.milliseconds
        quickest = _quickest(reading, use, node)
        if quickest is None or step >= quickest.milliseconds:
            continue
        span = node.step.span if node.step.span.start >= 0 else None
        message = f"a step of `{to_text(step)}` gives the same sample several times: {quickest.why}"
        yield Finding(message, place(use, node, span), f"write `{to_text(quickest.milliseconds)}` or more", declaration=use.declaration)


def _quickest(reading: Reading, use: Use, node: Subquery) -> Cadence | None:
    """The shortest time between two samples of anything in a subquery; None when it is not known of everything."""
    facts = reading.facts(use)
    found = []
    for inner in walk(node.expr):
        if isinstance(inner, VectorSelector):
            arm = facts[inner].arm
            every = cadence(reading.analysis, arm.entry, arm.labels.get("job"))
            if every is None:
                return None
            found.append(every)
    return min(found) if found else None
