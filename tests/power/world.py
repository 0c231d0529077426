"""What operators work on: a project, its expressions where they are used, and how to change one thing of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.catalogue import Catalogue
from monitoring_as_code.diagnostics import Diagnostic
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.model.alert import Alert, RecordingRule, RuleGroup
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.expression import Expression
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.model.stack import Stack
from monitoring_as_code.origin import Location, Place, locate
from monitoring_as_code.project import Declared, Module, Project
from monitoring_as_code.promql import PromQLSyntaxError, parse
from monitoring_as_code.promql.ast import Aggregate, Binary, Call, Expr, MatrixSelector, Paren, Subquery, Unary, VectorSelector, walk
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.node import replace
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.schema import catalogue_of

Changes = Mapping[Part, Mapping[str, object]]


class Site(NamedTuple):
    """One expression where it is used: the part's field `expr`."""

    declaration: Declaration
    part: Part
    expr: Expr
    in_dashboard: bool

    @property
    def alert(self) -> Alert | None:
        return self.part if isinstance(self.part, Alert) else None

    def with_expr(self, expr: Expr | str, **fields: object) -> Changes:
        """The change that gives this part another expression."""
        return {self.part: {"expr": expr if isinstance(expr, str) else to_text(expr), **fields}}


class World:
    """A project to mutate."""

    def __init__(self, name: str, project: Project) -> None:
        self.name = name
        self.project = project

    @cached_property
    def catalogue(self) -> Catalogue:
        """The declared metrics; recording rules are not among them."""
        return catalogue_of(self.project)

    @cached_property
    def stack(self) -> Stack:
        return self.project.of(Stack)[0]

    @cached_property
    def scrape_ms(self) -> int:
        return max(milliseconds(job.scrape_interval or self.stack.scrape_interval) for job in self.stack.jobs)

    @cached_property
    def records(self) -> dict[str, RecordingRule]:
        return {rule.name: rule for rule in reversed(self.project.of(RecordingRule))}

    @cached_property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What lint says before anything is changed."""
        return tuple(lint(Analysis(self.project)))

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """All but those that are found fault with as they are: a mistake more would not show there."""
        wrong = {(at.path, at.line) for at in map(_located, self.findings) if at is not None}
        return tuple(site for site in self._sites() if not wrong or _start(site.part) not in wrong)

    def _sites(self) -> Iterator[Site]:
        every: tuple[Alert | RecordingRule, ...] = (*self.project.of(RecordingRule), *self.project.of(Alert))
        for rule in every:
            yield from _site(rule, rule, in_dashboard=False)
        for dashboard in self.project.of(Dashboard):
            for row in dashboard.rows:
                for panel in row.panels:
                    if isinstance(panel, QueryPanel):
                        for part in (panel, *panel.queries):
                            yield from _site(dashboard, part, in_dashboard=True)

    @property
    def rules(self) -> tuple[Site, ...]:
        return tuple(site for site in self.sites if not site.in_dashboard)

    @property
    def alerts(self) -> tuple[Site, ...]:
        return tuple(site for site in self.sites if isinstance(site.part, Alert))

    @property
    def panels(self) -> tuple[Site, ...]:
        return tuple(site for site in self.sites if site.in_dashboard)

    def group_of(self, rule: Declaration) -> RuleGroup | None:
        return next((group for group in self.project.of(RuleGroup) if any(each is rule for each in group.rules)), None)


def _located(finding: Diagnostic) -> Location | None:
    return locate(finding.place) if isinstance(finding.place, Place) else finding.place


def _start(part: Part) -> tuple[str, int]:
    at = locate(Place(part.origin))
    return at.path, at.line


def _site(declaration: Declaration, part: Part, *, in_dashboard: bool) -> Iterator[Site]:
    given: Any = getattr(part, "expr", None)
    if isinstance(given, Expression):
        yield Site(declaration, part, parse(to_text(given.node), variables=in_dashboard), in_dashboard)
    elif given is not None:
        try:
            yield Site(declaration, part, parse(given, variables=in_dashboard), in_dashboard)
        except PromQLSyntaxError:
            return


def changed(project: Project, changes: Changes, added: Sequence[Alert | RecordingRule] = ()) -> Project:
    """The project with these fields changed, and with rules added that are in no group. All that holds what changed is made anew."""
    done: dict[Part, Part] = {}

    def anew(value: Any) -> Any:  # noqa: ANN401 - a field of any declaration
        if isinstance(value, Part):
            if value not in done:
                old = vars(value)
                new = {name: anew(inner) for name, inner in old.items()} | dict(changes.get(value, {}))
                if all(name in old and new[name] is old[name] for name in new):  # a default is kept by the class
                    done[value] = value
                else:
                    done[value] = made = object.__new__(type(value))
                    made.__dict__.update(new)
            return done[value]
        if type(value) is tuple:
            items = tuple(anew(inner) for inner in value)
            return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
        return value

    declared: dict[Declaration, Declared] = {}
    for each in project.declarations:
        found = project.declared(each)
        assert found is not None
        declared[anew(each)] = found._replace(holder=found.holder and anew(found.holder))
    for rule in added:
        declared[rule] = Declared(Module("added", "added.py"), "added")
    return Project(project.root, project.config, declared, modules=project.modules, declared=declared)


def put(expr: Expr, target: Expr, new: Expr) -> Expr:
    """The tree with one node, the very same one, exchanged."""
    if expr is target:
        return new
    match expr:
        case Binary(left=left, right=right):
            return replace(expr, left=put(left, target, new), right=put(right, target, new))
        case Call(args=args):
            return replace(expr, args=tuple(put(argument, target, new) for argument in args))
        case Aggregate(expr=inside, param=param):
            return replace(expr, expr=put(inside, target, new), param=None if param is None else put(param, target, new))
        case MatrixSelector(selector=selector):
            exchanged = put(selector, target, new)
            assert isinstance(exchanged, VectorSelector)
            return replace(expr, selector=exchanged)
        case Subquery(expr=inside) | Unary(expr=inside) | Paren(expr=inside):
            return replace(expr, expr=put(inside, target, new))
        case _:
            return expr


def bare(expr: Expr) -> Expr:
    """The expression without the parentheses around it."""
    while isinstance(expr, Paren):
        expr = expr.expr
    return expr


def selectors(expr: Expr) -> list[VectorSelector]:
    """All selectors below a node."""
    return [node for node in walk(expr) if isinstance(node, VectorSelector)]
