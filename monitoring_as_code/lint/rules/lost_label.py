from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.panels import is_hidden, panel_of, shows_legend
from monitoring_as_code.lint.places import declared_here, place
from monitoring_as_code.lint.rule import ERROR, WARNING, Finding, rule
from monitoring_as_code.model.annotations import Annotation
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.ast import Span, VectorSelector

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Legend, Reading, Written
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.declaration import Part
    from monitoring_as_code.model.links import Link
    from monitoring_as_code.model.panel import Panel
    from monitoring_as_code.promql.infer.value import Reason
    from monitoring_as_code.promql.template import LabelUse


@rule(ERROR, yields_to=("syntax-error", "grafana-variable-in-rule", "unknown-label", "unknown-label-value"), of_expressions=True)
def lost_label(reading: Reading) -> Iterator[Finding]:
    """A legend, a template, a link or a route reads a label that the expression has dropped, or never had.

    Such a label is empty, and nobody says so: the page that wakes somebody up reads "instance  is down", the legend shows nothing, the
    route is never taken. In an alert's templates `$labels` are the labels of its expression only: those that the rule itself adds, such
    as `severity`, are not among them. Routes and inhibitions see those as well, and the stack's external labels. A legend in Grafana's
    JSON is left alone where the panel never shows it: a table's, and that of the one number of a stat or a gauge; and anywhere that of
    a hidden query.

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
            if not label.guarded:
                yield from _of_template(reading, written, label)
    for legend in reading.legends:
        if not _is_shown(reading, legend):
            continue
        for label in legend.labels:
            yield from _of_expression(reading, legend.use, label.name, legend.place(label.span))
    for use in reading.uses:
        for index, name in enumerate(use.part.tags if isinstance(use.part, Annotation) else ()):
            yield from _of_expression(reading, use, name, Place(use.part.origin, ("tags", index)))
    if reading.rest:
        yield from _of_links(reading)
    if reading.rest and reading.project.complete and reading.alerts:
        yield from _of_routing(reading)


def _is_shown(reading: Reading, legend: Legend) -> bool:
    panel = panel_of(reading.analysis, legend.use)
    if legend.argument != "legend" or panel is None:
        return True
    if is_hidden(legend.use):
        return False
    labels = reading.analysis.value(legend.use).labels
    one_series = legend.use.expr is not None and labels.closed and not labels.possible - {"__name__"}
    return shows_legend(panel, legend.text, one_series=one_series)


def _of_template(reading: Reading, written: Written, label: LabelUse) -> Iterator[Finding]:
    alert = written.alert
    at = written.place(label.span)
    if label.source == "external":
        stack = reading.analysis.stack
        if stack is not None and label.name not in stack.external_labels:
            yield Finding(f"the stack has no external label `{label.name}`", at, "declare it in the stack's `external_labels`")
        return
    for finding in _of_expression(reading, reading.analysis.use(alert), label.name, at):
        if label.name in alert.labels or label.name in ("alertname", "severity"):
            message = f"`$labels` has no `{label.name}`: the rule itself adds it, after the templates are filled in"
            yield Finding(message, at, "write its value instead")
        else:
            yield finding
    yield from _of_arms(reading, alert, label.name, at)


def _of_arms(reading: Reading, alert: Alert, name: str, at: Place) -> Iterator[Finding]:
    """A finding if one side of an `or` has the label and the other certainly has not."""
    use = reading.analysis.use(alert)
    if use.expr is None:
        return
    facts = [arm.labels.get(name) for arm in reading.analysis.value(use).arms if arm.empty != "always"]
    lost = [fact for fact in facts if fact.presence == "never"]
    if lost and any(fact.presence == "always" for fact in facts):
        reason = lost[0].reason
        related = () if reason is None else _because(reading, use, reason)
        message = f"`{name}` is there only on a part of what `or` gives" + ("" if reason is None else f": {reason.text}")
        help_ = f"ask for it, `{{{{ with $labels.{name} }}}}...{{{{ end }}}}`, or keep it on both sides"
        yield Finding(message, at, help_, related, (id(use.part), "label", name), alert, severity=WARNING)


def _of_links(reading: Reading) -> Iterator[Finding]:
    """A finding for each label that the names or links of a panel's series read, and that no query of the panel gives."""
    for dashboard in reading.dashboards:
        for panel in (panel for row in dashboard.rows for panel in row.panels):
            for part, path, text in _filled_in(panel):
                if "__field.labels" not in text:
                    continue
                uses = reading.analysis.queries(panel)  # type: ignore[arg-type]  # what has such texts has queries
                for found in re.finditer(r"\$\{__field\.labels\.([A-Za-z_]\w*)[^}]*\}", text):
                    at = Place(part.origin, path, Span(*found.span(1)), text)
                    lost = [each for use in uses for each in _of_expression(reading, use, found[1], at)]
                    if uses and len(lost) == len(uses):
                        yield lost[0]


def _filled_in(panel: Panel) -> Iterator[tuple[Part, tuple[str, ...], str]]:
    """The texts in which Grafana fills in a series' labels: its name, and its links."""
    exceptions = getattr(panel, "overrides", ())
    named: list[tuple[Part, str]] = [(panel, "display_name"), *((each, "name") for each in exceptions)]
    for part, argument in named:
        text = getattr(part, argument, None)
        if isinstance(text, str):
            yield part, (argument,), text
    for link in (*getattr(panel, "data_links", ()), *(link for each in exceptions for link in each.data_links)):
        for path, text in _texts(link):
            yield link, path, text


def _texts(link: Link) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a link says that may name labels, with its place."""
    if link.url is not None:
        yield ("url",), link.url
    yield ("title",), link.title
    for name, given in link.variables.items():
        for value in (given,) if isinstance(given, str) else given:
            yield ("variables", name), value


def _of_expression(reading: Reading, use: Use, name: str, at: Place) -> Iterator[Finding]:
    """A finding if this label is certainly not on what the expression gives."""
    if use.expr is None:
        return
    labels = reading.analysis.value(use).labels
    fact = labels.get(name)
    if fact.presence != "never":
        return
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    left = sorted(labels.possible - {"__name__"})
    help_ = did_you_mean(name, left) or (f"{listed(left, 'and')} {'is' if len(left) == 1 else 'are'} left" if left else "no label is left")
    message = f"`{name}` is not there" if fact.reason is None else f"`{name}` is never there: {fact.reason.text}"
    related = () if fact.reason is None else _because(reading, use, fact.reason)
    yield Finding(message, at, help_, related, (id(use.part), "label", name), use.declaration)


def _because(reading: Reading, use: Use, reason: Reason) -> tuple[tuple[Place, str], ...]:
    """The node that has removed a label, or the declaration of what never had it."""
    if isinstance(reason.node, VectorSelector):
        for selector in reading.facts(use).selectors:
            if selector.node is reason.node and selector.entry is not None:
                return declared_here(selector.entry.metric)
    elif reason.text.startswith("removed") and (use.written is not None or reason.node.origin is not None):
        return ((place(use, reason.node), "removed here"),)
    return ()


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
