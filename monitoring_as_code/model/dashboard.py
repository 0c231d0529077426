"""Dashboards: rows of panels, variables, links and annotations."""

from typing import ClassVar

from typing_extensions import override

from monitoring_as_code.model.checking import Field, Instance
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.fields import PlainName, PositiveDuration, Text, Uid
from monitoring_as_code.model.panel import Link, Panel, PanelExpression
from monitoring_as_code.model.panels.drawing import Color
from monitoring_as_code.model.variables import DashboardVariable


class DashboardLink(Part):
    """A drop-down of, or links to, all dashboards that have every one of these tags."""

    title: Text
    tags: tuple[Text, ...]
    keep_time: bool = True
    keep_variables: bool = True
    dropdown: bool = False


class Row(Part):
    """Panels under a heading; a collapsed row loads them when it is opened, a row with `repeat` is there for each value of a variable."""

    title: Text
    panels: tuple[Instance[Panel], ...] = ()
    collapsed: bool = False
    repeat: Text | None = Field(default=None, pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", form="a variable's name, without a `$`")


class Annotation(Part):
    """Moments marked on every panel: where `expr` has a value. `title` and `text` are templates (`{{service}}`)."""

    name: PlainName
    expr: PanelExpression
    title: Text = ""
    text: Text = ""
    color: Color = "blue"
    enabled: bool = True


class Dashboard(Declaration):
    """A page of Grafana. `name` is its title; `uid` never changes, since links and bookmarks hold it.

    Beside its own `tags` it gets the tag `mac`, by which Grafana finds all dashboards that are generated and that nobody should edit there.
    """

    kind: ClassVar[str] = "dashboard"

    name: PlainName
    uid: Uid
    description: Text = ""
    tags: tuple[Text, ...] = ()
    rows: tuple[Instance[Row], ...]
    variables: tuple[Instance[DashboardVariable], ...] = ()
    links: tuple[Instance[Link] | Instance[DashboardLink], ...] = ()
    annotations: tuple[Instance[Annotation], ...] = ()
    refresh: PositiveDuration | None = None
    time_from: Text = "now-1h"
    time_to: Text = "now"
    folder: PlainName | None = None
    shared_crosshair: bool = True
    editable: bool = False

    @property
    def identities(self) -> tuple[tuple[str, ...], ...]:
        """Two dashboards may share neither the uid nor the title in a folder."""
        return ((self.kind, "uid", self.uid), (self.kind, "title", self.folder or "", self.name))

    @override
    def called(self, identity: tuple[str, ...]) -> str:
        if identity[1] == "uid":
            return f"the uid `{self.uid}` of a dashboard"
        return f"dashboard `{self.name}`" + (f" of folder `{self.folder}`" if self.folder else "")
