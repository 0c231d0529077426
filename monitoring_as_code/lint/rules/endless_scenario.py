from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.durations import milliseconds, to_text

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.scenario import Scenario


@rule(ERROR, may_be_allowed=False)
def endless_scenario(reading: Reading) -> Iterator[Finding]:
    """A scenario is so long that nobody waits for its end.

    All of its alerts are evaluated at every interval up to the last moment that it speaks of, 50,000 times at most, and 2,000,000 samples of
    its series can be given. That is 17 days where rules are evaluated every 30 s, and a moment beyond is mostly a slip. What takes that long
    in fact can be told from its end: a series may start as high as it is by then, and `time()` is 0 at the start.

    BAD:

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
        jam = Alert(name="Jam", expr=waiting > 100, for_="5m", severity="info", summary="Jobs pile up")
        jammed = Scenario(
            name="a jam", alert=jam, given=(Series(of=waiting, values=constant(101)),), expect=(Firing(at="10y"),)
        )

    GOOD:

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
        jam = Alert(name="Jam", expr=waiting > 100, for_="5m", severity="info", summary="Jobs pile up")
        jammed = Scenario(
            name="a jam", alert=jam, given=(Series(of=waiting, values=constant(101)),), expect=(Firing(at="10m"),)
        )
    """
    if not reading.scenarios:
        return
    from monitoring_as_code.lint.given import MOST_EVALUATIONS, MOST_SAMPLES, alert_evaluated_every, count_of_evaluations, count_of_samples

    for scenario in reading.scenarios:
        evaluations, samples = count_of_evaluations(reading.analysis, scenario), count_of_samples(reading.analysis, scenario)
        if evaluations > MOST_EVALUATIONS:
            step = alert_evaluated_every(reading.analysis, scenario.alert)
            message = f"`{scenario.alert.name}` would be evaluated {evaluations:,} times"
            help_ = f"rules are evaluated every {to_text(step)}: let it last at most {_readable(step * MOST_EVALUATIONS)}"
        elif samples > MOST_SAMPLES:
            message = f"these would be {samples:,} samples"
            help_ = f"at most {MOST_SAMPLES:,} can be given: say a longer `interval`, or let it end earlier"
        else:
            continue
        yield Finding(message, _longest(scenario), help_, declaration=scenario)


def _longest(scenario: Scenario) -> Place:
    """What makes it last as long as it does."""
    if scenario.lasts is not None:
        return Place(scenario.origin, ("lasts",))
    for each in scenario.expect:
        for argument in ("at", "until", "within", "by"):
            said = each.__dict__.get(argument)
            if isinstance(said, str) and milliseconds(said) == scenario.reach_milliseconds:
                return Place(each.origin, (argument,))
    return Place(scenario.alert.origin, ("for_",))


def _readable(length: int) -> str:
    """A length in days, or hours where it is less than one."""
    for unit, each in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)):
        if length >= each:
            return f"{length // each}{unit}"
    return to_text(length)
