"""Dashboards: rows of panels, variables, links and annotations. Coordinates, ids and data sources need no saying."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple, TypeAlias

from typing_extensions import override

from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.expression import VectorOperators
from monitoring_as_code.model.fields import PlainName, PositiveDuration, Text, Uid
from monitoring_as_code.model.labels import LabelName, label_name
from monitoring_as_code.model.metric import AnyMetric
from monitoring_as_code.model.panels.drawing import Color, Override, Threshold, Transformation, ValueMapping
from monitoring_as_code.units import Unit

if TYPE_CHECKING:
    _AnyLabelName: TypeAlias = LabelName[Any]
else:
    _AnyLabelName = Instance[LabelName]

# A dashboard's expression: of the algebra, or PromQL text, in which Grafana's variables may stand.
PanelExpression: TypeAlias = Instance[VectorOperators] | Text


class Shown(NamedTuple):
    """What a panel must know of its queries to be drawn well.

    `several` says whether more than one series may come, `thresholds` whether there are any, and `unit` is Grafana's id of the unit.
    """

    several: bool = True
    thresholds: bool = False
    unit: str | None = None
    decimals: int | None = None
    min: float | None = None
    max: float | None = None


class Query(Part):
    """One query of a panel. `legend` is Grafana's template (`{{service}}`); without one it is made from the labels that survive.

    `instant` asks for the newest value only; without it the panel's type decides. `exemplars` shows the traces behind a histogram.
    """

    expr: PanelExpression
    legend: Text | None = None
    instant: bool | None = None
    hidden: bool = False
    exemplars: bool = False


class Link(Part):
    """A link to another page; `keep_time` and `keep_variables` carry the time range and the variables' values along."""

    title: Text
    url: Text
    keep_time: bool = True
    keep_variables: bool = True
    new_tab: bool = False


class DashboardLink(Part):
    """A drop-down of, or links to, all dashboards that have every one of these tags."""

    title: Text
    tags: tuple[Text, ...]
    keep_time: bool = True
    keep_variables: bool = True
    dropdown: bool = False


class Panel(Part):
    """What all panels have.

    `width` is in columns of Grafana's 24; without one the panels of a row share what is left. `height` is in Grafana's rows of 30
    pixels; the panels of a line are as tall as the tallest. `repeat` names a variable: the panel is shown once for each of its values.
    """

    type: ClassVar[str]
    least_width: ClassVar[int] = 6  # of one whose width is not said; narrower ones go into the next line
    usual_height: ClassVar[int] = 8

    title: Text
    description: Text = ""
    links: tuple[Instance[Link], ...] = ()
    width: int | None = Field(default=None, ge=1, le=24)
    height: int | None = Field(default=None, ge=1, le=100)
    repeat: Text | None = Field(default=None, pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", form="a variable's name, without a `$`")

    @property
    def least_height(self) -> int:
        """The height, as given or as usual."""
        return self.height or self.usual_height

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002 - what a type without options has
        """Grafana's `options` of this type, keys sorted."""
        return {}


class QueryPanel(Panel):
    """What all panels that show queries have.

    Give `expr`, or `queries` when there are several. `alert` is the alert that the panel shows: its threshold becomes the panel's line.
    `unit`, a unit or Grafana's id of one, is worked out from the expression where it is not said; so are legends, a lower bound of 0, and
    the description, which is the metric's help if there is one metric. `no_value` is shown where the
    answer is empty. `data_links` open from a series.
    """

    result: ClassVar[Literal["time_series", "table", "heatmap"]] = "time_series"  # the form in which Prometheus's answer is wanted
    color_mode: ClassVar[str] = "thresholds"  # how a series gets its colour
    bounded: ClassVar[bool] = False  # whether it shows a value between a least and a greatest one

    expr: PanelExpression | None = None
    legend: Text | None = None
    queries: tuple[Instance[Query], ...] = ()
    unit: Instance[Unit] | Text | None = None
    decimals: int | None = Field(default=None, ge=0, le=20)
    min: float | None = None
    max: float | None = None
    thresholds: tuple[Instance[Threshold], ...] = ()
    alert: Instance[Alert] | None = None
    no_value: Text | None = None
    mappings: tuple[Instance[ValueMapping], ...] = ()
    overrides: tuple[Instance[Override], ...] = ()
    transformations: tuple[Instance[Transformation], ...] = ()
    data_links: tuple[Instance[Link], ...] = ()

    @property
    def instant(self) -> bool:
        """Whether the newest value is enough."""
        return False

    @property
    def from_zero(self) -> bool:
        """Whether an axis starts at zero when no value can be below."""
        return True

    def grafana_custom(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002 - the same
        """Grafana's `fieldConfig.defaults.custom` of this type, keys sorted."""
        return {}

    def grafana_transformations(self, names: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:  # noqa: ARG002 - the same
        """The steps that this type needs before the panel's own; `names` are the visible queries' ids and given legends."""
        return []

    @property
    def all_queries(self) -> tuple[Query, ...]:
        """The queries; a single `expr` counts as one that stands where the panel stands."""
        if self.expr is None:
            return self.queries
        return (Query(expr=self.expr, legend=self.legend).made_at(self.origin), *self.queries)


class Row(Part):
    """Panels under a heading; a collapsed row loads them when it is opened, a row with `repeat` is there for each value of a variable."""

    title: Text
    panels: tuple[Instance[Panel], ...] = ()
    collapsed: bool = False
    repeat: Text | None = Field(default=None, pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", form="a variable's name, without a `$`")


class DashboardVariable(Part):
    """What all variables of a dashboard have; queries use it as `$name`."""

    variable_type: ClassVar[str]

    name: Text = Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", form="a name of letters, digits and underscores, not a digit first")
    label: Text | None = None
    hide: bool = False


class DatasourceVariable(DashboardVariable):
    """Which Prometheus the dashboard asks. `regex` takes only the data sources whose names it matches."""

    variable_type: ClassVar[str] = "datasource"

    regex: Text = ""


class QueryVariable(DashboardVariable):
    """The values that a label has now, on the series of one metric.

    `matchers` narrow the series, and may use variables that come before: `service=~"$service"`. `regex` takes only the values that it
    matches, or what its group finds in them. With `include_all` all of them are chosen at first.
    """

    variable_type: ClassVar[str] = "query"

    metric: AnyMetric | Text
    values_of: Annotated[_AnyLabelName | Text, Check(label_name)]
    matchers: Text = ""
    regex: Text = ""
    multi: bool = True
    include_all: bool = True


def _plain_value(value: str) -> str:
    if value != value.strip() or " : " in value or not value:
        message = f"`{value}` cannot be a value: Grafana drops blanks around it, and takes what stands before ` : ` for its title"
        raise ValueError(message)
    return value


class CustomVariable(DashboardVariable):
    """One of the given values."""

    variable_type: ClassVar[str] = "custom"

    values: tuple[Annotated[Text, Check(_plain_value)], ...] = Field(min_length=1)
    multi: bool = False
    include_all: bool = False


class IntervalVariable(DashboardVariable):
    """A duration to choose."""

    variable_type: ClassVar[str] = "interval"

    values: tuple[PositiveDuration, ...] = Field(min_length=1)


class ConstantVariable(DashboardVariable):
    """A value that the dashboard fixes."""

    variable_type: ClassVar[str] = "constant"

    value: Text


class TextVariable(DashboardVariable):
    """A value that the user types."""

    variable_type: ClassVar[str] = "textbox"

    value: Text = ""


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
