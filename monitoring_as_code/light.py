"""Names whose usual modules take milliseconds at every start, from lighter ones.

`typing_extensions` takes 2 ms for what concerns type checkers alone, `hashlib` takes 2.5 ms to load OpenSSL, and `typing.NamedTuple` 90 us
a class, of which there are a hundred: it compiles each annotation, and source code for each class. `dataclasses` does that, too.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

__all__ = ["NamedTuple", "override", "sha256"]

if TYPE_CHECKING:
    from hashlib import sha256
    from typing import NamedTuple

    from typing_extensions import override
else:
    from _collections import _tuplegetter
    from types import FunctionType

    try:
        from _sha2 import sha256
    except ImportError:
        try:
            from _sha256 import sha256  # before Python 3.12
        except ImportError:
            from hashlib import sha256

    _GLOBALS = {"_made": tuple.__new__}
    # The code of `__new__` by the number of fields, whose names are put into it.
    _CODES = {}

    def override(method):  # noqa: ANN001, ANN201 - what checkers read stands above
        """Mark a method of a base class that is defined anew."""
        return method

    def _new(owner, fields, defaults):  # noqa: ANN001, ANN202
        code = _CODES.get(len(fields))
        if code is None:
            names = "".join([f"field{index}, " for index in range(len(fields))])
            code = _CODES[len(fields)] = eval(f"lambda _cls, {names}: _made(_cls, ({names}))", _GLOBALS).__code__  # noqa: S307 - our own
        code = code.replace(co_varnames=("_cls", *fields), co_name="__new__", co_qualname=f"{owner}.__new__")
        return FunctionType(code, _GLOBALS, "__new__", defaults)

    class _NamedTupleType(type):
        def __new__(cls, name, bases, namespace):  # noqa: ANN001, ANN204
            if not bases:
                return super().__new__(cls, name, bases, namespace)
            annotations = namespace.get("__annotations__", {})
            fields = tuple(annotations)
            defaults = {field: namespace[field] for field in fields if field in namespace}
            if tuple(defaults) != fields[len(fields) - len(defaults) :]:
                message = f"in `{name}`, a field without a default follows one with a default"
                raise TypeError(message)
            made = _new(namespace["__qualname__"], fields, tuple(defaults.values()))
            made.__annotations__ = annotations
            named = {field: _tuplegetter(index, None) for index, field in enumerate(fields)}
            own = {"__slots__": (), "__new__": made, "__match_args__": fields, "_fields": fields, "_field_defaults": defaults}
            # No class of this metaclass: `isinstance` would take three times as long.
            return type.__new__(type, name, (_Methods, *bases[1:]), {**namespace, **own, **named})

    class _Methods(tuple):
        __slots__ = ()

        @classmethod
        def _make(cls, items):  # noqa: ANN001, ANN206
            made = tuple.__new__(cls, items)
            if len(made) != len(cls._fields):
                message = f"`{cls.__name__}` has {len(cls._fields)} fields, not {len(made)}"
                raise TypeError(message)
            return made

        def _replace(self, /, **changes):  # noqa: ANN003, ANN202
            made = tuple.__new__(type(self), map(changes.pop, self._fields, self))
            if changes:
                message = f"`{type(self).__name__}` has no fields {list(changes)}"
                raise ValueError(message)
            return made

        __replace__ = _replace

        def _asdict(self):  # noqa: ANN202
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self):  # noqa: ANN204
            return tuple(self)

        def __repr__(self):  # noqa: ANN204
            return f"{type(self).__name__}({', '.join(f'{name}={item!r}' for name, item in zip(self._fields, self, strict=True))})"

    class NamedTuple(metaclass=_NamedTupleType):
        """A tuple whose items have names, as of `typing`."""

    if sys.version_info >= (3, 14):  # annotations come later than the class there
        from typing import NamedTuple
