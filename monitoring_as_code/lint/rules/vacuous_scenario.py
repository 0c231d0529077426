from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.lint.given import Given
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.lint.selected import Asked
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.scenario import Scenario


@rule(ERROR)
def vacuous_scenario(reading: Reading) -> Iterator[Finding]:
    """A scenario expects that an alert is quiet, and gives nothing that the alert reads.

    So the alert is quiet whatever its condition says, and nothing is proven. Mostly a label differs: the alert asks for `queue="print"`, and
    the series that is given has another queue, or none is said and it has the first one. A series without a sample is none.

    A series that the alert's matchers keep out proves these matchers, and is right, if it says the label, and the matcher refuses that value
    by name or the value is a declared one, and so no slip. That there are no series at all is something that may happen: `given=()` says so.

    BAD:

        class Queue(Labels):
            queue: Label[Literal["mail", "print"]]

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.", labels=Queue)
        jam = Alert(
            name="Jam", expr=waiting.where(Queue.queue.eq("print")) > 100, for_="5m", severity="info", summary="Paper jam"
        )
        busy = Scenario(name="nearly a jam", alert=jam, given=(Series(of=waiting, values=constant(100)),), expect=(Quiet(),))

    GOOD:

        class Queue(Labels):
            queue: Label[Literal["mail", "print"]]

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.", labels=Queue)
        jam = Alert(
            name="Jam", expr=waiting.where(Queue.queue.eq("print")) > 100, for_="5m", severity="info", summary="Paper jam"
        )
        mail, printed = waiting.where(Queue.queue.eq("mail")), waiting.where(Queue.queue.eq("print"))
        busy = Scenario(name="nearly a jam", alert=jam, given=(Series(of=printed, values=constant(100)),), expect=(Quiet(),))
        mails = Scenario(name="mail is no paper", alert=jam, given=(Series(of=mail, values=constant(500)),), expect=(Quiet(),))
        idle = Scenario(name="no worker runs", alert=jam, expect=(Quiet(at="5m"),))
    """
    if not reading.given:
        return
    from monitoring_as_code.lint.given import given, labels_given
    from monitoring_as_code.lint.selected import Asked

    analysis = reading.analysis
    known, labels = given(analysis), labels_given(analysis)
    asked: dict[int, Asked] = {}
    for scenario in reading.scenarios:
        quiet = _only_quiet(scenario)
        series = [known[id(each)] for each in scenario.given]
        if not quiet or not series or any(map(_is_wrong, series)):
            continue
        sets = [each if isinstance(each := labels[id(found.series)], list) else None for found in series]
        if None in sets:
            continue  # what makes no series is told by another rule
        for alert, at in quiet:
            if analysis.use(alert).expr is None:
                continue
            if id(alert) not in asked:
                asked[id(alert)] = Asked(analysis, alert)
            asks = asked[id(alert)]
            labelled = [(found, each or []) for found, each in zip(series, sets, strict=True)]
            read = [found for found, each in labelled if asks.reads(found, each)]
            told = read or [found for found, each in labelled if asks.keeps_out(found, each)]
            if any(_has_samples(analysis, scenario, found) for found in told) or asks.may_hold_on_nothing:
                continue
            message = (
                f"no sample is given of what `{alert.name}` reads, so it is quiet whatever its condition says"
                if read
                else f"`{alert.name}` reads nothing of what is given, so it is quiet whatever its condition says"
            )
            yield Finding(message, at, _help(asks, own=alert is scenario.alert), about=("unread", id(scenario)), declaration=scenario)


def _only_quiet(scenario: Scenario) -> list[tuple[Alert, Place]]:
    """The alerts of which nothing is expected but that they are quiet, and where that is said."""
    from monitoring_as_code.model.scenario import Quiet

    found: dict[int, tuple[Alert, Place]] = {}
    other: set[int] = set()
    for each in scenario.expect:
        alert = each.alert or scenario.alert
        if isinstance(each, Quiet):
            own = alert is scenario.alert
            found.setdefault(id(alert), (alert, Place(scenario.origin, ("given",)) if own else Place(each.origin, ("alert",))))
        else:
            other.add(id(alert))
    return [each for key, each in found.items() if key not in other]


def _is_wrong(found: Given) -> bool:
    """Whether what is given is a mistake by itself, such as a misspelt value, of which another rule tells."""
    fact = found.fact
    return fact is None or fact.unknown or any(each.outside or each.known is False for each in fact.matchers)


def _has_samples(analysis: Analysis, scenario: Scenario, found: Given) -> bool:
    from monitoring_as_code.lint.given import is_endless, sample_times
    from monitoring_as_code.model.shapes import Observations
    from monitoring_as_code.promql import PromQLSyntaxError
    from monitoring_as_code.promql.series_values import runs

    values = found.series.values
    if isinstance(values, str):
        try:
            return any(run.first is not None for run in runs(values))
        except PromQLSyntaxError:  # which another rule tells
            return True
    shape = values.rate if isinstance(values, Observations) else values
    if not shape.may_miss or is_endless(analysis, scenario):
        return True
    try:
        return any(value is not None for value in shape.values(sample_times(analysis, scenario), None))
    except ValueError:
        return True


def _help(asked: Asked, *, own: bool) -> str:
    from monitoring_as_code.diagnostics.nearest import listed
    from monitoring_as_code.promql.ast import VectorSelector
    from monitoring_as_code.promql.printer import to_text

    plain = (VectorSelector(each.name, each.matchers) for each in asked.selectors if ":" not in each.name)
    wanted: Mapping[str, None] = dict.fromkeys(to_text(each) for each in plain)
    what = f", {listed(sorted(wanted), 'or')}" if 0 < len(wanted) <= 3 else ""
    return f"give what it reads{what}; " + ("that there are no series at all is said by `given=()`" if own else "or expect nothing of it")
