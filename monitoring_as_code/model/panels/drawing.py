"""How values are drawn: colours, thresholds, texts in place of values, exceptions for some series, steps before the drawing."""

import math
from typing import Annotated, Any, Literal, TypeAlias, get_args

from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import JavaScriptRegex, Text, javascript_regex
from monitoring_as_code.model.links import Link
from monitoring_as_code.model.panels.parts import Calculation, Cells
from monitoring_as_code.units import Unit

# Grafana's own palette, which has a tone for the dark and for the light theme, and the colours of the theme itself.
PaletteColor: TypeAlias = Literal[
    "green",
    "dark-green",
    "semi-dark-green",
    "light-green",
    "super-light-green",
    "yellow",
    "dark-yellow",
    "semi-dark-yellow",
    "light-yellow",
    "super-light-yellow",
    "orange",
    "dark-orange",
    "semi-dark-orange",
    "light-orange",
    "super-light-orange",
    "red",
    "dark-red",
    "semi-dark-red",
    "light-red",
    "super-light-red",
    "blue",
    "dark-blue",
    "semi-dark-blue",
    "light-blue",
    "super-light-blue",
    "purple",
    "dark-purple",
    "semi-dark-purple",
    "light-purple",
    "super-light-purple",
    "text",
    "transparent",
]
_PALETTE = frozenset(get_args(PaletteColor))


def _color(text: str) -> str:
    if text in _PALETTE:
        return text
    from monitoring_as_code.model.panels.grafana_names import knows_color, palette

    if knows_color(text):
        return text
    from monitoring_as_code.diagnostics.nearest import did_you_mean

    meant = did_you_mean(text, palette()) or "write one of Grafana's such as `dark-red`, or one of CSS such as `#1f60c4`"
    message = f"`{text}` is no colour: {meant}"
    raise ValueError(message)


# A colour of Grafana's palette by its name, or any of CSS: `#1f60c4`, `rgba(31, 96, 196, 0.5)`, `teal`.
Color: TypeAlias = Annotated[PaletteColor | Text, Check(_color)]

# How values get their colours; Grafana's own names.
ColorScheme: TypeAlias = Literal[
    "thresholds",
    "palette-classic",
    "palette-classic-by-name",
    "shades",
    "continuous-viridis",
    "continuous-magma",
    "continuous-plasma",
    "continuous-inferno",
    "continuous-cividis",
    "continuous-GrYlRd",
    "continuous-RdYlGr",
    "continuous-BlYlRd",
    "continuous-YlRd",
    "continuous-BlPu",
    "continuous-YlBl",
    "continuous-blues",
    "continuous-reds",
    "continuous-greens",
    "continuous-purples",
]


