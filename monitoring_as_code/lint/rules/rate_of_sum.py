from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import declared_here, place
from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR, of_expressions=True)
def rate_of_sum(reading: Reading) -> Iterator[Finding]:
    """A rate is taken of counters that were added up before.

    When one of them restarts, their sum falls a little. `rate()` takes that for a restart of the whole, and adds all that the sum was
    before: a spike that never happened, at every restart. First the rate of each counter, then the sum of the rates.

    BAD:

        errors = Counter(name="errors_total", help="Errors.")
        recorded = RecordingRule(name="job:errors:rate5m", expr="rate(sum by (job) (errors_total)[5m:1m])")

    GOOD:

        errors = Counter(name="errors_total", help="Errors.")
        recorded = RecordingRule(name="job:errors:rate5m", expr="sum by (job) (rate(errors_total[5m]))")
    """
    for use, call in reading.calls("rate", "irate", "increase", "resets"):
        if not call.args:
            continue
        arm = reading.facts(use)[call.args[0]].arm
        if arm.kind != "agg_counter" or arm.part == "native":
            continue
        function = call.function
        recorded = arm.entry is not None and arm.entry.metric.kind == "recorded" and arm.entry.metric
        if recorded:
            message = f"`{function}()` needs a counter, but `{recorded.name}` is an aggregate of counters"
            help_ = "record the aggregate of the rates instead"
        else:
            made = "" if arm.kind_reason is None else f", {arm.kind_reason.text}"
            message = f"`{function}()` needs a counter, but this is an aggregate of counters{made}"
            help_ = f"take `{function}()` of each counter first, and aggregate then"
        node = None if arm.kind_reason is None else arm.kind_reason.node
        about = (id(use.part), "used by", id(node))
        yield Finding(message, place(use, call), help_, declared_here(recorded) if recorded else (), about, use.declaration)
