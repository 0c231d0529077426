"""How often a series gets a new sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.analysis import once
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.durations import milliseconds, to_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring_as_code.analysis import Analysis, Group
    from monitoring_as_code.catalogue import Entry
    from monitoring_as_code.promql.infer.value import LabelFact


class Cadence(NamedTuple):
    """The time between two samples, and why it is so, as a clause: "`backend` is scraped every `1m`"."""

    milliseconds: int
    why: str


def cadence(analysis: Analysis, entry: Entry | None, job: LabelFact) -> Cadence | None:
    """The longest time between two samples of these series, of which the label `job` is known so far; None when nobody knows it."""
    if entry is None:
        return None
    metric = entry.metric
    if metric.kind == "recorded":
        length = _recorded(analysis).get(metric.name)
        return None if length is None else Cadence(length, f"`{metric.name}` is recorded every `{to_text(length)}`")
    jobs = metric.jobs or ()
    if job.values is not None and not any(each.honor_labels for each in jobs):
        jobs = tuple(each for each in jobs if each.name in job.values)
    if not jobs or any(each.interval_seconds is None for each in jobs):
        return None
    slowest = max(jobs, key=lambda each: each.interval_seconds or 0)
    length = round((slowest.interval_seconds or 0) * 1000)
    return Cadence(length, f"the job `{slowest.name}` is scraped every `{to_text(length)}`")


def evaluated_every(analysis: Analysis, group: Group | None = None) -> int | None:
    """How often a group of rules is evaluated, or those of a group that does not say it: milliseconds."""
    if group is not None and group.interval is not None:
        return milliseconds(group.interval)
    return None if analysis.stack is None else milliseconds(analysis.stack.evaluation_interval)


@once
def _recorded(analysis: Analysis) -> Mapping[str, int | None]:
    """How often each recording rule is evaluated: the longest time, when there are several of a name."""
    found: dict[str, int | None] = {}
    for group in analysis.groups:
        length = evaluated_every(analysis, group)
        for rule in group.rules:
            if rule.kind == "recording rule":
                known = found.get(rule.name, 0)
                found[rule.name] = None if length is None or known is None else max(length, known)
    return found
