"""Runs the rules over a project."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics import Diagnostic, Severity, ordered
from monitoring_as_code.lint.rules import RULE_NAMES, load, rules
from monitoring_as_code.lint.suppression import lines_of, read_comments, unused
from monitoring_as_code.origin import Location, Place

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.lint.rule import Finding, Rule

__all__ = ["RULE_NAMES", "lint", "load", "rules"]


def lint(analysis: Analysis) -> list[Diagnostic]:
    """Everything that is wrong with a project: what loading found, and what the rules find; in order, each once."""
    project = analysis.project
    found = _precedent(_findings(analysis))
    diagnostics: list[tuple[Diagnostic, tuple[Place | Location, ...]]] = [
        (problem, () if problem.place is None else (problem.place,)) for problem in project.problems
    ]
    diagnostics += [(_diagnostic(rule, finding), _places(finding)) for rule, finding in found]

    disabled = frozenset(project.config.disable)
    comments = read_comments(module.path for module in project.modules)
    used = set()
    kept = []
    for diagnostic, places in diagnostics:
        allowing = []
        if comments.allowed:
            lines = {line for place in places for line in lines_of(place)}
            allowing = [each for each in comments.allowed if each.rule == diagnostic.rule and (each.at.path, each.line) in lines]
        used.update(allowing)
        if not allowing:
            kept.append(diagnostic)
    kept += comments.problems
    if project.complete:
        kept += unused((each for each in comments.allowed if each.rule not in disabled), used)
    return ordered(_configured(each, project.config.severity) for each in kept if each.rule not in disabled or not _optional(each.rule))


def _findings(analysis: Analysis) -> list[tuple[Rule, Finding]]:
    from monitoring_as_code.lint.reading import Reading

    reading = Reading(analysis)
    disabled = analysis.project.config.disable
    complete = analysis.project.complete
    return [
        (rule, finding)
        for rule in rules()
        if rule.check is not None and (rule.name not in disabled or not rule.may_be_allowed) and (complete or not rule.whole_project)
        for finding in rule.check(reading)
    ]


def _precedent(found: list[tuple[Rule, Finding]]) -> list[tuple[Rule, Finding]]:
    """One mistake gives one finding: without those whose mistake another rule has told already."""
    told: dict[Hashable, set[str]] = {}
    for rule, finding in found:
        if finding.about is not None:
            told.setdefault(finding.about, set()).add(rule.name)
    return [(rule, finding) for rule, finding in found if finding.about is None or told[finding.about].isdisjoint(rule.yields_to)]


def _diagnostic(rule: Rule, finding: Finding) -> Diagnostic:
    return Diagnostic(rule.name, rule.severity, finding.message, finding.place, finding.help, finding.related)


def _places(finding: Finding) -> tuple[Place | Location, ...]:
    if finding.declaration is None:
        return (finding.place,)
    return (finding.place, Place(finding.declaration.origin))


def _configured(diagnostic: Diagnostic, severities: Mapping[str, Severity]) -> Diagnostic:
    return diagnostic._replace(severity=severities.get(diagnostic.rule, diagnostic.severity))


def _optional(name: str) -> bool:
    """Whether a rule can be turned off; what makes artifacts impossible cannot."""
    return name in RULE_NAMES and load(name).may_be_allowed
