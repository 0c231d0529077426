"""The alerts that are firing."""

from typing import Annotated, Any, ClassVar, Literal

from monitoring_as_code.model.checking import Check, Field
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import Panel, Shown

_ORDERS = {"name": 1, "name_descending": 2, "importance": 3, "newest": 4, "oldest": 5}


def _matchers(text: str) -> str:
    if text.strip("{} ") and not any(each in text for each in "=~$"):
        message = f'`{text}` has no matcher in it: write it like `{{team="database"}}`'
        raise ValueError(message)
    return text


class AlertList(Panel):
    """The alerts of the dashboard's Prometheus in the given states; `matching` are matchers of their labels, `{team="database"}`.

    `name` is a part of the alerts' names. `this_dashboard` leaves out those that name no panel of the dashboard. `expanded` shows each
    one with its labels, `inactive` also rules of which nothing fires. `data_source` is the name of the one that evaluates the rules.
    """

    type: ClassVar[str] = "alertlist"

    states: tuple[Literal["firing", "pending", "recovering", "normal", "no_data", "error"], ...] = Field(
        default=("firing", "pending"), min_length=1
    )
    matching: Annotated[Text, Check(_matchers)] = ""
    name: Text = ""
    order: Literal["name", "name_descending", "importance", "newest", "oldest"] = "importance"
    group_by: tuple[Text, ...] = ()
    at_most: int = Field(default=20, ge=1)
    only_count: bool = False
    this_dashboard: bool = False
    expanded: bool = True
    inactive: bool = False
    data_source: Text = "Prometheus"  # by the name under which it is provisioned: a variable is not looked at here

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """Which alerts, and in which order."""
        return {
            "alertInstanceLabelFilter": self.matching,
            "alertName": self.name,
            "dashboardAlerts": self.this_dashboard,
            "datasource": self.data_source,
            "groupBy": list(self.group_by),
            "groupMode": "custom" if self.group_by else "default",
            "maxItems": self.at_most,
            "showInactiveAlerts": self.inactive,
            "showInstances": self.expanded,
            "sortOrder": _ORDERS[self.order],
            "stateFilter": {
                "error": "error" in self.states,
                "firing": "firing" in self.states,
                "noData": "no_data" in self.states,
                "normal": "normal" in self.states,
                "pending": "pending" in self.states,
                "recovering": "recovering" in self.states,
            },
            "viewMode": "stat" if self.only_count else "list",
        }
