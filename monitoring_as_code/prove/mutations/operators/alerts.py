"""What an alert says beside its condition: how long, how severe, with which labels and words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.durations import milliseconds, to_text
from monitoring_as_code.prove.mutations.mutant import Mutant, Operator

if TYPE_CHECKING:
    from monitoring_as_code.model.alert import Alert


class Change(NamedTuple):
    """Another value for a field: how both are written, and what scenario would notice."""

    field: str
    value: object
    before: str
    after: str
    advice: str
    where: str = ""
    """The place within the field."""


Changes: TypeAlias = Iterator[Change]


class AlertOperator(NamedTuple):
    """An operator, and what it makes of an alert."""

    operator: Operator
    changes: Callable[[Alert], Changes]


OPERATORS: list[AlertOperator] = []
_SEVERITIES = {"critical": "warning", "warning": "critical", "info": "warning", "none": "warning"}


def operator(name: str, before: str, after: str) -> Callable[[Callable[[Alert], Changes]], Callable[[Alert], Changes]]:
    """Registers an operator."""

    def registered(changes: Callable[[Alert], Changes]) -> Callable[[Alert], Changes]:
        OPERATORS.append(AlertOperator(Operator(name, changes.__doc__ or "", before, after, "alert"), changes))
        return changes

    return registered


def mutants_of(alert: Alert) -> Iterator[Mutant]:
    """Every small change of an alert beside its expression."""
    for operator, changes in OPERATORS:
        for each in changes(alert):
            yield Mutant(operator, alert, each.where or each.field, each.before, each.after, each.advice, fields={each.field: each.value})


def _durations(alert: Alert, field: str, zero: str, advice: Callable[[str, str], str]) -> Changes:
    now: str = getattr(alert, field)
    length = milliseconds(now)
    others = [zero] if not length else [to_text(length * 2), to_text(length // 2), "0s"]
    for other in others:
        yield Change(field, other, now, other, advice(now, other))


@operator("for", 'for_="5m"', 'for_="10m"')
def for_(alert: Alert) -> Changes:
    """`for_` is twice as long, half as long, or 0; where there is none, 5m."""

    def advice(now: str, other: str) -> str:
        if milliseconds(other) > milliseconds(now):
            return f"`Fires(within=...)` that says when the alert fires: {now} after its condition begins to hold"
        return f"`Pending(at=...)` less than {now} after the condition begins to hold, or `Fires(after=..., within=...)`"

    return _durations(alert, "for_", "5m", advice)


@operator("keep_firing_for", 'keep_firing_for="5m"', 'keep_firing_for="0s"')
def keep_firing_for(alert: Alert) -> Changes:
    """`keep_firing_for` is twice as long, half as long, or 0; where there is none, 5m."""

    def advice(now: str, other: str) -> str:
        if milliseconds(other) > milliseconds(now):
            return "`Resolves(by=...)` that says when the alert is over" + ("" if now == "0s" else f": {now} after its condition")
        return f"`Firing(at=...)` less than {now} after the condition ends to hold"

    return _durations(alert, "keep_firing_for", "5m", advice)


@operator("severity", 'severity="critical"', 'severity="warning"')
def severity(alert: Alert) -> Changes:
    """The severity is another one."""
    other = _SEVERITIES[alert.severity]
    yield Change(
        "severity",
        other,
        f'"{alert.severity}"',
        f'"{other}"',
        f'`Firing(..., labels={{"severity": "{alert.severity}"}})`, or `Reaches(...)`',
    )


@operator("label dropped", 'labels={"team": "database"}', "labels={}")
def label_dropped(alert: Alert) -> Changes:
    """The alert has one of its own labels less."""
    for name, value in alert.labels.items():
        kept = {other: each for other, each in alert.labels.items() if other != name}
        advice = f'`Firing(..., labels={{"{name}": ...}})`, or `Reaches(...)` if routing reads it'
        yield Change("labels", kept, f'"{name}": "{value}"', "", advice)


@operator("label's value", 'labels={"team": "database"}', 'labels={"team": "database_"}')
def label_value(alert: Alert) -> Changes:
    """One of the alert's own labels has another value."""
    for name, value in alert.labels.items():
        if "{{" not in value:
            other = f"{value}_"
            advice = f'`Firing(..., labels={{"{name}": "{value}"}})`, or `Reaches(...)` if routing reads it'
            yield Change("labels", {**alert.labels, name: other}, f'"{name}": "{value}"', f'"{name}": "{other}"', advice)


_VARIABLE = re.compile(r"\$labels\.(\w+)")
_FORMAT = re.compile(r"\$value\s*(\|\s*\w+(?: \"[^\"]*\")?)")


def _texts(alert: Alert) -> Iterator[tuple[str, str, Callable[[str], object]]]:
    """Where a template stands, the template, and the field's value with another one."""
    for field in ("summary", "description"):
        text: str = getattr(alert, field)
        if text:
            yield field, text, lambda new: new
    for name, text in alert.annotations.items():
        yield f'annotations["{name}"]', text, lambda new, name=name: {**alert.annotations, name: new}  # type: ignore[misc]


def _rewritten(alert: Alert, pattern: re.Pattern[str], instead: Callable[[re.Match[str]], str], advice: str) -> Changes:
    for where, text, value in _texts(alert):
        for found in pattern.finditer(text):
            new = text[: found.start()] + instead(found) + text[found.end() :]
            named = where.removeprefix('annotations["').removesuffix('"]')
            yield Change(where.partition("[")[0], value(new), text, new, advice.format(named=named), where)


@operator("template's variable", "{{ $labels.service }}", "{{ $labels.service_ }}")
def template_variable(alert: Alert) -> Changes:
    """A template asks for a label that is not there."""
    advice = '`Firing(..., annotations={{"{named}": "..."}})` with what the label is'
    return _rewritten(alert, _VARIABLE, lambda found: f"{found[0]}_", advice)


@operator("template's format", "{{ $value | humanizePercentage }}", "{{ $value }}")
def template_format(alert: Alert) -> Changes:
    """A template shows `$value` as it is."""
    advice = '`Firing(..., annotations={{"{named}": "..."}})` with the value as people read it'
    return _rewritten(alert, _FORMAT, lambda _: "$value", advice)
