"""A scenario as promtool's unit tests take it: when it is evaluated, with which rules, and its series in promtool's notation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from monitoring_as_code.analysis import once
from monitoring_as_code.lint.given import read_again, read_by, recordings_for, sample_times
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.scenario import Inhibited, Muted, Reaches
from monitoring_as_code.promql.ast import Call, walk
from monitoring_as_code.promql.durations import milliseconds, to_text
from monitoring_as_code.promql.infer.selectors import metric_name
from monitoring_as_code.routes import alert_labels, holds_back
from monitoring_as_code.targets.promtool_tests.histories import histories

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.model.shapes import Values
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.targets.promtool_tests.histories import History
    from monitoring_as_code.yaml_text import Plain


def alerts_of(analysis: Analysis, scenario: Scenario) -> tuple[Alert, ...]:
    """The alerts that matter in a scenario, those that read others last.

    They are those that it speaks of, the alerts that these read as series, and, where it says who is reached, those that what is given
    may make fire and that may then hold these back.
    """
    found = {id(alert): alert for alert in scenario.alerts}
    if any(isinstance(each, Reaches | Inhibited | Muted) for each in scenario.expect):
        found |= {id(alert): alert for alert in _inhibitors(analysis, scenario)}
    readers: set[int] = set()
    for alert in [*found.values()]:
        read = {id(other): other for other in _alerts_read(analysis, alert)}
        if read:
            readers.add(id(alert))
            found |= read
    return tuple(sorted(found.values(), key=lambda alert: id(alert) in readers))


def _inhibitors(analysis: Analysis, scenario: Scenario) -> Iterator[Alert]:
    """The alerts that may hold one of the scenario's back while they fire, and that read what is given."""
    possible = {id(alert): alert for target in scenario.alerts for alert in _possible_inhibitors(analysis, target)}
    if possible:
        given = {entry.metric.name for each in scenario.given if (entry := read_again(analysis, scenario, each).entry) is not None}
        yield from (alert for alert in possible.values() if not given.isdisjoint(_metrics_read(analysis, alert)))


@lru_cache(maxsize=1024)
def _possible_inhibitors(analysis: Analysis, target: Alert) -> tuple[Alert, ...]:
    """The alerts that may hold one back by their labels."""
    inhibitions = () if analysis.routing is None else analysis.routing.inhibitions
    if not inhibitions:
        return ()
    labels = alert_labels(analysis, target)
    return tuple(
        alert
        for alert in analysis.project.of(Alert)
        if analysis.use(alert).expr is not None
        and any(holds_back(each, _labels_of(analysis, alert), labels) is not False for each in inhibitions)
    )


_labels_of = lru_cache(maxsize=1024)(alert_labels)


@lru_cache(maxsize=1024)
def _metrics_read(analysis: Analysis, alert: Alert) -> frozenset[str]:
    """The names of the metrics that an alert reads, by way of recording rules included."""
    entries = (analysis.catalogue.lookup(metric_name(selector)) for selector in read_by(analysis, (alert,)))
    return frozenset(entry.metric.name for entry in entries if entry is not None)


def _alerts_read(analysis: Analysis, alert: Alert) -> Iterator[Alert]:
    """The other alerts that one may read, by the series that Prometheus makes of them."""
    for selector in analysis.selectors(analysis.use(alert)):
        if selector.name in ("ALERTS", "ALERTS_FOR_STATE"):
            asked = [matcher for matcher in selector.matchers if matcher.name == "alertname" and matcher.op == "="]
            for other in analysis.project.of(Alert):
                if other is not alert and all(matcher.value == other.name for matcher in asked):
                    yield other


def evaluations(analysis: Analysis, scenario: Scenario) -> tuple[int, ...]:
    """The times at which the rules of a scenario are evaluated, from 0 to its end."""
    step = evaluation_interval(analysis, scenario.alert)
    return tuple(range(0, scenario.reach_milliseconds + 1, step))


def evaluation_interval(analysis: Analysis, alert: Alert) -> int:
    """How often an alert is evaluated, in milliseconds: as its group says, or the stack, or Prometheus where nobody does."""
    group = analysis.group_of(alert)
    said = group.interval if group is not None and group.interval is not None else None
    return milliseconds(said or (analysis.stack.evaluation_interval if analysis.stack is not None else "1m"))


