"""What the declarations mean together: the catalogue, every expression with its syntax tree, and the facts inferred of it.

Lint rules, targets and proofs read this and parse, print or infer nothing again: each distinct expression is worked on once.
"""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from monitoring_as_code.catalogue import Catalogue, Metric
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.alert import Alert, RecordingRule, RuleGroup
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.expression import Expression
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.model.routing import Routing
from monitoring_as_code.model.stack import Stack
from monitoring_as_code.model.variables import QueryResultVariable
from monitoring_as_code.origin import Place
from monitoring_as_code.project import load_project
from monitoring_as_code.promql import PromQLSyntaxError, parse
from monitoring_as_code.promql.ast import VectorSelector, walk
from monitoring_as_code.promql.height import MAX_HEIGHT
from monitoring_as_code.promql.infer import Facts, Recording, infer, record
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.schema import catalogue_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import CodeType

    from monitoring_as_code.config import Config
    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.model.declaration import Declaration, Part
    from monitoring_as_code.project import Project
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.promql.infer.value import Value

A = TypeVar("A")


class Use(NamedTuple):
    """One expression where it is used.

    `part` is what takes it as `argument`, and `declaration` the whole that the part belongs to: an alert is both; a panel's query
    belongs to a dashboard. `written` is the text if it was given as text. `expr` and `text` (canonical) are missing when that is no
    PromQL; then `error` says why.
    """

    declaration: Declaration
    part: Part
    argument: str
    in_dashboard: bool
    written: str | None
    expr: Expr | None
    text: str
    error: PromQLSyntaxError | None

    def place(self, node: Expr | None = None) -> Place:
        """Where the expression stands, or one node of it."""
        if node is not None and self.written is None and node.origin is not None:
            # A node with an origin and a span was parsed from the text that `expression(...)` was given.
            return Place(node.origin, (0,), node.span) if node.span.start >= 0 else Place(node.origin)
        span = None if node is None or self.written is None else (node.span.start, node.span.end)
        return Place(self.part.origin, (self.argument,), span, self.written if self.written is not None else self.text)


class Group(NamedTuple):
    """A rule group as it is emitted; `file` is the rule file's name without its ending."""

    name: str
    file: str
    interval: str | None
    limit: int | None
    query_offset: str | None
    rules: tuple[Alert | RecordingRule, ...]
    declaration: RuleGroup | None


