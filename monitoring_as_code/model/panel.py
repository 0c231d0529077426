"""Panels: what they show, and how large they are. Coordinates, ids and data sources need no saying."""

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Needs, Part
from monitoring_as_code.model.expression import VectorOperators
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.links import Link
from monitoring_as_code.model.panels.drawing import Color, ColorScheme, JsonObject, Override, Step, Threshold, ValueMapping
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.units import Unit

# A dashboard's expression: of the algebra, or PromQL text, in which Grafana's variables may stand.
PanelExpression: TypeAlias = Instance[VectorOperators] | Text


def _columns(width: int) -> int:
    if not 1 <= width <= 24:
        message = f'{width} columns are not there: a row has 24, so write 1 to 24, or a share of it such as `"1/3"`'
        raise ValueError(message)
    return width


def _least_step(text: str) -> str:
    if not text.startswith("$"):
        milliseconds(text)
    return text


# How far points are apart at least: a duration, or the variable that holds one.
LeastStep: TypeAlias = Annotated[Text, Check(_least_step)]

# Grafana's relative times: milliseconds to years, M for months, rounded down behind a slash (`fQ` is a quarter of the fiscal year).
_SPAN = r"[0-9]+(ms|[smhdwMQy])"
_ROUNDED = r"/(f?[Qy]|[smhdwM])"
_TIME_FROM = rf"^({_SPAN}|now(-{_SPAN})*({_ROUNDED})?)$"
_TIME_SHIFT = rf"^{_SPAN}({_ROUNDED})?$"

# In columns of Grafana's 24, or as a share of the row.
Width: TypeAlias = (
    Annotated[int, Check(_columns)] | Literal["full", "1/2", "1/3", "2/3", "1/4", "3/4", "1/6", "5/6", "1/8", "3/8", "5/8", "7/8"]
)


class Shown(NamedTuple):
    """What a panel must know of its queries to be drawn well.

    `several` says whether more than one series may come, `thresholds` whether there are any, and `unit` is Grafana's id of the unit.
    `counted` is that of what a heatmap counts.
    """

    several: bool = True
    thresholds: bool = False
    unit: str | None = None
    decimals: int | None = None
    min: float | None = None
    max: float | None = None
    counted: str | None = None


class Query(Part):
    """One query of a panel. `legend` is Grafana's template (`{{service}}`); without one it is made from the labels that survive.

    `instant` asks for the newest value only; without it the panel's type decides, as it does of the `format` of the answer. `exemplars`
    shows the traces behind a histogram. Points are at least `interval` apart, a duration or an interval variable (`$step`). `ref_id` is
    the name by which overrides and transformations know the query; without one it is a letter, from `A` on.
    """

    expr: PanelExpression
    legend: Text | None = None
    instant: bool | None = None
    hidden: bool = False
    exemplars: bool = False
    interval: LeastStep | None = None
    format: Literal["time_series", "table", "heatmap"] | None = None
    ref_id: Text | None = Field(default=None, pattern=r"^\S(.*\S)?$", form="a name, without blanks around it")


