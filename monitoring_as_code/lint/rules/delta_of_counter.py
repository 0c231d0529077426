from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import declared_here, place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.promql.ast import VectorSelector
from monitoring_as_code.promql.infer.calls import unwrapped

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading

# What to write for a counter. Other functions over a range of a gauge give nothing that a counter has.
_INSTEAD = {"delta": "increase", "idelta": "increase", "deriv": "rate"}
_OVER_TIME = (
    "predict_linear",
    "double_exponential_smoothing",
    "avg_over_time",
    "min_over_time",
    "max_over_time",
    "sum_over_time",
    "quantile_over_time",
    "stddev_over_time",
    "stdvar_over_time",
    "mad_over_time",
)


@rule(ERROR, of_expressions=True)
def delta_of_counter(reading: Reading) -> Iterator[Finding]:
    """A function for gauges is applied to a counter, or a counter's value is taken from an older one.

    A counter falls to zero when its process restarts. `delta()`, `deriv()` and `x - x offset 1h` take that for a large step down, and
    give a negative number; `rate()` and `increase()` know what it is. The average or a forecast of what has been counted since the start
    says nothing.

    BAD:

        errors = Counter(name="errors_total", help="Errors.")
        recorded = RecordingRule(name="job_instance:errors:delta1h", expr="delta(errors_total[1h])")

    BAD:

        errors = Counter(name="errors_total", help="Errors.")
        recorded = RecordingRule(name="job_instance:errors:delta1h", expr="errors_total - errors_total offset 1h")

    GOOD:

        errors = Counter(name="errors_total", help="Errors.")
        recorded = RecordingRule(name="job_instance:errors:increase1h", expr="increase(errors_total[1h])")
    """
    for use, call in reading.calls(*_INSTEAD, *_OVER_TIME):
        if not call.args:
            continue
        argument = call.args[1 if call.function == "quantile_over_time" else 0] if len(call.args) > 1 else call.args[0]
        if call.function in ("predict_linear", "double_exponential_smoothing"):
            argument = call.args[0]
        arm = reading.facts(use)[argument].arm
        if arm.kind != "counter" or arm.entry is None or arm.part == "native":
            continue
        name = arm.entry.name
        instead = _INSTEAD.get(call.function)
        help_ = f"write `{instead}({name}[...])`" if instead else f"apply it to a rate: `rate({name}[5m])[...:]`"
        if call.function == "sum_over_time":
            help_ = f"write `increase({name}[...])`"
        message = f"`{call.function}()` is for gauges, but `{name}` is a counter"
        yield Finding(message, place(use, call), help_, declared_here(arm.entry.metric), declaration=use.declaration)
    for use, node in reading.operators:
        if node.op != "-":
            continue
        left, right = unwrapped(node.left), unwrapped(node.right)
        if not isinstance(left, VectorSelector) or not isinstance(right, VectorSelector) or left.offset == right.offset:
            continue
        facts = reading.facts(use)
        arm = facts[left].arm
        if arm.kind == "counter" and arm.entry is not None and arm.part != "native" and facts[right].arm.entry is arm.entry:
            name = arm.entry.name
            message = f"`{name}` is a counter: the difference of two of its values is wrong when its process restarts in between"
            about = (id(use.part), "used by", id(node))
            yield Finding(
                message,
                place(use, node),
                f"write `increase({name}[...])`",
                declared_here(arm.entry.metric),
                about,
                use.declaration,
            )
