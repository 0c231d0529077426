from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def cumulative_heatmap(reading: Reading) -> Iterator[Finding]:
    """A heatmap shows buckets that each hold all those below, since their query does not say what they are.

    Prometheus's buckets are cumulative: that of 1 s holds all that took 0.1 s, too. Grafana takes the difference of each two when the format of the
    query is `heatmap`. Without it the greatest buckets are the darkest always. A declared `Heatmap` says so by itself.

    BAD:

        latency = Histogram(name="latency_seconds", help="Time to answer.", unit=seconds, buckets=(0.1, 1))
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(raw({"type": "heatmap", "title": "Latency", "targets": [{"expr": "sum by (le) (rate(latency_seconds_bucket[$__rate_interval]))", "format": "time_series"}]}),),
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
                    panels=(raw({"type": "heatmap", "title": "Latency", "targets": [{"expr": "sum by (le) (rate(latency_seconds_bucket[$__rate_interval]))", "format": "heatmap"}]}),),
                ),
            ),
        )
    """
    for panel in drawn(reading):
        if panel.type != "heatmap" or panel.counts_itself or not panel.as_it_is:
            continue
        data = panel.panel.__dict__.get("json_data")
        formats = {} if data is None else {each["expr"]: each.get("format") for each in data["targets"]}
        for use in panel.shown:
            form = formats.get(use.written) if data is not None else getattr(use.part, "format", None) or "heatmap"
            if use.expr is None or form == "heatmap":
                continue
            buckets = any(selector.name.endswith("_bucket") for selector in reading.analysis.selectors(use))
            if buckets and reading.analysis.value(use).arm.labels.get("le").presence != "never":
                message = "the buckets are cumulative, and are drawn as they are"
                help_ = "leave `format` out" if data is None else 'write `"format": "heatmap"` beside `expr`'
                yield Finding(message, use.place(), help_, declaration=panel.panel)
