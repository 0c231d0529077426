from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.declaration import Declaration

_SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}


@rule(ERROR, may_be_allowed=False)
def duplicate_name(reading: Reading) -> Iterator[Finding]:
    """Two declarations have one name, where a name must say which one is meant.

    Metrics, dashboards, receivers and groups have a name each; series of a histogram, such as `latency_seconds_count`, are names too, and
    so is what a recording rule records. An alert's name may recur with other labels, as warning and critical of one thing do. Metrics of
    different exporters may have one name, as `process_cpu_seconds_total` does.

    BAD:

        latency = Histogram(name="latency_seconds", help="Time to last byte.", buckets=(0.1, 1.0), unused="an example")
        requests = Counter(name="latency_seconds_count", help="Requests.", unused="an example")

    GOOD:

        latency = Histogram(name="latency_seconds", help="Time to last byte.", buckets=(0.1, 1.0), unused="an example")
        requests = Counter(name="requests_total", help="Requests.", unused="an example")
    """
    yield from _series(reading)
    yield from _in_several_groups(reading)
    groups: dict[tuple[str, str], Declaration] = {}
    for group in reading.analysis.groups:
        if group.declaration is not None:
            groups.setdefault((group.file, group.name), group.declaration)
    for group in reading.analysis.groups:
        declared = groups.get((group.file, group.name))
        if group.declaration is None and declared is not None:  # two declared ones are found while loading
            message = f"the group `{group.name}` has the name of those rules of its module that are in no group"
            help_ = "give it another name, or take the other rules in"
            yield Finding(message, Place(declared.origin, ("name",)), help_, ((Place(group.rules[0].origin), "a rule in no group"),))


def _in_several_groups(reading: Reading) -> Iterator[Finding]:
    """Rules that stand twice in groups: each is evaluated twice, and an alert comes twice."""
    first: dict[int, Declaration] = {}
    for group in reading.analysis.groups:
        if group.declaration is not None:
            for index, each in enumerate(group.rules):
                earlier = first.setdefault(id(each), group.declaration)
                where = Place(group.declaration.origin, ("rules", index))
                if earlier is not group.declaration:
                    message = f"{each.kind} `{each.name}` is in the group `{earlier.name}` already"
                    related = ((Place(earlier.origin, ("name",)), "the other group"),)
                    yield Finding(message, where, "take it out of one of them", related, declaration=group.declaration)
                elif each in group.rules[:index]:
                    message = f"{each.kind} `{each.name}` is twice in the group"
                    yield Finding(message, where, "take it out once", declaration=group.declaration)


def _series(reading: Reading) -> Iterator[Finding]:
    """Names of series that two declarations share; those of one kind and name are found while loading."""
    from monitoring_as_code.model.metric import Exporter, Metric

    first: dict[str, Declaration] = {}
    for metric in reading.project.of(Metric):
        if isinstance(reading.project.holder(metric), Exporter):
            continue
        for suffix in _SUFFIXES.get(metric.kind, ("",)):
            earlier = first.setdefault(metric.name + suffix, metric)
            if earlier is not metric and (earlier.kind, earlier.name) != (metric.kind, metric.name):
                yield _clash(metric, earlier, metric.name + suffix)
                break
    for rule_ in reading.recording_rules:
        earlier = first.get(rule_.name, rule_)
        if earlier is not rule_:
            yield _clash(rule_, earlier, rule_.name)


def _clash(later: Declaration, earlier: Declaration, series: str) -> Finding:
    whose = f"the {earlier.kind} `{earlier.name}`"
    message = f"{whose} has series `{series}` already" if series != earlier.name else f"`{series}` is the name of {whose} already"
    return Finding(message, Place(later.origin, ("name",)), "give one of them another name", ((Place(earlier.origin), "declared here"),))
