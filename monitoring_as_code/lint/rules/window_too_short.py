from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.cadence import cadence, evaluated_every
from monitoring_as_code.lint.panels import has_least_step, panel_of
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, WARNING, Finding, rule
from monitoring_as_code.promql.ast import Duration, MatrixSelector, Subquery, Variable
from monitoring_as_code.promql.durations import milliseconds, to_text
from monitoring_as_code.promql.functions import FUNCTIONS
from monitoring_as_code.promql.infer.calls import unwrapped

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Call

# They compare samples, and give nothing for a window with one.
_OF_TWO = frozenset(
    {
        "rate",
        "irate",
        "increase",
        "delta",
        "idelta",
        "deriv",
        "predict_linear",
        "double_exponential_smoothing",
        "changes",
        "resets",
    }
)
_OF_A_RANGE = tuple(name for name, row in FUNCTIONS.items() if "matrix" in row.arguments)


@rule(WARNING, of_expressions=True)
def window_too_short(reading: Reading) -> Iterator[Finding]:
    """A window does not hold enough samples.

    `rate()` and its like need two samples. A window shorter than two scrape intervals often holds one: gaps, and an alert that never stays.
    That is an error. With fewer than four, one or two scrapes that fail are a gap, and what happens between windows is hardly seen: a
    warning. Other functions over a window need one sample. `window-scrapes` in `[tool.mac]` says another number than four. Grafana's
    `$__rate_interval` is always long enough, `$__interval` is not.

    BAD:

        requests = Counter(name="http_requests_total", help="Requests served.")
        stack = Stack(name="shop", scrape_interval="30s", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),))
        recorded = RecordingRule(name="http_requests:rate1m", expr="sum(rate(http_requests_total[1m]))")

    GOOD:

        requests = Counter(name="http_requests_total", help="Requests served.")
        stack = Stack(name="shop", scrape_interval="30s", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),))
        recorded = RecordingRule(name="http_requests:rate2m", expr="sum(rate(http_requests_total[2m]))")
    """
    for use, call in reading.calls(*_OF_A_RANGE):
        source = next((inner for inner in map(unwrapped, call.args) if isinstance(inner, MatrixSelector | Subquery)), None)
        if isinstance(source, Subquery):
            yield from _of_subquery(reading, use, call, source)
        elif source is not None and not source.selector.anchoring:
            yield from _of_selector(reading, use, call, source)


def _of_selector(reading: Reading, use: Use, call: Call, source: MatrixSelector) -> Iterator[Finding]:
    function = call.function
    about = (id(use.part), "window", id(source))
    span = None if source.span.start < 0 or source.range.span.start < 0 else source.range.span
    at = place(use, source, span)
    if isinstance(source.range, Variable) and source.range.name == "__interval":
        panel = panel_of(reading.analysis, use)
        if function in ("rate", "irate") and (panel is None or not has_least_step(panel)):
            message = f"`{source.range.text}` can be as short as one scrape, and `{function}()` needs two samples"
            yield Finding(message, at, "write `$__rate_interval`", about=about, declaration=use.declaration)
        return
    length = _length(use, source.range)
    arm = reading.facts(use)[source].arm
    every = None if length is None else cadence(reading.analysis, arm.entry, arm.labels.get("job"))
    if length is None or every is None:
        return
    wanted = max(reading.project.config.window_scrapes, 2)
    long_enough = f"write `{to_text(round(wanted * every.milliseconds))}` or more"
    if function not in _OF_TWO:
        if length < every.milliseconds:
            message = f"a window of `{to_text(length)}` often holds no sample: {every.why}"
            yield Finding(
                message, at, f"write `{to_text(every.milliseconds * 2)}` or more", about=about, declaration=use.declaration, severity=ERROR
            )
    elif length < 2 * every.milliseconds:
        message = f"a window of `{to_text(length)}` does not hold the two samples that `{function}()` needs: {every.why}"
        yield Finding(message, at, long_enough, about=about, declaration=use.declaration, severity=ERROR)
    elif length < wanted * every.milliseconds:
        message = f"a window of `{to_text(length)}` leaves `{function}()` too few samples when a scrape fails: {every.why}"
        yield Finding(message, at, long_enough, about=about, declaration=use.declaration)


def _of_subquery(reading: Reading, use: Use, call: Call, source: Subquery) -> Iterator[Finding]:
    step = evaluated_every(reading.analysis) if source.step is None else _length(use, source.step)
    length = _length(use, source.range)
    needed = 2 if call.function in _OF_TWO else 1
    if step is None or length is None or length >= needed * step:
        return
    samples = "the two samples" if needed == 2 else "the sample"
    message = f"a window of `{to_text(length)}` in steps of `{to_text(step)}` does not hold {samples} that `{call.function}()` needs"
    help_ = "make the window longer, or the step shorter"
    yield Finding(message, place(use, source), help_, declaration=use.declaration, severity=ERROR)


def _length(use: Use, duration: object) -> int | None:
    """Milliseconds; the shortest that a variable offers."""
    if isinstance(duration, Duration):
        return duration.milliseconds
    if not isinstance(duration, Variable):
        return None
    for variable in getattr(use.declaration, "variables", ()):
        if variable.name == duration.name and variable.variable_type == "interval":
            return min(map(milliseconds, variable.values))
    return None