class Panel(Part):
    """What all panels have.

    `width` is in columns of Grafana's 24, or a share of them (`"1/3"`); without one the panels of a row share what is left. `height` is
    in Grafana's rows of 30 pixels; the panels of a line are as tall as the tallest. No place needs saying; one that does has `x`, a column
    from 0 on, and `y`, counted from the row's first line, and the panels without a place stand in lines below. `id` is the number by
    which links and annotations know the panel; it is made from the row's and the panel's titles, so say the old one when these change.
    `repeat` names a variable: the panel is shown once for each of its values, side by side or, with `repeat_direction`, one below the
    other. `options` are Grafana's own, by their names, for what has no argument; they are merged over those that follow from the rest.
    """

    type: ClassVar[str]
    least_width: ClassVar[int] = 6  # of one whose width is not said; narrower ones go into the next line
    usual_height: ClassVar[int] = 8
    _needs: ClassVar[Needs] = {"repeat_direction": (("repeat",), ()), "max_per_row": (("repeat",), ())}

    title: Text
    description: Text = ""
    links: tuple[Instance[Link], ...] = ()
    width: Width | None = None
    height: int | None = Field(default=None, ge=1, le=100)
    x: int | None = Field(default=None, ge=0, le=23)
    y: int | None = Field(default=None, ge=0, le=10_000)
    id: int | None = Field(default=None, ge=1, le=2**31 - 1)
    repeat: Text | None = Field(default=None, pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", form="a variable's name, without a `$`")
    repeat_direction: Literal["horizontal", "vertical"] = "horizontal"
    max_per_row: int | None = Field(default=None, ge=1, le=24)
    transparent: bool = False
    options: JsonObject = {}

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if any(link.one_click for link in fields.get("links", ())):
            message = "`one_click` is for `data_links`: those in the panel's corner are a menu anyway"
            raise ValueError(message)
        for name in ("icon", "tooltip"):
            if any(getattr(link, name, None) for link in fields.get("links", ())):
                message = f"`{name}` is shown on top of a dashboard only: leave it out of a link of a panel"
                raise ValueError(message)

    @property
    def columns(self) -> int | None:
        """The width in columns of 24, if one was said."""
        width = self.width
        if width is None or isinstance(width, int):
            return width
        if width == "full":
            return 24
        part, _, whole = width.partition("/")
        return 24 * int(part) // int(whole)

    @property
    def place(self) -> tuple[int, int, int, int] | None:
        """Where it was said to stand, as x, y, width and height; without a width it reaches to the right edge."""
        if self.x is None and self.y is None:
            return None
        x = self.x or 0
        return x, self.y or 0, self.columns or 24 - x, self.least_height

    @property
    def least_height(self) -> int:
        """The height, as given or as usual."""
        return self.height or self.usual_height

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002 - what a type without options has
        """Grafana's `options` of this type, keys sorted."""
        return {}


class QueryPanel(Panel):
    """What all panels that show queries have.

    Give `expr`, or `queries` when there are several. `alert` is the alert that the panel shows, or several: their thresholds become the
    panel's lines and colours. `unit`, a unit or Grafana's id of one, is worked out from the expression where it is not said; so are
    legends, a lower bound of 0, and the description, which is the metric's help if there is one metric. `no_value` is shown where the
    answer is empty. `data_links` open from a series.

    `color` is one colour for all; `color_scheme` another way to give colours, by the value that `color_by_value` names where they follow
    values. `thresholds` are in the panel's unit, or in percent of the way from `min` to `max` with `threshold_mode`. With `field_min_max`
    each series has bounds of its own.

    `time_from` shows another time range than the dashboard's (`24h`, `now/d`), `time_shift` the same one earlier; `hide_time_override`
    says nothing about it in the panel's corner. Points are at least `interval` apart, and at most `max_data_points`. `custom` are
    Grafana's own options of a series, by their names, for what has no argument; they are merged over those that follow from the rest.
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
    threshold_mode: Literal["absolute", "percentage"] = "absolute"
    alert: Instance[Alert] | tuple[Instance[Alert], ...] | None = None
    no_value: Text | None = None
    display_name: Text | None = None
    color: Color | None = None
    color_scheme: ColorScheme | None = None
    color_by_value: Literal["last", "min", "max"] | None = None
    field_min_max: bool = False
    mappings: tuple[Instance[ValueMapping], ...] = ()
    overrides: tuple[Instance[Override], ...] = ()
    transformations: tuple[Instance[Step], ...] = ()
    data_links: tuple[Instance[Link], ...] = ()
    time_from: Text | None = Field(default=None, pattern=_TIME_FROM, form="a duration such as `24h`, or a start such as `now/d`")
    time_shift: Text | None = Field(default=None, pattern=_TIME_SHIFT, form="a duration such as `1w`, or the start of one such as `0d/d`")
    hide_time_override: bool = False
    interval: LeastStep | None = None
    max_data_points: int | None = Field(default=None, ge=1)
    custom: JsonObject = {}

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        super()._consistent(fields)
        names = [each.ref_id for each in fields.get("queries", ()) if each.ref_id is not None]
        if len(set(names)) < len(names):
            message = f"`ref_id` of two queries is `{next(each for each in names if names.count(each) > 1)}`: they need names of their own"
            raise ValueError(message)
        low, high = fields.get("min"), fields.get("max")
        if low is not None and high is not None and low >= high:
            message = f"`min` must be below `max`, but {low:g} is not below {high:g}"
            raise ValueError(message)
        scheme, color = fields.get("color_scheme"), fields.get("color")
        if scheme is not None and (scheme == "shades") != (color is not None):
            message = (
                "`shades` are those of a `color`: say which" if color is None else f"give `color`, or the colours of `{scheme}`, not both"
            )
            raise ValueError(message)
        if fields.get("threshold_mode") == "percentage" and not fields.get("thresholds"):
            message = "`threshold_mode` is that of `thresholds`, of which there are none: an alert's are in the panel's unit"
            raise ValueError(message)
        if fields.get("threshold_mode") == "percentage" and any(not 0 <= each.value <= 100 for each in fields["thresholds"]):
            message = "`thresholds` in percent of the way from `min` to `max` are from 0 to 100"
            raise ValueError(message)
        mapped = [str(each.value) for each in fields.get("mappings", ()) if getattr(each, "value", None) is not None]
        if len(set(mapped)) < len(mapped):
            message = f"`mappings` has `{next(each for each in mapped if mapped.count(each) > 1)}` twice, and only one is shown"
            raise ValueError(message)
        if sum(link.one_click for link in fields.get("data_links", ())) > 1:
            message = "`data_links` has two links with `one_click`, and one click can follow only one"
            raise ValueError(message)

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts that it names."""
        found = self.alert
        return () if found is None else found if isinstance(found, tuple) else (found,)

    @property
    def instant(self) -> bool:
        """Whether the newest value is enough."""
        return False

    @property
    def answer(self) -> Literal["time_series", "table", "heatmap"]:
        """The form in which Prometheus's answer is wanted by this very panel."""
        return self.result

    @property
    def from_zero(self) -> bool:
        """Whether an axis starts at zero when no value can be below."""
        return True

    @property
    def keeps_bounds(self) -> bool:
        """Whether what is drawn is never less or more than what the queries give."""
        return True

    def grafana_custom(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002 - the same
        """Grafana's `fieldConfig.defaults.custom` of this type, keys sorted."""
        return {}

    def grafana_transformations(
        self,
        names: tuple[tuple[str, str], ...],  # noqa: ARG002 - the same
        own: list[dict[str, Any]],
        *,
        named: bool,  # noqa: ARG002 - the same
    ) -> list[dict[str, Any]]:
        """The panel's own steps, among those that this type needs.

        `names` are the visible queries' ids and given legends; `named` says that answers have the metric's name among their labels.
        """
        return own

    @property
    def all_queries(self) -> tuple[Query, ...]:
        """The queries; a single `expr` counts as one that stands where the panel stands."""
        if self.expr is None:
            return self.queries
        return (Query(expr=self.expr, legend=self.legend).made_at(self.origin), *self.queries)
