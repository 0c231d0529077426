"""Binary operators: what two scalars, a vector and a scalar, or two vectors give."""

from __future__ import annotations

from typing import Final

from monitoring_as_code.catalogue import ANY_NUMBER, Kind, Range
from monitoring_as_code.promql.ast import COMPARISONS, SET_OPERATORS, Binary
from monitoring_as_code.promql.infer.calls import renamed, single
from monitoring_as_code.promql.infer.facts import Verdict
from monitoring_as_code.promql.infer.ranges import MIRRORED, arithmetic, compared, passed
from monitoring_as_code.promql.infer.value import Arm, Emptiness, Reason, Value
from monitoring_as_code.units import Unit, one, ratio

TRIMS: Final = frozenset({"</", ">/"})
"""Operators that cut native histograms off at a bound; what they leave is the same metric."""
_ZERO_ONE: Final = Range(0.0, 1.0, nan=False, inf=False)
# Kinds whose zero is never a negative one, so that what is divided by it has a sign.
_NATURAL: Final = frozenset({"counter", "agg_counter", "rate", "increase", "count", "bool", "info"})
_FACTORS: Final = frozenset({1000, 1_000_000, 1_000_000_000, 1_000_000_000_000, 1024, 1024**2, 1024**3, 1024**4, 60, 3600, 86400, 8, 100})
# Beyond this, and below its inverse, a number that is no usual factor may convert all the same (300 seconds, 125,000 bytes): nobody knows.
_MOST_MULTIPLE: Final = 50
_OF_TIME: Final = frozenset({7, 12, 24, 28, 30, 31})


def of_scalars(node: Binary, left: Arm, right: Arm) -> tuple[Value, Verdict | None]:
    """Two scalars; a comparison has `bool` and gives 0 or 1. Also the verdict of the comparison."""
    reason = Reason(f"made by `{node.op}`", node)
    if node.op in COMPARISONS:
        verdict = compared(node.op, left.range, right.range)
        return Value("scalar", (single("bool", one, _truth(verdict), reason),), "never"), verdict
    made = single(_kind(node.op, left, right), product_unit(node.op, left, right), _range(node.op, left, right), reason)
    return Value("scalar", (made._replace(literal=left.literal and right.literal),), "never"), None


def _truth(verdict: Verdict) -> Range:
    return {"always": Range(1.0, 1.0, nan=False, inf=False), "never": Range(0.0, 0.0, nan=False, inf=False)}.get(verdict, _ZERO_ONE)


def with_scalar(node: Binary, vector: Value, scalar: Arm, *, scalar_left: bool) -> tuple[Value, Verdict | None]:
    """A vector and a scalar, and the verdict when it is a comparison: "always" and "never" hold for every element."""
    made = []
    verdicts = set()
    for arm in vector.arms:
        result, verdict = _element(node, arm, scalar, scalar_left=scalar_left)
        made.append(result)
        verdicts.add(verdict)
    verdict = verdicts.pop() if len(verdicts) == 1 else "maybe"
    empty = vector.empty
    if node.op in COMPARISONS and not node.bool_modifier:
        if verdict == "never":
            empty = "always"
        elif verdict != "always" and empty in {"never", "data"}:
            empty = "filter"
    elif empty == "never" and not all(arm.floats for arm in vector.arms):
        empty = "data"
    return Value("vector", tuple(made), empty), verdict if node.op in COMPARISONS else None


def _element(node: Binary, arm: Arm, scalar: Arm, *, scalar_left: bool) -> tuple[Arm, Verdict | None]:
    op = node.op
    if op in COMPARISONS:
        mirrored = MIRRORED[op] if scalar_left else op
        verdict = compared(mirrored, arm.range, scalar.range)
        if not arm.floats and verdict == "always":
            verdict = "maybe"
        if node.bool_modifier:
            reason = Reason("`bool` gives 0 or 1", node)
            named = renamed(arm, Reason(f"`__name__` is gone: `{op} bool` drops it", node))
            return _numbers(named, "bool", one, _truth(verdict) if arm.floats else _ZERO_ONE, reason), verdict
        return filtered(node, arm, passed(mirrored, arm.range, scalar.range), verdict), verdict
    if op in TRIMS:
        return arm._replace(
            range=ANY_NUMBER, empty="data" if arm.empty == "never" else arm.empty, range_reason=Reason(f"trimmed by `{op}`", node)
        ), None
    named = renamed(arm, Reason(f"`__name__` is gone: `{op}` drops it", node), op)
    left, right = (scalar, arm) if scalar_left else (arm, scalar)
    reason = Reason(f"made by `{op}`", node)
    result = _numbers(named, _kind(op, left, right), product_unit(op, left, right), _range(op, left, right), reason)
    if not arm.floats and op not in {"*", "/"}:
        return result._replace(floats=True, empty="data" if result.empty == "never" else result.empty), None
    return result, None


