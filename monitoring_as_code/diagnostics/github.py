"""Findings as GitHub's workflow commands: annotations at the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from monitoring_as_code.diagnostics import Diagnostic
from monitoring_as_code.diagnostics.display import relative, visible


def as_github(findings: Sequence[Diagnostic], root: str) -> str:
    """A command a line."""
    return "".join(f"{_command(each, root)}\n" for each in findings)


def _command(finding: Diagnostic, root: str) -> str:
    location = finding.location
    properties: dict[str, str | int] = {}
    if location is not None:
        properties = {"file": relative(location.path, root), "line": location.line, "endLine": location.end_line, "col": location.column}
        if location.end_line == location.line:
            # GitHub's end is the last character, and it has no columns over several lines.
            properties["endColumn"] = max(location.column, location.end_column - 1)
    properties["title"] = finding.rule
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    lines = [finding.message, finding.only, *(finding.help or "").split("\n")]
    message = "%0A".join(_data(line) for line in lines if line)
    return f"::{finding.severity} {listed}::{message}"


def _data(text: str) -> str:
    # What `visible` leaves has no line break, so a message cannot start a command of its own.
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
