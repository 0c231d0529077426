from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR, may_be_allowed=False, yields_to=("syntax-error", "unknown-metric", "grafana-variable-in-rule"))
def impossible_series(reading: Reading) -> Iterator[Finding]:
    """A scenario gives something that cannot be made into series.

    What is given is a metric, some of its series by their labels, or that as text: `jobs_total{queue="mail"}`. A label that is not said gets
    its first declared value, one that its pattern matches, or its own name. `queue=~"mail|print"` stands for two series, and where the values
    of a label are declared, a pattern stands for each that it matches. What a series is not, `queue!="mail"`, says nothing of what it is.

    BAD:

        class Queue(Labels):
            queue: Label[str]

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.", labels=Queue)
        jam = Alert(name="Jam", expr=waiting > 100, for_="5m", severity="info", summary="Jobs pile up")
        jammed = Scenario(
            name="a jam",
            alert=jam,
            given=(Series(of=waiting.where(Queue.queue.ne("mail")), values=constant(101)),),
            expect=(Firing(at="6m"),),
        )

    GOOD:

        class Queue(Labels):
            queue: Label[str]

        waiting = Gauge(name="jobs_waiting", help="Jobs that wait.", labels=Queue)
        jam = Alert(name="Jam", expr=waiting > 100, for_="5m", severity="info", summary="Jobs pile up")
        jammed = Scenario(
            name="a jam",
            alert=jam,
            given=(Series(of=waiting.where(Queue.queue.one_of("print", "fax")), values=constant(101)),),
            expect=(Firing(at="6m", count=2),),
        )
    """
    if not reading.given:
        return
    from monitoring_as_code.lint.given import ImpossibleSeries, labels_given

    labels = labels_given(reading.analysis)
    for found in reading.given:
        fault = labels[id(found.series)]
        if isinstance(fault, ImpossibleSeries) and found.use.error is None:
            yield Finding(str(fault), fault.place, fault.help, declaration=found.scenario)
