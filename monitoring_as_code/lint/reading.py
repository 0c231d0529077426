"""What rules read: the analysis, with every node of its expressions found in one walk for all of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.matchers import parse_matcher
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.variables import QueryVariable
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.ast import Aggregate, Binary, Call, Expr, MatrixSelector, NumberLiteral, Span, Subquery, walk
from monitoring_as_code.promql.template import LabelUse, Template, alert_template, legend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from monitoring_as_code.analysis import Analysis, Use
    from monitoring_as_code.lint.given import Given
    from monitoring_as_code.lint.narrowed import Narrowed
    from monitoring_as_code.matchers import Matcher as AlertMatcher
    from monitoring_as_code.model.declaration import Declaration, Part
    from monitoring_as_code.model.routing import Routing
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.promql.infer import Facts
    from monitoring_as_code.promql.infer.facts import JoinFact, SelectorFact


# The values of a label that is never there.
_MISSING = frozenset({""})


class Written(NamedTuple):
    """A text of an alert with a template in it; `path` leads to the argument."""

    alert: Alert
    path: tuple[str, ...]
    text: str
    template: Template

    def place(self, span: Span) -> Place:
        """Characters of the text."""
        return Place(self.alert.origin, self.path, span, self.text)


class Legend(NamedTuple):
    """A query's legend, or the words of an annotation, that read labels."""

    use: Use
    argument: str
    text: str
    labels: tuple[LabelUse, ...]

    def place(self, span: Span) -> Place:
        """Characters of the legend."""
        return Place(self.use.part.origin, (self.argument,), span, self.text)


class RoutingMatcher(NamedTuple):
    """A matcher of a route or an inhibition, which is its `part`."""

    part: Part
    argument: str
    position: int
    text: str
    matcher: AlertMatcher

    def place(self, word: str) -> Place:
        """Where a word of the matcher stands, the whole of it if that is not clear."""
        start = self.text.find(word) if word and self.text.count(word) == 1 else -1
        span = (start, start + len(word)) if start >= 0 else (0, len(self.text))
        return Place(self.part.origin, (self.argument, self.position), span, self.text)


class Reading:
    """A project as rules read it: some of its expressions, or all that is no expression.

    The facts of every node take much memory, so rules about expressions read a few hundred of them at a time. Whatever such a rule finds
    out from the `rest`, it finds out once: there is a reading of that alone.
    """

    def __init__(self, analysis: Analysis, uses: Iterable[Use] = (), *, rest: bool = False) -> None:
        self.analysis = analysis
        self.project = analysis.project
        self.catalogue = analysis.catalogue
        self.rest = rest
        self.uses: tuple[Use, ...] = tuple(use for use in uses if use.expr is not None)
        """The expressions that are PromQL, where they are used."""
        self._facts: dict[int, Facts] = {}

    def facts(self, use: Use) -> Facts:
        """What is known of an expression and of every node in it."""
        found = self._facts.get(id(use.expr))
        if found is None:
            found = self._facts[id(use.expr)] = self.analysis.facts(use)
        return found

    @cached_property
    def selectors(self) -> tuple[tuple[Use, SelectorFact], ...]:
        """Every selector of the expressions, what narrows variables, what scenarios give, and what an alert's templates ask for."""
        found = [(use, selector) for use in self.uses for selector in self.facts(use).selectors]
        found += [(each.use, each.selector) for each in self.query_variables if each.use is not None and each.selector is not None]
        found += [(each.use, each.fact) for each in self.given if each.fact is not None]
        if any(written.template.queries for written in self.written):
            from monitoring_as_code.lint.asked import asked

            found += asked(self.written, self.catalogue)
        return tuple(found)

    @cached_property
    def joins(self) -> tuple[tuple[Use, JoinFact], ...]:
        """Every operator between two vectors."""
        return tuple((use, join) for use in self.uses for join in self.facts(use).joins)

    def calls(self, *functions: str) -> Iterator[tuple[Use, Call]]:
        """Every call of these functions."""
        for function in functions:
            yield from self._nodes.calls.get(function, ())

    @property
    def aggregates(self) -> list[tuple[Use, Aggregate]]:
        """Every aggregation."""
        return self._nodes.aggregates

    @property
    def operators(self) -> list[tuple[Use, Binary]]:
        """Every binary operator."""
        return self._nodes.operators

    @property
    def matrices(self) -> list[tuple[Use, MatrixSelector]]:
        """Every selector of a range."""
        return self._nodes.matrices

    @property
    def subqueries(self) -> list[tuple[Use, Subquery]]:
        """Every subquery."""
        return self._nodes.subqueries

    @property
    def durations(self) -> list[tuple[Use, NumberLiteral]]:
        """Every number that is written as a duration."""
        return self._nodes.durations

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Every alert."""
        return self.project.of(Alert)

    @property
    def recording_rules(self) -> tuple[RecordingRule, ...]:
        """Every recording rule."""
        return self.project.of(RecordingRule)

    @property
    def dashboards(self) -> tuple[Dashboard, ...]:
        """Every dashboard."""
        return self.project.of(Dashboard)

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Every scenario; part of the `rest`."""
        # By their kind: a project without scenarios need not import what they are.
        return tuple(each for each in self.project.declarations if each.kind == "scenario") if self.rest else ()  # type: ignore[misc]

    @cached_property
    def given(self) -> tuple[Given, ...]:
        """Every series that is given in a scenario; part of the `rest`."""
        if not self.scenarios:
            return ()
        from monitoring_as_code.lint.given import given

        return tuple(given(self.analysis).values())

    def file_of(self, declaration: Declaration) -> str:
        """What tells apart declarations that need not meet in one Prometheus: the file of others that holds this one; all definitions are one."""
        declared = self.project.declared(declaration) if self.project.foreign else None
        return "" if declared is None else declared.module.path

    @cached_property
    def query_variables(self) -> tuple[Narrowed, ...]:
        """Every variable of a dashboard whose values are those of a label; part of the `rest`."""
        if not self.rest:
            return ()
        from monitoring_as_code.lint.narrowed import narrowed

        return tuple(
            narrowed(dashboard, variable, self.catalogue)
            for dashboard in self.dashboards
            for variable in dashboard.variables
            if isinstance(variable, QueryVariable)
        )

    @cached_property
    def written(self) -> tuple[Written, ...]:
        """Every text of an alert that has a template in it; part of the `rest`."""
        if not self.rest:
            return ()
        return tuple(found for alert in self.alerts for found in _written(alert))

    @cached_property
    def legends(self) -> tuple[Legend, ...]:
        """Every legend that reads labels."""
        found = []
        for use in self.uses:
            for argument in ("legend", "title", "text"):  # of a query, and of an annotation
                text = getattr(use.part, argument, None)
                if isinstance(text, str) and "{{" in text and (labels := legend(text)):
                    found.append(Legend(use, argument, text, labels))
        return tuple(found)

    @cached_property
    def alert_labels(self) -> Mapping[Alert, tuple[Mapping[str, frozenset[str] | None], bool]]:
        """The labels of every alert when it reaches Alertmanager, as `routes.alert_labels` gives them."""
        from monitoring_as_code.routes import alert_labels

        return {alert: alert_labels(self.analysis, alert) for alert in self.alerts}

    @cached_property
    def routed_labels(self) -> tuple[Mapping[str, frozenset[str] | None], bool]:
        """All labels that alerts can have, with their values where known; and whether there can be no other."""
        found: dict[str, frozenset[str] | None] = {}
        closed = True
        for labels, others_unknown in self.alert_labels.values():
            closed = closed and not others_unknown
            for name, values in labels.items():
                if values != _MISSING:
                    known = found.get(name, frozenset())
                    found[name] = None if values is None or known is None else known | values
        return found, closed

    @cached_property
    def routing_matchers(self) -> tuple[RoutingMatcher, ...]:
        """Every matcher of the routes and inhibitions; part of the `rest`."""
        return tuple(_routing_matchers(self.analysis.routing)) if self.rest else ()

    @cached_property
    def _nodes(self) -> _Nodes:
        return _Nodes(self.uses)


