"""What every declared thing has: strict fields, and the call that made it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError

from monitoring_as_code.origin import Origin, callers, here

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


class Part(BaseModel):
    """A frozen, strict value that is written inside of a declaration: a row, a route, a target."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        defer_build=True,
        arbitrary_types_allowed=True,
        allow_inf_nan=False,
        protected_namespaces=(),
    )

    _origin: Origin = PrivateAttr()

    def __init__(self, /, **fields: Any) -> None:
        origin = here()
        try:
            super().__init__(**fields)
        except ValidationError as error:
            invalid = InvalidDeclaration(type(self), error, fields, origin, callers())
            noted = _loading.get()
            if noted is None or not noted.go_on:
                raise invalid from None
            noted.invalid.append(invalid)
            return
        self._origin = origin

    @property
    def origin(self) -> Origin:
        """The call that made this."""
        return self._origin

    __eq__ = object.__eq__

    def __hash__(self) -> int:
        # Not `__hash__ = object.__hash__`: pydantic takes that for none, and gives each subclass a hash of its fields.
        return object.__hash__(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__


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

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}>"

    __str__ = __repr__


class Noted(list[Declaration]):
    """The declarations made, in order, and the invalid ones.

    With `go_on` an invalid declaration does not raise, so that one run finds more than the first: what the call returns is an object
    without fields, and who loads must throw away the module that made it.
    """

    def __init__(self, *, go_on: bool = False) -> None:
        super().__init__()
        self.go_on = go_on
        self.invalid: list[InvalidDeclaration] = []


@contextmanager
def noting(*, go_on: bool = False) -> Iterator[Noted]:
    """While this lasts, every declaration made is noted in the list, reachable or not."""
    noted = Noted(go_on=go_on)
    token = _loading.set(noted)
    try:
        yield noted
    finally:
        _loading.reset(token)
