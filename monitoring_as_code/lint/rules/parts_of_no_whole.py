from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.promql.ast import Binary, Paren

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import VectorSelector


@rule(WARNING)
def parts_of_no_whole(reading: Reading) -> Iterator[Finding]:
    """A panel stacks, or shows as slices of a pie, what is no part of a whole.

    The height of a stack is the sum of its parts. Quantiles do not add up: the 95th percentiles of two services on top of each other are the
    latency of nobody. Neither do ratios that have a divisor each. Draw them as lines, or as bars side by side.

    BAD:

        class Http(Labels):
            service: Label[str]

        latency = Histogram(name="latency_seconds", help="Time to answer.", unit=seconds, labels=Http, buckets=(0.1, 1))
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(
                        TimeSeries(
                            title="Latency",
                            expr="histogram_quantile(0.95, sum by (service, le) (rate(latency_seconds_bucket[$__rate_interval])))",
                            stacked=True,
                        ),),
                ),
            ),
        )

    GOOD:

        class Http(Labels):
            service: Label[str]

        latency = Histogram(name="latency_seconds", help="Time to answer.", unit=seconds, labels=Http, buckets=(0.1, 1))
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(
                        TimeSeries(
                            title="Latency",
                            expr="histogram_quantile(0.95, sum by (service, le) (rate(latency_seconds_bucket[$__rate_interval])))",
                        ),),
                ),
            ),
        )
    """
    for panel in drawn(reading):
        if not (panel.stacked or panel.type == "piechart") or not panel.as_it_is or "custom.stacking" in panel.changed:
            continue
        for use in panel.shown:
            what = None if use.expr is None else _no_part(reading, use)
            if what is not None:
                help_ = "draw them as lines that are not stacked" if panel.stacked else "show them as bars: a `BarGauge`"
                yield Finding(f"{what} are no parts of a whole", use.place(), help_, declaration=panel.panel)
                break


def _no_part(reading: Reading, use: Use) -> str | None:
    arm = reading.analysis.value(use).arm
    if arm.kind == "quantile":
        return "quantiles"
    node = use.expr
    while isinstance(node, Paren):
        node = node.expr
    if arm.kind != "ratio" or frozenset() in arm.keys or not isinstance(node, Binary) or node.op != "/":
        return None
    # Several series, each with a divisor of its own. A variable may leave one of them.
    if node.matching is None or node.matching.card != "one-to-one" or any(_narrowed(each) for each in reading.analysis.selectors(use)):
        return None
    return "ratios with a divisor each"


def _narrowed(selector: VectorSelector) -> bool:
    return any(matcher.variables for matcher in selector.matchers) or bool(selector.variables)
