"""The templates of alerts and notifications (Go's), and of legends (Grafana's): which labels they read, and what is wrong with them."""

from __future__ import annotations

from functools import cache

from monitoring_as_code.promql.ast import Span
from monitoring_as_code.promql.template.lexer import Fault
from monitoring_as_code.promql.template.reader import LabelUse, Query, Template, read
from monitoring_as_code.promql.template.vocabulary import ALERTMANAGER, PROMETHEUS
from monitoring_as_code.promql.variables import may_hold_variables

__all__ = ["Fault", "LabelUse", "Query", "Template", "alert_template", "legend", "notification_template"]

NOTHING = Template()


@cache
def alert_template(text: str) -> Template:
    """What a template in an annotation or a label of a rule reads.

    >>> [(use.name, use.span) for use in alert_template("{{ $labels.job }} is down").labels]
    [('job', Span(start=11, end=14))]
    """
    return read(text, PROMETHEUS) if "{{" in text else NOTHING


@cache
def notification_template(text: str) -> Template:
    """What a text of a receiver is about.

    >>> notification_template("{{ .CommonLabel.job }}").failures[0].help
    'did you mean `.CommonLabels`?'
    """
    return read(text, ALERTMANAGER) if "{{" in text else NOTHING


@cache
def legend(text: str) -> tuple[LabelUse, ...]:
    """The labels in a legend of Grafana, `{{service}}`.

    >>> [(use.name, use.span) for use in legend("{{ service }} p95")]
    [('service', Span(start=3, end=10))]
    """
    found = []
    start = text.find("{{")
    while start >= 0 and (end := text.find("}}", start + 2)) >= 0:
        inside = text[start + 2 : end]
        name = inside.strip()
        # __auto and the like are Grafana's own, which also fills in its variables before it looks for labels.
        if name and not name.startswith("__") and not may_hold_variables(name):
            at = start + 2 + len(inside) - len(inside.lstrip())
            found.append(LabelUse(name, Span(at, at + len(name))))
        start = text.find("{{", end + 2)
    return tuple(found)
