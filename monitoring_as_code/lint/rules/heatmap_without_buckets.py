from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.origin import Place
    from monitoring_as_code.promql.infer.value import Arm


@rule(ERROR, yields_to=("buckets-without-le",))
def heatmap_without_buckets(reading: Reading) -> Iterator[Finding]:
    """A heatmap is drawn of what has no buckets.

    A heatmap has a line for each bucket, which is what the label `le` names. Without it there is one line, or none that means anything. Give
    it `sum by (le) (rate(..._bucket[...]))`, or let Grafana count plain values into buckets of its own: `calculate=True`.

    BAD:

        latency = Histogram(name="latency_seconds", help="Time to answer.", unit=seconds, buckets=(0.1, 1))
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Heatmap(title="Latency", expr="sum(rate(latency_seconds_bucket[$__rate_interval]))"),),
                ),
            ),
        )

    GOOD:

        latency = Histogram(name="latency_seconds", help="Time to answer.", unit=seconds, buckets=(0.1, 1))
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Heatmap(title="Latency", expr="sum by (le) (rate(latency_seconds_bucket[$__rate_interval]))"),),
                ),
            ),
        )
    """
    for panel in drawn(reading):
        if panel.type != "heatmap" or not panel.as_it_is or panel.counts_itself:
            continue
        for use in panel.shown:
            if use.expr is None:
                continue
            arm = reading.analysis.value(use).arm
            fact = arm.labels.get("le")
            buckets = any(selector.name.endswith("_bucket") for selector in reading.analysis.selectors(use))
            # The numbers may be native histograms, which have their buckets inside; and the legend may name buckets by another label.
            if fact.presence != "never" or arm.part == "native" or not (arm.floats or buckets) or _named_otherwise(use, arm):
                continue
            why = "" if fact.reason is None else f": {fact.reason.text}"
            message = f"a heatmap needs buckets, but there is no label `le`{why}"
            help_ = "keep `le`: `sum by (le) (rate(..._bucket[...]))`" if buckets else "write `calculate=True`, or show it as lines"
            about = (id(use.part), "label", "le")
            yield Finding(message, use.place(), help_, () if buckets else _declared(arm), about, panel.panel)


def _named_otherwise(use: Use, arm: Arm) -> bool:
    from monitoring_as_code.promql.template import legend

    text = getattr(use.part, "legend", None)
    return isinstance(text, str) and any(arm.labels.get(label.name).presence != "never" for label in legend(text))


def _declared(arm: Arm) -> tuple[tuple[Place, str], ...]:
    from monitoring_as_code.lint.places import declared_here

    return () if arm.entry is None else declared_here(arm.entry.metric)