def _numbers(arm: Arm, kind: Kind, unit: Unit | None, bounds: Range, reason: Reason) -> Arm:
    """The arm's elements with other numbers."""
    keeps = kind == arm.kind and kind not in {"unknown", "bool"}
    return Arm(
        arm.labels,
        arm.keys,
        kind,
        arm.part if keeps else "",
        unit,
        bounds,
        arm.empty,
        arm.entry if keeps else None,
        floats=arm.floats,
        empty_reason=arm.empty_reason,
        kind_reason=arm.kind_reason if keeps else reason,
        unit_reason=arm.unit_reason if unit is arm.unit else reason,
        range_reason=reason,
    )


def filtered(node: Binary, arm: Arm, bounds: Range, verdict: Verdict) -> Arm:
    """The arm after a comparison that keeps what passes."""
    if verdict == "always":
        return arm
    empty: Emptiness = "always" if verdict == "never" or arm.empty == "always" else "filter"
    reason = Reason(f"`{node.op}` never holds" if verdict == "never" else f"only what passes `{node.op}`", node)
    return arm._replace(range=bounds, empty=empty, empty_reason=reason if arm.empty != "always" else arm.empty_reason, range_reason=reason)


def _range(op: str, left: Arm, right: Arm) -> Range:
    if not left.floats or not right.floats:  # for example a native histogram times a number
        return ANY_NUMBER
    return arithmetic(op, left.range, right.range, signed_zero=right.kind not in _NATURAL and not right.literal)


def pair(node: Binary, left: Arm, right: Arm) -> tuple[Kind, Unit | None, Range]:
    """Kind, unit and range of arithmetic on two vectors."""
    return _kind(node.op, left, right), product_unit(node.op, left, right), _range(node.op, left, right)


def _kind(op: str, left: Arm, right: Arm) -> Kind:
    if left.literal and right.literal:
        return "unknown"
    if left.literal or right.literal:
        return _scaled_kind(op, left, right)
    if op == "/":
        return _quotient_kind(left, right)
    if op in {"+", "-"} and left.kind == right.kind:
        return _SUMS[op].get(left.kind, left.kind)
    if op in {"+", "-"} and left.kind == "timestamp" and right.kind == "gauge":
        return "timestamp"
    if op == "*" and "ratio" in {left.kind, right.kind}:
        other = right.kind if left.kind == "ratio" else left.kind
        return other if other in {"ratio", "gauge", "rate", "increase"} else "unknown"
    return "gauge" if left.kind == right.kind == "gauge" else "unknown"


_SUMS: Final[dict[str, dict[Kind, Kind]]] = {
    "+": {"counter": "agg_counter", "timestamp": "unknown", "bool": "count", "info": "count", "quantile": "unknown"},
    "-": {"counter": "gauge", "agg_counter": "gauge", "rate": "gauge", "increase": "gauge", "timestamp": "gauge", "count": "gauge", "bool": "gauge",
          "info": "gauge", "quantile": "gauge"},
}  # fmt: skip


def _scaled_kind(op: str, left: Arm, right: Arm) -> Kind:
    """A number as written with something measured."""
    measured = right if left.literal else left
    if op in {"*", "/"} and not (op == "/" and left.literal):
        return "gauge" if measured.kind in {"bool", "info"} else measured.kind
    if op in {"+", "-"}:
        if measured.kind in {"ratio", "gauge", "timestamp", "quantile"}:
            return measured.kind
        if measured.kind in {"counter", "agg_counter"} and measured is left:
            return measured.kind
        return "gauge" if measured.kind in {"count", "bool", "info", "rate", "increase", "counter", "agg_counter"} else "unknown"
    return "gauge" if op == "%" and measured.kind == "gauge" else "unknown"


