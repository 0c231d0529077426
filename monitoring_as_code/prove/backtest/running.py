"""Alerts over a recorded history: when each would have fired, and how near it came otherwise."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, TypeVar

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import Binary, Call, Duration, NumberLiteral, Paren, Subquery
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.node import replace
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.prove.backtest.asking import Asker
from monitoring_as_code.prove.backtest.history import QueryRefused
from monitoring_as_code.prove.backtest.result import CloseCall, Compared, Firing, Peaks, Pending, Period, Result, Trial
from monitoring_as_code.prove.backtest.substitution import Substitution, metrics_read
from monitoring_as_code.prove.states import spells
from monitoring_as_code.targets.grafana.thresholds import limit_of
from monitoring_as_code.targets.promtool_tests.inputs import evaluation_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.prove.backtest.history import History
    from monitoring_as_code.prove.states import Spell
    from monitoring_as_code.prove.timelines import Labels

    Held = dict[Labels, list[tuple[int, int]]]
    """The first and the last evaluation of each time in which a condition held, by the labels of the alert."""

_Number = TypeVar("_Number", int, float)

# More evaluations than this are thinned out, unless a step is asked for: 30 days at 15 s are 172,800.
MOST_EVALUATIONS = 200_000
# Points of the picture, from which close calls are found, too.
_BUCKETS = 480
_CLOSE_CALLS = 3


class Wish(NamedTuple):
    """What is asked of an alert beside what it would have done: what it would have done with other thresholds, or other times of `for`."""

    alert: Alert
    thresholds: tuple[float, ...] = ()
    holds: tuple[int, ...] = ()


def backtest(
    analysis: Analysis,
    history: History,
    wishes: Sequence[Wish],
    period: Period,
    *,
    step: int | None = None,
    recorded: bool = False,
    advance: Callable[[], None] = lambda: None,
    expect: Callable[[int], None] = lambda _: None,
) -> list[Result]:
    """What each alert would have done in the period, in the order of the wishes.

    Evaluated every `step`, by default as often as it is in fact, or more seldom if those were more than `MOST_EVALUATIONS`. With `recorded`
    recorded series are read as the history has them.

    Raises:
        HistoryUnreachable: the history cannot be asked.
    """
    from monitoring_as_code.prove.backtest.audience import with_receivers

    asker = Asker(history, advance, expect)
    try:
        found = [_Study(analysis, asker, wish, period, step, recorded=recorded).result() for wish in wishes]
    finally:
        asker.close()
    return with_receivers(analysis, _with_absent(history, found, period))


def comparison_of(condition: Expr) -> tuple[Binary, Compared] | None:
    """The comparison with a constant that decides first: `x > 5` in `x > 5 and y > 1`, as its node, too.

    Where it does not hold the whole does not, and its labels are those of the alert.
    """
    while isinstance(condition, Paren) or (isinstance(condition, Binary) and condition.op in ("and", "unless")):
        condition = condition.expr if isinstance(condition, Paren) else condition.left
    limit = limit_of(condition)
    if limit is None or not isinstance(condition, Binary):
        return None
    op = condition.op if limit.measured is condition.left else _MIRRORED[condition.op]
    constant = condition.right if limit.measured is condition.left else condition.left
    # What is drawn for `> 0` is a little more than that.
    value = 0.0 if op == ">" and limit.value < 1e-8 and to_text(constant) == "0" else limit.value
    return condition, Compared(op, value, limit.measured)


_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


def with_threshold(expr: Expr, value: float) -> Expr:
    """The condition with another threshold.

    Raises:
        ValueError: it does not begin with a comparison with a constant.
    """
    found = comparison_of(expr)
    if found is None:
        raise ValueError("it has no threshold")
    return _replaced(expr, found[0], found[1], value)


def _replaced(expr: Expr, comparison: Binary, compared: Compared, value: float) -> Expr:
    if expr is comparison:
        number = NumberLiteral(value)
        return replace(comparison, right=number) if compared.measured is comparison.left else replace(comparison, left=number)
    if isinstance(expr, Paren):
        return replace(expr, expr=_replaced(expr.expr, comparison, compared, value))
    assert isinstance(expr, Binary)  # noqa: S101 - the way down that `comparison_of` took
    return replace(expr, left=_replaced(expr.left, comparison, compared, value))


class _Study:
    """One alert: what to ask, and what the answers come to."""

    def __init__(self, analysis: Analysis, asker: Asker, wish: Wish, period: Period, step: int | None, *, recorded: bool) -> None:
        self.asker = asker
        self.wish = wish
        self.alert = wish.alert
        self.hold = milliseconds(self.alert.for_)
        self.keep = milliseconds(self.alert.keep_firing_for)
        self.interval = evaluation_interval(analysis, self.alert)
        self.step = _step(self.interval, period, step)
        # Evaluations are at multiples of the step, as those of subqueries are. They begin early enough for what fires at the start.
        most = max((self.hold, *wish.holds))
        self.period = period
        self.first = (period.start - most - self.keep) // self.step * self.step
        self.last = period.end // self.step * self.step
        substitution = Substitution(analysis, step=self.step)
        expr = analysis.use(self.alert).expr
        assert expr is not None  # noqa: S101 - lint has refused it
        self.condition = expr if recorded else substitution.applied(expr)
        self.replaced = tuple(substitution.replaced)

    def result(self) -> Result:
        """What it would have done."""
        query = to_text(self.condition)
        result = Result(self.alert, self.step, self.interval, query, replaced=self.replaced)
        found = comparison_of(self.condition)
        try:
            peaks = None if found is None else self._peaks(found[1])
            compared = None if found is None else found[1]
            held = self._held(self.condition, compared, peaks)
            firings, pendings = self._lived(held, self.hold)
            trials = tuple(self._trials(held, compared, peaks))
            calls = () if peaks is None or compared is None else tuple(self._close_calls(compared, peaks, firings))
        except QueryRefused as error:
            return result._replace(error=str(error))
        known_from = None if peaks is None else self._known_from(peaks)
        return result._replace(
            firings=firings, pendings=pendings, close_calls=calls, trials=trials, compared=compared, peaks=peaks, known_from=known_from
        )

    def _peaks(self, compared: Compared) -> Peaks | None:
        """The worst value of each part of the period: where that is on the good side of the limit, nothing has to be looked at closely."""
        evaluations = (self.last - self.first) // self.step + 1
        inner = max(1, -(-evaluations // _BUCKETS))
        length = inner * self.step
        function = "max_over_time" if compared.above else "min_over_time"
        asked: Expr = compared.measured
        if inner > 1:
            asked = Call(function, (Subquery(Paren(asked), Duration(length), Duration(self.step)),))
        ends = tuple(range(self.first, self.last + length, length))
        try:
            answer = self.asker.course(to_text(asked), ((ends[0], ends[-1]),), length, inner=inner)
        except QueryRefused:
            return None  # as of series that differ in their metric's name alone; the condition itself may well be fine
        values: dict[Labels, dict[int, float]] = {}
        for labels, samples in answer.items():
            known = values.setdefault(self._labels(labels), {})
            for time, value in samples:
                if not math.isnan(value) and (time not in known or compared.beyond(value) > compared.beyond(known[time])):
                    known[time] = value
        return Peaks(length, ends, values)

    def _held(self, condition: Expr, compared: Compared | None, peaks: Peaks | None) -> Held:
        """When the condition held."""
        spans = [(self.first, self.last)] if compared is None or peaks is None else list(self._hot(compared, peaks))
        answer = self.asker.course(to_text(condition), spans, self.step)
        moments: dict[Labels, set[int]] = {}
        for labels, samples in answer.items():
            moments.setdefault(self._labels(labels), set()).update(time for time, _ in samples)
        return {labels: list(_stretches(sorted(times), self.step)) for labels, times in sorted(moments.items())}

    def _hot(self, compared: Compared, peaks: Peaks) -> Iterator[tuple[int, int]]:
        """The times in which the value is beyond the limit, or at it."""
        hot = {end for known in peaks.values.values() for end, value in known.items() if compared.beyond(value) >= 0}
        span: tuple[int, int] | None = None
        for end in sorted(hot):
            start = max(self.first, end - peaks.length + self.step)
            if span is not None and start <= span[1] + self.step:
                span = (span[0], end)
            else:
                if span is not None:
                    yield span
                span = (start, min(end, self.last))
        if span is not None:
            yield span[0], min(span[1], self.last)

    def _lived(self, held: Held, hold: int) -> tuple[tuple[Firing, ...], tuple[Pending, ...]]:
        firings: list[Firing] = []
        pendings: list[Pending] = []
        start, end = self.period.start, self.last + self.step
        for labels, stretches in held.items():
            spell: Spell
            for spell in spells(stretches, self.step, hold, self.keep):
                if spell.end <= start:
                    continue
                if spell.fires is None:
                    pendings.append(Pending(labels, max(spell.start, start), spell.end))
                    continue
                # What holds at the last evaluation goes on, as far as is known.
                lasting = spell.end >= end
                begun = Firing(labels, max(spell.fires, start), min(spell.end, end), spell.fires < start, lasting)
                firings.append(begun)
        return tuple(sorted(firings, key=_begins)), tuple(sorted(pendings, key=_begins))

    def _trials(self, held: Held, compared: Compared | None, peaks: Peaks | None) -> Iterator[Trial]:
        if compared is not None:
            for threshold in _with(compared.limit, self.wish.thresholds):
                other = held
                if threshold != compared.limit:
                    other = self._held(with_threshold(self.condition, threshold), compared._replace(limit=threshold), peaks)
                yield _trial(self._lived(other, self.hold)[0], threshold, None, declared=threshold == compared.limit)
        for hold in _with(self.hold, self.wish.holds):
            yield _trial(self._lived(held, hold)[0], None, hold, declared=hold == self.hold)

    def _close_calls(self, compared: Compared, peaks: Peaks, firings: Sequence[Firing]) -> Iterator[CloseCall]:
        """The worst moments in which it did not fire, none in a part of the period next to another one's."""
        fired: dict[Labels, list[Firing]] = {}
        for each in firings:
            fired.setdefault(each.labels, []).append(each)
        worst = sorted(
            ((compared.beyond(value), -end, labels) for labels, known in peaks.values.items() for end, value in known.items()), reverse=True
        )
        taken: list[tuple[Labels, int]] = []
        for _, negative, labels in worst:
            end = -negative
            start = end - peaks.length
            if end <= self.period.start or any(each.start <= end + peaks.length and each.end >= start for each in fired.get(labels, ())):
                continue
            if any(labels == other and abs(end - known) <= peaks.length for other, known in taken):
                continue
            taken.append((labels, end))
            yield self._exactly(compared, peaks, labels, end)
            if len(taken) == _CLOSE_CALLS:
                return

    def _exactly(self, compared: Compared, peaks: Peaks, labels: Labels, end: int) -> CloseCall:
        """The moment of the worst value in a part of the period."""
        peak = CloseCall(labels, min(end, self.last), peaks.values[labels][end])
        if peaks.length == self.step:
            return peak
        first = max(end - peaks.length + self.step, self.first)
        answer = self.asker.course(to_text(compared.measured), ((first, min(end, self.last)),), self.step)
        known = [
            (compared.beyond(value), -time, value)
            for found, samples in answer.items()
            if self._labels(found) == labels
            for time, value in samples
            if not math.isnan(value)
        ]
        if not known:
            return peak
        _, time, value = max(known)
        return CloseCall(labels, -time, value)

    def _known_from(self, peaks: Peaks) -> int | None:
        ends = [min(known) for known in peaks.values.values() if known]
        if not ends or min(ends) - 2 * peaks.length <= self.period.start:
            return None
        return max(self.period.start, min(ends) - peaks.length + self.step)

    def _labels(self, labels: Labels) -> Labels:
        """The labels that the alert has for a sample of its condition."""
        return alert_labels(self.alert, dict(labels))


