from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import declared_here, kind_words, place
from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading

_INSTEAD = {"rate": "deriv", "irate": "deriv", "increase": "delta", "resets": "changes"}
_NO_COUNTER = {
    "gauge": "a gauge",
    "timestamp": "a timestamp",
    "info": "always 1",
    "bool": "0 or 1",
    "rate": "a rate already",
    "increase": "an increase already",
    "ratio": "a ratio",
    "quantile": "a quantile",
    "count": "a number of series or samples",
}


@rule(ERROR, of_expressions=True)
def rate_of_gauge(reading: Reading) -> Iterator[Finding]:
    """A function for counters is applied to something that is none.

    `rate()`, `irate()`, `increase()` and `resets()` take every step down for a restart of the process, and add what was there before. Of
    a gauge, which goes up and down, they make numbers that are far too high, and look plausible. `deriv()` and `delta()` are for gauges.

    BAD:

        load = Gauge(name="node_load1", help="Runnable processes.")
        recorded = RecordingRule(name="instance:load:rate5m", expr="rate(node_load1[5m])")

    GOOD:

        load = Gauge(name="node_load1", help="Runnable processes.")
        recorded = RecordingRule(name="instance:load:deriv5m", expr="deriv(node_load1[5m])")
    """
    for use, call in reading.calls(*_INSTEAD):
        if not call.args:
            continue
        arm = reading.facts(use)[call.args[0]].arm
        words = _NO_COUNTER.get(arm.kind)
        if words is None:
            continue
        function, instead = call.function, _INSTEAD[call.function]
        if arm.entry is None or arm.entry.kind != arm.kind:
            message, help_ = f"`{function}()` needs a counter, but this is {words}", f"leave `{function}()` out, or use `{instead}()`"
            yield Finding(message, place(use, call), help_, declaration=use.declaration)
            continue
        metric = arm.entry.metric
        of_kind = kind_words(metric) if metric.kind in ("gauge", "info") else words
        message = f"`{function}()` needs a counter, but `{arm.entry.name}` is {of_kind}"
        help_ = f"use `{instead}({arm.entry.name}[...])`"
        if metric.kind == "gauge":
            help_ += ", or declare a Counter"
        yield Finding(message, place(use, call), help_, declared_here(metric), declaration=use.declaration)