class Analysis:
    """A project, read; against the metrics that are `known`, if they are others than those that it declares.

    What was found out of texts for the one `beside`, of another environment, is not found out again.
    """

    def __init__(self, project: Project, known: Catalogue | None = None, *, beside: Analysis | None = None) -> None:
        # A chain of a thousand operators is a tree of a thousand levels; rules and targets walk it with up to four frames a level.
        sys.setrecursionlimit(max(sys.getrecursionlimit(), 5 * MAX_HEIGHT))
        self.project = project
        self.known = known
        self.made: dict[str, bytes] = {}
        """Artifacts that were made beforehand, beside the checks, by path: a target takes them as they are."""
        self.kept: dict[object, Any] = {}
        """What functions that are asked `once` have answered."""
        self._values: dict[int, Value] = {}
        self._selectors: dict[int, tuple[VectorSelector, ...]] = {}
        self.by_text: dict[str, dict[Any, Any]] = {} if beside is None else beside.by_text
        """What depends on the text of an expression alone, by who has found it out; the same for all environments."""

    @cached_property
    def stack(self) -> Stack | None:
        """The stack, if one is declared."""
        return next(iter(self.project.of(Stack)), None)

    @cached_property
    def routing(self) -> Routing | None:
        """The routing, if one is declared."""
        return next(iter(self.project.of(Routing)), None)

    def with_routing(self, routing: Routing) -> Analysis:
        """The same, as if this were the routing; what was worked out already is shared."""
        other = object.__new__(Analysis)
        other.__dict__.update(self.__dict__)
        other.__dict__["routing"] = routing  # where it is kept once it was asked for
        other.kept = {}
        return other

    @cached_property
    def catalogue(self) -> Catalogue:
        """What every selector is checked against: the declared metrics, and what the recording rules make of them."""
        return self._inferred[0]

    @cached_property
    def _inferred(self) -> tuple[Catalogue, dict[int, Facts]]:
        """The catalogue, and the facts of the recording rules' expressions, which made a part of it."""
        catalogue = catalogue_of(self.project) if self.known is None else self.known.copy()
        recordings: list[Recording] = []
        for rule in self.rules:
            if isinstance(rule, RecordingRule):
                expr = self.use(rule).expr
                if expr is None:
                    catalogue.add(Metric(rule.name, "recorded", closed=False, unit=rule.unit, origin=rule.origin))
                else:
                    recordings.append(Recording(rule.name, expr, rule.labels, rule.unit, rule.help, rule.origin))
        facts = record(recordings, catalogue)
        return catalogue, {id(each.expr): each for each in facts}

    def facts(self, use: Use) -> Facts:
        """What is known of an expression and of every node in it; inferred anew, as it is too large to be kept for thousands.

        Raises:
            ValueError: the use has a syntax error, and so no expression.
        """
        if use.expr is None:
            message = f"`{use.text}` is no PromQL"
            raise ValueError(message)
        catalogue, known = self._inferred
        facts = known.get(id(use.expr)) or infer(use.expr, catalogue)
        self._values[id(use.expr)] = facts.value
        return facts

    def forget(self, uses: Iterable[Use]) -> None:
        """Let go of what is kept of expressions that nobody is likely to ask for any more."""
        for use in uses:
            self._values.pop(id(use.expr), None)

    def value(self, use: Use) -> Value:
        """What is known of an expression as a whole; kept.

        Raises:
            ValueError: the use has a syntax error, and so no expression.
        """
        found = self._values.get(id(use.expr))
        return self.facts(use).value if found is None else found

    def selectors(self, use: Use) -> tuple[VectorSelector, ...]:
        """The selectors in an expression, in the order of the text; none if it is no PromQL."""
        if use.expr is None:
            return ()
        found = self._selectors.get(id(use.expr))
        if found is None:
            found = self._selectors[id(use.expr)] = tuple([node for node in walk(use.expr) if isinstance(node, VectorSelector)])
        return found

    @cached_property
    def rules(self) -> tuple[Alert | RecordingRule, ...]:
        """Every alert and recording rule, in the order of their evaluation."""
        return tuple(rule for group in self.groups for rule in group.rules)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The rule groups: those declared, and one for each module whose rules are in none. Sorted by file, then as declared."""
        declared = self.project.of(RuleGroup)
        grouped = {id(rule) for group in declared for rule in group.rules}
        groups = [
            Group(group.name, self._file_of(group), group.interval, group.limit, group.query_offset, group.rules, group)
            for group in declared
        ]
        loose: dict[str, list[Alert | RecordingRule]] = {}
        every: tuple[Alert | RecordingRule, ...] = (*self.project.of(RecordingRule), *self.project.of(Alert))
        for rule in every:
            if id(rule) not in grouped:
                loose.setdefault(self._file_of(rule), []).append(rule)
        groups += [Group(module, module, None, None, None, tuple(rules), None) for module, rules in loose.items()]
        return tuple(sorted(groups, key=lambda group: group.file))

    def group_of(self, rule: Alert | RecordingRule) -> Group | None:
        """The group in which a rule is evaluated; none if the rule is none of the project's."""
        return self._group_by_rule.get(id(rule))

    @cached_property
    def _group_by_rule(self) -> dict[int, Group]:
        found: dict[int, Group] = {}
        for group in self.groups:
            for rule in group.rules:
                found.setdefault(id(rule), group)
        return found

    def _file_of(self, declaration: Declaration) -> str:
        declared = self.project.declared(declaration)
        return "definitions" if declared is None else declared.module.name.replace(".", "-")

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Every expression of every rule and dashboard, in a fixed order."""
        return tuple(self._find_uses())

    @cached_property
    def _uses_by_part(self) -> dict[tuple[int, str], Use]:
        return {(id(use.part), use.argument): use for use in self.uses}

    def use(self, part: Part, argument: str = "expr") -> Use:
        """The expression that `part` was given.

        Raises:
            KeyError: it takes none.
        """
        return self._uses_by_part[id(part), argument]

    def queries(self, panel: QueryPanel) -> tuple[Use, ...]:
        """The queries of a panel of a declared dashboard, in their order; each use's `part` is a `Query`."""
        return self._panel_uses[id(panel)]

    @cached_property
    def _panel_uses(self) -> dict[int, tuple[Use, ...]]:
        return {
            id(panel): tuple(self._read(dashboard, query, "expr", query.expr, in_dashboard=True) for query in panel.all_queries)
            for dashboard in self.project.of(Dashboard)
            for row in dashboard.rows
            for panel in row.panels
            if isinstance(panel, QueryPanel)
        }

    def _find_uses(self) -> Iterator[Use]:
        for rule in self.rules:
            yield self._read(rule, rule, "expr", rule.expr, in_dashboard=False)
        for dashboard in self.project.of(Dashboard):
            for variable in dashboard.variables:
                if isinstance(variable, QueryResultVariable):
                    yield self._read(dashboard, variable, "expr", variable.expr, in_dashboard=True)
            for row in dashboard.rows:
                for panel in row.panels:
                    if isinstance(panel, QueryPanel):
                        yield from self._panel_uses[id(panel)]
            for annotation in dashboard.annotations:
                yield self._read(dashboard, annotation, "expr", annotation.expr, in_dashboard=True)

    def _read(self, declaration: Declaration, part: Part, argument: str, given: Expression | str, *, in_dashboard: bool) -> Use:
        if isinstance(given, Expression):
            return Use(declaration, part, argument, in_dashboard, None, given.node, to_text(given.node), None)
        expr, text, error = self._parsed(given, in_dashboard)
        return Use(declaration, part, argument, in_dashboard, given, expr, text, error)

    def _parsed(self, text: str, in_dashboard: bool) -> tuple[Expr | None, str, PromQLSyntaxError | None]:
        key = (text, in_dashboard)
        known = self.by_text.setdefault("parsed", {})
        found: tuple[Expr | None, str, PromQLSyntaxError | None] | None = known.get(key)
        if found is None:
            try:
                expr = parse(text, variables=in_dashboard, features=self._features)
                found = (expr, to_text(expr), None)
            except PromQLSyntaxError as error:
                found = (None, text, error)
            known[key] = found
        return found

    @cached_property
    def _features(self) -> frozenset[str]:
        return frozenset(self.project.config.promql_features)


def once(answer: Callable[[Analysis], A]) -> Callable[[Analysis], A]:
    """Makes a function whose answer is kept with the analysis that it is asked about: work it out once, whoever asks."""

    def kept(analysis: Analysis) -> A:
        if answer not in analysis.kept:
            analysis.kept[answer] = answer(analysis)
        found: A = analysis.kept[answer]
        return found

    return kept


def read_every(
    root: str, config: Config, problems: Iterable[Diagnostic] = (), environments: Sequence[str | None] | None = None
) -> Iterator[Analysis]:
    """A project, loaded and read once for each of these environments; without a word for each that it has, or once if it has none."""
    if environments is None:
        environments = config.environments or (None,)
    codes: dict[str, CodeType] | None = {} if len(environments) > 1 else None
    first: Analysis | None = None
    for each in environments:
        analysis = Analysis(load_project(root, config, problems, environment=each, codes=codes), beside=first)
        first = first or analysis
        yield analysis
