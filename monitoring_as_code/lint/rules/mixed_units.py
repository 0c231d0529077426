from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.agreement import because, conversion, disagree, named, unit_of
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.promql.ast import COMPARISONS, Binary, NumberLiteral
from monitoring_as_code.units import ratio

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.promql.infer import Facts
    from monitoring_as_code.units import Unit

_WORDS = {"+": "adds {1} to {0}", "-": "takes {1} from {0}", "%": "divides {0} by {1} for the remainder", "or": "puts {0} and {1} together"}


@rule(ERROR, of_expressions=True)
def mixed_units(reading: Reading) -> Iterator[Finding]:
    """An operator adds, subtracts or compares numbers of different units.

    Seconds and milliseconds, bytes and bits, a ratio and a percentage are numbers of different size for the same thing, and seconds and
    bytes have nothing to do with each other. Prometheus knows no units and calculates all the same. Units come from the declarations;
    where one is missing, nothing is said. What is counted (requests, errors) may be mixed.

    BAD:

        waiting = Gauge(name="queue_wait_seconds", help="Time in the queue.", unit=seconds)
        working = Gauge(name="work_milliseconds", help="Time of the work.", unit=milliseconds)
        total = RecordingRule(name="instance:job_time:sum", expr="queue_wait_seconds + work_milliseconds")

    GOOD:

        waiting = Gauge(name="queue_wait_seconds", help="Time in the queue.", unit=seconds)
        working = Gauge(name="work_milliseconds", help="Time of the work.", unit=milliseconds)
        total = RecordingRule(name="instance:job_time:sum", expr="queue_wait_seconds + work_milliseconds / 1000")
    """
    for use, node in reading.operators:
        op = node.op
        if op not in _WORDS and op not in COMPARISONS:
            continue
        facts = reading.facts(use)
        if op in COMPARISONS and not facts[node.left].type == facts[node.right].type == "vector":
            continue  # threshold-unit-mismatch
        left, right = unit_of(facts, node.left), unit_of(facts, node.right)
        if op == "-" and right == ratio and _is_hundred(node.left) and facts[node.right].arm.kind in {"ratio", "rate"}:
            help_ = "take it from 1, or multiply the right side by 100"
            related = tuple(dict.fromkeys(because(reading, use, node.right)))
            yield Finding(
                "`-` takes a ratio from 100, as if it were a percentage",
                place(use, node, node.op_span),
                help_,
                related,
                declaration=use.declaration,
            )
            continue
        if left is None or right is None or not disagree(left, right) or (op == "or" and not _one_series(facts, node)):
            continue
        words = _WORDS.get(op, "compares {0} with {1}").format(named(left), named(right))
        converted = conversion(right, left, "the right side") if _of_one_sort(op, left, right) else None
        help_ = converted or "they measure different things: one of them is not what was meant"
        related = tuple(dict.fromkeys((*because(reading, use, node.left), *because(reading, use, node.right))))
        yield Finding(f"`{op}` {words}", place(use, node, node.op_span), help_, related, declaration=use.declaration)


def _of_one_sort(op: str, left: Unit, right: Unit) -> bool:
    """Whether the two would go together on one scale: a duration may be added to a point in time, but neither is the other."""
    return left.affine == right.affine or op == "+" or (op == "-" and left.affine)


def _is_hundred(node: Expr) -> bool:
    return isinstance(node, NumberLiteral) and node.value == 100


def _one_series(facts: Facts, node: Binary) -> bool:
    """Whether the arms of an `or` stand for the same thing on different scales; conditions and tables may put together what they like."""
    left, right = facts[node.left], facts[node.right]
    one, other = left.unit, right.unit
    return one is not None and other is not None and one.same_dimension(other) and left.empty != "filter" and right.empty != "filter"
