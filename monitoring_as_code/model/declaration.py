"""What every declared thing has: strict fields, and the call that made it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, dataclass_transform

from monitoring_as_code.model.checking import Field, FieldBounds, own_fields, validator
from monitoring_as_code.origin import Anchor, Origin, callers, here
from monitoring_as_code.pydantic_engine import SchemaValidator, ValidationError

if TYPE_CHECKING:
    from inspect import Signature

    from monitoring_as_code.model.environments import WrongChoice

# What an argument needs beside it: which others, and the values that one of them must have; without values it must be given.
Needs: TypeAlias = Mapping[str, tuple[tuple[str, ...], tuple[Any, ...]]]

_loading: ContextVar["Noted | None"] = ContextVar("loading", default=None)


class InvalidDeclaration(ValueError):  # noqa: N818 - users read this name when they import definitions themselves
    """A declaration whose fields are wrong: its class, the faults as pydantic tells them, what was given, and the call.

    `callers` are the calls that led there, from the innermost to that in a module's body.
    """

    def __init__(
        self, made: "type[Part]", error: ValidationError, fields: dict[str, Any], origin: Origin, callers: tuple[Origin, ...] = ()
    ) -> None:
        super().__init__(
            f"{made.__name__}: " + "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        )
        self.made = made
        self.error = error
        self.fields = fields
        self.origin = origin
        self.callers = callers


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(Field,))
class _PartMeta(type):
    """Tells type checkers that the annotations are the arguments of the constructor, and `help()` when it asks."""

    @property
    def __signature__(cls) -> "Signature":
        from monitoring_as_code.model.signature import signature

        return signature(Part.fields_by_class(cls))


class Part(metaclass=_PartMeta):
    """A frozen, strict value that is written inside of a declaration: a row, a route, a target.

    Raises:
        InvalidDeclaration: an argument is missing, unknown, or not what its annotation says.
    """

    # Which of the class's own arguments do nothing without others. `(None,)` or `(False,)` says that those must not be given.
    _needs: ClassVar[Needs] = {}
    # What each class declares itself, and what checks all fields of it, made when they are first needed.
    __own: ClassVar[dict[type, dict[str, FieldBounds]]] = {}
    __validators: ClassVar[dict[type, SchemaValidator]] = {}

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        Part.__own[cls] = own_fields(cls)

    def __init__(self, /, **fields: Any) -> None:
        origin = here()
        made = type(self)
        try:
            checked = (Part.__validators.get(made) or made._make_validator()).validate_python(fields)  # noqa: SLF001 - our own class
        except ValidationError as error:
            invalid = InvalidDeclaration(made, error, fields, origin, callers())
            noted = _loading.get()
            if noted is None or not noted.go_on:
                raise invalid from None
            noted.invalid.append(invalid)
            return
        checked["_origin"] = origin
        if origin.code.co_name != "<module>":
            checked["_callers"] = callers()
        self.__dict__.update(checked)

    @classmethod
    def _make_validator(cls) -> SchemaValidator:
        needs: dict[str, tuple[tuple[str, ...], tuple[Any, ...]]] = {}
        for base in reversed(cls.__mro__):
            needs.update(base.__dict__.get("_needs", {}))

        def consistent(fields: dict[str, Any]) -> None:
            cls._consistent(fields)
            if not needs.keys().isdisjoint(fields):
                cls._refuse_idle(fields, needs)

        checks_together = bool(needs) or cls._consistent.__func__ is not Part._consistent.__func__  # type: ignore[attr-defined]  # of a classmethod
        made = Part.__validators[cls] = validator(cls, Part.fields_by_class(cls), consistent if checks_together else None)
        return made

    @staticmethod
    def fields_by_class(made: type) -> dict[type, dict[str, FieldBounds]]:
        """The fields of a class by the class that declares them, base classes first."""
        return {base: Part.__own[base] for base in reversed(made.__mro__) if base in Part.__own}

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        """Refuses, by a ValueError, fields that are right one by one but not together."""

    @classmethod
    def _refuse_idle(cls, fields: dict[str, Any], needs: Needs) -> None:
        """Refuses an argument that does nothing, since another one is missing."""
        for name, (others, wanted) in needs.items():
            if name not in fields or fields[name] == getattr(cls, name, None) or any(fields.get(each) for each in ("options", "custom")):
                continue
            values = [fields.get(other, getattr(cls, other, None)) for other in others]
            if not any(value in wanted if wanted else value not in (None, False, "", ()) for value in values):
                other = " or ".join(f"`{each}`" for each in others)
                if wanted in ((None,), (False,)):
                    message = f"`{name}` does nothing beside {other}: leave one of them out"
                elif wanted:
                    known = " or ".join(f"`{value}`" for value in wanted if value is not None)
                    message = f"`{name}` does nothing unless {other} is {known}"
                else:
                    message = f"`{name}` does nothing without {other}: give that, too, or leave `{name}` out"
                raise ValueError(message)

    @classmethod
    def fields(cls) -> tuple[str, ...]:
        """The names of the fields, those of base classes first."""
        return tuple(dict.fromkeys(name for base in reversed(cls.__mro__) for name in Part.__own.get(base, ())))

    @property
    def origin(self) -> Origin:
        """The call that made this."""
        origin: Origin = self.__dict__["_origin"]
        return origin

    @property
    def callers(self) -> tuple[Origin, ...]:
        """The calls that led to the one that made this, from the nearest to that in a module's body; none if it stands there itself."""
        found: tuple[Origin, ...] = self.__dict__.get("_callers", ())
        return found[1:]

    @classmethod
    def form(cls, field: str) -> str:
        """What a text must look like, in words."""
        return next((Part.__own[base][field].form for base in cls.__mro__ if field in Part.__own.get(base, ())), "")

    @classmethod
    def field_since(cls, field: str) -> str:
        """The oldest program that takes what is emitted of a field, in words; "" where every one does."""
        return next((Part.__own[base][field].since for base in cls.__mro__ if field in Part.__own.get(base, ())), "")

    @classmethod
    def as_read(cls, anchor: Anchor, /, **fields: Any) -> Self:
        """One that stands in a file of others. Nothing is checked; its origin is the place in that file, to which a call's words apply."""
        part = object.__new__(cls)
        part.__dict__.update(fields, _origin=anchor)
        return part

    def made_at(self, origin: Origin) -> Self:
        """This part as if another call had made it, for one that a shorthand stands for."""
        self.__dict__["_origin"] = origin
        return self

    def __setattr__(self, name: str, value: object) -> None:
        message = f"what is declared cannot be changed: make another `{type(self).__name__}`"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> None:
        self.__setattr__(name, None)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Declaration(Part):
    """A part that stands for itself: a metric, a rule, a dashboard. Two declarations are equal only if they are the same one."""

    kind: ClassVar[str] = "declaration"
    # Whether the names of the declarations inside of this one are its own business: two exporters may both expose `up`.
    keeps_names: ClassVar[bool] = False

    name: str

    def __init__(self, /, **fields: Any) -> None:
        super().__init__(**fields)
        noted = _loading.get()
        if noted is not None and "name" in self.__dict__:  # an invalid one has no fields
            noted.append(self)

    @property
    def identities(self) -> tuple[tuple[str, ...], ...]:
        """What no other declaration may share with this one."""
        return ((self.kind, self.name),)

    def called(self, identity: tuple[str, ...]) -> str:
        """What one of its identities is called in a sentence."""
        kind, name, *rest = identity
        return f"{kind} `{name}`" + (f" ({', '.join(rest)})" if rest else "")

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}>"


class Noted(list[Declaration]):
    """The declarations made, in order, and the invalid ones.

    With `go_on` an invalid declaration does not raise, so that one run finds more than the first: what the call returns is an object
    without fields, and who loads must throw away the module that made it.
    """

    def __init__(self, *, go_on: bool = False, environments: tuple[str, ...] | None = (), environment: str | None = None) -> None:
        super().__init__()
        self.go_on = go_on
        self.environments = environments
        """All that the project has; None if nobody knows."""
        self.environment = environment
        """The one that is being loaded."""
        self.discarded: list[object] = []
        """What `by_env` has chosen another value for."""
        self.without_environments = False
        """Whether it was told that the project has none."""
        self.invalid: list[InvalidDeclaration | WrongChoice] = []


def being_loaded() -> Noted | None:
    """What is noted at the moment; None outside of a load."""
    return _loading.get()


@contextmanager
def noting(*, go_on: bool = False, environments: tuple[str, ...] | None = (), environment: str | None = None) -> Iterator[Noted]:
    """While this lasts, every declaration made is noted in the list, reachable or not."""
    noted = Noted(go_on=go_on, environments=environments, environment=environment)
    token = _loading.set(noted)
    try:
        yield noted
    finally:
        _loading.reset(token)
