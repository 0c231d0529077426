from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr

_SHARES = {"histogram_quantile": slice(0, 1), "quantile_over_time": slice(0, 1), "histogram_quantiles": slice(2, None)}


@rule(ERROR, of_expressions=True)
def quantile_outside_zero_one(reading: Reading) -> Iterator[Finding]:
    """A quantile above 1 or below 0 is asked for.

    Prometheus gives infinity for it, without a word: a threshold is then passed always, or never. The 95th percentile is 0.95. The share
    of `limit_ratio` goes from -1 to 1.

    BAD:

        latency = Histogram(name="latency_seconds", help="Time to last byte.", buckets=(0.1, 1.0))
        recorded = RecordingRule(name="latency_seconds:p95_rate5m", expr="histogram_quantile(95, sum by (le) (rate(latency_seconds_bucket[5m])))")

    GOOD:

        latency = Histogram(name="latency_seconds", help="Time to last byte.", buckets=(0.1, 1.0))
        recorded = RecordingRule(name="latency_seconds:p95_rate5m", expr="histogram_quantile(0.95, sum by (le) (rate(latency_seconds_bucket[5m])))")
    """
    for use, call in reading.calls(*_SHARES):
        for share in call.args[_SHARES[call.function]]:
            yield from _outside(reading, use, share, 0.0, f"the quantile of `{call.function}()`")
    for use, node in reading.aggregates:
        if node.param is not None and node.op in ("quantile", "limit_ratio"):
            least, what = (0.0, "the quantile of `quantile`") if node.op == "quantile" else (-1.0, "the share of `limit_ratio`")
            yield from _outside(reading, use, node.param, least, what)


def _outside(reading: Reading, use: Use, share: Expr, least: float, what: str) -> Iterator[Finding]:
    bounds = reading.facts(use)[share].range
    if bounds.nan or (least <= bounds.high and bounds.low <= 1) or bounds.low > bounds.high:
        return
    exact = bounds.low if bounds.low == bounds.high else None
    is_ = "is" if exact is None else f"is {exact:g},"
    help_ = f"the percentile {exact:g} is the quantile {exact / 100:g}" if exact is not None and 1 < exact <= 100 else None
    yield Finding(f"{what} {is_} outside of {least:g} to 1", place(use, share), help_, declaration=use.declaration)
