"""Findings for programs: a list of objects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from monitoring_as_code.diagnostics import Diagnostic
from monitoring_as_code.diagnostics.display import relative
from monitoring_as_code.origin import Location, Place


def as_json(findings: Sequence[Diagnostic], root: str) -> str:
    """An object for each finding; `fix` is there if `--fix` can mend it, `environments` if it is not about all, `text` and `span` if the characters stand in no literal. All ASCII, so that any reader takes it."""
    return json.dumps([_finding(each, root) for each in findings], indent=2) + "\n"


def _finding(finding: Diagnostic, root: str) -> dict[str, Any]:
    location = finding.location
    found: dict[str, Any] = {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "help": finding.help,
        **_range(location, root),
        "related": [{"message": words, **_range(place, root)} for place, words in finding.related if not isinstance(place, Place)],
    }
    if finding.fix is not None:
        found["fix"] = {"message": finding.fix.words, "safe": finding.fix.safe}
    if finding.environments:
        found["environments"] = list(finding.environments)
    if location is not None and not location.exact and location.text is not None:
        found["text"] = location.text
        found["span"] = location.span
    return found


def _range(location: Location | None, root: str) -> dict[str, Any]:
    if location is None:
        return dict.fromkeys(("path", "line", "column", "end_line", "end_column"))
    return {
        "path": relative(location.path, root),
        "line": location.line,
        "column": location.column,
        "end_line": location.end_line,
        "end_column": location.end_column,
    }
