"""What inference found out about an expression, for those who ask: a value for each node, and what happened at selectors, joins and comparisons."""

from __future__ import annotations

from typing import Literal, TypeAlias

from monitoring_as_code.catalogue import Domain, Entry
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import Binary, Expr, Matcher, VectorSelector
from monitoring_as_code.promql.infer.value import LabelFact, Value

Share: TypeAlias = Literal["none", "some", "all", "unknown"]
Verdict: TypeAlias = Literal["never", "maybe", "always"]


class MatcherFact(NamedTuple):
    """One matcher against the declared label. `known` is None when nobody knows whether the metric has the label.

    `share` is how many of the label's declared values the matcher selects, an absent label counted as "": "none" can never match,
    "all" does not choose. `outside` are values that the matcher names one by one and that the label cannot have.
    """

    matcher: Matcher
    known: bool | None
    domain: Domain | None
    share: Share = "unknown"
    outside: tuple[str, ...] = ()


class SelectorFact(NamedTuple):
    """One selector. `name` is the metric's name, also when a matcher on `__name__` says it; "" when it is not one name.

    `unknown` says that the catalogue is complete and has no such metric. `contradictory` are two matchers, or one, that nothing can pass.
    """

    node: VectorSelector
    name: str
    entry: Entry | None
    unknown: bool
    matchers: tuple[MatcherFact, ...] = ()
    contradictory: tuple[Matcher, ...] = ()


class Clash(NamedTuple):
    """A label in whose value two sides of a join can never agree. Its facts say what each side has, and why."""

    label: str
    left: LabelFact
    right: LabelFact


class JoinFact(NamedTuple):
    """A binary operator between two vectors. `signature` are the labels that must agree when `on` says so; None when they are open.

    `verdict` "never" says that no element of one side can match one of the other; `clashes` say why, for the arms where it is so.
    `absent` are labels of `on` that neither side can have. `left_extra` and `right_extra` are labels beyond the signature that can tell apart several
    elements with equal signatures; None when such labels are not known, empty when an element is alone with its signature for certain.
    `overwritten` and `missing` are included labels (`group_left(x)`) that the many side already has always, or that the one side never has.
    """

    node: Binary
    on: bool
    signature: frozenset[str] | None
    verdict: Verdict
    clashes: tuple[Clash, ...] = ()
    absent: tuple[str, ...] = ()
    left_extra: frozenset[str] | None = None
    right_extra: frozenset[str] | None = None
    overwritten: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    right_is_dead: bool = False
    """For `or`: the left side is never empty and every element of the right side matches one of it."""
    drops_all: bool = False
    """For `unless`: the right side is never empty and every element of the left side matches one of it."""


class ComparisonFact(NamedTuple):
    """A comparison. `verdict` is whether it holds: "never" for a threshold out of reach, "always" for one that does not choose."""

    node: Binary
    verdict: Verdict


class Facts:
    """What is known of an expression and of every expression in it, as long as the tree is held: `facts[node]`.

    >>> from monitoring_as_code.catalogue import Catalogue
    >>> from monitoring_as_code.promql.ast import NumberLiteral
    >>> from monitoring_as_code.promql.infer import infer
    >>> infer(NumberLiteral(3.0), Catalogue()).value.range.high
    3.0
    """

    __slots__ = ("_values", "comparisons", "expr", "joins", "selectors")

    def __init__(self, expr: Expr) -> None:
        self.expr = expr
        self._values: dict[int, Value] = {}
        self.selectors: list[SelectorFact] = []
        self.joins: list[JoinFact] = []
        self.comparisons: list[ComparisonFact] = []

    def __getitem__(self, node: Expr) -> Value:
        return self._values[id(node)]

    def note(self, node: Expr, value: Value) -> None:
        """Keep the value of a node."""
        self._values[id(node)] = value

    @property
    def value(self) -> Value:
        """The value of the whole expression."""
        return self._values[id(self.expr)]

    def join_at(self, node: Expr) -> JoinFact | None:
        """The join that this node makes, if it is one."""
        return next((join for join in self.joins if join.node is node), None)
