"""What a field of a declaration may hold: said by its annotation, checked by pydantic's validation engine.

The engine is pydantic-core, used without `pydantic.BaseModel`, whose import, classes and schemas take 90 ms at every start, more than all
the rest of a build. An annotation is `str`, a number, `Literal`, a union, `tuple[X, ...]`, `dict[K, V]`, a callable, a class of ours as
`Instance[X]`, or one of these as `Annotated` with a `Check`. Nothing is converted: a list is no tuple, and "5" no number.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType, NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.pydantic_engine import SchemaValidator

if TYPE_CHECKING:
    from pydantic_core import CoreConfig, CoreSchema

T = TypeVar("T")

# Schemas are the plain data that pydantic_core.core_schema describes; the engine refuses, when it is made, what is none.
_SIMPLE: "Mapping[Any, CoreSchema]" = MappingProxyType(
    {
        str: {"type": "str", "min_length": 0},  # a length makes it refuse half a surrogate pair, which UTF-8 cannot hold
        int: {"type": "int"},
        float: {"type": "float"},
        bool: {"type": "bool"},
        NoneType: {"type": "none"},
        Any: {"type": "any"},
    }
)


class Check(NamedTuple):
    """A function that gets a value of the right type and gives it back, changed perhaps, or raises a ValueError that says what is wrong.

    With `with_others` it gets the fields before it as well, those without a fault, as a second argument.
    """

    function: Callable[..., Any]
    with_others: bool = False


class Disclosing(ValueError):  # noqa: N818 - what the message would be
    """What a check raises of a value that is a secret, or may hold one: neither the message nor anybody who passes it on shows the value.

    Where only a part of the value is, `steps` lead to it.
    """

    def __init__(self, message: str, *steps: str | int) -> None:
        """The message is as every other one."""
        super().__init__(message)
        self.steps = steps


class _Required:
    """The default of a field that has none."""


REQUIRED = _Required


class FieldBounds(NamedTuple):
    """What `Field` said."""

    bounds: Mapping[str, Any]
    default: Any
    form: str = ""
    since: str = ""


def Field(  # noqa: N802 - pydantic's word for it
    *,
    default: T | type[_Required] = _Required,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    min_length: int | None = None,
    pattern: str | None = None,
    form: str = "",
    since: str = "",
) -> T:
    """A field with bounds: at least, more than, at most, how many, and the regular expression that a text must match.

    `form` says in words what that expression asks for, "a time such as `09:30`", for who wrote something else.
    `since` is the oldest program that takes what is emitted of it, "Alertmanager 0.28"; nothing where every one does that mac emits for.

    >>> class Wide(Part):
    ...     columns: int = Field(default=12, ge=1, le=24)
    >>> Wide().columns
    12
    """
    bounds = {"ge": ge, "gt": gt, "le": le, "min_length": min_length, "pattern": pattern}
    return cast("T", FieldBounds({name: bound for name, bound in bounds.items() if bound is not None}, default, form, since))


if TYPE_CHECKING:
    Instance: TypeAlias = Annotated[T, ...]
else:

    class Instance:
        """`Instance[X]` is an object of class X, and nothing that could become one: it was checked when it was made."""

        def __class_getitem__(cls, wanted: type) -> Any:  # noqa: ANN401
            return Annotated[wanted, cls]


def own_fields(cls: type) -> dict[str, FieldBounds]:
    """The fields that a class itself declares; those said by `Field` get their default as the class's attribute."""
    fields: dict[str, FieldBounds] = {}
    for name, annotation in cls.__annotations__.items():
        origin: Any = get_origin(annotation)
        special = annotation if origin is None else origin
        if name.startswith("_") or special is ClassVar or (isinstance(special, str) and special.startswith("ClassVar")):
            continue
        given = cls.__dict__.get(name, _Required)
        if isinstance(given, FieldBounds):
            fields[name] = given
            if given.default is _Required:
                delattr(cls, name)
            else:
                setattr(cls, name, given.default)
        else:
            fields[name] = FieldBounds({}, given)
    return fields


