"""pydantic's engine: what checks fields, and reads and writes JSON.

It is the compiled module inside of the package `pydantic_core`, whose own `__init__` first describes two hundred kinds of schema for type
checkers: 10 ms, a tenth of a small build. `alone` leaves that out. And before it writes its first JSON, it imports the modules of all
types that it could be given, from `pathlib` to `ipaddress`: 6 ms, which `for_plain_data` leaves out.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["SchemaValidator", "ValidationError", "alone", "for_plain_data", "from_json", "to_json"]

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_core import SchemaValidator, ValidationError, from_json, to_json

_PACKAGE = "pydantic_core"
_ENGINE = f"{_PACKAGE}._pydantic_core"
# What the engine imports when it first writes JSON.
_TYPES_OF = ("decimal", "fractions", "ipaddress", "pathlib", "uuid")


def alone() -> None:
    """Import the engine while a bare package stands in for its own; for a command, before any other thread could see that.

    Whoever imports pydantic later, a definitions file perhaps, gets the package whole, with this same engine.
    """
    from importlib.util import find_spec, module_from_spec

    spec = None if _PACKAGE in sys.modules else find_spec(_PACKAGE)
    if spec is None:
        return
    sys.modules[_PACKAGE] = module_from_spec(spec)
    try:
        import_module(_ENGINE)
    except ImportError:
        pass  # a release that keeps it elsewhere is imported as usual
    finally:
        del sys.modules[_PACKAGE]


def for_plain_data() -> None:
    """From now on JSON is made of numbers, text, lists and dicts alone: of those modules, what is not there yet is not imported.

    For a command, once no code of others will run: after the definitions. Where one of them uses pydantic, all stays as it is.
    """
    missing = [name for name in _TYPES_OF if name not in sys.modules]
    if "pydantic" in sys.modules or not missing:
        return
    for name in missing:
        sys.modules[name] = _Unused(name)
    try:
        to_json: Callable[[object], bytes] = __getattr__("to_json")
        to_json(None)
    finally:
        for name in missing:
            del sys.modules[name]


class _Unused(ModuleType):
    """Stands in for a module of whose types nothing is ever met."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def __getattr__(name: str) -> Any:  # noqa: ANN401 - what the engine has
    """What the engine has, which is imported when it is first asked for."""
    if name not in __all__:
        raise AttributeError(name)
    return getattr(sys.modules.get(_ENGINE) or import_module(_PACKAGE), name)