_ALIKE: Final = ({"counter", "agg_counter"}, {"count", "bool"}, {"count", "gauge"})
_COMPARABLE: Final = frozenset({"rate", "increase", "counter", "agg_counter", "count", "gauge", "bool"})


def _quotient_kind(left: Arm, right: Arm) -> Kind:
    if left.kind == "quantile" or right.kind == "quantile":
        return "gauge"
    if left.unit is None or right.unit is None:
        return "unknown"
    if left.kind in _COMPARABLE and right.kind in _COMPARABLE:
        alike = left.kind == right.kind or {left.kind, right.kind} in _ALIKE
        mean = {left.part, right.part} == {"sum", "count"}
        return "ratio" if alike and not mean and left.unit.same_dimension(right.unit) else "gauge"
    return "ratio" if left.kind == right.kind == "ratio" else "unknown"


def product_unit(op: str, left: Arm, right: Arm) -> Unit | None:
    """The unit of `left op right`; None where it is not certain."""
    one_unit, other_unit = left.unit, right.unit
    if left.literal and right.literal:
        return None
    if op in {"+", "-", "%"}:
        return _sum_unit(op, left, right)
    if left.literal or right.literal:
        return _scaled_unit(op, left, right)
    if one_unit is None or other_unit is None:
        return None
    if op in {"*", "/"}:
        if one_unit.affine or other_unit.affine:
            return None
        return one_unit * other_unit if op == "*" else one_unit / other_unit
    return ratio if op == "atan2" else None


def _sum_unit(op: str, left: Arm, right: Arm) -> Unit | None:
    if left.literal:
        return None if right.unit is None else right.unit if op == "+" or not right.unit.affine else None
    if right.literal:
        return left.unit
    one_unit, other_unit = left.unit, right.unit
    if one_unit is None or other_unit is None:
        return None
    if not one_unit.affine and not other_unit.affine:
        return one_unit if one_unit.compatible(other_unit) else None
    if not one_unit.same_dimension(other_unit) or one_unit.scale != other_unit.scale:
        return None
    if one_unit.affine and other_unit.affine:
        return one_unit.difference if op == "-" and one_unit.offset == other_unit.offset else None
    if one_unit.affine:
        return one_unit if op in {"+", "-"} else None
    return other_unit if op == "+" else None


def _scaled_unit(op: str, left: Arm, right: Arm) -> Unit | None:
    """A unit times, by or to the power of a number as written, which may convert it: seconds * 1000 are milliseconds."""
    written, unit = (left.range, right.unit) if left.literal else (right.range, left.unit)
    number = written.low
    if unit is None or number != written.high:
        return None
    if op == "^":
        return unit.power(int(number)) if right.literal and number.is_integer() and 0 < abs(number) <= 4 and not unit.affine else None
    if op not in {"*", "/"} or unit.affine:
        return None
    if op == "/" and left.literal:
        return ratio / unit
    inverse = False
    if 0 < abs(number) < 1 and round(1 / number) in _FACTORS and abs(1 / number - round(1 / number)) < 1e-6:
        number, inverse = float(round(1 / number)), True
    if number not in _FACTORS:
        converts = number in _OF_TIME and any(symbol == "s" for symbol, _, _ in unit.dimension)
        return unit if not converts and (not number or 1 / _MOST_MULTIPLE <= abs(number) <= _MOST_MULTIPLE) else None
    factor = int(number)
    multiplied = (op == "*") is not inverse
    scaled = unit.scaled(1, factor) if multiplied else unit.scaled(factor)
    if scaled is not None:
        return scaled
    if factor == 100 and (unit.dimension or unit.nouns):  # `100 * used / size`
        return unit.hundredth(inverse=not multiplied)
    return unit if _plain_multiple(factor, unit) else None


def _plain_multiple(factor: int, unit: Unit) -> bool:
    """Whether a conversion by this factor makes no sense for this unit, so that it is but a multiple: twice as many bytes."""
    bases = {symbol for symbol, _, _ in unit.dimension}
    if factor == 8 or factor % 1024 == 0:
        return "B" not in bases
    if factor in {60, 3600, 86400}:
        return "s" not in bases
    return False


def is_arithmetic(op: str) -> bool:
    """Whether the operator makes new numbers, and so drops the name."""
    return op not in COMPARISONS and op not in SET_OPERATORS and op not in TRIMS
