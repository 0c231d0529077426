"""A metric's labels: a class with one typed descriptor a label, and the matchers made from them."""

import re
from typing import Any, Generic, Literal, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints, overload

from monitoring_as_code.origin import here
from monitoring_as_code.promql.ast import Matcher, MatchOp
from monitoring_as_code.promql.regexes import matches, problem
from monitoring_as_code.promql.variables import find_variables

V = TypeVar("V", bound=str)

# What every supported Prometheus accepts; UTF-8 names need Prometheus 3.
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_RE2_SPECIAL = frozenset(r"\.+*?()|[]{}^$")


class LabelName(Generic[V]):
    """A label as it is named on its class, `Http.status`: goes where a grouping label goes, and makes matchers."""

    __slots__ = ("label",)

    def __init__(self, label: "Label[V]") -> None:
        self.label = label

    @property
    def name(self) -> str:
        """The label's name in Prometheus."""
        return self.label.name

    def eq(self, value: V) -> Matcher:
        """`label="value"`."""
        return _matcher(self.name, "=", value)

    def ne(self, value: V) -> Matcher:
        """`label!="value"`."""
        return _matcher(self.name, "!=", value)

    def one_of(self, *values: V) -> Matcher:
        """`label=~"a|b"`, each value taken literally."""
        for value in values:
            _must_be_text(self.name, value)
        return _matcher(self.name, "=~", "|".join(map(quote_re2, values)))

    def matches(self, pattern: str) -> Matcher:
        """`label=~"pattern"`: RE2, and the whole value must match."""
        return _matcher(self.name, "=~", pattern)

    def not_matches(self, pattern: str) -> Matcher:
        """`label!~"pattern"`."""
        return _matcher(self.name, "!~", pattern)

    def __repr__(self) -> str:
        return f"<label {self.name}>"


class Label(Generic[V]):
    """One label. Its domain is open unless something is declared of it.

    `values` are those that a query may ask for; `emitted` those that are really sent, fewer perhaps. `pattern` is an RE2 expression
    that every value matches whole. `at_most` bounds how many values there are, for the series budget. `other` is the one of them that
    stands for all that an application may not send.
    """

    def __init__(
        self,
        *,
        values: tuple[str, ...] | None = None,
        emitted: tuple[str, ...] | None = None,
        pattern: str | None = None,
        at_most: int | None = None,
        other: str | None = None,
        name: str = "",
    ) -> None:
        self.values = values
        self.emitted = emitted
        self.pattern = pattern
        self.at_most = at_most
        self.other = other
        self.name = name
        # What an application calls it: the attribute of its class, which `name` may differ from.
        self.attribute = name

    def __set_name__(self, owner: type, attribute: str) -> None:
        self.attribute = attribute
        self.name = self.name or attribute

    @overload
    def __get__(self, instance: None, owner: type) -> LabelName[V]: ...

    @overload
    def __get__(self, instance: "Labels", owner: type) -> V: ...

    def __get__(self, instance: "Labels | None", owner: type) -> "LabelName[V] | V":
        if instance is None:
            return LabelName(self)
        value: V = instance.__dict__[self.attribute]
        return value

    def __set__(self, instance: "Labels", value: V) -> None:
        instance.__dict__[self.attribute] = value


def label(
    *,
    values: tuple[V, ...] | None = None,
    emitted: tuple[V, ...] | None = None,
    pattern: str | None = None,
    at_most: int | None = None,
    other: V | None = None,
    name: str = "",
) -> Label[V]:
    """What is known of a label's values.

    Args:
        values: all that a query may ask for; taken from the annotation when that is a `Literal`.
        emitted: those of them that are sent, when that is fewer.
        pattern: an RE2 expression that each value matches as a whole.
        at_most: how many values there can be, `other` included.
        other: the value that an application records in place of one that is not allowed, or is one too many.
        name: the label's name when it is no Python identifier or would hide a method.

    >>> class Http(Labels):
    ...     status: Label[str] = label(pattern="[1-5][0-9]{2}", at_most=60)
    >>> Http.status.matches("5..").value
    '5..'
    """
    return Label(values=values, emitted=emitted, pattern=pattern, at_most=at_most, other=other, name=name)


@dataclass_transform(kw_only_default=True, field_specifiers=(label,))
class _LabelsMeta(type):
    """Makes a descriptor of every annotation `name: Label[...]`."""

    _own: dict[str, Label[str]] | None

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> "_LabelsMeta":
        made = super().__new__(cls, name, bases, namespace)
        for attribute in _annotations(made):
            if attribute not in namespace:
                descriptor: Label[str] = Label()
                descriptor.__set_name__(made, attribute)
                type.__setattr__(made, attribute, descriptor)
        made._own = None
        return made


def _annotations(cls: type) -> dict[str, Any]:
    return {name: value for name, value in cls.__annotations__.items() if not name.startswith("_") and "ClassVar" not in str(value)}


class Labels(metaclass=_LabelsMeta):
    """The base of a class of labels; the class itself says which labels a metric has.

    >>> from typing import Literal
    >>> class Jobs(Labels):
    ...     status: Label[Literal["success", "failure"]]
    >>> [(each.name, each.values) for each in Jobs.declared()]
    [('status', ('success', 'failure'))]
    """

    def __init__(self, **values: str) -> None:
        for name, value in values.items():
            setattr(self, name, value)

    @classmethod
    def declared(cls) -> tuple[Label[str], ...]:
        """The labels in the order of their declaration, those of base classes first."""
        return tuple(_declared(cls).values())


