"""Which panels, alerts and scenarios read a metric, directly or through what is recorded from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitoring_as_code.conform.coverage.cells import UNKNOWN, Cell, no, yes
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.model.panels.library import LibraryPanel
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.promql.infer.selectors import metric_name
from monitoring_as_code.promql.regexes import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitoring_as_code.analysis import Analysis, Use
    from monitoring_as_code.model.metric import Metric
    from monitoring_as_code.promql.ast import VectorSelector

_READ = ("panel", "alert", "scenario")


class Readers:
    """Worked out once for all metrics."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._recordings: dict[str, list[Use]] = {}
        for rule in analysis.project.of(RecordingRule):
            self._recordings.setdefault(rule.name, []).append(analysis.use(rule))
        self._found: dict[str, dict[str, list[str]]] = {column: {} for column in _READ}
        self._uncertain: dict[str, str] = {}
        """Columns of which nobody can say no: something in them chooses its metrics in a way that nobody can tell."""
        self.undeclared: dict[str, list[str]] = {}
        """Names that are used and that nobody has declared, with who uses them."""
        self.named = {selector.name for use in analysis.uses for selector in analysis.selectors(use) if selector.name}
        self._read_panels()
        self._read_alerts()
        self._read_scenarios()
        for use in analysis.uses:
            self._note_undeclared(use)

    def cells(self, metric: Metric[Any]) -> dict[str, Cell]:
        """What is known of a metric."""
        return {column: self._cell(metric, column) for column in _READ}

    def _cell(self, metric: Metric[Any], column: str) -> Cell:
        found = self._found[column].get(metric.name)
        if found:
            return yes(*dict.fromkeys(found))
        if column in self._uncertain:
            return UNKNOWN._replace(said=(self._uncertain[column],))
        return no() if metric.unused is None else Cell("excused", (metric.unused,))

    def _read_panels(self) -> None:
        for dashboard in self._analysis.project.of(Dashboard):
            for row in dashboard.rows:
                for panel in row.panels:
                    words = f"{panel.title or 'a panel'}, {dashboard.name}"
                    if isinstance(panel, QueryPanel):
                        self._note("panel", words, self._analysis.queries(panel))
                    elif isinstance(panel, LibraryPanel):
                        self._uncertain.setdefault("panel", f"{words} is kept in Grafana, which nobody asks what it shows")

    def _read_alerts(self) -> None:
        for alert in self._analysis.project.of(Alert):
            self._note("alert", alert.name, (self._analysis.use(alert),))

    def _read_scenarios(self) -> None:
        from monitoring_as_code.lint.given import given

        names = {id(series): each.name for each in given(self._analysis).values() for series in (each.series,)}
        for scenario in self._analysis.project.of(Scenario):
            for series in scenario.given:
                entry = self._analysis.catalogue.lookup(names.get(id(series), ""))
                metric = names.get(id(series), "") if entry is None else entry.metric.name
                self._found["scenario"].setdefault(metric, []).append(f"{scenario.name}, of {scenario.alert.name}")

    def _note(self, column: str, words: str, uses: Iterable[Use]) -> None:
        """A reader of these expressions, and of what is recorded for them."""
        waiting = list(uses)
        seen: set[str] = set()
        through: list[str] = []
        while waiting:
            use = waiting.pop()
            if use.error is not None:
                self._uncertain.setdefault(column, f"{words} has a syntax error")
            for selector in self._analysis.selectors(use):
                for name in self._names(selector, column, words):
                    if name not in seen:
                        seen.add(name)
                        recorded = self._recordings.get(name, ())
                        through += [name] if recorded else []
                        waiting += recorded
                        self._found[column].setdefault(name, []).append(words)

    def _names(self, selector: VectorSelector, column: str, words: str) -> Iterator[str]:
        """The metrics that a selector chooses from."""
        name = metric_name(selector)
        if name:
            entry = self._analysis.catalogue.lookup(name)
            yield name if entry is None else entry.metric.name
            return
        named = [matcher for matcher in selector.matchers if matcher.name == "__name__" and matcher.op in ("=", "=~")]
        if selector.variables or not named or any(matcher.variables for matcher in named):
            self._uncertain.setdefault(column, f"{words} reads whatever has the labels that it names")
            return
        catalogue = self._analysis.catalogue
        for series in catalogue.series_names():
            if all(series == each.value if each.op == "=" else matches(each.value, series) for each in named):
                entry = catalogue.lookup(series)
                yield series if entry is None else entry.metric.name

    def _note_undeclared(self, use: Use) -> None:
        for selector in self._analysis.selectors(use):
            name = metric_name(selector)
            if name and self._analysis.catalogue.lookup(name) is None:
                users = self.undeclared.setdefault(name, [])
                words = f"{use.declaration.kind} {use.declaration.name}"
                if words not in users:
                    users.append(words)
