"""Which labels an alert has when it reaches Alertmanager: those of its expression, its own, and the stack's external ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.alert import Alert

_ABSENT = frozenset({""})


class AlertLabels(NamedTuple):
    """`values` are all that a label can be, "" for an absent one included; None when they are not known.

    A label that is not listed is never there if the labels are `closed`, and may be anything otherwise.
    """

    values: Mapping[str, frozenset[str] | None]
    closed: bool


def labels_of(reading: Reading, alert: Alert) -> AlertLabels:
    """The labels of one alert."""
    use = reading.analysis.use(alert)
    values: dict[str, frozenset[str] | None] = {}
    closed = False
    if use.expr is not None:
        labels = reading.facts(use).value.labels
        closed = labels.closed
        values = {name: fact.seen for name, fact in labels.facts.items() if fact.presence != "never" and name != "__name__"}
    for name, value in alert.labels.items():
        values[name] = None if "{{" in value else frozenset({value})
    values["alertname"] = frozenset({alert.name})
    values["severity"] = frozenset({alert.severity})
    stack = reading.analysis.stack
    for name, value in ({} if stack is None else stack.external_labels).items():
        own = values.get(name, _ABSENT if closed else None)
        values[name] = None if own is None else frozenset(each or value for each in own)  # an alert's own label stays
    return AlertLabels(values, closed)


def possible_values(alerts: Iterable[AlertLabels]) -> tuple[dict[str, frozenset[str] | None], bool]:
    """The labels that any of these alerts can have, each with all its values if they are known; and whether there can be no other."""
    found: dict[str, frozenset[str] | None] = {}
    closed = True
    for alert in alerts:
        closed = closed and alert.closed
        for name, values in alert.values.items():
            known = found.get(name, frozenset())
            found[name] = None if values is None or known is None else known | values
    return found, closed
