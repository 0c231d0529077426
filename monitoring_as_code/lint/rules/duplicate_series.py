from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.scenario import Series


@rule(ERROR)
def duplicate_series(reading: Reading) -> Iterator[Finding]:
    """A scenario gives the same series twice.

    A series has one value at a time, so one of the two courses would be lost. Labels that are not said get the same values in both: say the
    one in which they differ. A course that changes is one shape: `constant(1).then(constant(5), at="10m")`.

    BAD:

        class Queue(Labels):
            queue: Label[str]

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.", labels=Queue)
        jam = Alert(name="Jam", expr=waiting.sum() > 100, for_="5m", severity="info", summary="Jobs pile up")
        jammed = Scenario(
            name="a jam in two queues",
            alert=jam,
            given=(Series(of=waiting, values=constant(60)), Series(of=waiting, values=constant(61))),
            expect=(Firing(at="6m"),),
        )

    GOOD:

        class Queue(Labels):
            queue: Label[str]

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.", labels=Queue)
        jam = Alert(name="Jam", expr=waiting.sum() > 100, for_="5m", severity="info", summary="Jobs pile up")
        jammed = Scenario(
            name="a jam in two queues",
            alert=jam,
            given=(
                Series(of=waiting.where(Queue.queue.eq("mail")), values=constant(60)),
                Series(of=waiting.where(Queue.queue.eq("print")), values=constant(61)),
            ),
            expect=(Firing(at="6m"),),
        )
    """
    if not reading.given:
        return
    from monitoring_as_code.lint.given import given, labels_given

    known, every = given(reading.analysis), labels_given(reading.analysis)
    for scenario in reading.scenarios:
        if len(scenario.given) < 2:
            continue
        first: dict[tuple[str, frozenset[tuple[str, str]]], Series] = {}
        for series in scenario.given:
            found, sets = known[id(series)], every[id(series)]
            for labels in sets if isinstance(sets, list) else ():
                name = found.name if found.entry is None else found.entry.name
                earlier = first.setdefault((name, frozenset(labels.items())), series)
                if earlier is not series:
                    shown = ", ".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
                    message = f"`{found.name}{{{shown}}}` is given twice" if shown else f"`{found.name}` is given twice"
                    same_call = earlier.origin == series.origin  # in a helper function
                    at = Place((series.callers or (series.origin,))[0], () if series.callers else ("of",)) if same_call else None
                    related = ((Place(earlier.origin, ("of",)), "first given here"),) if not same_call else ()
                    help_ = "say a label in which the two differ" if labels else "give it once"
                    yield Finding(message, at or Place(series.origin, ("of",)), help_, related, declaration=scenario)
                    break
