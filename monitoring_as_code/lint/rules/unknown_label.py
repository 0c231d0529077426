from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.catalogue import is_slip
from monitoring_as_code.lint.places import declared_here, matcher_place, name_place, place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.model.labels import label_name
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.ast import Call, Name, StringLiteral, VectorSelector
from monitoring_as_code.promql.infer.patterns import tester

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.catalogue import Entry
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.dashboard import Dashboard
    from monitoring_as_code.promql.infer.facts import Facts, JoinFact
    from monitoring_as_code.promql.infer.value import Labels


@rule(ERROR, of_expressions=True)
def unknown_label(reading: Reading) -> Iterator[Finding]:
    """A query uses a label that the metric has not, or has no more.

    Prometheus takes a label that is not there for an empty one. So a matcher on it selects nothing, or everything, and a grouping by it
    puts all series into one group, without a word. The label is misspelt, was never declared, or an inner aggregation has removed it.

    BAD:

        class Http(Labels):
            method: Label[str]
            status: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(name="method:http_requests:rate5m", expr='sum by (method) (rate(http_requests_total{code="200"}[5m]))')

    GOOD:

        class Http(Labels):
            method: Label[str]
            status: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(name="method:http_requests:rate5m", expr='sum by (method) (rate(http_requests_total{status="200"}[5m]))')
    """
    for use, selector in reading.selectors:
        for fact in selector.matchers:
            if fact.known is False and selector.entry is not None:
                matcher = fact.matcher
                yield _never_had(use, selector.entry, matcher.name, matcher_place(use, selector.node, matcher, matcher.name_span))
    yield from _groupings(reading)
    if reading.catalogue.learnt:
        yield from _slips(reading)
    for use, join in reading.joins:
        yield from _matched(use, join, reading.facts(use))
    yield from _sources(reading)
    for found in reading.query_variables:
        label, entry = label_name(found.variable.values_of), found.entry
        if entry is not None and entry.closed and label not in entry.labels:
            message, help_ = _words(entry, label)
            if label == "le" and entry.metric.kind == "histogram":
                help_ = f'its buckets have it: write `metric="{entry.metric.name}_bucket"`'
            at = Place(found.variable.origin, ("values_of",))
            yield Finding(message, at, help_, declared_here(entry.metric), declaration=found.dashboard)
    if reading.rest and reading.catalogue.complete:
        yield from _offered(reading)


def _offered(reading: Reading) -> Iterator[Finding]:
    """Labels that variables offer for all queries of a dashboard, and that no metric and no alert has."""
    from monitoring_as_code.model.variables import AdHocVariable, GroupByVariable

    asked: list[tuple[Dashboard, Place, str]] = []
    for dashboard in reading.dashboards:
        for variable in dashboard.variables:
            if isinstance(variable, AdHocVariable):
                asked += [(dashboard, Place(each.origin, ("label",)), label_name(each.label)) for each in variable.filters]
            if isinstance(variable, AdHocVariable | GroupByVariable):
                named = [("labels", variable.labels), ("default", getattr(variable, "default", ()))]
                asked += [
                    (dashboard, Place(variable.origin, (argument, index)), label_name(label))
                    for argument, labels in named
                    for index, label in enumerate(labels)
                ]
    known = _all_labels(reading) if asked else None
    for dashboard, at, label in asked if known is not None else ():
        if known is not None and label not in known:
            from monitoring_as_code.diagnostics.nearest import did_you_mean

            yield Finding(f"no metric has a label `{label}`", at, did_you_mean(label, sorted(known)), declaration=dashboard)


def _all_labels(reading: Reading) -> set[str] | None:
    """The labels of all series, those of alerts included; None if a metric may have others."""
    found = {"__name__", "alertname", "alertstate", "severity"}
    for alert in reading.alerts:
        found.update(alert.labels)
    for name in reading.catalogue.series_names():
        entry = reading.catalogue.lookup(name)
        if entry is None or not entry.closed:
            return None
        found.update(entry.labels)
    return found


def _slips(reading: Reading) -> Iterator[Finding]:
    """Labels that look like a slip of one that was seen: that a metric has shown no such label is not enough, as targets have labels, too."""
    for use, selector in reading.selectors:
        for fact in selector.matchers if selector.entry is not None else ():
            meant = _meant(fact.matcher.name, selector.entry.labels) if selector.entry is not None else None
            if meant is not None:
                at = matcher_place(use, selector.node, fact.matcher, fact.matcher.name_span)
                yield _slip(use, fact.matcher.name, meant, at)
    for use, node in reading.aggregates:
        labels = reading.facts(use)[node.expr].labels
        for index, label in enumerate(node.grouping):
            if isinstance(label, Name) and label.value not in labels.facts and not labels.closed:
                meant = _meant(label.value, labels.possible)
                if meant is not None:
                    yield _slip(use, label.value, meant, name_place(use, node, label, "without" if node.without else "by", index))


