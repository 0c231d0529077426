"""What is wrong with an exposition, with its line, as a Diagnostic for whoever shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitoring_as_code.conform.observed import Spot
from monitoring_as_code.diagnostics import Diagnostic
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.rules import load
from monitoring_as_code.origin import Location, Origin, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitoring_as_code.model.metric import Metric


class Finding(NamedTuple):
    """One thing. `spot` is where on the page it is seen, if anywhere; `span` its characters there, where the spot's word does not say.

    `declared` is the metric whose declaration is not kept, `places` are further declarations with a few words each.
    """

    rule: str
    message: str
    spot: Spot | None = None
    help: str | None = None
    declared: Metric[Any] | None = None
    places: tuple[tuple[Place, str], ...] = ()
    span: tuple[int, int] | None = None
    lines: tuple[tuple[int, str], ...] = ()
    """Other lines of the page, with a few words each."""

    @property
    def declarations(self) -> tuple[tuple[Place, str], ...]:
        """Where what does not hold is declared."""
        metric = self.declared
        own = (
            ()
            if metric is None or not isinstance(metric.origin, Origin)
            else ((Place(metric.origin), f"`{metric.name}` is declared here"),)
        )
        return (*own, *self.places)


def diagnostics(findings: Iterable[Finding], path: str, texts: Mapping[int, str], *, is_file: bool) -> list[Diagnostic]:
    """The findings as they are shown: at the lines of the page, `texts`, or, for what is not on it, at the declaration.

    The page is the file `path`, or was had from there; then its lines are shown with the finding, since nobody can open it again.
    """
    found = []
    for each in findings:
        related: list[tuple[Place | Location, str]] = [
            (_location(Spot(line), None, path, texts, is_file=is_file), words) for line, words in each.lines
        ]
        related += each.declarations
        place: Place | Location | None = None
        if each.spot is not None:
            place = _location(each.spot, each.span, path, texts, is_file=is_file)
        elif related:
            place, _ = related.pop(0)
        found.append(Diagnostic(each.rule, load(each.rule).severity, each.message, place, each.help, tuple(related)))
    return found


def _location(spot: Spot, span: tuple[int, int] | None, path: str, texts: Mapping[int, str], *, is_file: bool) -> Location:
    text = texts.get(spot.line, "")
    start, end = span or (0, len(text))
    if span is None and spot.word:
        at = text.find(spot.word) if not spot.word[:1].isdigit() else text.rfind(spot.word)
        if at >= 0:
            start, end = at, at + len(spot.word)
    start = min(start, len(text))
    end = max(min(end, len(text)), start + 1)
    if is_file:
        return Location(path, spot.line, start + 1, spot.line, end + 1)
    return Location(path, spot.line, start + 1, spot.line, end + 1, exact=False, text=text, span=(start, end))


def wanted_lines(findings: Iterable[Finding]) -> frozenset[int]:
    """The lines of the page that findings speak of."""
    found = set()
    for each in findings:
        if each.spot is not None:
            found.add(each.spot.line)
        found.update(line for line, _ in each.lines)
    return frozenset(found)
