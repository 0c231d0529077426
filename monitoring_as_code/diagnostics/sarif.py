"""Findings as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from monitoring_as_code.diagnostics import Diagnostic
from monitoring_as_code.diagnostics.display import relative, visible
from monitoring_as_code.origin import Location, Place

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(findings: Sequence[Diagnostic], root: str) -> str:
    """One run with the rules that found something, in order."""
    rules = sorted({each.rule for each in findings})
    run = {
        "tool": {"driver": {"name": "mac", "rules": [{"id": rule} for rule in rules]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, rules.index(each.rule), root) for each in findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(finding: Diagnostic, rule_index: int, root: str) -> dict[str, Any]:
    location = finding.location
    message = "\n".join(map(visible, [finding.message, *filter(None, [finding.only]), *(finding.help or "").split("\n")])).rstrip("\n")
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": str(finding.severity),
        "message": {"text": message},
        "locations": [] if location is None else [{"physicalLocation": _physical(location, root)}],
    }
    related = [
        {"id": index, "physicalLocation": _physical(place, root), "message": {"text": visible(words)}}
        for index, (place, words) in enumerate(finding.related)
        if not isinstance(place, Place)
    ]
    if related:
        result["relatedLocations"] = related
    if finding.environments:
        result["properties"] = {"environments": list(finding.environments)}
    return result


def _physical(location: Location, root: str) -> dict[str, Any]:
    path = relative(location.path, root)
    # A path outside of the root is absolute, and then an URI of its own.
    artifact = {"uri": f"file://{quote(path)}"} if path.startswith("/") else {"uri": quote(path), "uriBaseId": "%SRCROOT%"}
    return {
        "artifactLocation": artifact,
        "region": {
            "startLine": location.line,
            "startColumn": location.column,
            "endLine": location.end_line,
            "endColumn": location.end_column,
        },
    }
