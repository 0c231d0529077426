"""What the pages share: the analysis, and what is worked out from it once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.naming import runbook_path
from monitoring_as_code.targets.docs.markdown import code, escaped, link
from monitoring_as_code.targets.docs.reached import Audience
from monitoring_as_code.targets.shown import Views

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert


class Context(NamedTuple):
    """A project as its pages need it."""

    analysis: Analysis
    audience: Audience
    views: Views

    def told(self, alert: Alert) -> str:
        """The receivers of an alert as a table's cell."""
        names = [escaped(name) + ("" if certain else " (depends on its labels)") for name, certain in self.audience.of(alert).items()]
        return ", ".join(names) or "nobody"


def alert_link(alert: Alert, *, up: str = "") -> str:
    """An alert's name, leading to its page; `up` leads from the page that has the link to the docs' folder."""
    return link(alert.name, up + runbook_path(alert.name))


def condition(alert: Alert, context: Context) -> str:
    """An alert's condition as a code span."""
    return code(context.analysis.use(alert).text)


def lasting(alert: Alert) -> str:
    """How long the condition must hold, in words of a table."""
    text = "at once" if alert.for_ == "0s" else alert.for_
    return text if alert.keep_firing_for == "0s" else f"{text}, keeps firing for {alert.keep_firing_for}"
