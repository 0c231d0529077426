from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import declared_here
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def given_recording(reading: Reading) -> Iterator[Finding]:
    """A scenario gives a series that a recording rule makes.

    The rule runs in the proof as it does in Prometheus, and records the same series: the two mix. And what is given here proves nothing of
    the rule, on which the alert depends. Give the metrics that the rule reads.

    BAD:

        served = Counter(name="http_requests_total", help="Requests served.")
        rate = RecordingRule(name="job:http_requests:rate5m", help="Load.", expr=served.rate("5m").sum(by=("job",)))
        flood = Alert(name="Flood", expr=rate > 1000, for_="5m", severity="info", summary="{{ $labels.job }} is flooded")
        flooded = Scenario(
            name="a flood",
            alert=flood,
            given=(Series(of='job:http_requests:rate5m{job="backend"}', values=constant(1001)),),
            expect=(Firing(at="6m"),),
        )

    GOOD:

        served = Counter(name="http_requests_total", help="Requests served.")
        rate = RecordingRule(name="job:http_requests:rate5m", help="Load.", expr=served.rate("5m").sum(by=("job",)))
        flood = Alert(name="Flood", expr=rate > 1000, for_="5m", severity="info", summary="{{ $labels.job }} is flooded")
        flooded = Scenario(
            name="a flood",
            alert=flood,
            given=(Series(of=served, values=per_second(1001)),),
            expect=(Firing(at="11m"),),
        )
    """
    for found in reading.given:
        if found.entry is not None and found.entry.metric.kind == "recorded":
            from monitoring_as_code.lint.given import read_by
            from monitoring_as_code.promql.infer.selectors import metric_name

            rule_ = next((each for each in reading.recording_rules if each.name == found.name), None)
            read = () if rule_ is None else read_by(reading.analysis, (rule_,))
            names = sorted({name for selector in read if (name := metric_name(selector)) and ":" not in name})
            from monitoring_as_code.diagnostics.nearest import listed

            help_ = f"give what it reads: {listed(names, 'and')}" if names else "give what it reads"
            at = Place(found.series.origin, ("of",))
            yield Finding(f"`{found.name}` is recorded by a rule", at, help_, declared_here(found.entry.metric), declaration=found.scenario)
