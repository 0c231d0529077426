"""What every declared thing has: strict fields, and the call that made it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError

from monitoring_as_code.origin import Origin, here

_loading: ContextVar["list[Declaration] | None"] = ContextVar("loading", default=None)


class InvalidDeclaration(ValueError):  # noqa: N818 - users read this name when they import definitions themselves
    """A declaration whose fields are wrong: the faults as pydantic tells them, and the call."""

    def __init__(self, kind: str, error: ValidationError, origin: Origin) -> None:
        super().__init__(f"{kind}: " + "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()))
        self.kind = kind
        self.error = error
        self.origin = origin


class Part(BaseModel):
    """A frozen, strict value that is written inside of a declaration: a row, a route, a target."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", defer_build=True, arbitrary_types_allowed=True, allow_inf_nan=False, protected_namespaces=()
    )

    _origin: Origin = PrivateAttr()

    def __init__(self, /, **fields: Any) -> None:
        origin = here()
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise InvalidDeclaration(type(self).__name__, error, origin) from None
        self._origin = origin

    @property
    def origin(self) -> Origin:
        """The call that made this."""
        return self._origin

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__


class Declaration(Part):
    """A part that stands for itself: a metric, a rule, a dashboard. Two declarations are equal only if they are the same one."""

    kind: ClassVar[str] = "declaration"

    name: str

    def __init__(self, /, **fields: Any) -> None:
        super().__init__(**fields)
        noted = _loading.get()
        if noted is not None:
            noted.append(self)

    @property
    def identities(self) -> tuple[tuple[str, ...], ...]:
        """What no other declaration may share with this one."""
        return ((self.kind, self.name),)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}>"

    __str__ = __repr__


@contextmanager
def noting() -> Iterator[list[Declaration]]:
    """While this lasts, every declaration made is noted in the list, reachable or not."""
    noted: list[Declaration] = []
    token = _loading.set(noted)
    try:
        yield noted
    finally:
        _loading.reset(token)
