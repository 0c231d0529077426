"""How tightly operators bind."""

from __future__ import annotations

PRECEDENCE: dict[str, int] = {
    "or": 1,
    "and": 2,
    "unless": 2,
    "==": 3,
    "!=": 3,
    "<": 3,
    ">": 3,
    "<=": 3,
    ">=": 3,
    "</": 3,
    ">/": 3,
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "%": 5,
    "atan2": 5,
    "^": 6,  # the only one that groups from the right
}

# A sign binds like `*`: its operand holds only what binds tighter.
UNARY_OPERAND = 6