def reads_slower_groups(analysis: Analysis, alert: Alert, alerts: Sequence[Alert]) -> bool:
    """Whether alerts or the recording rules that they need are in groups that are evaluated less often than `alert`."""
    step = evaluation_interval(analysis, alert)
    slower = [group for group in analysis.groups if group.interval is not None and milliseconds(group.interval) > step]
    needed = {id(rule) for rule in (*recordings_for(analysis, alerts), *alerts)} if slower else set()
    return any(id(rule) in needed for group in slower for rule in group.rules)


@once
def clock_readers(analysis: Analysis) -> frozenset[int]:
    """The rules whose expressions ask what time it is, by their `id()`."""
    return frozenset(id(rule) for rule in analysis.rules if (expr := analysis.use(rule).expr) is not None and reads_clock(expr))


def reads_clock(expr: Expr) -> bool:
    """Whether an expression asks what time of day or which day it is."""
    return any(isinstance(node, Call) and node.function in CLOCK for node in walk(expr))


# The functions that are asked of now where they are given nothing.
CLOCK = frozenset({"minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"})


def _series(history: History) -> str:
    labels = ",".join(f"{name}={quoted(value)}" for name, value in sorted(history.labels.items()))
    return f"{history.name}{{{labels}}}"


def quoted(text: str) -> str:
    """A label's value as PromQL writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def inputs(analysis: Analysis, scenario: Scenario) -> dict[str, Plain]:
    """The part of a test that says what happens: its series, and the labels of the server.

    Raises:
        ImpossibleSeries: something that is given makes no series.
    """
    samples = sample_times(analysis, scenario)
    given = histories(analysis, scenario, samples)
    written = {id(each.values): each.values for each in given}  # those of many series are the same
    notations = {key: notation(values) for key, values in written.items()}
    found: dict[str, Plain] = {
        "interval": to_text(samples[1] - samples[0]) if len(samples) > 1 else to_text(max(scenario.reach_milliseconds, 1)),
        "input_series": [{"series": _series(each), "values": notations[id(each.values)]} for each in given],
    }
    if analysis.stack is not None and analysis.stack.external_labels:
        found["external_labels"] = analysis.stack.external_labels
    return found


def notation(values: Values | str) -> str:
    """Samples in promtool's notation, equal ones together, and such that rise evenly: `0 0 0 1` is `0x2 1`, `0 2 4` is `0+2x2`.

    A sample that is missing ends the series, `stale`, until the next one: so does a scrape that fails, or that no longer finds it. After
    a mere gap, `_`, Prometheus would take the last value for five minutes more.
    """
    if isinstance(values, str):
        return values
    found: list[str] = []
    index, length = 0, len(values)
    while index < length:
        value = values[index]
        end = index + 1
        # Most series never change, which is told in one step.
        if not index and values.count(value) == length:
            end = length
        while end < length and values[end] == value:
            end += 1
        times = end - index
        if value is None:
            if index:
                found.append("stale")
                times -= 1
            if times:
                found.append(f"_x{times}")
        else:
            whole = value.is_integer()
            text = f"{value:.15g}" if whole or value == round(value, 6) else f"{value:.17g}"
            step, steps = _even_steps(values, index) if times == 1 and whole else (0.0, 0)
            if steps:
                found.append(f"{text}{step:+.15g}x{steps}")
                end = index + 1 + steps
            else:
                found.append(text if times == 1 else f"{text}x{times - 1}")
        index = end
    return " ".join(found)


# promtool adds step by step, which is exact only for whole numbers up to here.
_EXACT = 2.0**53


def _even_steps(values: Values, start: int) -> tuple[float, int]:
    """By how much the samples after one rise evenly, and how many do; none unless that is shorter to write."""
    if len(values) < start + 4:
        return 0.0, 0
    for value in values[start : start + 4]:  # told from the first few, since most series rise by no whole number
        if value is None or not value.is_integer():
            return 0.0, 0
    before = values[start] or 0.0
    step = 0.0
    count = 0
    for index in range(start + 1, len(values)):
        value = values[index]
        if value is None or not value.is_integer() or abs(value) >= _EXACT or (count and value - before != step):
            break
        step = value - before
        before = value
        count += 1
    return (step, count) if count > 2 and step else (0.0, 0)
