"""How two sides of an operator meet."""

from __future__ import annotations

from monitoring_as_code.promql.ast import COMPARISONS, SET_OPERATORS, Binary, BinaryOp, Expr, Name, VectorMatching
from monitoring_as_code.promql.node import replace
from monitoring_as_code.prove.mutations.operators.expression import Changes, Site, operator, short

_ARITHMETIC: dict[str, BinaryOp] = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "/", "^": "*"}
_SETS: dict[str, tuple[BinaryOp, ...]] = {"and": ("or", "unless"), "or": ("and", "unless"), "unless": ("and", "or")}


@operator("operands swapped", "x / y", "y / x")
def operands_swapped(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """The operands of `-`, `/`, `%` and `^` take each other's place."""
    if isinstance(node, Binary) and node.op in ("-", "/", "%", "^"):
        yield replace(node, left=node.right, right=node.left), f"a scenario in which {short(node)} is near to its limit, and not 1"


@operator("arithmetic", "x + y", "x - y")
def arithmetic(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """An arithmetic operator becomes its opposite."""
    if isinstance(node, Binary) and node.op in _ARITHMETIC:
        advice = f"a scenario in which {short(node)} is near to its limit, and {short(node.right)} is neither 0 nor 1"
        yield replace(node, op=_ARITHMETIC[node.op]), advice


@operator("set operator", "x and y", "x unless y")
def set_operator(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """`and`, `or` and `unless` are exchanged."""
    if isinstance(node, Binary) and node.op in SET_OPERATORS:
        for op in _SETS[node.op]:
            yield replace(node, op=op), f"a scenario in which only {short(node.left)} is there, and one with {short(node.right)} alone"


@operator("side dropped", "x and y", "x")
def side_dropped(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """One side of `and`, `or` or `unless` is there alone."""
    if isinstance(node, Binary) and node.op in SET_OPERATORS:
        yield node.left, f"a scenario in which {short(node.left)} holds and {short(node.right)} does not, and the alert depends on it"
        yield node.right, f"a scenario in which {short(node.right)} holds and {short(node.left)} does not, and the alert depends on it"


@operator("on and ignoring", 'x{a="1"} / ignoring (a) y', 'x{a="1"} / y')
def on_and_ignoring(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """`on` and `ignoring` are dropped, exchanged, or lose a label."""
    if not isinstance(node, Binary) or node.matching is None or not (node.matching.labels or node.matching.on):
        return
    advice = f"series on both sides of `{node.op}` that meet only as it is written"
    card = node.matching.card if node.op in SET_OPERATORS else "one-to-one"
    yield replace(node, matching=VectorMatching(card=card)), advice
    yield replace(node, matching=replace(node.matching, on=not node.matching.on)), advice
    for label in node.matching.labels:
        if isinstance(label, Name) and len(node.matching.labels) > 1:
            kept = tuple(each for each in node.matching.labels if each is not label)
            yield replace(node, matching=replace(node.matching, labels=kept)), f"series that differ in `{label.value}`; {advice}"


@operator("many to one", "x * on (pod) group_left (node) y", "x * on (pod) y")
def many_to_one(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """`group_left` and `group_right` are dropped, or carry a label less."""
    if not isinstance(node, Binary) or node.matching is None or node.matching.card not in ("many-to-one", "one-to-many"):
        return
    yield replace(node, matching=replace(node.matching, card="one-to-one", include=())), "several series that meet the same one"
    for label in node.matching.include:
        if isinstance(label, Name):
            kept = tuple(each for each in node.matching.include if each is not label)
            yield replace(node, matching=replace(node.matching, include=kept)), f"the label `{label.value}` of the alert"


@operator("bool", "x > bool 5", "x > 5")
def bool_dropped(node: Expr, site: Site) -> Changes:  # noqa: ARG001
    """A comparison filters, instead of giving 0 or 1."""
    if isinstance(node, Binary) and node.op in COMPARISONS and node.bool_modifier:
        yield replace(node, bool_modifier=False), f"a scenario in which {short(node)} is 0"
