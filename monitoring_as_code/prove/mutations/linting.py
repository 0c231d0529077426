"""What the lint finds in a mutant that it does not find in the definitions as they are."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.model.alert import RuleGroup
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.expression import Condition, Vector
from monitoring_as_code.model.routing import Routing
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.project import Project
from monitoring_as_code.prove.mutations.mutant import changed

if TYPE_CHECKING:
    from monitoring_as_code.model.declaration import Declaration
    from monitoring_as_code.prove.mutations.mutant import Mutant


class Lint:
    """The lint of a project without its dashboards, which take most of its time."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    @cached_property
    def _before(self) -> dict[bool, set[tuple[str, str]]]:
        return {complete: _findings(self._project({}, complete=complete)) for complete in (False, True)}

    def found(self, mutant: Mutant) -> tuple[str, ...]:
        """The names of the rules that find a mutant, sorted."""
        # What is unused, without dashboards, is not known where the mutant may read less.
        complete = mutant.expr is None
        found = _findings(self._project({id(mutant.subject): _made(mutant)}, complete=complete)) - self._before[complete]
        return tuple(sorted({rule for rule, _ in found}))

    def _project(self, instead: dict[int, Declaration], *, complete: bool) -> Project:
        project = self._analysis.project
        declarations: list[Declaration] = []
        for each in project.declarations:
            # A scenario is not what is changed, and would have to be told of another alert.
            if isinstance(each, Dashboard | Scenario):
                continue
            if isinstance(each, RuleGroup):
                declarations.append(changed(each, rules=tuple(instead.get(id(rule), rule) for rule in each.rules)))
            else:
                declarations.append(instead.get(id(each), each))
        declared = {}
        for old, new in zip(
            (each for each in project.declarations if not isinstance(each, Dashboard | Scenario)), declarations, strict=True
        ):
            found = project.declared(old)
            if found is not None:
                declared[new] = found
        return Project(project.root, project.config, declarations, complete=complete, declared=declared)


def _findings(project: Project) -> set[tuple[str, str]]:
    return {(each.rule, each.message) for each in lint(Analysis(project))}


def _made(mutant: Mutant) -> Declaration:
    """The declaration as the mutant has it."""
    subject: Declaration = mutant.subject
    if mutant.routing is not None and isinstance(subject, Routing):
        return mutant.routing
    if mutant.expr is not None:
        given = subject.__dict__["expr"]
        made = (Condition if isinstance(given, Condition) else Vector)(mutant.expr) if not isinstance(given, str) else mutant.after
        return changed(subject, expr=made)
    return changed(subject, **dict(mutant.fields or {}))
