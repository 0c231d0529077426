"""Expectations as PromQL on ALERTS: partial labels, and moments and spans of time.

A range ends at an evaluation and begins a millisecond before one, so that it is the same whether a range takes its own beginning in, as up to
Prometheus 2, or not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from monitoring_as_code.analysis import once
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.scenario import Expectation, Fires, Firing, Inhibited, Muted, Pending, Quiet, Reaches, Resolves
from monitoring_as_code.promql.durations import milliseconds, to_text
from monitoring_as_code.targets.promtool_tests.inputs import evaluations, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.yaml_text import Plain

_Check: TypeAlias = "dict[str, Plain]"


def checks(analysis: Analysis, scenario: Scenario) -> list[_Check]:
    """What a scenario expects, as far as promtool can be asked; each once."""
    times = evaluations(analysis, scenario)
    found: dict[tuple[str, str], _Check] = {}
    for expectation in scenario.expect:
        if _shares_its_series(analysis, expectation.alert or scenario.alert):
            continue
        for check in _checks(expectation, expectation.alert or scenario.alert, times):
            found.setdefault((str(check["expr"]), str(check["eval_time"])), check)
    return list(found.values())


def _checks(expectation: Expectation, alert: Alert, times: tuple[int, ...]) -> Iterator[_Check]:
    def last(moment: str) -> int:
        """The last evaluation at or before a moment."""
        return times[bisect_right(times, milliseconds(moment)) - 1]

    match expectation:
        case Quiet(at=at, until=until, labels=labels):
            start = 0 if at is None else last(at)
            end = last(until) if until is not None else start if at is not None else times[-1]
            yield _never(_alerts(alert, labels), start, end)
        case Pending(at=at, labels=labels):
            yield _now(_alerts(alert, labels, "pending"), last(at))
        case Firing(at=at, labels=labels, count=count):
            yield _now(_alerts(alert, labels, "firing"), last(at), count)
        case Fires(within=within, after=after, labels=labels):
            firing = _alerts(alert, labels, "firing")
            if after != "0s":
                before = [time for time in times if time < milliseconds(after)]
                if before:
                    yield _never(firing, 0, before[-1])
            yield _ever(firing, 0, last(within))
        case Resolves(by=by, labels=labels):
            firing = _alerts(alert, labels, "firing")
            yield _ever(firing, 0, last(by))
            yield _never(firing, last(by), last(by))
        case Reaches(at=at, labels=labels) | Inhibited(at=at, labels=labels) | Muted(at=at, labels=labels):
            # What becomes of it then is Alertmanager's.
            firing = _alerts(alert, labels, "firing")
            yield _ever(firing, 0, times[-1]) if at is None else _now(firing, last(at))
        case _:
            message = f"no such expectation: {expectation!r}"
            raise TypeError(message)


def _shares_its_series(analysis: Analysis, alert: Alert) -> bool:
    """Whether nothing tells the series of an alert from those of another one of its name: what differs is a template."""
    return any(
        other is not alert
        and all(
            "{{" in value or "{{" in other.labels.get(name, "{{") or other.labels[name] == value for name, value in alert.labels.items()
        )
        for other in _alerts_by_name(analysis).get((alert.name, alert.severity), ())
    )


@once
def _alerts_by_name(analysis: Analysis) -> Mapping[tuple[str, str], list[Alert]]:
    found: dict[tuple[str, str], list[Alert]] = {}
    for alert in analysis.project.of(Alert):
        found.setdefault((alert.name, alert.severity), []).append(alert)
    return found


def _alerts(alert: Alert, labels: Mapping[str, str], state: str = "") -> str:
    """The series of an alert: those with its own labels, unless they are templates."""
    fixed = {name: value for name, value in alert.labels.items() if "{{" not in value}
    asked = {"alertname": alert.name, **({"alertstate": state} if state else {}), "severity": alert.severity, **fixed, **labels}
    return "ALERTS{" + ", ".join(f"{name}={quoted(value)}" for name, value in asked.items()) + "}"


def _now(selector: str, time: int, count: int | None = None) -> _Check:
    if count is None:
        return _check(f"group({selector})", time, 1)
    return _check(f"count({selector})", time, count)


def _ever(selector: str, start: int, end: int) -> _Check:
    return _check(f"group(count_over_time({selector}[{_range(start, end)}]))", end, 1)


def _never(selector: str, start: int, end: int) -> _Check:
    if start == end:
        return _check(selector, end, None)
    return _check(f"count_over_time({selector}[{_range(start, end)}])", end, None)


def _range(start: int, end: int) -> str:
    return to_text(end - start + 1)


def _check(expr: str, time: int, value: int | None) -> _Check:
    samples: list[Plain] = [] if value is None else [{"labels": "{}", "value": value}]
    return {"expr": expr, "eval_time": to_text(time), "exp_samples": samples}