def validator(
    cls: type, fields: Mapping[type, Mapping[str, FieldBounds]], consistent: Callable[[dict[str, Any]], None] | None
) -> SchemaValidator:
    """What checks the arguments of a class whose fields are those of itself and its bases, and gives them back as a dict.

    `consistent` refuses, by a ValueError, fields that are right one by one but not together.
    """
    checked: dict[str, Any] = {}
    for base, own in fields.items():
        checked.update(_FIELDS.get(base) or _fields(base, own))
    config: CoreConfig = {"strict": True, "allow_inf_nan": False, "title": cls.__name__}
    whole: CoreSchema = {"type": "typed-dict", "fields": checked, "extra_behavior": "forbid", "config": config}

    if consistent is None:
        return SchemaValidator(whole, config)

    def together(given: dict[str, Any]) -> dict[str, Any]:
        consistent(given)
        return given

    return SchemaValidator({"type": "function-after", "function": {"type": "no-info", "function": together}, "schema": whole}, config)


# The schemas of the fields that a class itself declares: the bases of many panels are the same.
_FIELDS: dict[type, dict[str, Any]] = {}


def _fields(base: type, own: Mapping[str, FieldBounds]) -> dict[str, Any]:
    annotations = base.__annotations__
    if any(isinstance(annotations[name], str) for name in own):  # a class that names itself
        annotations = get_type_hints(base, include_extras=True)
    found = _FIELDS[base] = {
        name: {
            "type": "typed-dict-field",
            "schema": _bounded(_schema(annotations[name], name), field.bounds),
            "required": field.default is _Required,
        }
        for name, field in own.items()
    }
    return found


def _schema(annotation: Any, name: str) -> "CoreSchema":  # noqa: ANN401 - an annotation is any object
    simple = _SIMPLE.get(annotation) if isinstance(annotation, type) else None  # hashing a long Literal takes long
    if simple is not None:
        return simple
    origin: Any = get_origin(annotation)
    arguments = get_args(annotation)
    if origin is Annotated:
        checks = arguments[1:]
        if checks[0] is Instance:
            schema: CoreSchema = {"type": "is-instance", "cls": arguments[0]}
            checks = checks[1:]
        else:
            schema = _schema(arguments[0], name)
        for check in checks:
            schema = _checked(schema, check)
        return schema
    if origin is Literal:
        return {"type": "literal", "expected": list(arguments)}
    if origin is Union or origin is UnionType:
        branches: list[Any] = [_schema(each, name) for each in arguments if each is not NoneType]
        schema = branches[0] if len(branches) == 1 else {"type": "union", "choices": branches}
        return {"type": "nullable", "schema": schema} if NoneType in arguments else schema
    if origin is tuple:
        return {"type": "tuple", "items_schema": [_schema(arguments[0], name)], "variadic_item_index": 0}
    if origin is dict:
        return {"type": "dict", "keys_schema": _schema(arguments[0], name), "values_schema": _schema(arguments[1], name)}
    if origin is Callable:
        return {"type": "callable"}
    message = f"field `{name}` has an annotation that nobody can check: {annotation}"
    raise TypeError(message)


def _checked(schema: "CoreSchema", check: Check) -> "CoreSchema":
    function = check.function
    if check.with_others:
        with_fields: Callable[[Any, Any], Any] = lambda value, info: function(value, info.data)  # noqa: E731
        return {"type": "function-after", "function": {"type": "with-info", "function": with_fields}, "schema": schema}
    return {"type": "function-after", "function": {"type": "no-info", "function": function}, "schema": schema}


def _bounded(schema: "CoreSchema", bounds: Mapping[str, Any]) -> "CoreSchema":
    """The schema with bounds, which belong to what is innermost: the type itself."""
    if not bounds:
        return schema
    inner = schema.get("schema")
    if schema["type"] in ("nullable", "function-after") and inner is not None:
        return cast("CoreSchema", {**schema, "schema": _bounded(cast("CoreSchema", inner), bounds)})
    return cast("CoreSchema", {**schema, **bounds})
