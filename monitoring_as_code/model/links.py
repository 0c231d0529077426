"""Links: to other pages, and from one dashboard to another."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from monitoring_as_code.model.checking import Check, Instance
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.fields import Text

if TYPE_CHECKING:
    from monitoring_as_code.model.dashboard import Dashboard

    AnyDashboard: TypeAlias = Dashboard | Text
else:

    def _is_dashboard(value: Declaration | str) -> Declaration | str:
        # Dashboards hold panels, and panels hold links: their class cannot be imported here.
        if isinstance(value, Declaration) and value.kind != "dashboard":
            message = f"takes a `Dashboard` or its uid, not the {value.kind} `{value.name}`"
            raise ValueError(message)
        # It may be one that others made, and Grafana takes more than mac makes.
        if isinstance(value, str) and not (len(value) <= 40 and value.replace("-", "a").replace("_", "a").isalnum() and value.isascii()):
            message = f"`{value}` is no uid of a dashboard: at most 40 letters, digits, hyphens and underscores"
            raise ValueError(message)
        return value

    AnyDashboard = Annotated[Instance[Declaration] | Text, Check(_is_dashboard)]

# The pictures that Grafana has for links.
LinkIcon: TypeAlias = Literal["external link", "dashboard", "question", "info", "bolt", "doc", "cloud"]


class Link(Part):
    """A link to a page, or to another dashboard.

    Give `url`, or `dashboard`: the dashboard itself, or its uid where two lead to each other. `variables` are the values that the
    variables of that dashboard get, `{"service": "${__field.labels.service}"}`. `keep_time` and `keep_variables` carry along the time
    range, and the values of the variables that both dashboards have. Unless it is said they are kept on the way to a dashboard, and by
    the links on top of one; the URL in the corner of a panel or on its series stays as it is. With `one_click` a link in `data_links` is
    followed at once, without a menu. `icon` and `tooltip` are shown on top of a dashboard.
    """

    title: Text
    url: Text | None = None
    dashboard: AnyDashboard | None = None
    variables: dict[Text, Text | tuple[Text, ...]] = {}
    keep_time: bool | None = None
    keep_variables: bool | None = None
    new_tab: bool = False
    one_click: bool = False
    icon: LinkIcon | None = None
    tooltip: Text = ""

    @property
    def uid(self) -> str | None:
        """The uid of the dashboard to which it leads, if it is one."""
        found = self.dashboard
        return found if found is None or isinstance(found, str) else found.uid

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if (fields.get("url") is None) == (fields.get("dashboard") is None):
            message = "a link needs either `url` or `dashboard`"
            raise ValueError(message)
        if fields.get("variables") and fields.get("dashboard") is None:
            message = "`variables` are those of a dashboard: give `dashboard`, or write them into the URL"
            raise ValueError(message)
