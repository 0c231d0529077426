"""Which numbers an expression can give, in words, and why."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.catalogue import Range
    from monitoring_as_code.origin import Place
    from monitoring_as_code.promql.infer.value import Arm


def reached(bounds: Range) -> str:
    """The bounds in words: "between 0 and 1", "never below 0"."""
    if bounds.low > bounds.high:
        return "never a number"
    if bounds.low == bounds.high:
        return f"always {bounds.low:g}"
    if isinf(bounds.high):
        return f"never below {bounds.low:g}"
    if isinf(bounds.low):
        return f"never above {bounds.high:g}"
    return f"between {bounds.low:g} and {bounds.high:g}"


def why(use: Use, arm: Arm) -> tuple[tuple[Place, str], ...]:
    """Where the bounds come from, as a finding's related places."""
    from monitoring_as_code.lint.places import declared_here, place

    reason = arm.range_reason
    found: tuple[tuple[Place, str], ...] = ()
    if reason is not None and reason.text != "as written":
        node = reason.node
        if node.origin is not None or (use.written is not None and node.span.start >= 0):
            words = reached(arm.range)
            found = ((place(use, node), words if "label" in reason.text else f"{words}: {reason.text}"),)
    return (*found, *(declared_here(arm.entry.metric) if arm.entry is not None and arm.kind == "quantile" else ()))
