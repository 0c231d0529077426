"""Findings that are meant: rules that the project turns off, and comments `# mac: allow[rule] why` at a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitoring_as_code.conform.finding import Finding
    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.project import Project


def unexcused(findings: Iterable[Finding], project: Project) -> list[Finding]:
    """Those that remain."""
    from monitoring_as_code.lint.suppression import lines_of, read_comments

    kept = [each for each in findings if each.rule not in project.config.disable]
    comments = read_comments(module.path for module in project.modules) if kept else None
    if comments is None or not comments.allowed:
        return kept
    return [
        each
        for each in kept
        if not any(
            allowed.rule == each.rule and allowed.covers(lines_of(place)) for allowed in comments.allowed for place, _ in each.declarations
        )
    ]


def configured(diagnostics: Iterable[Diagnostic], project: Project) -> list[Diagnostic]:
    """The same with the severities that the project gives."""
    return [each._replace(severity=project.config.severity.get(each.rule, each.severity)) for each in diagnostics]
