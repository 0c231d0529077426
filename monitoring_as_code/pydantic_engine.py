"""pydantic's engine: what checks fields, and reads and writes JSON.

It is the compiled module inside of the package `pydantic_core`, whose own `__init__` first describes two hundred kinds of schema for type
checkers: 10 ms, a tenth of a small build. `alone` leaves that out.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

__all__ = ["SchemaValidator", "ValidationError", "alone", "from_json", "to_json"]

if TYPE_CHECKING:
    from pydantic_core import SchemaValidator, ValidationError, from_json, to_json

_PACKAGE = "pydantic_core"
_ENGINE = f"{_PACKAGE}._pydantic_core"


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


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """What the engine has, which is imported when it is first asked for."""
        if name not in __all__:
            raise AttributeError(name)
        return getattr(sys.modules.get(_ENGINE) or import_module(_PACKAGE), name)
