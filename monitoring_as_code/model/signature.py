"""What a declaration takes, as Python's own `help()` and editors at run time show it."""

import inspect
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from monitoring_as_code.model.checking import REQUIRED, FieldBounds


def signature(fields: Mapping[type, Mapping[str, FieldBounds]]) -> inspect.Signature:
    """The arguments of a class whose fields are these, by the class that declares them."""
    found: dict[str, inspect.Parameter] = {}
    for base, own in fields.items():
        hints = get_type_hints(base, include_extras=True) if own else {}
        for name, field in own.items():
            default = inspect.Parameter.empty if field.default is REQUIRED else field.default
            found[name] = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Words(hints[name]))
    return inspect.Signature(list(found.values()))


class Words:
    """An annotation that shows itself as it is written, without what checks it."""

    def __init__(self, annotation: object) -> None:
        self.text = _text(annotation)

    def __repr__(self) -> str:
        return self.text


def _text(annotation: Any) -> str:  # noqa: ANN401 - an annotation is any object
    origin = get_origin(annotation)
    arguments = get_args(annotation)
    if annotation is NoneType:
        return "None"
    if annotation is Any:
        return "Any"
    if origin is Annotated:
        return _text(arguments[0])
    if origin is Literal:
        return " | ".join(repr(each) for each in arguments)
    if origin is Union or origin is UnionType:
        return " | ".join(dict.fromkeys(map(_text, arguments)))
    if origin is tuple:
        return f"tuple[{_text(arguments[0])}, ...]"
    if origin is Callable:
        return "type[Labels]"
    if origin is not None:
        return f"{origin.__name__}[{', '.join(map(_text, arguments))}]"
    return str(getattr(annotation, "__name__", annotation))
