"""A small change of a rule or of the routing, and the operators that make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring_as_code.model.alert import Alert, RecordingRule
    from monitoring_as_code.model.routing import Routing
    from monitoring_as_code.promql.ast import Expr

P = TypeVar("P", bound=Part)
Area: TypeAlias = Literal["expression", "alert", "routing"]


class Operator(NamedTuple):
    """One way in which something can be changed.

    `does` says what it does, in a sentence. `before` and `after` are an example.
    """

    name: str
    does: str
    before: str
    after: str
    area: Area


class Mutant(NamedTuple):
    """One change of one declaration.

    `before` and `after` are what changes, as text; `where` names the part of the declaration. `advice` says what scenario would notice.
    What is changed is either the expression, or fields of the alert or recording rule, or the whole routing.
    """

    operator: Operator
    subject: Alert | RecordingRule | Routing
    where: str
    before: str
    after: str
    advice: str
    old: Expr | None = None
    """The node of the subject's expression that is changed."""
    new: Expr | None = None
    """What becomes of that node; missing where the whole is another field."""
    expr: Expr | None = None
    """The whole expression after the change."""
    fields: Mapping[str, object] | None = None
    routing: Routing | None = None

    @property
    def is_speech(self) -> bool:
        """Whether nothing differs but what the alert says."""
        return self.fields is not None and not self.fields.keys() - {"summary", "description", "annotations"}

    @property
    def place(self) -> Place:
        """The argument that is changed, of the declaration or of a part inside of it; or that part, if it is changed as a whole."""
        if self.routing is None:
            return Place(self.subject.origin, (self.where.partition("[")[0],))
        part: Part = self.subject
        for step in self.where.split("."):
            field, _, index = step.rstrip("]").partition("[")
            if not index:
                return Place(part.origin, (field,))
            part = getattr(part, field)[int(index)]
        return Place(part.origin)

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return f"`{self.subject.name}`: {self.operator.name}"


def changed(part: P, **fields: object) -> P:
    """The same part with other fields, which are not checked; its place is the old one's."""
    made: P = object.__new__(type(part))
    made.__dict__.update(part.__dict__, **fields)
    return made
