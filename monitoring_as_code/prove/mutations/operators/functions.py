"""What is made of the samples of a window, and of values."""

from __future__ import annotations

from monitoring_as_code.promql.ast import Call, Expr, Subquery
from monitoring_as_code.promql.node import replace
from monitoring_as_code.prove.mutations.operators.expression import Changes, Site, operator, short

_INSTEAD = {
    "rate": ("increase", "irate"),
    "increase": ("rate",),
    "irate": ("rate",),
    "delta": ("idelta",),
    "deriv": ("delta",),
    "avg_over_time": ("max_over_time", "min_over_time"),
    "max_over_time": ("min_over_time", "avg_over_time"),
    "min_over_time": ("max_over_time", "avg_over_time"),
    "sum_over_time": ("avg_over_time",),
    "count_over_time": ("sum_over_time",),
    "last_over_time": ("max_over_time",),
    "present_over_time": ("count_over_time",),
    "changes": ("resets",),
    "resets": ("changes",),
    "ceil": ("floor",),
    "floor": ("ceil",),
}
# What can be taken off, with what remains.
_WRAPPERS = frozenset(
    {"abs", "absent", "ceil", "clamp", "clamp_max", "clamp_min", "exp", "floor", "ln", "log10", "log2", "round", "sqrt", "sgn"}
)


@operator("function", "rate(x[5m])", "increase(x[5m])")
def function(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """A function becomes another one of its kind."""
    if isinstance(node, Call):
        for name in _INSTEAD.get(node.function, ()):
            if name == "irate":
                advice = f"a burst that is over: {short(node)} is still above the limit, and the last two samples are not"
            else:
                advice = f"a scenario in which {short(node)} and `{name}` are on either side of the limit"
            yield replace(node, function=name), advice


@operator("function dropped", "absent(x)", "x")
def function_dropped(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """A function leaves its argument as it is."""
    if isinstance(node, Call) and node.function in _WRAPPERS and node.args:
        yield node.args[0], f"a scenario in which {short(node)} and {short(node.args[0])} are on either side of the limit"


@operator("absence reversed", "absent_over_time(x[5m])", "count_over_time(x[5m])")
def absence_reversed(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """It is asked whether something is there."""
    if isinstance(node, Call) and node.function == "absent_over_time":
        yield replace(node, function="count_over_time"), "a scenario in which the series is there, and one in which it is not"


@operator("subquery's step", "max_over_time(x[1h:1m])", "max_over_time(x[1h:2m])")
def subquery_step(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """The step of a subquery is twice as long."""
    from monitoring_as_code.promql.ast import Duration

    if isinstance(node, Subquery) and isinstance(node.step, Duration):
        yield replace(node, step=Duration(node.step.milliseconds * 2)), f"a spike that is shorter than the step of {short(node)}"