def _written(alert: Alert) -> Iterator[Written]:
    texts: list[tuple[tuple[str, ...], str]] = [(("summary",), alert.summary), (("description",), alert.description)]
    texts += [(("annotations", name), text) for name, text in alert.annotations.items()]
    texts += [(("labels", name), text) for name, text in alert.labels.items()]
    for path, text in texts:
        if "{{" in text:
            yield Written(alert, path, text, alert_template(text))


def _routing_matchers(routing: Routing | None) -> Iterator[RoutingMatcher]:
    if routing is None:
        return
    given: list[tuple[Part, str, tuple[str, ...]]] = []
    waiting = list(reversed(routing.routes))
    while waiting:
        route = waiting.pop()
        given.append((route, "matchers", route.matchers))
        waiting.extend(reversed(route.routes))
    for inhibition in routing.inhibitions:
        given += [(inhibition, "source", inhibition.source), (inhibition, "target", inhibition.target)]
    for part, argument, texts in given:
        for index, text in enumerate(texts):
            yield RoutingMatcher(part, argument, index, text, parse_matcher(text))


_KEPT = (Call, Aggregate, Binary, MatrixSelector, Subquery, NumberLiteral)


class _Nodes:
    """Calls by function, aggregations, operators and ranges, each with its use; equal expressions are walked once."""

    def __init__(self, uses: tuple[Use, ...]) -> None:
        self.calls: dict[str, list[tuple[Use, Call]]] = {}
        self.aggregates: list[tuple[Use, Aggregate]] = []
        self.operators: list[tuple[Use, Binary]] = []
        self.matrices: list[tuple[Use, MatrixSelector]] = []
        self.subqueries: list[tuple[Use, Subquery]] = []
        self.durations: list[tuple[Use, NumberLiteral]] = []
        walked: dict[int, list[Expr]] = {}
        for use in uses:
            if use.expr is None:
                continue
            nodes = walked.get(id(use.expr))
            if nodes is None:
                nodes = walked[id(use.expr)] = [node for node in walk(use.expr) if isinstance(node, _KEPT)]
            for node in nodes:
                if isinstance(node, Call):
                    self.calls.setdefault(node.function, []).append((use, node))
                elif isinstance(node, Aggregate):
                    self.aggregates.append((use, node))
                elif isinstance(node, Binary):
                    self.operators.append((use, node))
                elif isinstance(node, MatrixSelector):
                    self.matrices.append((use, node))
                elif isinstance(node, Subquery):
                    self.subqueries.append((use, node))
                elif isinstance(node, NumberLiteral) and node.is_duration:
                    self.durations.append((use, node))
