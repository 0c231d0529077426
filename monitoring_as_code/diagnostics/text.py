"""Findings for people: the message, the line, carets below it, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from monitoring_as_code.diagnostics import Diagnostic, Severity, summary
from monitoring_as_code.diagnostics.display import relative, source_line, visible, width
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.origin import Location, Place
from monitoring_as_code.origin.source import read

# A longer line is cropped around what is meant: a literal may have a megabyte.
_LONGEST_LINE = 160
_BEFORE = 40
# Narrower than this, nobody sees what is meant.
_NARROWEST = 20
# A span of more lines is a whole declaration: its first line says which one.
_MOST_LINES = 4

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_STYLES = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m"}
_FRAME = "\x1b[1;34m"

_Paint = Callable[[str, str], str]
# Where secrets are that must not be shown, not in a line of another finding either.
_Hidden = Sequence[Location]


class _Marked(NamedTuple):
    """A line of a snippet, and the characters of it that are meant, from 0."""

    number: int
    text: str
    start: int
    end: int


def as_text(findings: Sequence[Diagnostic], root: str, *, colour: bool = False, columns: int | None = None, hidden: _Hidden = ()) -> str:
    """The findings, a blank line between them, and how many there are; lines of files cut to the `columns` of a terminal.

    What stands at `hidden` places is not shown.
    """
    paint = _painted if colour else _plain
    stars = [*hidden, *(each.location for each in findings if each.secret and each.location is not None)]
    parts = ["\n".join(_finding(each, root, paint, (), columns, stars)) for each in findings]
    return "\n\n".join([*parts, summary(findings)]) + "\n"


def as_lines(
    finding: Diagnostic, root: str, notes: Sequence[tuple[str, str]] = (), *, colour: bool = False, columns: int | None = None
) -> list[str]:
    """One finding whose places are resolved; below it notes, each a word and a sentence. Lines of files are cut to the `columns`."""
    hidden = [finding.location] if finding.secret and finding.location is not None else []
    return _finding(finding, root, _painted if colour else _plain, notes, columns, hidden)


def _finding(  # noqa: PLR0917 - what is said, and how it is shown
    finding: Diagnostic, root: str, paint: _Paint, notes: Sequence[tuple[str, str]], columns: int | None, hidden: _Hidden
) -> list[str]:
    style = _STYLES[finding.severity]
    message = visible(finding.message)
    lines = [paint(f"{finding.severity}[{visible(finding.rule)}]", style) + paint(f": {message}", _BOLD)]
    location = finding.location
    snippets = [] if location is None else [(location, "-->", "^", "", style)]
    for place, words in finding.related:
        if not isinstance(place, Place):
            snippets.append((place, ":::", "-", words, _FRAME))
    marked = [_marked(each, hidden) for each, *_ in snippets]
    gutter = max((len(str(line.number)) for each in marked for line in each), default=1)
    edge = paint(" " * (gutter + 1) + "|", _FRAME)
    for (each, arrow, mark, words, mark_style), snippet in zip(snippets, marked, strict=True):
        where = f"{visible(relative(each.path, root))}:{each.line}:{each.column}"
        lines.append(" " * gutter + paint(arrow, _FRAME) + " " + where + ("" if snippet or not words else f": {visible(words)}"))
        if snippet:
            lines.append(edge)
        for index, line in enumerate(snippet):
            shown, pad, length = _cropped(line, None if columns is None else columns - gutter - len(" | "))
            lines.append((paint(f"{line.number:>{gutter}} |", _FRAME) + f" {shown}").rstrip())
            label = f" {visible(words)}" if words and index == len(snippet) - 1 else ""
            lines.append(edge + " " + " " * pad + paint(mark * length + label, mark_style))
    note = " " * (gutter + 1) + "= "
    if location is not None and not location.exact and location.text and not finding.secret:
        lines.extend(_text_of_its_own(location.text, location.span, note, style, paint, columns=columns))
    for word, text in (
        *notes,
        *([("note", finding.only)] if finding.environments else ()),
        *([("help", finding.help)] if finding.help else ()),
    ):
        first, *rest = text.split("\n")
        lines.append(paint(note, _FRAME) + f"{word}: {visible(first)}")
        lines.extend(" " * (gutter + 5 + len(word)) + visible(line) for line in rest)
    return lines


def _text_of_its_own(text: str, span: tuple[int, int] | None, note: str, style: str, paint: _Paint, *, columns: int | None) -> list[str]:
    """A text that stands in no literal, with carets of its own: the line on which the span begins."""
    start, end = (0, 0) if span is None else (min(span[0], len(text)), min(span[1], len(text)))
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    line = text[first:] if last < 0 else text[first:last]
    room = None if columns is None else columns - len(note) - len("text: ")
    shown, pad, length = _cropped(_Marked(0, line, start - first, min(end - first, len(line))), room)
    lines = [paint(note, _FRAME) + f"text: {shown}"]
    if span is not None:
        lines.append(" " * (len(note) + len("text: ") + pad) + paint("^" * length, style))
    return lines


def _marked(location: Location, hidden: _Hidden) -> list[_Marked]:
    """The lines to show; none if the file cannot be read (any more)."""
    source = read(location.path)
    if source is None or not 1 <= location.line <= len(source.lines):
        return []
    last = min(location.end_line, len(source.lines))
    if last > location.line and location.end_column == 1:
        last -= 1
    if last - location.line >= _MOST_LINES:
        last = location.line
    found = []
    for number in range(location.line, last + 1):
        text = source.lines[number - 1].rstrip()
        start = location.column - 1 if number == location.line else len(text) - len(text.lstrip())
        end = location.end_column - 1 if number == location.end_line else len(text)
        if text or number == location.line:
            # The end of a line can be meant, so one column behind the text is as far as a caret goes.
            start = max(0, min(start, len(source.lines[number - 1])))
            shown = _without(source.lines[number - 1], location.path, number, hidden) if hidden else source.lines[number - 1]
            found.append(_Marked(number, shown, start, max(start, end)))
    return found


def _without(text: str, path: str, number: int, hidden: _Hidden) -> str:
    """A line with stars for the secrets in it."""
    for each in hidden:
        if each.path == path and each.line <= number <= each.end_line:
            start = each.column - 1 if number == each.line else 0
            end = each.end_column - 1 if number == each.end_line else len(text)
            text = text[:start] + "*" * (min(end, len(text)) - start) + text[end:]
    return text


def _cropped(line: _Marked, room: int | None = None) -> tuple[str, int, int]:
    """The line as shown, in a room of so many columns, the columns before what is meant, and the columns that it takes."""
    if room is not None:
        return _fitted(line, max(room, _NARROWEST))
    start, first, last = line.start, 0, len(line.text.rstrip())
    if last > _LONGEST_LINE:
        first = max(0, start - _BEFORE) if start > _LONGEST_LINE - _BEFORE else 0
        last = min(last, first + _LONGEST_LINE)
    return _cut(line, first, last)


def _fitted(line: _Marked, room: int) -> tuple[str, int, int]:
    """The same: all of what is meant if it has room, and as much on both sides."""
    text = line.text.rstrip()
    if len(text) <= room and width(source_line(text)) <= room:
        return _cut(line, 0, len(text))
    start, end = min(line.start, len(text)), min(line.end, len(text))
    first = last = start
    left = room - len("……")
    while first > 0 or last < len(text):
        rightwards = last < len(text) and (last < end or first == 0 or last - end <= start - first)
        left -= width(source_line(text[last] if rightwards else text[first - 1]))
        if left < 0:
            break
        first, last = (first, last + 1) if rightwards else (first - 1, last)
    return _cut(line, first, last)


def _cut(line: _Marked, first: int, last: int) -> tuple[str, int, int]:
    """What is shown of a line from one character to another."""
    _, text, start, end = line
    text = text.rstrip()
    before, after = "…" if first else "", "…" if last < len(text) else ""
    head = before + source_line(text[first:start].ljust(start - first))
    meant = source_line(text[start : min(end, last)])
    shown = head + meant + source_line(text[min(end, last) : last] if end >= start else "") + after
    return shown, width(head), max(1, width(meant))


def _plain(text: str, _style: str) -> str:
    return text


def _painted(text: str, style: str) -> str:
    return f"{style}{text}{_RESET}"
