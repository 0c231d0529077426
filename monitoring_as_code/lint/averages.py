"""Aggregations that add up or average what does neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.promql.ast import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.analysis import Use
    from monitoring_as_code.catalogue import Kind
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Aggregate
    from monitoring_as_code.promql.infer.value import Arm


def aggregated(reading: Reading, kind: Kind, *operators: str) -> Iterator[tuple[Use, Aggregate, Arm]]:
    """Every aggregation by these operators of several values of this kind; one that has a single value in each group only drops labels."""
    for use, node in reading.aggregates:
        if node.op not in operators:
            continue
        arm = reading.facts(use)[node.expr].arm
        if arm.kind == kind and not _alone(node, arm):
            yield use, node, arm


def _alone(node: Aggregate, arm: Arm) -> bool:
    """Whether each group has one element at most."""
    if not all(isinstance(item, Name) for item in node.grouping):
        return True  # a variable may name the rest
    names = {item.value for item in node.grouping if isinstance(item, Name)}
    if node.without:
        return any(not key & names for key in arm.keys)
    return any(key <= names for key in arm.keys)
