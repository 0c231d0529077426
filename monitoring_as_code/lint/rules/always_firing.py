from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.promql.ast import COMPARISONS, Aggregate, Binary

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr


@rule(ERROR, yields_to=("threshold-unit-mismatch",), of_expressions=True)
def always_firing(reading: Reading) -> Iterator[Finding]:
    """An alert's condition holds for every value that there can be, so it fires for as long as there is data.

    A rate is never below 0, so `>= 0` chooses nothing; neither does `< 2` for a share of a whole. An alert without any comparison, or with
    `bool`, is told by alert-without-condition.

    BAD:

        failures = Counter(name="failures_total", help="What went wrong.", unit=errors)
        failing = Alert(
            name="Failing",
            expr="rate(failures_total[5m]) >= 0",
            for_="5m",
            severity="warning",
            summary="{{ $labels.instance }} fails",
            runbook="https://runbooks.example/failing",
        )

    GOOD:

        failures = Counter(name="failures_total", help="What went wrong.", unit=errors)
        failing = Alert(
            name="Failing",
            expr="rate(failures_total[5m]) > 0",
            for_="5m",
            severity="warning",
            summary="{{ $labels.instance }} fails",
            runbook="https://runbooks.example/failing",
        )
    """
    from monitoring_as_code.lint.conditions import recorded_conditions
    from monitoring_as_code.lint.limits import sides
    from monitoring_as_code.lint.reach import reached, why
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.promql.printer import to_text

    for use in reading.uses:
        alert = use.declaration
        if use.expr is None or not isinstance(alert, Alert) or not reading.analysis.selectors(use):  # a dead man's switch fires on purpose
            continue
        facts = reading.facts(use)
        always = {id(comparison.node) for comparison in facts.comparisons if comparison.verdict == "always"}
        for node in _idle(use.expr, always, recorded_conditions(reading)) if always else ():
            found = sides(facts, node)
            about = (id(use.part), "comparison", id(node))
            if found is None:
                message = f"`{node.op}` holds whatever the data, so the alert fires for as long as there is any"
                yield Finding(message, place(use, node, node.op_span), "compare other things", about=about, declaration=alert)
                continue
            measured, threshold, op = found
            arm = facts[measured].arm
            message = f"this is {reached(arm.range)}, so `{op} {to_text(threshold)}` always holds, and the alert fires for as long as there is data"
            help_ = (
                "write `> 0`" if op == ">=" and facts[threshold].arm.range == (0, 0, False, False) else "choose a threshold within reach"
            )
            yield Finding(message, place(use, threshold), help_, why(use, arm), about, alert)


def _idle(node: Expr, always: set[int], conditions: Container[str]) -> list[Binary]:
    """The comparisons because of which the expression has a result whenever there is data; none if it has a choice."""
    from monitoring_as_code.lint.limits import inside

    node = inside(node)
    if isinstance(node, Aggregate):
        return _idle(node.expr, always, conditions)
    if not isinstance(node, Binary):
        return []
    if node.op in COMPARISONS:
        return [node] if id(node) in always and not node.bool_modifier and not _chosen(node, conditions) else []
    if node.op == "or":
        return [*_idle(node.left, always, conditions), *_idle(node.right, always, conditions)]
    if node.op == "and":
        left, right = _idle(node.left, always, conditions), _idle(node.right, always, conditions)
        return [*left, *right] if left and right else []
    return []


def _chosen(node: Binary, conditions: Container[str]) -> bool:
    """Whether something below the comparison chooses: `count(up == 0) > 0` is well, and `absent(x) == 1`."""
    from monitoring_as_code.promql.ast import Call, VectorSelector, walk
    from monitoring_as_code.promql.infer.selectors import metric_name

    for inner in walk(node):
        if inner is node:
            continue
        if isinstance(inner, Binary) and ((inner.op in COMPARISONS and not inner.bool_modifier) or inner.op in {"and", "unless"}):
            return True
        if isinstance(inner, Call) and inner.function.startswith("absent"):
            return True
        if isinstance(inner, VectorSelector) and (inner.name == "ALERTS" or metric_name(inner) in conditions):
            return True
    return False
