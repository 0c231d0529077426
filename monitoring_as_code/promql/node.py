"""What classes of nodes are made of: slots, a constructor, equality; as `dataclasses` would make them, whose import and work take 8 ms."""

from __future__ import annotations

from operator import attrgetter
from types import CodeType, FunctionType
from typing import Any, TypeVar, cast, dataclass_transform

from monitoring_as_code.light import NamedTuple

N = TypeVar("N", bound="Node")


class _Field(NamedTuple):
    default: object
    compare: bool
    repr: bool


def field(*, default: Any, compare: bool = True, repr: bool = True) -> Any:  # noqa: A002, ANN401 - as in dataclasses
    """A field with a default that takes no part in equality, or is not shown."""
    return _Field(default, compare, repr)


@dataclass_transform(eq_default=True, field_specifiers=(field,))
class _NodeType(type):
    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> _NodeType:
        fields = tuple(namespace.get("__annotations__", ()))
        given = {each: namespace.pop(each) for each in fields if each in namespace}
        said = {each: value if isinstance(value, _Field) else _Field(value, compare=True, repr=True) for each, value in given.items()}
        namespace["__slots__"] = namespace["__match_args__"] = fields
        if fields:
            namespace["__init__"] = _constructor(fields, tuple(each.default for each in said.values()), namespace["__qualname__"])
            namespace["_compared"] = attrgetter(*(each for each in fields if each not in said or said[each].compare))
            namespace["_shown"] = tuple(each for each in fields if each not in said or said[each].repr)
        if "__eq__" in namespace:
            namespace["__hash__"] = None
        if not bases:
            return super().__new__(cls, name, bases, namespace)
        # A class of a metaclass takes `isinstance` three times as long, which is asked a hundred times an expression.
        made: Any = type.__new__(type, name, tuple(_Methods if base is Node else base for base in bases), namespace)
        return cast("_NodeType", made)


class _Methods:
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        compared: attrgetter[Any] = self._compared  # type: ignore[attr-defined]  # every class with fields has it
        return bool(compared(self) == compared(other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown: tuple[str, ...] = self._shown  # type: ignore[attr-defined]
        said = []
        for each in shown:  # in this frame, as trees are high
            said.append(f"{each}={getattr(self, each)!r}")  # noqa: PERF401
        return f"{type(self).__name__}({', '.join(said)})"


class Node(metaclass=_NodeType):
    """A class whose annotations are the arguments of its constructor, in that order. It has no fields but its own."""


def replace(node: N, **changes: Any) -> N:
    """Another node with other values in some fields.

    >>> from monitoring_as_code.promql.ast import Name
    >>> replace(Name("job"), value="instance").value
    'instance'
    """
    for each in type(node).__slots__:  # type: ignore[attr-defined]
        if each not in changes:
            changes[each] = getattr(node, each)
    return type(node)(**changes)


# The code of a constructor by the number of fields, whose names are put into it: compiling one for each class takes longer.
_CODES: dict[int, CodeType] = {}


def _constructor(fields: tuple[str, ...], defaults: tuple[object, ...], owner: str) -> FunctionType:
    code = _CODES.get(len(fields))
    if code is None:
        names = [f"field{index}" for index in range(len(fields))]
        made: dict[str, FunctionType] = {}
        exec(f"def __init__(self, {', '.join(names)}):\n " + "; ".join(f"self.{name} = {name}" for name in names), made)  # noqa: S102 - our own
        code = _CODES[len(fields)] = made["__init__"].__code__
    code = code.replace(co_varnames=("self", *fields), co_names=fields, co_qualname=f"{owner}.__init__")
    return FunctionType(code, {}, "__init__", defaults)
