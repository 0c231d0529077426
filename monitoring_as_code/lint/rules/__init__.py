"""One rule a file. A file is a rule by being here: it holds a function of its own name, which `rule` or `page` made a rule of."""

from __future__ import annotations

import os
from functools import cache

from monitoring_as_code.lint.rule import Rule


def _names(folder: str) -> dict[str, str]:
    """The rules in a folder by their names, each with its module."""
    path, package = os.path.join(__path__[0], folder), f"{__name__}.{folder}" if folder else __name__
    files = [file[:-3] for file in os.listdir(path) if file.endswith(".py") and not file.startswith("_")]
    return {file.replace("_", "-"): f"{package}.{file}" for file in files}


_CHECKS = _names("")
_MODULES = {**_CHECKS, **_names("elsewhere")}

RULE_NAMES: tuple[str, ...] = tuple(sorted(_MODULES))
"""The names of all rules."""


@cache
def load(name: str) -> Rule:
    """The rule of this name.

    Raises:
        KeyError: there is none.
    """
    module = _MODULES[name]
    from importlib import import_module

    found: Rule = getattr(import_module(module), name.replace("-", "_"))
    return found


def rules() -> tuple[Rule, ...]:
    """All rules, by name."""
    return tuple(map(load, RULE_NAMES))


def checks() -> tuple[Rule, ...]:
    """The rules that look for something themselves, by name; a run need not load the others."""
    return tuple(map(load, sorted(_CHECKS)))
