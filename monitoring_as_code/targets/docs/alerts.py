"""docs/alerts.md: a row for each alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.model.alert import Alert
from monitoring_as_code.targets.docs.markdown import escaped, table
from monitoring_as_code.targets.docs.pages import Context, alert_link, condition, lasting

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Group


def page(context: Context) -> str:
    """Empty if there are no alerts."""
    sections = [section for group in context.analysis.groups if (section := _section(group, context))]
    return "\n".join(["# Alerts\n", *sections]) if sections else ""


def _section(group: Group, context: Context) -> str:
    rows = [
        (
            alert_link(alert),
            escaped(alert.severity),
            condition(alert, context),
            lasting(alert),
            context.told(alert),
            escaped(alert.summary),
        )
        for alert in group.rules
        if isinstance(alert, Alert)
    ]
    if not rows:
        return ""
    return f"## {escaped(group.name)}\n\n" + table(("alert", "severity", "condition", "for", "who is told", "summary"), rows)
