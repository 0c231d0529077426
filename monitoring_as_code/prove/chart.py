"""What happened in a scenario as a picture of text: the value against its limit, the states of each alert, the expectations below."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics.display import visible
from monitoring_as_code.diagnostics.display import width as columns_of
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.scenario import Fires, Inhibited, Muted, Quiet, Reaches, Resolves
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.durations import to_text as duration
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.prove.reasons import number
from monitoring_as_code.routes import receiver_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.scenario import Expectation
    from monitoring_as_code.prove.measuring import Course
    from monitoring_as_code.prove.reasons import Explanation, Measured
    from monitoring_as_code.prove.timelines import State, Timeline
    from monitoring_as_code.prove.verdicts import Verdict


class Look(NamedTuple):
    """What a terminal can show."""

    columns: int = 80
    colour: bool = False
    unicode: bool = True
    terminal: bool = False
    """Whether it is one: what goes elsewhere need not fit."""

    @property
    def source_columns(self) -> int | None:
        """How much of a file's line fits, if something must."""
        return self.columns if self.terminal else None

    def paint(self, text: str, style: str) -> str:
        """The text in a style, an escape sequence's number."""
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and style and text.strip() else text


class Marks(NamedTuple):
    """The characters of a picture."""

    edge: str
    limit: str
    states: Mapping[State, str]
    moment: str
    span: tuple[str, str, str]
    well: str
    failed: str
    more: str


_UNICODE = Marks("│", "┈", {"inactive": "·", "pending": "▒", "firing": "█"}, "▲", ("├", "─", "┤"), "✓", "✗", "…")
_ASCII = Marks("|", "-", {"inactive": ".", "pending": "~", "firing": "#"}, "^", ("[", "-", "]"), "+", "x", "...")


def marks_of(look: Look) -> Marks:
    """The characters that a terminal has."""
    return _UNICODE if look.unicode else _ASCII


_STYLES: Mapping[State, str] = {"inactive": "2", "pending": "33", "firing": "31"}
_VALUE, _LIMIT, _FAINT, _GOOD, _BAD = "36", "33", "2", "32", "31"

_ROWS = 5
_WIDEST_LABEL = 30
_MOST_INSTANCES = 6
# Wider than this, the eye loses the line.
_WIDEST = 120
# With less, there is no course to be seen.
_NARROWEST = 20


def chart(verdict: Verdict, explanations: Mapping[int, Explanation], look: Look) -> list[str]:
    """The lines of a picture, none wider than the terminal. `explanations` are by the `id()` of their alert."""
    played = verdict.played
    timelines = list(played.timelines.values())
    if not timelines or not timelines[0].times:
        return []
    marks = marks_of(look)
    failed = {id(failure.expectation) for failure in verdict.failures}
    labels = [
        *(label for each in timelines for label in _labels(each, several=len(timelines) > 1)),
        *(f"{marks.well} {described(each, verdict.scenario.alert)}" for each in verdict.scenario.expect),
    ]
    room = min(_WIDEST_LABEL, look.columns - _NARROWEST - 4, max(6, *map(columns_of, labels)))
    canvas = Canvas(timelines[0].times, room, min(look.columns, _WIDEST) - room - 4, look, marks)
    lines: list[str] = []
    for timeline in timelines:
        explanation = explanations.get(id(timeline.alert))
        for measured in explanation.measured[:2] if explanation is not None else ():
            lines += canvas.value(measured)
    lines.append(canvas.axis())
    for timeline in timelines:
        lines += canvas.states(timeline, several=len(timelines) > 1)
    lines += [canvas.expectation(each, verdict.scenario.alert, well=id(each) not in failed) for each in verdict.scenario.expect]
    return [line.rstrip() for line in lines]


def described(expectation: Expectation, alert: Alert) -> str:
    """An expectation in few words: `Firing at 6m`."""
    said = type(expectation).__name__
    whose = "" if expectation.alert is None or expectation.alert is alert else f" {expectation.alert.name}"
    match expectation:
        case Fires(within=within, after=after):
            return f"{said}{whose} " + (f"within {within}" if after == "0s" else f"from {after} to {within}")
        case Quiet(at=at, until=until):
            return f"{said}{whose}" + (
                "" if at is None and until is None else f" at {at}" if until is None else f" {at or '0s'} to {until}"
            )
        case Resolves(by=by):
            return f"{said}{whose} by {by}"
        case Reaches(receivers=receivers, not_to=not_to):
            named = [*(receiver_name(each) for each in receivers), *(f"not {receiver_name(each)}" for each in not_to)]
            return f"{said}{whose} {', '.join(named)}"
        case Inhibited(by=other):
            return f"{said}{whose} by {other.name}"
        case Muted():
            return f"{said}{whose}"
        case _:
            return f"{said}{whose} at {expectation.__dict__['at']}"


