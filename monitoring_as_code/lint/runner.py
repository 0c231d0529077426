"""Runs the rules over a project."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from monitoring_as_code.diagnostics import Diagnostic, Severity, ordered
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.rules import RULE_NAMES, checks, load, rules
from monitoring_as_code.lint.suppression import lines_of, read_comments, unused
from monitoring_as_code.origin import Location, Place

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis, Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.lint.rule import Finding, Rule
    from monitoring_as_code.model.dashboard import Dashboard

__all__ = ["RULE_NAMES", "lint", "load", "rules"]

# The facts of this many expressions are held at a time: 2 MB.
_ENOUGH = 200
# What these find in a rule file stands in its text.
_NEED_NO_METRICS = frozenset({"alert-without-condition", "flapping", "needless-regex", "syntax-error"})


Found: TypeAlias = "tuple[Rule, Finding]"


def lint(analysis: Analysis, before: Iterable[Found] | None = None, after: Iterable[Found] = ()) -> list[Diagnostic]:
    """Everything that is wrong with a project: what loading found, and what the rules find; in order, each once.

    What `findings_of` finds in the parts may be given: some of it is asked for `before` the rest of the project is read, some `after`.
    """
    project = analysis.project
    found = _precedent(_findings(analysis, before, after))
    diagnostics: list[tuple[Diagnostic, tuple[Place | Location, ...]]] = [
        (problem, () if problem.place is None else (problem.place,)) for problem in project.problems
    ]
    diagnostics += [(_diagnostic(rule, finding), _places(finding)) for rule, finding in found]

    disabled = frozenset(project.config.disable)
    comments = read_comments((module.path for module in project.modules), for_lint=True)
    used = set()
    kept = []
    for diagnostic, places in diagnostics:
        allowing = []
        if comments.allowed:
            lines = {line for place in places for line in lines_of(place)}
            allowing = [each for each in comments.allowed if each.rule == diagnostic.rule and each.covers(lines)]
        used.update(allowing)
        if not allowing:
            kept.append(diagnostic)
    kept += comments.problems
    if project.foreign:
        # Of most rules, a run that knows more metrics may find what this one does not.
        knows = analysis.catalogue.complete
        asked = {rule.name for rule in _wanted(analysis) if (knows and rule.of_expressions) or rule.name in _NEED_NO_METRICS}
        kept += unused((each for each in comments.allowed if each.rule in asked), used)
    elif project.complete:
        kept += unused((each for each in comments.allowed if each.rule not in disabled), used)
    return ordered(_configured(each, project.config.severity) for each in kept if each.rule not in disabled or not _optional(each.rule))


class Part(NamedTuple):
    """Expressions that are checked together: those of some rules, or of some whole dashboards."""

    uses: tuple[Use, ...]
    dashboards: tuple[Dashboard, ...]


def parts(analysis: Analysis) -> list[Part]:
    """All expressions of a project, cut so that the facts of a part take little memory."""
    from monitoring_as_code.model.dashboard import Dashboard

    found: list[Part] = []
    uses: list[Use] = []
    dashboards: list[Dashboard] = []
    for use in analysis.uses:
        of = use.declaration if isinstance(use.declaration, Dashboard) else None
        new = of is not (dashboards[-1] if dashboards else None)
        if uses and len(uses) >= _ENOUGH and (new or of is None):
            found.append(Part(tuple(uses), tuple(dashboards)))
            uses, dashboards, new = [], [], of is not None
        if new and of is not None:
            dashboards.append(of)
        uses.append(use)
    return [*found, Part(tuple(uses), tuple(dashboards))] if uses else found


def findings_of(part: Part, analysis: Analysis) -> list[Found]:
    """What rules find in some expressions."""
    from monitoring_as_code.lint.reading import Reading

    return _asked((rule for rule in _wanted(analysis) if rule.of_expressions), Reading(analysis, part.uses))


def _findings(analysis: Analysis, before: Iterable[Found] | None, after: Iterable[Found]) -> list[Found]:
    from monitoring_as_code.lint.reading import Reading

    found = list(chain.from_iterable(findings_of(part, analysis) for part in parts(analysis)) if before is None else before)
    found += _asked(_wanted(analysis), Reading(analysis, rest=True))
    found += after
    return found


def _asked(rules: Iterable[Rule], reading: Reading) -> list[Found]:
    return [(rule, finding) for rule in rules if rule.check is not None for finding in rule.check(reading)]


def _wanted(analysis: Analysis) -> Iterator[Rule]:
    disabled, enabled = analysis.project.config.disable, analysis.project.config.enable
    complete = analysis.project.complete
    for rule in checks():
        on = rule.name in enabled or (rule.on and not (rule.definitions_only and analysis.project.foreign))
        if on and (complete or not rule.whole_project) and (rule.name not in disabled or not rule.may_be_allowed):
            yield rule


def _precedent(found: list[Found]) -> list[Found]:
    """One mistake gives one finding: without those whose mistake another rule has told already."""
    told: dict[Hashable, set[str]] = {}
    for rule, finding in found:
        if finding.about is not None:
            told.setdefault(finding.about, set()).add(rule.name)
    return [(rule, finding) for rule, finding in found if finding.about is None or told[finding.about].isdisjoint(rule.yields_to)]


def _diagnostic(rule: Rule, finding: Finding) -> Diagnostic:
    callers = () if finding.declaration is None else finding.declaration.callers
    called = ((Place(callers[-1]), "called from here"),) if callers else ()
    related = (*finding.related, *called)
    found = Diagnostic(rule.name, finding.severity or rule.severity, finding.message, finding.place, finding.help, related, finding.fix)
    return found._replace(secret=True) if finding.secret else found


def _places(finding: Finding) -> tuple[Place | Location, ...]:
    if finding.declaration is None:
        return (finding.place,)
    return (finding.place, Place(finding.declaration.origin))


def _configured(diagnostic: Diagnostic, severities: Mapping[str, Severity]) -> Diagnostic:
    return diagnostic._replace(severity=severities.get(diagnostic.rule, diagnostic.severity))


def _optional(name: str) -> bool:
    """Whether a rule can be turned off; what makes artifacts impossible cannot."""
    return name in RULE_NAMES and load(name).may_be_allowed
