"""Prometheus's feature flags that widen its language, by the names that `--enable-feature` takes."""

from __future__ import annotations

EXPERIMENTAL_FUNCTIONS = "promql-experimental-functions"  # limitk and limit_ratio included
EXTENDED_RANGES = "promql-extended-range-selectors"  # anchored, smoothed
DURATION_EXPRESSIONS = "promql-duration-expr"  # [5m * 2], offset step()
FILL_MODIFIERS = "promql-binop-fill-modifiers"  # a + fill(0) b

ALL_FEATURES: frozenset[str] = frozenset({EXPERIMENTAL_FUNCTIONS, EXTENDED_RANGES, DURATION_EXPRESSIONS, FILL_MODIFIERS})
