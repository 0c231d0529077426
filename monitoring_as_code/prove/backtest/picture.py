"""What an alert would have done as a picture of text: the value against the limit, a lane for each alert, how often a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from monitoring_as_code.promql.ast import NumberLiteral
from monitoring_as_code.prove.chart import Canvas, marks_of
from monitoring_as_code.prove.measuring import Course
from monitoring_as_code.prove.reasons import Measured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitoring_as_code.prove.backtest.result import Period, Result
    from monitoring_as_code.prove.chart import Look
    from monitoring_as_code.prove.timelines import Labels, State

_ROOM = 26
_WIDEST = 120
_MOST_LANES = 8
_DAY = 86_400_000
_FAINT = "2"


def picture(result: Result, period: Period, look: Look, *, valued: bool) -> Iterator[str]:
    """The lines of a picture, none wider than the terminal; with `valued` the worst value is drawn, too."""
    from monitoring_as_code.prove.backtest.report import own_labels

    columns = min(look.columns, _WIDEST) - _ROOM - 4
    # Two moments a column, as many as the line of the value has dots.
    length = max(1, period.length)
    moments = tuple(length * index // (2 * columns - 1) for index in range(2 * columns))
    canvas = Canvas(moments, _ROOM, columns, look, marks_of(look))
    if valued:
        yield from _value(result, period, canvas, moments)
    yield _axis(canvas, period, look)
    lanes = _lanes(result, period, moments)
    if not lanes:
        yield canvas.lane(result.alert.name, canvas.state_line(["inactive"] * len(moments)))
    for labels, states in lanes[:_MOST_LANES]:
        yield canvas.lane(own_labels(result.alert, labels) or result.alert.name, canvas.state_line(states))
    if len(lanes) > _MOST_LANES:
        yield canvas.lane(f"and {len(lanes) - _MOST_LANES} more", "")
    if period.length >= 2 * _DAY and result.firings:
        yield _per_day(result, period, canvas)


def _value(result: Result, period: Period, canvas: Canvas, moments: tuple[int, ...]) -> Iterator[str]:
    compared, peaks = result.compared, result.peaks
    if compared is None or peaks is None:
        return
    worst: dict[int, tuple[float, Labels]] = {}
    for labels, known in peaks.values.items():
        for end, value in known.items():
            if end not in worst or compared.beyond(value) > compared.beyond(worst[end][0]):
                worst[end] = (value, labels)
    samples = []
    gap = moments[-1] / max(1, len(moments) - 1)
    for moment in moments:
        # The worst of the parts that this moment stands for; a part that is longer than it stands for several.
        start, end = period.start + moment - gap, period.start + moment
        inside = [worst[each] for each in _ends(peaks.ends, start, end + peaks.length) if each in worst]
        most = max(inside, key=lambda found: compared.beyond(found[0]), default=None)
        samples.append(() if most is None else ((most[1], most[0]),))
    limit = NumberLiteral(compared.limit)
    at_limit = tuple((((), compared.limit),) for _ in moments)
    measured = Measured(compared.op, compared.measured, limit, Course(moments, tuple(samples)), Course(moments, at_limit))
    yield from canvas.value(measured)


def _ends(ends: tuple[int, ...], start: float, before: float) -> Iterable[int]:
    """Those of the moments, which are in order, that are after `start`, and before the other one."""
    from bisect import bisect_left, bisect_right

    return ends[bisect_right(ends, start) : bisect_left(ends, before)]


def _lanes(result: Result, period: Period, moments: tuple[int, ...]) -> list[tuple[Labels, list[State]]]:
    """The states of each alert, those that fired most first."""
    spells: dict[Labels, list[tuple[State, int, int]]] = {}
    for waits in result.pendings:
        spells.setdefault(waits.labels, []).append(("pending", waits.start, waits.end))
    for fires in result.firings:
        spells.setdefault(fires.labels, []).append(("firing", fires.start, fires.end))

    def weight(labels: Labels) -> tuple[int, int, Labels]:
        fired = sum(end - start for state, start, end in spells[labels] if state == "firing")
        return -fired, -len(spells[labels]), labels

    lanes: list[tuple[Labels, list[State]]] = []
    scale = (len(moments) - 1) / max(1, period.length)
    for labels in sorted(spells, key=weight):
        states: list[State] = ["inactive"] * len(moments)
        for state, start, end in spells[labels]:
            first = int((start - period.start) * scale)
            last = int((end - period.start) * scale)
            for index in range(max(0, first), min(len(moments), max(last, first + 1))):
                states[index] = state
        lanes.append((labels, states))
    return lanes


def _days(period: Period) -> Iterator[datetime]:
    """The beginnings of the days of a period; the first one may be before it."""
    day = datetime.fromtimestamp(period.start / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    while day.timestamp() * 1000 <= period.end:
        yield day
        day += timedelta(days=1)


def _axis(canvas: Canvas, period: Period, look: Look) -> str:
    """Dates, or hours of a period of less than four days, as far apart as they can be read."""
    hours = period.length < 4 * _DAY
    step = next(
        (
            each
            for each in ((1, 2, 3, 6, 12, 24) if hours else (24, 48, 168, 336, 720))
            if period.length / (each * 3_600_000) * 9 <= canvas.columns
        ),
        8760,
    )
    line = [" "] * (canvas.columns + 12)
    before = 0
    moment = datetime.fromtimestamp(period.start / 1000, UTC).replace(minute=0, second=0, microsecond=0)
    if step >= 24:
        moment = moment.replace(hour=0)
    while moment.timestamp() * 1000 <= period.end:
        at = int(moment.timestamp() * 1000) - period.start
        aligned = moment.hour % step == 0 if step < 24 else True
        if at >= 0 and aligned:
            text = moment.strftime("%m-%d" if moment.hour == 0 else "%H:%M")
            column = canvas.column(at)
            if column >= before and column + len(text) <= canvas.columns:
                line[column : column + len(text)] = text
                before = column + len(text) + 1
        moment += timedelta(hours=1 if step < 24 else step)
    return canvas.lane("", look.paint("".join(line).rstrip(), _FAINT))


def _per_day(result: Result, period: Period, canvas: Canvas) -> str:
    """How often it began to fire on each day, or in each week where days are too many."""
    days = list(_days(period))
    width = 7 if len(days) > canvas.columns else 1
    line = [" "] * canvas.columns
    starts = [each.start for each in result.firings]
    for day in days[::width]:
        start = day.timestamp() * 1000
        count = sum(start <= each < start + width * _DAY for each in starts)
        text = "" if not count else str(count) if count < 10 else "+"
        column = canvas.column(max(0, int(start) - period.start))
        if text:
            line[column] = text
    return canvas.lane("began that week" if width == 7 else "began that day", "".join(line).rstrip())