def json_value(value: Any) -> Any:  # noqa: ANN401 - JSON is any of its types
    """`value` with sorted keys and without nulls but open ends: Grafana's schema says absent, not null.

    Raises:
        ValueError: it is no JSON, or holds a number that JSON has not.
    """
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                message = f"a key must be text, not {key!r}"
                raise ValueError(message)  # noqa: TRY004 - pydantic turns a ValueError into a fault of this field
        return {key: json_value(value[key]) for key in sorted(value) if value[key] is not None or _is_open_end(key, value)}
    if isinstance(value, list | tuple):
        return [json_value(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        message = "JSON has no NaN and no infinity"
        raise ValueError(message)
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            message = "half of a surrogate pair cannot be written as UTF-8"
            raise ValueError(message) from None
        return value
    if value is None or isinstance(value, bool | int | float):
        return value
    message = f"{type(value).__name__} is no JSON"
    raise ValueError(message)


def _is_open_end(key: str, parent: dict[str, Any]) -> bool:
    """The nulls that the schema wants: below a lowest threshold, and at an open end of a range."""
    return (key == "value" and "color" in parent) or (key in ("from", "to") and "result" in parent)


# Options that are passed on to Grafana as they are.
JsonObject: TypeAlias = Annotated[dict[str, Any], Check(json_value)]


class Threshold(Part):
    """From `value` on, in the panel's unit, the colour is `color`."""

    value: float
    color: Color


def _only_kind(given: Any, others: dict[str, Any]) -> Any:  # noqa: ANN401 - a value of any of the fields
    """One way to say what is mapped, and the first that is given."""
    before = next((name for name in ("value", "low", "high", "pattern", "special") if others.get(name) is not None), None)
    if given is not None and before is not None:
        message = f"a mapping is of one kind, and this one has `{before}` already: write another one for this"
        raise ValueError(message)
    return given


def _range_end(high: float | None, others: dict[str, Any]) -> float | None:
    low = others.get("low")
    if high is not None and low is not None and high < low:
        message = f"no number is from {low:g} to {high:g}"
        raise ValueError(message)
    _only_kind(high, {**others, "low": None})
    return high


class ValueMapping(Part):
    """What is shown in place of a value: of one value, of numbers from `low` to `high`, of texts that match `pattern`, or of a special one.

    A number is shown as `text`, in `color`, with `icon`, the address of a picture. A range without `low` or `high` has no end there. A
    pattern is JavaScript's, of the whole text, or `/as there/i`; what its groups found stands in `text` as `$1`.
    """

    value: Annotated[Text | float | bool | None, Check(_only_kind, with_others=True)] = None
    low: Annotated[float | None, Check(_only_kind, with_others=True)] = None
    high: Annotated[float | None, Check(_range_end, with_others=True)] = None
    pattern: Annotated[JavaScriptRegex | None, Check(_only_kind, with_others=True)] = None
    special: Annotated[Literal["null", "nan", "null+nan", "true", "false", "empty"] | None, Check(_only_kind, with_others=True)] = None
    text: Text | None = None
    color: Color | None = None
    icon: Text | None = None

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if all(fields.get(name) is None for name in ("value", "low", "high", "pattern", "special")):
            message = "a mapping needs `value`, `low`, `high`, `pattern` or `special`, which say what is mapped"
            raise ValueError(message)
        if all(fields.get(name) is None for name in ("text", "color", "icon")):
            message = "a mapping needs `text`, `color` or `icon`, which say what is shown instead"
            raise ValueError(message)


def _dash(style: str | tuple[float, ...]) -> str | tuple[float, ...]:
    if isinstance(style, tuple) and (len(style) < 2 or any(each < 0 for each in style)):
        message = "a pattern is the lengths of strokes and gaps in turn, such as `(10, 5)`"
        raise ValueError(message)
    return style


# How a line is broken, also as the lengths of strokes and gaps in turn.
LineStyle: TypeAlias = Annotated[Literal["solid", "dash", "dot"] | tuple[float, ...], Check(_dash)]


class SeriesWhere(Part):
    """The series of which a calculation gives such a number: `SeriesWhere(calculation="max", op=">", value=100)`, or `calculation="allIsZero"`."""

    calculation: Calculation
    op: Literal[">", ">=", "<", "<=", "==", "!="] = ">="
    value: float = 0


# Ways of matching that take one text; that of several types cannot be written as JSON.
_ALONE = {"regex": "regular expression", "query": "query", "type": "type"}
# What the values of a field may be.
_TYPES = ("number", "string", "time", "boolean", "enum", "other", "trace", "geo", "frame", "nestedFrames")


def _fits_series(by: str, others: dict[str, Any]) -> str:
    """The way of matching, if what is matched is of its kind."""
    series = others.get("series")
    if isinstance(series, SeriesWhere) and by != "name":
        message = "a `SeriesWhere` says by itself how series are found: leave `by` out"
        raise ValueError(message)
    if isinstance(series, tuple) and by in _ALONE:
        message = f"takes one {_ALONE[by]}, and `series` has several"
        raise ValueError(message)
    if by == "regex" and isinstance(series, str):
        javascript_regex(series)
    if by == "type" and isinstance(series, str) and series not in _TYPES:
        message = f"`{series}` is no type of values: those are {', '.join(f'`{name}`' for name in _TYPES)}"
        raise ValueError(message)
    return by


def _one_axis(placement: str | None, others: dict[str, Any]) -> str | None:
    if placement is not None and others.get("right_axis"):
        message = "says where the axis is, and so does `right_axis`: leave one of them out"
        raise ValueError(message)
    return placement


class Override(Part):
    """Some series drawn otherwise, or some columns of a table.

    `series` is a name, or several, or a `SeriesWhere`; with `by` it is a regular expression, a query's letter (`A`), a type of values
    (`number`, `string`, `time`, `boolean`), or the names of those that are left as they are (`all_but`).

    The rest is what differs, in the words of the panels. `negative` draws a series below the axis, as traffic that goes out. `hidden`
    leaves it out everywhere, or out of some places. `stacked` series stand on those of the same `stack`. `width`, `align`, `cells` and
    `filterable` are of a table's column. `properties` are Grafana's own, by their ids (`custom.lineWidth`), for what has no argument here.
    """

    series: Text | tuple[Text, ...] | Instance[SeriesWhere]
    by: Annotated[Literal["name", "regex", "query", "type", "all_but"], Check(_fits_series, with_others=True)] = "name"
    name: Text | None = None
    color: Color | None = None
    color_scheme: ColorScheme | None = None
    unit: Instance[Unit] | Text | None = None
    decimals: int | None = Field(default=None, ge=0, le=20)
    min: float | None = None
    max: float | None = None
    no_value: Text | None = None
    mappings: tuple[Instance[ValueMapping], ...] = ()
    thresholds: tuple[Instance[Threshold], ...] = ()
    data_links: tuple[Instance[Link], ...] = ()
    hidden: bool | tuple[Literal["viz", "legend", "tooltip"], ...] = False
    right_axis: bool = False
    axis_placement: Annotated[Literal["auto", "left", "right", "hidden"] | None, Check(_one_axis, with_others=True)] = None
    axis_label: Text | None = None
    axis_color: Literal["text", "series"] | None = None
    style: Literal["lines", "bars", "points"] | None = None
    line_width: int | None = Field(default=None, ge=0, le=10)
    line_style: LineStyle | None = None
    fill: int | None = Field(default=None, ge=0, le=100)
    fill_below_to: Text | None = None
    gradient: Literal["none", "opacity", "hue", "scheme"] | None = None
    stacked: bool | Literal["percent"] | None = None
    stack: Text | None = None
    negative: bool = False
    points: Literal["auto", "always", "never"] | None = None
    point_size: int | None = Field(default=None, ge=1, le=40)
    threshold_style: Literal["line", "dashed", "area", "line+area", "dashed+area", "off"] | None = None
    width: int | None = Field(default=None, ge=1)
    align: Literal["auto", "left", "center", "right"] | None = None
    cells: Cells | None = None
    filterable: bool | None = None
    properties: JsonObject = {}

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if fields["series"] in ("", ()):
            message = "`series` names none: say which series or columns are drawn otherwise"
            raise ValueError(message)
        if fields.keys() <= {"series", "by"}:
            message = "an override says what is drawn otherwise: give it a `color`, a `unit`, or another of its arguments"
            raise ValueError(message)
        low, high = fields.get("min"), fields.get("max")
        if low is not None and high is not None and low >= high:
            message = f"`min` must be below `max`, but {low:g} is not below {high:g}"
            raise ValueError(message)


class Step(Part):
    """One step that changes the answer before it is drawn; `query` limits it to one query's answer, by its letter (`A`)."""

    query: Text | None = None
    disabled: bool = False

    @property
    def grafana_id(self) -> str:
        """Grafana's name of the step."""
        raise NotImplementedError

    def grafana_options(self) -> dict[str, Any]:
        """Grafana's `options` of the step, keys sorted."""
        return {}


class Transformation(Step):
    """A step by Grafana's id and options: `Transformation(id="smoothing", options={...})`, for those that have no class here."""

    id: Text
    options: JsonObject = {}

    @property
    def grafana_id(self) -> str:
        """As it was given."""
        return self.id

    def grafana_options(self) -> dict[str, Any]:
        """As they were given."""
        return self.options