def _meant(name: str, known: Iterable[str]) -> str | None:
    known = sorted(known)
    return None if name in known else next((label for label in known if is_slip(name, label)), None)


def _slip(use: Use, name: str, meant: str, at: Place) -> Finding:
    return Finding(f"no label `{name}` has been exposed", at, f"did you mean `{meant}`?", (), _about(use, name), use.declaration)


def _groupings(reading: Reading) -> Iterator[Finding]:
    for use, node in reading.aggregates:
        if not node.grouping:
            continue
        labels = reading.facts(use)[node.expr].labels
        for index, label in enumerate(node.grouping):
            if not isinstance(label, Name):
                continue
            fact = labels.get(label.value)
            if fact.presence == "never" and not (node.without and fact.reason is None):
                argument = "without" if node.without else "by"
                yield from _missing(use, reading.facts(use), labels, label.value, name_place(use, node, label, argument, index))


def _sources(reading: Reading) -> Iterator[Finding]:
    """The labels that `label_replace()` and `label_join()` read."""
    for use, call in reading.calls("label_replace", "label_join"):
        if call.function == "label_replace" and _adds_a_constant(call):
            continue
        labels = reading.facts(use)[call.args[0]].labels
        for argument in call.args[3:4] if call.function == "label_replace" else call.args[3:]:
            if isinstance(argument, StringLiteral) and argument.value and labels.get(argument.value).presence == "never":
                yield from _missing(use, reading.facts(use), labels, argument.value, place(use, argument))


def _adds_a_constant(call: Call) -> bool:
    """Whether a text without groups is written whatever the label is: the usual way of adding one, in which no label is read."""
    replacement, pattern = call.args[2], call.args[4]
    if not isinstance(replacement, StringLiteral) or not isinstance(pattern, StringLiteral) or "$" in replacement.value:
        return False
    test = tester(pattern.value)
    return test is not None and test("")


def _matched(use: Use, join: JoinFact, facts: Facts) -> Iterator[Finding]:
    matching = join.node.matching
    if matching is None:
        return
    left, right = facts[join.node.left].labels, facts[join.node.right].labels
    for index, label in enumerate(matching.labels):
        if isinstance(label, Name) and label.value in join.absent:
            yield from _missing(use, facts, left, label.value, name_place(use, join.node, label, "on", index))
        elif isinstance(label, Name) and not matching.on and _never_there(left, label.value) and _never_there(right, label.value):
            yield from _missing(use, facts, left, label.value, name_place(use, join.node, label, "ignoring", index))
    one_side = right if matching.card == "many-to-one" else left
    for index, label in enumerate(matching.include):
        if isinstance(label, Name) and label.value in join.missing:
            at = name_place(use, join.node, label, "include", index)
            yield from _missing(use, facts, one_side, label.value, at)


def _never_there(labels: Labels, name: str) -> bool:
    """Whether a metric was declared without the label; one that was aggregated away may well be ignored."""
    fact = labels.get(name)
    return fact.presence == "never" and fact.reason is not None and isinstance(fact.reason.node, VectorSelector)


def _missing(use: Use, facts: Facts, labels: Labels, name: str, at: Place) -> Iterator[Finding]:
    """A finding for a label that is not there, if it is known why."""
    reason = labels.get(name).reason
    if reason is None:
        return
    if isinstance(reason.node, VectorSelector):
        selector = next((each for each in facts.selectors if each.node is reason.node), None)
        if selector is not None and selector.entry is not None and name not in selector.entry.metric.removed:
            yield _never_had(use, selector.entry, name, at)
            return
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    left = sorted(labels.possible - {"__name__"})
    help_ = did_you_mean(name, left) or (f"{listed(left, 'and')} {'is' if len(left) == 1 else 'are'} left" if left else "no label is left")
    yield Finding(f"`{name}` is gone: {reason.text}", at, help_, about=_about(use, name), declaration=use.declaration)


def _never_had(use: Use, entry: Entry, name: str, at: Place) -> Finding:
    message, help_ = _words(entry, name)
    return Finding(message, at, help_, declared_here(entry.metric), _about(use, name), use.declaration)


def _words(entry: Entry, name: str) -> tuple[str, str]:
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    known = sorted(entry.labels)
    near = did_you_mean(name, known)
    removed = entry.metric.removed.get(name)
    message = f"`{entry.name}` has no label `{name}`" + (f": {removed}" if removed else "")
    if near is not None or not known:
        return message, near or "it has no labels"
    return message, f"its only label is `{known[0]}`" if len(known) == 1 else f"its labels are {listed(known, 'and')}"


def _about(use: Use, label: str) -> tuple[int, str, str]:
    return (id(use.part), "label", label)
