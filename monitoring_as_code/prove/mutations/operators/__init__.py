"""All operators, one module for each thing that is changed, in the order in which the docs tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.prove.mutations.operators import aggregations, alerts, conditions, expression, functions, joins, routes, selectors

if TYPE_CHECKING:
    from monitoring_as_code.prove.mutations.mutant import Operator

__all__ = ["OPERATORS", "aggregations", "alerts", "conditions", "functions", "joins", "routes", "selectors"]

OPERATORS: tuple[Operator, ...] = (
    *(each.operator for each in expression.OPERATORS),
    *(each.operator for each in alerts.OPERATORS),
    *(each.operator for each in routes.OPERATORS),
)
