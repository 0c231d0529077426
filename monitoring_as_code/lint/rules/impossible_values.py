from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import declared_here, kind_words
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.catalogue import Entry
    from monitoring_as_code.lint.given import Given
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.shapes import Observations, Shape


@rule(ERROR)
def impossible_values(reading: Reading) -> Iterator[Finding]:
    """A scenario gives a metric values that it cannot have.

    A counter never falls, but when its process starts again: `restarted(...)`. A gauge stays within its `least` and `most`, and an info metric
    is 1. A histogram has no values of its own: it is given what it observes, `observed(10, {0.95: 1.2})`, of which its buckets must be able to
    tell. A quantity must be one of the metric's unit. What a proof says of values that cannot be, says nothing.

    BAD:

        served = Counter(name="http_requests_total", help="Requests served.")
        idle = Alert(name="Idle", expr=served.rate("5m") < 1, for_="5m", severity="info", summary="Nobody is there")
        evening = Scenario(
            name="fewer and fewer",
            alert=idle,
            given=(Series(of=served, values=ramp(500, 0, over="10m")),),
            expect=(Firing(at="20m"),),
        )

    GOOD:

        served = Counter(name="http_requests_total", help="Requests served.")
        idle = Alert(name="Idle", expr=served.rate("5m") < 1, for_="5m", severity="info", summary="Nobody is there")
        evening = Scenario(
            name="fewer and fewer",
            alert=idle,
            given=(Series(of=served, values=per_second(ramp(50, 0, over="10m"))),),
            expect=(Firing(at="20m"),),
        )
    """
    for found in reading.given:
        entry = found.entry
        if entry is None:
            continue
        for message, help_, at, declared in _faults(reading, found, entry):
            related = declared_here(entry.metric) if declared else ()
            yield Finding(message, at, help_, related, declaration=found.scenario)


def _faults(reading: Reading, found: Given, entry: Entry) -> Iterator[tuple[str, str | None, Place, bool]]:
    from monitoring_as_code.model.shapes import Shape

    values, metric = found.series.values, entry.metric
    at = Place(found.series.origin, ("values",))
    if found.observed is not None:
        if found.is_histogram:
            fault = _unobservable(found.observed, entry)
            if fault is not None:
                yield fault, None, Place(found.observed.origin), True
        elif metric.kind == "histogram":
            yield f"`{entry.name}` is a part of a histogram, and observes nothing itself", f"give it to `{metric.name}`", at, False
        else:
            yield f"`{entry.name}` is {kind_words(metric)}, which observes nothing", "give it a shape, such as `constant(5)`", at, True
    elif found.is_histogram:
        help_ = "say what it observes: `observed(10, {0.95: 1.2})` are 10 a second, 95 % of them up to 1.2"
        yield f"`{metric.name}` is a histogram, which has no values of its own", help_, at, True
    elif isinstance(values, str):
        yield from _of_text(values, found, entry)
    elif isinstance(values, Shape):
        yield from _of_shape(reading, found, entry, values)


def _unobservable(observed: Observations, entry: Entry) -> str | None:
    try:
        observed.buckets(entry.metric.buckets, (), entry.metric.unit)
    except ValueError as error:
        return str(error)
    return None


def _of_shape(reading: Reading, found: Given, entry: Entry, shape: Shape) -> Iterator[tuple[str, str | None, Place, bool]]:
    from monitoring_as_code.lint.given import is_endless, sample_times

    at, bounds = Place(found.series.origin, ("values",)), entry.range
    counts = entry.kind == "counter"
    bounded = not counts and (bounds.low != -math.inf or bounds.high != math.inf)
    # What only rises is never below its start, and a constant never elsewhere; what has no bounds need only be one of the metric's unit.
    constant = shape.rises and not shape.inner
    all_of_it = (bounded and not constant) or (counts and not shape.rises)
    if all_of_it and is_endless(reading.analysis, found.scenario):
        return  # of which another rule tells
    times = sample_times(reading.analysis, found.scenario) if all_of_it else (0, 10**15)
    try:
        samples = shape.values(times, entry.unit)
    except ValueError as error:
        yield f"{error}, the unit of `{entry.name}`", None, at, True
        return
    may_fall = not counts or _restarts(shape)
    known = [value for value in samples if value is not None]
    if not known or (may_fall and bounds.low <= min(known) and max(known) <= bounds.high):
        return
    last: float | None = None
    for time, value in zip(times, samples, strict=True):
        if value is None:
            continue
        if not may_fall and last is not None and value < last and not math.isclose(value, last, rel_tol=1e-9):
            from monitoring_as_code.promql.durations import to_text

            message = f"`{entry.name}` is a counter, but falls from {last:g} to {value:g} at {to_text(time)}"
            help_ = "say how it rises, `per_second(3)`; one whose process starts again is `restarted(...)`"
            yield message, help_, at, entry.name == entry.metric.name
            return
        if not bounds.low <= value <= bounds.high:
            yield _outside(entry, value), None, at, True
            return
        last = value


def _restarts(shape: Shape) -> bool:
    return shape.restarts or any(map(_restarts, shape.inner))


def _of_text(text: str, found: Given, entry: Entry) -> Iterator[tuple[str, str | None, Place, bool]]:
    from monitoring_as_code.promql.errors import PromQLSyntaxError
    from monitoring_as_code.promql.series_values import runs

    try:
        every = runs(text)
    except PromQLSyntaxError:  # which another rule tells
        return
    bounds = entry.range
    for run in every:
        if run.first is None:
            continue
        at = Place(found.series.origin, ("values",), run.span, text)
        # One that begins again further down has been restarted, as in `0+60x5 0+60x5`.
        if entry.kind == "counter" and run.step < 0 and run.length > 1:
            yield f"`{entry.name}` is a counter, but falls", "write `+` for a value that rises", at, entry.name == entry.metric.name
        elif math.isnan(run.first):
            if not bounds.nan:
                yield f"`{entry.name}` is always a number", None, at, True
        else:
            ends = (run.first, run.first + run.step * (run.length - 1))
            wrong = next((each for each in ends if not bounds.low <= each <= bounds.high), None)
            if wrong is not None:
                yield _outside(entry, wrong), None, at, True


def _outside(entry: Entry, value: float) -> str:
    low, high = entry.range.low, entry.range.high
    if low == high:
        return f"`{entry.name}` is always {low:g}, and not {value:g}"
    return f"`{entry.name}` is never {f'below {low:g}' if value < low else f'above {high:g}'}, but this gives it {value:g}"
