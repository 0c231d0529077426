"""Links to other dashboards."""

from typing import Any, ClassVar

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import Panel, Shown


class DashboardList(Panel):
    """The dashboards that have all of the `tags`, whose title holds `query`, that are in a folder, or that the user has starred or seen.

    Without any of these all dashboards are searched. The time range is carried along, and the values of the variables.
    """

    type: ClassVar[str] = "dashlist"

    tags: tuple[Text, ...] = ()
    query: Text = ""
    folder_uid: Text | None = None
    starred: bool = False
    recently_viewed: bool = False
    at_most: int = Field(default=10, ge=1)
    show_headings: bool = False
    show_folder_names: bool = False
    keep_time: bool = True
    keep_variables: bool = True

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """Which dashboards, and how they are told apart."""
        found: dict[str, Any] = {} if self.folder_uid is None else {"folderUID": self.folder_uid}
        searched = bool(self.tags or self.query or self.folder_uid) or not (self.starred or self.recently_viewed)
        return {
            **found,
            "includeVars": self.keep_variables,
            "keepTime": self.keep_time,
            "maxItems": self.at_most,
            "query": self.query,
            "showFolderNames": self.show_folder_names,
            "showHeadings": self.show_headings,
            "showRecentlyViewed": self.recently_viewed,
            "showSearch": searched,
            "showStarred": self.starred,
            "tags": list(self.tags),
        }