def _declared(cls: type[Labels]) -> dict[str, Label[str]]:
    if cls._own is None:
        found: dict[str, Label[str]] = {}
        for base in cls.__mro__[1:]:
            if isinstance(base, _LabelsMeta):
                found = {**_declared(base), **found}  # type: ignore[arg-type]  # every class of this metaclass is a Labels
        annotations = _annotations(cls)
        if any(isinstance(value, str) for value in annotations.values()):  # from __future__ import annotations
            annotations = get_type_hints(cls)
        # The order of the annotations is that of the text; a label without one comes after them.
        for attribute in dict.fromkeys((*annotations, *cls.__dict__)):
            descriptor = cls.__dict__.get(attribute)
            if isinstance(descriptor, Label):
                if attribute.startswith("_"):
                    message = (
                        f"`{attribute}` begins with an underscore, as no label does in Python: call it otherwise, by `label(name=...)`"
                    )
                    raise ValueError(message)
                _take_values(descriptor, annotations.get(attribute))
                found[attribute] = descriptor
            elif not attribute.startswith("_") and _is_plain(descriptor) and attribute not in cls.__annotations__:
                message = f"`{attribute} = {descriptor!r}` makes no label: write `{attribute}: Label[str]`, or annotate it with `ClassVar`"
                raise ValueError(message)
        cls._own = found
    return cls._own


def _is_plain(value: object) -> bool:
    """Whether it is neither a method nor something else that belongs to a class."""
    return not callable(value) and not hasattr(type(value), "__get__")


def _take_values(descriptor: Label[str], annotation: Any) -> None:  # noqa: ANN401 - an annotation is any object
    """Completes a label from its annotation, and refuses what contradicts itself."""
    if get_origin(annotation) is Label:
        (argument,) = get_args(annotation)
        if isinstance(argument, type) and not issubclass(argument, str):
            message = f"the values of label `{descriptor.name}` are text: write `Label[str]` for `Label[{argument.__name__}]`"
            raise ValueError(message)
        if get_origin(argument) is Literal and descriptor.values is None:
            descriptor.values = get_args(argument)
    elif annotation is not None and annotation is not Label:
        kind = getattr(annotation, "__name__", annotation)
        message = f"`{descriptor.name}` is annotated as `{kind}`, which makes no label: write `{descriptor.name}: Label[str]`"
        raise ValueError(message)
    for value in (*(descriptor.values or ()), *(descriptor.emitted or ()), *(() if descriptor.other is None else (descriptor.other,))):
        _must_be_text(descriptor.name, value)
    if not _LABEL_NAME.fullmatch(descriptor.name) or descriptor.name.startswith("__"):
        message = f"`{descriptor.name}` is no label name: letters, digits and underscores, not a digit first, not two underscores first"
        raise ValueError(message)
    fault = None if descriptor.pattern is None else problem(descriptor.pattern)
    if fault is not None:
        message = f"the pattern of label `{descriptor.name}` is no regular expression of Prometheus: {fault}"
        raise ValueError(message)
    if descriptor.at_most is not None and descriptor.at_most < 1:
        message = f"label `{descriptor.name}` must have at most one value or more, not {descriptor.at_most}"
        raise ValueError(message)
    if descriptor.values is not None and descriptor.emitted is not None:
        extra = [value for value in descriptor.emitted if value not in descriptor.values]
        if extra:
            message = f"label `{descriptor.name}` emits `{extra[0]}`, which is not one of its values"
            raise ValueError(message)
    if descriptor.other is not None:
        _check_other(descriptor, descriptor.other)


def _check_other(descriptor: Label[str], other: str) -> None:
    """What is recorded in place of a value must be a value that queries may ask for."""
    known = descriptor.values if descriptor.emitted is None else descriptor.emitted
    if known is not None and other not in known:
        message = f"`other` of label `{descriptor.name}` is `{other}`, which is not one of the values that it sends"
        raise ValueError(message)
    if descriptor.pattern is not None and not matches(descriptor.pattern, other):
        message = (
            f"`other` of label `{descriptor.name}` is `{other}`, which its pattern does not match: write `{descriptor.pattern}|{other}`"
        )
        raise ValueError(message)


def quote_re2(value: str) -> str:
    """`value` as an RE2 expression that matches just it."""
    return "".join("\\" + character if character in _RE2_SPECIAL else character for character in value)


def _matcher(name: str, op: MatchOp, value: str) -> Matcher:
    _must_be_text(name, value)
    variables = find_variables(value)
    fault = problem(value) if op in ("=~", "!~") and not variables else None
    if fault is not None:
        message = f"`{value}` is no regular expression of Prometheus: {fault}"
        raise ValueError(message)
    return Matcher(name, op, value, variables=variables, origin=here())


def _must_be_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        written = (
            f': write `"{value}"`' if isinstance(value, int) and not isinstance(value, bool) else f", and not a `{type(value).__name__}`"
        )
        message = f"the values of label `{name}` are text{written}"
        raise ValueError(message)  # noqa: TRY004 - pydantic turns a ValueError into a fault of the field


def label_name(given: "LabelName[Any] | str") -> str:
    """The name of a label that was given as `Http.status` or as text."""
    return given if isinstance(given, str) else _name_of(given)


def _name_of(given: object) -> str:
    if not isinstance(given, LabelName):
        message = f"a label is given as `Http.status` or as text, and not as `{given!r}`"
        raise ValueError(message)  # noqa: TRY004 - as above
    return given.name