def _when(expectation: Expectation, end: int) -> tuple[int, int]:
    """The moments that an expectation is about, from and to."""
    match expectation:
        case Fires(within=within, after=after):
            return milliseconds(after), milliseconds(within)
        case Quiet(at=at, until=until):
            start = 0 if at is None else milliseconds(at)
            return start, milliseconds(until) if until is not None else start if at is not None else end
        case Resolves(by=by):
            return milliseconds(by), milliseconds(by)
        case _:
            at = expectation.__dict__.get("at")
            return (0, end) if at is None else (milliseconds(at), milliseconds(at))


def _labels(timeline: Timeline, *, several: bool) -> list[str]:
    """What tells the alerts of a rule apart: of several the labels that are not the same on all, of a single one all but the rule's own."""
    alert = timeline.alert
    every = [dict(each.labels) for each in timeline.instances]
    hidden = {"alertname", "severity", *alert.labels}
    if len(every) > 1:
        hidden = {name for name, value in every[0].items() if all(each.get(name) == value for each in every)}
    found = []
    for each in every:
        labels = ", ".join(f'{name}="{value}"' for name, value in each.items() if name not in hidden)
        braced = f"{{{labels}}}" if labels else ""
        found.append(f"{alert.name}{braced}" if several or not braced else braced)
    return found


class Canvas:
    """Lanes below each other over one axis of time."""

    def __init__(self, times: Sequence[int], room: int, columns: int, look: Look, marks: Marks) -> None:
        self.times = times
        self.room = room
        self.columns = max(columns, _NARROWEST)
        self.look = look
        self.marks = marks

    def column(self, time: int) -> int:
        """Where a moment is."""
        end = self.times[-1] or 1
        return min(self.columns - 1, max(0, round(time * (self.columns - 1) / end)))

    def indexes(self, column: int, columns: int) -> range:
        """The evaluations that a column of so many shows: what held before it, if none falls into it."""
        last = len(self.times) - 1
        start = math.ceil((column - 0.5) * last / (columns - 1)) if column else 0
        end = math.ceil((column + 0.5) * last / (columns - 1)) if column < columns - 1 else last + 1
        return range(start, end) if start < end else range(max(0, start - 1), max(1, start))

    def lane(self, label: str, drawn: str, *, style: str = "", right: bool = False) -> str:
        """A lane's line; what is `drawn` is painted already."""
        label = self._cropped(visible(label))
        pad = " " * (self.room - columns_of(label))
        whole = pad + label if right else label + pad
        return f"  {self.look.paint(whole, style)} {self.look.paint(self.marks.edge, _FAINT)}{drawn}"

    def _cropped(self, label: str) -> str:
        if columns_of(label) <= self.room:
            return label
        kept = label
        while columns_of(kept) + len(self.marks.more) > self.room:
            kept = kept[:-1]
        return kept + self.marks.more

    def axis(self) -> str:
        """The moments, as far apart as they can be read."""
        end = self.times[-1]
        step = next((each for each in _STEPS if end / each * 9 <= self.columns), _STEPS[-1])
        line = [" "] * (self.columns + 6)
        for time in range(0, end + 1, step):
            text = duration(time) if time else "0"
            at = self.column(time)
            if at + len(text) <= self.columns:
                line[at : at + len(text)] = text
        return self.lane("", self.look.paint("".join(line).rstrip(), _FAINT))

    def states(self, timeline: Timeline, *, several: bool) -> Iterator[str]:
        """A lane for each alert of a rule."""
        if not timeline.instances:
            yield self.lane(timeline.alert.name, self.state_line(["inactive"] * len(self.times)))
        labels = _labels(timeline, several=several)
        for instance, label in zip(timeline.instances[:_MOST_INSTANCES], labels, strict=False):
            yield self.lane(label, self.state_line(instance.states))
        more = len(timeline.instances) - _MOST_INSTANCES
        if more > 0:
            yield self.lane(f"and {more} more", "")

    def state_line(self, states: Sequence[State]) -> str:
        """States in colours: the worst of those that a column stands for."""
        found: list[State] = []
        for column in range(self.columns):
            here = {states[index] for index in self.indexes(column, self.columns)}
            found.append("firing" if "firing" in here else "pending" if "pending" in here else "inactive")
        return "".join(self.look.paint(self.marks.states[state] * length, _STYLES[state]) for state, length in _runs(found))

    def expectation(self, expectation: Expectation, alert: Alert, *, well: bool) -> str:
        """A lane with the moments that an expectation is about."""
        start, end = (self.column(time) for time in _when(expectation, self.times[-1]))
        left, middle, right = self.marks.span
        drawn = self.marks.moment if start == end else f"{left}{middle * (end - start - 1)}{right}"
        style = _GOOD if well else _BAD
        label = f"{self.marks.well if well else self.marks.failed} {described(expectation, alert)}"
        return self.lane(label, " " * start + self.look.paint(drawn, style), style=style)

    def value(self, measured: Measured) -> list[str]:
        """The course of a value over some lines, and its limit."""
        values, how = _one_course(measured)
        limits = _limits(measured)
        known = [value for value in (*values, *limits) if value is not None and math.isfinite(value)]
        text = self._title(measured, how)
        before = max(2, min(self.room + 4, self.look.columns - len(text)))
        title = f"{' ' * before}{self.look.paint(text, '1')}"
        if not any(value is not None for value in values):
            return [title, self.lane("", self.look.paint("no value at any time", _FAINT))]
        if not known:
            return [title, self.lane("", self.look.paint("no finite value", _FAINT))]
        low, high = min(known), max(known)
        if 0 < low < high / 2 or (low == high and low > 0):
            low = 0.0
        if low == high:
            low, high = low - 1, high + 1
        drawn = (_braille if self.look.unicode else _points)(self, values, low, high)
        level = [None if limit is None else _row(limit, low, high) for limit in limits]
        names = {_ROWS - 1: number(low), 0: number(high)}
        constant = limits[0] if len(set(limits)) == 1 else None
        if constant is not None:
            names[_row(constant, low, high)] = number(constant)
        lines = [title]
        for row in range(_ROWS):
            cells = []
            for column in range(self.columns):
                here = self.indexes(column, self.columns)
                if drawn[row][column] != " ":
                    cells.append((drawn[row][column], _VALUE))
                elif level[here[-1]] == row:
                    cells.append((self.marks.limit, _LIMIT))
                else:
                    cells.append((" ", ""))
            painted = "".join(self.look.paint("".join(character for character, _ in group), style) for style, group in _grouped(cells))
            lines.append(self.lane(names.get(row, ""), painted, style=_FAINT, right=True))
        return lines

    def _title(self, measured: Measured, how: str) -> str:
        text = visible(to_text(measured.left))
        constant = set(_limits(measured))
        limit = ""
        if measured.right is not None:
            only = constant.pop() if len(constant) == 1 else None
            limit = f" {measured.op} " + (number(only) if only is not None else visible(to_text(measured.right)))
        room = self.columns - len(limit) - len(how)
        if len(text) > room:
            text = text[: max(8, room - len(self.marks.more))] + self.marks.more
        return f"{text}{limit}{how}"


