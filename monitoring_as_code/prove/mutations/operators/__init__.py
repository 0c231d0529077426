"""All operators, one module for each thing that is changed, in the order in which the docs tell of them."""

from __future__ import annotations

from monitoring_as_code.prove.mutations.operators import aggregations, alerts, conditions, functions, joins, routes, selectors

__all__ = ["aggregations", "alerts", "conditions", "functions", "joins", "routes", "selectors"]
