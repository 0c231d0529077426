from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics.nearest import listed
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.alert import RecordingRule
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.ast import Aggregate, Duration, Name, Span
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.durations import to_text as duration_text
from monitoring_as_code.promql.infer.value import pinned

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.infer.value import LabelFact

# They say where something comes from, or are a part of the metric, and are seldom named.
_IMPLIED = frozenset({"job", "cluster", "le", "quantile"})


@rule(WARNING, yields_to=("syntax-error", "unknown-label", "unknown-metric"), of_expressions=True)
def record_name(reading: Reading) -> Iterator[Finding]:
    """The name of a record says something else than its expression.

    By convention it is `level:metric:operation`: the labels that are left, the metric, and what was done, newest first, as in
    `service_route:http_requests:rate5m`. Who reads such a name believes it: groups by a label that is gone, or takes a rate of ten minutes
    for one of five. Only names with two colons are asked about, and only words in them that are labels of the metrics, or windows; `job`
    and the external labels need no saying.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        longest = RecordingRule(name="instance:queue_length:max", expr="max by (job) (queue_length)")

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        longest = RecordingRule(name="job:queue_length:max", expr="max by (job) (queue_length)")
    """
    windows: dict[int, set[int]] = {}
    for use, matrix in reading.matrices:
        windows.setdefault(id(use), set()).add(matrix.range.milliseconds if isinstance(matrix.range, Duration) else 0)
    wrong = {id(use) for use, node in reading.aggregates if _groups_wrongly(reading, use, node)}
    for use in reading.uses:
        declared = use.declaration
        if not isinstance(declared, RecordingRule) or declared.name.count(":") != 2:
            continue
        level, metric, operation = declared.name.split(":")
        at = Place(declared.origin, ("name",), Span(0, len(level)), declared.name)
        for message, help_ in () if id(use) in wrong else _levels(reading, use, declared, level):
            yield Finding(message, at, help_, (), (id(declared), "name"), declared)
        said = re.search(r"(?:rate|increase|delta|deriv)([0-9]+(?:ms|[smhdwy]))$", operation)
        found = windows.get(id(use), set())
        if said is not None and found and 0 not in found and milliseconds(said[1]) not in found:
            start = len(level) + len(metric) + 2
            place = Place(declared.origin, ("name",), Span(start + said.start(1), start + said.end(1)), declared.name)
            real = " and ".join(f"`{duration_text(window)}`" for window in sorted(found))
            yield Finding(f"the name says `{said[1]}`, but the window is {real}", place, None, (), (id(declared), "name"), declared)


def _levels(reading: Reading, use: Use, declared: RecordingRule, level: str) -> Iterator[tuple[str, str | None]]:
    facts = reading.facts(use)
    labels = facts.value.labels
    added = {name for name, value in declared.labels.items() if value}
    known = {"job", "instance", *added, *labels.facts}
    for selector in facts.selectors:
        if selector.entry is not None:
            known.update(selector.entry.labels)
    named = _words(level, known - {"__name__"})
    if named is None or not level:
        return
    gone = [name for name in named if name not in added and _removed(labels.get(name))]
    if not gone and any(labels.get(name).presence == "never" for name in named if name not in added):
        return
    left = sorted(name for name in labels.possible | added if name != "__name__")
    for name in gone:
        reason = labels.get(name).reason
        what = listed(left, "and") if left else "no label"
        words = f": {reason.text}" if reason is not None else ""
        yield f"the name says `{name}`, but the result has no such label{words}", f"what is left is {what}"
    if gone or not labels.closed or reading.project.foreign:  # how much a name must say is a matter of taste
        return
    stack = reading.analysis.stack
    implied = _IMPLIED | (stack.external_labels.keys() if stack is not None else set())
    more = [name for name in left if name not in named and name not in implied and name not in added and not pinned(labels.get(name))]
    if more:
        words = listed(more, "and")
        yield f"the result has {words}, too, of which the name says nothing", f"call it `{'_'.join([*named, *more])}:...`"


def _groups_wrongly(reading: Reading, use: Use, node: Aggregate) -> bool:
    """Whether it groups by a label that is not there, which is a mistake of its own."""
    labels = reading.facts(use)[node.expr].labels
    return any(isinstance(label, Name) and labels.get(label.value).presence == "never" for label in node.grouping)


def _removed(fact: LabelFact) -> bool:
    """Whether an aggregation has taken the label away."""
    return fact.presence == "never" and fact.reason is not None and isinstance(fact.reason.node, Aggregate)


def _words(level: str, known: set[str]) -> list[str] | None:
    """The labels that a level is made of, the longest first where there are several ways; None if it holds anything else."""
    if level in known:
        return [level]
    for name in sorted(known, key=len, reverse=True):
        if level.startswith(name + "_"):
            rest = _words(level[len(name) + 1 :], known)
            if rest is not None:
                return [name, *rest]
    return None