_STEPS = tuple(
    seconds * 1000 for seconds in (1, 5, 15, 30, 60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800)
)


def _one_course(measured: Measured) -> tuple[list[float | None], str]:
    """Of several series the one that comes nearest to the limit, at each moment; and words for that."""
    most = max((len(samples) for samples in measured.measured.samples), default=0)
    low = measured.op in ("<", "<=")
    values: list[float | None] = [
        (min if low else max)((value for _, value in samples), default=None) for samples in measured.measured.samples
    ]
    return values, "" if most <= 1 else f" ({'lowest' if low else 'highest'} of {most})"


def _limits(measured: Measured) -> list[float | None]:
    if measured.limit is None:
        return [None] * len(measured.measured.times)
    course: Course = measured.limit
    low = measured.op in ("<", "<=")
    return [(max if low else min)((value for _, value in samples), default=None) for samples in course.samples]


def _row(value: float, low: float, high: float) -> int:
    """The line of a value, 0 for the highest."""
    if not math.isfinite(value):
        return 0 if value > 0 else _ROWS - 1
    return _ROWS - 1 - min(_ROWS - 1, int((value - low) / (high - low) * _ROWS))


def _points(canvas: Canvas, values: Sequence[float | None], low: float, high: float) -> list[list[str]]:
    """A star for each column, in the line of its value."""
    rows = [[" "] * canvas.columns for _ in range(_ROWS)]
    for column in range(canvas.columns):
        for index in canvas.indexes(column, canvas.columns):
            value = values[index]
            if value is not None and not math.isnan(value):
                rows[_row(value, low, high)][column] = "*"
    return rows


# The dots of a braille character, from top to bottom: left ones, right ones.
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


def _braille(canvas: Canvas, values: Sequence[float | None], low: float, high: float) -> list[list[str]]:
    """A line of dots, two in a column and four in a line."""
    cells = [[0] * canvas.columns for _ in range(_ROWS)]
    height = _ROWS * 4
    before: int | None = None
    for x in range(canvas.columns * 2):
        found = [value for index in canvas.indexes(x, canvas.columns * 2) if (value := values[index]) is not None and not math.isnan(value)]
        if not found:
            before = None
            continue
        value = found[-1]
        share = min(1.0, max(0.0, (value - low) / (high - low))) if math.isfinite(value) else float(value > 0)
        y = min(height - 1, int((1 - share) * height))
        for dot in range(min(y, y if before is None else before), max(y, y if before is None else before) + 1):
            cells[dot // 4][x // 2] |= _DOTS[x % 2][dot % 4]
        before = y
    return [[chr(0x2800 + cell) if cell else " " for cell in row] for row in cells]


def _runs(states: Iterable[State]) -> Iterator[tuple[State, int]]:
    before: State | None = None
    length = 0
    for state in states:
        if before is not None and state != before:
            yield before, length
            length = 0
        before = state
        length += 1
    if before is not None:
        yield before, length


def _grouped(cells: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    from itertools import groupby

    key: Callable[[tuple[str, str]], str] = lambda cell: cell[1]  # noqa: E731 - named, since groupby's argument has no type of its own
    for style, group in groupby(cells, key):
        yield style, list(group)
