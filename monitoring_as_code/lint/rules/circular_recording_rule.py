from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.alert import RecordingRule


@rule(WARNING)
def circular_recording_rule(reading: Reading) -> Iterator[Finding]:
    """A recording rule reads what it records, by itself or by way of other rules.

    What it reads is its own value of one interval ago, so it counts on from there, for ever: after a restart of Prometheus or a gap it
    starts anew, or has no value at all, since a record that needs itself never gets a first one. Nearly always another metric was meant.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        longest = RecordingRule(name="job:queue_length:max", expr="max by (job) (job:queue_length:max or queue_length)")
        alert = Alert(
            name="QueueLong",
            expr=longest > 100,
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        longest = RecordingRule(name="job:queue_length:max", expr="max by (job) (queue_length)")
        alert = Alert(
            name="QueueLong",
            expr=longest > 100,
            severity="warning",
            summary="{{ $value }} jobs wait",
            runbook="https://runbooks.example/queue-long",
        )
    """
    from monitoring_as_code.promql.infer.selectors import metric_name

    reads: dict[str, set[str]] = {recorded.name: set() for recorded in reading.recording_rules}
    for recorded in reading.recording_rules:
        reads[recorded.name].update(metric_name(selector) for selector in reading.analysis.selectors(reading.analysis.use(recorded)))
    for recorded in reading.recording_rules:
        use = reading.analysis.use(recorded)
        for selector in reading.analysis.selectors(use):
            name = metric_name(selector)
            way = _way(name, recorded.name, reads)
            if way is not None:
                yield Finding(_words(recorded, way), place(use, selector), "read what this is made of instead", declaration=recorded)
                break


def _words(recorded: RecordingRule, way: list[str]) -> str:
    others = "".join(f", by way of `{name}`" for name in way[:1])
    return f"`{recorded.name}` reads itself{others}: its value of one interval ago"


def _way(start: str, wanted: str, reads: dict[str, set[str]]) -> list[str] | None:
    """The records from one that is read to the wanted one, the latter left out; nothing if it does not lead there."""
    if start == wanted:
        return []
    came: dict[str, str] = {start: ""}
    waiting = [start]
    while waiting:
        name = waiting.pop(0)
        for following in sorted(reads.get(name, ())):
            if following == wanted:
                way = [name]
                while came[way[0]]:
                    way.insert(0, came[way[0]])
                return way
            if following in reads and following not in came:
                came[following] = name
                waiting.append(following)
    return None
