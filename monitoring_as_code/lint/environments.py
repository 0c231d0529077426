"""The findings of several environments as those of one project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics import Diagnostic, identity, ordered
from monitoring_as_code.lint.rules import RULE_NAMES, load
from monitoring_as_code.origin import Location, Place, locate

if TYPE_CHECKING:
    from monitoring_as_code.project import Project


def together(found: Sequence[tuple[Project, Sequence[Diagnostic]]]) -> list[Diagnostic]:
    """What was found in each environment: equal findings once, and of one that is only in some it says in which.

    What one environment has no use for, another may need. So a finding of that kind is told only if all environments were looked at, and
    each that has what it is about has the finding.
    """
    if not found[0][0].environment:
        return [each for _, findings in found for each in findings]
    told: dict[tuple[object, ...], dict[int, Diagnostic]] = {}
    for index, (_, findings) in enumerate(found):
        for each in ordered(findings):
            told.setdefault(identity(each, each.location), {})[index] = each
    projects = [_Declared(project) for project, _ in found]
    all_were_looked_at = len(found) == len(found[0][0].config.environments or ())
    kept = []
    for by_index in told.values():
        first = next(iter(by_index.values()))
        others = [each for index, each in enumerate(projects) if index not in by_index]
        if first.rule in RULE_NAMES and load(first.rule).everywhere:
            having = projects[next(iter(by_index))]
            if not all_were_looked_at or any(_may_need(first.location, having, other) for other in others):
                continue
        kept.append(_only_in([found[index][0].environment or "" for index in by_index], first) if others else first)
    return ordered(kept)


class _Declared:
    """The lines of a project's declarations, worked out when somebody asks."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._lines: list[Location] | None = None

    def around(self, location: Location) -> bool:
        """Whether a declaration stands around this place."""
        if self._lines is None:
            self._lines = [locate(Place(each.origin)) for each in self.project.declarations]
        return any(each.path == location.path and each.line <= location.line <= each.end_line for each in self._lines)


def _may_need(location: Location | None, having: _Declared, other: _Declared) -> bool:
    """Whether another environment has what is found idle at this place, too."""
    return not other.project.complete or location is None or not having.around(location) or other.around(location)


def _only_in(environments: Sequence[str], finding: Diagnostic) -> Diagnostic:
    """A finding of some environments; what a fix of it means in the others, nobody has looked at."""
    fix = None if finding.fix is None else finding.fix._replace(safe=False)
    return finding._replace(environments=tuple(environments), fix=fix)
