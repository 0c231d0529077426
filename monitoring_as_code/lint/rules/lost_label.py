from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.promql.template import LabelUse


@rule(ERROR, yields_to=("unknown-label",))
def lost_label(reading: Reading) -> Iterator[Finding]:
    """A legend, a template or a route reads a label that the expression has dropped, or never had.

    Such a label is empty, and nobody says so: the page that wakes somebody up reads "instance  is down", the legend shows nothing, the
    route is never taken. In an alert's templates `$labels` are the labels of its expression only: those that the rule itself adds, such
    as `severity`, are not among them. Routes and inhibitions see those as well, and the stack's external labels.

    BAD:

        memory = Gauge(name="memory_free_ratio", help="Share of the memory that is free.")
        alert = Alert(
            name="MemoryShort",
            expr="min by (job) (memory_free_ratio) < 0.1",
            severity="warning",
            summary="{{ $labels.instance }} is short of memory",
            runbook="https://runbooks.example/memory-short",
        )

    GOOD:

        memory = Gauge(name="memory_free_ratio", help="Share of the memory that is free.")
        alert = Alert(
            name="MemoryShort",
            expr="min by (job, instance) (memory_free_ratio) < 0.1",
            severity="warning",
            summary="{{ $labels.instance }} is short of memory",
            runbook="https://runbooks.example/memory-short",
        )
    """
    for written in reading.written:
        for label in written.template.labels:
            message, help_ = _of_template(reading, written.alert, label)
            if message:
                about = (id(written.alert), "label", label.name)
                yield Finding(
                    message, written.place(label.span), help_, _because(reading, reading.analysis.use(written.alert), label.name), about
                )
    for legend in reading.legends:
        for label in legend.labels:
            message, help_ = _of_expression(reading, legend.use, label.name)
            if message:
                related = _because(reading, legend.use, label.name)
                about = (id(legend.use.part), "label", label.name)
                yield Finding(message, legend.place(label.span), help_, related, about, legend.use.declaration)
    if reading.project.complete and reading.alerts:
        yield from _of_routing(reading)


def _of_template(reading: Reading, alert: Alert, label: LabelUse) -> tuple[str, str | None]:
    if label.guarded:
        return "", None
    if label.source == "external":
        stack = reading.analysis.stack
        if stack is None or label.name in stack.external_labels:
            return "", None
        return f"the stack has no external label `{label.name}`", "declare it in the stack's `external_labels`"
    message, help_ = _of_expression(reading, reading.analysis.use(alert), label.name)
    if message and (label.name in alert.labels or label.name in ("alertname", "severity")):
        return f"`$labels` has no `{label.name}`: the rule itself adds it, after the templates are filled in", "write its value instead"
    return message, help_


def _of_expression(reading: Reading, use: Use, name: str) -> tuple[str, str | None]:
    """What is wrong with reading this label of the expression's result; nothing if it may be there."""
    if use.expr is None:
        return "", None
    labels = reading.facts(use).value.labels
    fact = labels.get(name)
    if fact.presence != "never":
        return "", None
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    left = sorted(labels.possible - {"__name__"})
    near = did_you_mean(name, left)
    help_ = near or (f"{listed(left, 'and')} {'is' if len(left) == 1 else 'are'} left" if left else "no label is left")
    return f"`{name}` is not there" if fact.reason is None else f"`{name}` is never there: {fact.reason.text}", help_


def _because(reading: Reading, use: Use, name: str) -> tuple[tuple[Place, str], ...]:
    """The node that has removed a label."""
    from monitoring_as_code.lint.places import place

    if use.expr is None:
        return ()
    reason = reading.facts(use).value.labels.get(name).reason
    if reason is None or (use.written is None and reason.node.origin is None):
        return ()
    return ((place(use, reason.node), "removed here"),) if reason.text.startswith("removed") else ()


def _of_routing(reading: Reading) -> Iterator[Finding]:
    known, closed = reading.routed_labels
    routing = reading.analysis.routing
    if routing is None or not closed:
        return
    for matcher in reading.routing_matchers:
        if matcher.matcher.name not in known:
            yield _unknown_to_alerts(known, matcher.matcher.name, matcher.place(matcher.matcher.name))
    waiting = list(routing.routes)
    lists = [(routing, "group_by", routing.group_by), *((each, "equal", each.equal) for each in routing.inhibitions)]
    while waiting:
        route = waiting.pop(0)
        waiting.extend(route.routes)
        lists.append((route, "group_by", route.group_by or ()))
    for part, argument, names in lists:
        for index, name in enumerate(names):
            if name not in known and name != "...":  # Alertmanager's word for all labels
                yield _unknown_to_alerts(known, name, Place(part.origin, (argument, index)))


def _unknown_to_alerts(known: object, name: str, at: Place) -> Finding:
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    names = sorted(known) if isinstance(known, dict) else []
    help_ = did_you_mean(name, names) or f"alerts have {listed(names, 'and')}"
    return Finding(f"no alert has a label `{name}`", at, help_)
