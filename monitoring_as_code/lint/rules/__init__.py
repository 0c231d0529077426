"""One rule a file. A file is a rule by being here: it holds a function of its own name, which `rule` or `page` made a rule of."""

from __future__ import annotations

import os
from functools import cache

from monitoring_as_code.lint.rule import Rule

RULE_NAMES: tuple[str, ...] = tuple(
    sorted(file[:-3].replace("_", "-") for file in os.listdir(__path__[0]) if file.endswith(".py") and not file.startswith("_"))
)
"""The names of all rules."""


@cache
def load(name: str) -> Rule:
    """The rule of this name.

    Raises:
        KeyError: there is none.
    """
    if name not in RULE_NAMES:
        raise KeyError(name)
    from importlib import import_module

    function = name.replace("-", "_")
    found: Rule = getattr(import_module(f"{__name__}.{function}"), function)
    return found


def rules() -> tuple[Rule, ...]:
    """All rules, by name."""
    return tuple(map(load, RULE_NAMES))
