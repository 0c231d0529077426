"""What is told to users: plain data with a place, rendered as text, JSON, GitHub annotations or SARIF."""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import StrEnum

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.origin import Location, Place, locate


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"


class Edit(NamedTuple):
    """The characters that the `place` says (its `span` of its text, all of it without one) become `text`: the value's, not its spelling's."""

    place: Place
    text: str


class Fix(NamedTuple):
    """How a finding is mended, if there is one right answer: all edits or none. `words` say what they do, such as "write `=` for `=~`".

    One that is not `safe` changes what an alert or a panel means, and is only made when that is asked for.
    """

    words: str
    edits: tuple[Edit, ...]
    safe: bool = True


class Diagnostic(NamedTuple):
    """One finding.

    `message` is one sentence without a full stop, names in backticks: what is. `help` says what to do, and where. `related` are other
    places with a few words each. `environments` are those that it is about, if it is not about all that were looked at. What stands at the
    place of a `secret` is not shown.
    """

    rule: str
    severity: Severity
    message: str
    place: Place | Location | None = None
    help: str | None = None
    related: tuple[tuple[Place | Location, str], ...] = ()
    fix: Fix | None = None
    environments: tuple[str, ...] = ()
    secret: bool = False

    @property
    def only(self) -> str:
        """Which environments it is about, in words; empty if that is all."""
        if not self.environments:
            return ""
        from monitoring_as_code.diagnostics.nearest import listed

        return f"only in the environment{'s' if self.environments[1:] else ''} {listed(self.environments, 'and')}"

    @property
    def location(self) -> Location | None:
        """Line and column; read from the source when asked."""
        return locate(self.place) if isinstance(self.place, Place) else self.place


_LONGEST_MESSAGE = 1000


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By path, line, column, rule and message, each once, with every place resolved; those without a place come first."""
    found: dict[tuple[object, ...], Diagnostic] = {}
    for each in diagnostics:
        location = each.location
        related = tuple((locate(place) if isinstance(place, Place) else place, words) for place, words in each.related)
        found.setdefault(identity(each, location), each._replace(message=_cropped(each.message), place=location, related=related))
    return [found[key] for key in sorted(found)]


def identity(diagnostic: Diagnostic, location: Location | None) -> tuple[object, ...]:
    """What findings have in common that are told once, and what they are ordered by."""
    at = ("", 0, 0) if location is None else location[:3]
    return (*at, diagnostic.rule, diagnostic.message, () if location is None else location.span or ())


def _cropped(message: str) -> str:
    """The message; of one that quotes a text of pages both ends."""
    half = _LONGEST_MESSAGE // 2
    return message if len(message) <= _LONGEST_MESSAGE else f"{message[:half]} … {message[-half:]}"


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """The counts as words, such as `3 errors, 1 warning`."""
    counts = dict.fromkeys(Severity, 0)
    for each in diagnostics:
        counts[each.severity] += 1
    return ", ".join(f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in counts.items() if count) or "no findings"


def render(
    diagnostics: Iterable[Diagnostic],
    form: str,
    *,
    root: str | os.PathLike[str],
    colour: bool = False,
    columns: int | None = None,
    hidden: Iterable[Location] = (),
) -> str:
    """The findings in order, ending in a line break: as `text`, `json`, `github` or `sarif`. Paths are shown relative to `root`.

    As text, lines of files are cut to the `columns` of a terminal, and what stands at `hidden` places is not shown.

    Raises:
        ValueError: there is no such form.
    """
    findings = ordered(diagnostics)
    root = os.path.abspath(root)
    if form == "text":
        from monitoring_as_code.diagnostics.text import as_text

        return as_text(findings, root, colour=colour, columns=columns, hidden=tuple(hidden))
    if form == "json":
        from monitoring_as_code.diagnostics.json import as_json

        return as_json(findings, root)
    if form == "github":
        from monitoring_as_code.diagnostics.github import as_github

        return as_github(findings, root)
    if form == "sarif":
        from monitoring_as_code.diagnostics.sarif import as_sarif

        return as_sarif(findings, root)
    raise ValueError(f"there is no form `{form}`: take `text`, `json`, `github` or `sarif`")
