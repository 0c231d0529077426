"""What a value is compared with, and how; and the other numbers of an expression."""

from __future__ import annotations

from collections.abc import Iterator

from monitoring_as_code.promql.ast import COMPARISONS, SET_OPERATORS, Aggregate, Binary, BinaryOp, Call, Expr
from monitoring_as_code.promql.node import replace
from monitoring_as_code.prove.mutations.operators.expression import Changes, Site, number, number_in, operator, short
from monitoring_as_code.units import bytes_

_INSTEAD: dict[str, tuple[BinaryOp, ...]] = {
    ">": (">=", "<", "=="),
    ">=": (">", "<", "=="),
    "<": ("<=", ">", "=="),
    "<=": ("<", ">", "=="),
    "==": ("!=", ">", "<"),
    "!=": ("==", ">", "<"),
}


def _compared(node: Expr) -> tuple[Binary, bool, float] | None:
    """A comparison with a number: whether that stands on the right, and the number."""
    if not isinstance(node, Binary) or node.op not in COMPARISONS:
        return None
    for right in (True, False):
        value = number_in(node.right if right else node.left)
        if value is not None:
            return node, right, value
    return None


def _thresholds(node: Expr, values: tuple[float, ...]) -> Changes:
    found = _compared(node)
    if found is None:
        return
    comparison, right, limit = found
    measured = short(comparison.left if right else comparison.right)
    for value in values:
        new = number(value)
        low, high = sorted((limit, new.value))
        between = f"{low:g}" if comparison.op == "==" else f"between {low:g} and {high:g}"
        advice = f"a scenario in which {measured} is {between}"
        yield replace(comparison, right=new) if right else replace(comparison, left=new), advice


@operator("threshold", "x > 100", "x > 110")
def threshold(node: Expr, site: Site) -> Changes:
    """A limit is a tenth higher or lower, twice as high or half; instead of 0 it is 1 or -1, but of bytes."""
    found = _compared(node)
    if found is not None:
        comparison, right, limit = found
        unit = site.facts[comparison.left if right else comparison.right].unit
        around = () if unit == bytes_ else (1.0, -1.0)  # a byte more or less is nothing
        yield from _thresholds(node, (limit * 1.1, limit * 0.9, limit * 2, limit / 2) if limit else around)


@operator("threshold by one", "x > 5", "x > 6")
def threshold_by_one(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """A limit is one higher or lower, where it is a whole number of 100 at most."""
    found = _compared(node)
    if found is not None and found[2] == int(found[2]) and 0 < abs(found[2]) <= 100:
        yield from _thresholds(node, (found[2] + 1, found[2] - 1))


@operator("comparison", "x > 5", "x >= 5")
def comparison(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """A comparison becomes another one."""
    if not isinstance(node, Binary) or node.op not in COMPARISONS:
        return
    left, right = short(node.left), short(node.right).strip("`")
    for op in _INSTEAD[node.op]:
        at_limit = {node.op, op} in ({">", ">="}, {"<", "<="})
        if at_limit:
            advice = f"a scenario in which {left} is exactly {right}"
        elif op == "==":
            advice = f"a scenario in which the condition holds while {left} is far from {right}"
        else:
            advice = f"scenarios in which {left} is on either side of {right}"
        yield replace(node, op=op), advice


@operator("comparison dropped", "x > 5 and y", "x and y")
def comparison_dropped(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """What is compared is left alone: the comparison always holds."""
    found = _compared(node)
    if found is not None and not found[0].bool_modifier:
        node, right, _ = found
        side = node.left if right else node.right
        yield side, f"a scenario in which {short(side)} is there, and the comparison does not hold"


@operator("quantile", "histogram_quantile(0.95, x)", "histogram_quantile(0.9, x)")
def quantile(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """The quantile is another one: twice as far from 1, or half as far."""
    advice = "a scenario in which the quantiles differ so much that only one of them passes the limit"
    if isinstance(node, Call) and node.function in ("histogram_quantile", "quantile_over_time"):
        for value in _quantiles(number_in(node.args[0])):
            yield replace(node, args=(number(value), *node.args[1:])), advice
    elif isinstance(node, Aggregate) and node.op == "quantile" and node.param is not None:
        for value in _quantiles(number_in(node.param)):
            yield replace(node, param=number(value)), advice


def _quantiles(phi: float | None) -> Iterator[float]:
    if phi is not None and 0 < phi < 1:
        yield 1 - (1 - phi) * 2 if phi > 0.5 else phi / 2
        yield 1 - (1 - phi) / 2


@operator("number", "predict_linear(x[6h], 3600)", "predict_linear(x[6h], 7200)")
def other_number(node: Expr, site: Site) -> Changes:
    """A number in arithmetic or in a call is twice as large or half; a 0 is 1."""
    if isinstance(node, Binary) and node.op not in COMPARISONS and node.op not in SET_OPERATORS:
        for value in _others(number_in(node.right)):
            yield replace(node, right=number(value)), f"a scenario in which {short(node)} is near to its limit"
        for value in _others(number_in(node.left)):
            yield replace(node, left=number(value)), f"a scenario in which {short(node)} is near to its limit"
    elif isinstance(node, Call) and node.function not in ("histogram_quantile", "quantile_over_time") and node is not site.expr:
        for index, argument in enumerate(node.args):
            for value in _others(number_in(argument)):
                args = (*node.args[:index], number(value), *node.args[index + 1 :])
                yield replace(node, args=args), f"a scenario in which {short(node)} is near to its limit"


def _others(value: float | None) -> Iterator[float]:
    if value == 0:
        yield 1
    elif value is not None:
        yield value * 2
        yield value / 2