_LABEL = re.compile(r"\{\{-?\s*(?:\$labels|\.Labels)\.([a-zA-Z_][a-zA-Z0-9_]*)\s*-?\}\}")


def alert_labels(alert: Alert, labels: Mapping[str, str]) -> Labels:
    """The labels of an alert from those of its condition's sample. Of templates only plain labels are filled in."""
    own = {"severity": alert.severity, **alert.labels}
    rendered = {name: _LABEL.sub(lambda found: labels.get(found[1], ""), text) if "{{" in text else text for name, text in own.items()}
    found = {**{name: value for name, value in labels.items() if name != "__name__"}, **rendered, "alertname": alert.name}
    return tuple(sorted((name, value) for name, value in found.items() if value))


def _begins(what: Firing | Pending) -> tuple[int, Labels]:
    return what.start, what.labels


def _stretches(times: Iterable[int], step: int) -> Iterator[tuple[int, int]]:
    """The first and the last of moments that follow each other without a break."""
    first = last = None
    for time in times:
        if first is not None and last is not None and time - last > step:
            yield first, last
            first = time
        first = time if first is None else first
        last = time
    if first is not None and last is not None:
        yield first, last


def _step(interval: int, period: Period, wanted: int | None) -> int:
    """How far evaluations are apart: as they are in fact, if they are not too many; a multiple of that else."""
    if wanted is not None:
        return max(wanted, interval)
    return interval * max(1, -(-period.length // (interval * MOST_EVALUATIONS)))


def _with(declared: _Number, others: Sequence[_Number]) -> list[_Number]:
    """What is tried, the declared one among it; nothing, if nothing is to be tried."""
    return sorted({declared} | set(others)) if others else []


def _trial(firings: Sequence[Firing], threshold: float | None, hold: int | None, *, declared: bool) -> Trial:
    lengths = [each.length for each in firings]
    return Trial(threshold, hold, declared, len(lengths), sum(lengths), max(lengths, default=0))


def _with_absent(history: History, results: Sequence[Result], period: Period) -> list[Result]:
    """With the metrics of which there is nothing, which makes an alert as silent as if all were well."""
    from monitoring_as_code.promql import parse

    read = [tuple(dict.fromkeys(metrics_read(parse(each.query)))) for each in results]
    try:
        known = history.metrics((name for names in read for name in names), period.start, period.end)
    except QueryRefused:
        return list(results)  # some stores do not say
    return [each._replace(absent=tuple(name for name in names if name not in known)) for each, names in zip(results, read, strict=True)]
