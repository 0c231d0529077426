"""How observations spread over buckets and time."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field, Instance
from monitoring_as_code.model.fields import PositiveDuration, Text
from monitoring_as_code.model.panel import QueryPanel, Shown
from monitoring_as_code.model.panels.drawing import Color
from monitoring_as_code.model.panels.grafana_units import grafana_unit
from monitoring_as_code.model.panels.parts import number
from monitoring_as_code.units import Unit


class Heatmap(QueryPanel):
    """The buckets of a histogram over time: give it `sum by (le) (rate(..._bucket[...]))`.

    `unit` is that of the buckets' bounds, `cell_unit` that of what is counted; both are worked out where they are not said. With
    `calculate` the values of gauges are counted into buckets that Grafana makes, of a size or a number along the times (`x`) and the
    values (`y`), on a logarithmic scale with `y_bucket_scale`.

    Cells have the colours of `scheme`, in so many `color_steps`, or are the more opaque in `color` the more there is. From `color_min` to
    `color_max` they change by powers of `color_exponent`, or evenly without one. Counts up to `hide_below` and from `hide_above` on are
    left out. `bucket_bounds` says what a bucket's label is; Grafana finds out itself.
    """

    type: ClassVar[str] = "heatmap"
    least_width: ClassVar[int] = 8
    result: ClassVar[Literal["time_series", "table", "heatmap"]] = "heatmap"

    calculate: bool = False
    x_bucket_count: int | None = Field(default=None, ge=1)
    x_bucket_size: PositiveDuration | None = None
    y_bucket_count: int | None = Field(default=None, ge=1)
    y_bucket_size: float | None = Field(default=None, gt=0)
    y_bucket_scale: Literal[2, 10] | None = None
    bucket_bounds: Literal["auto", "le", "ge", "unknown"] = "auto"
    scheme: Text = "Oranges"
    color_reverse: bool = False
    color_steps: int = Field(default=64, ge=2, le=128)
    color_exponent: float | None = Field(default=0.5, gt=0)
    color_min: float | None = None
    color_max: float | None = None
    cell_gap: int = Field(default=1, ge=0, le=25)
    cell_radius: int | None = Field(default=None, ge=0, le=100)
    cell_unit: Instance[Unit] | Text | None = None
    cell_decimals: int | None = Field(default=None, ge=0, le=20)
    show_values: Literal["never", "auto", "always"] = "never"
    hide_below: float | None = 1e-9
    hide_above: float | None = None
    axis_label: Text | None = None
    axis_placement: Literal["left", "right", "hidden"] = "left"
    axis_width: int | None = Field(default=None, ge=1)
    axis_reverse: bool = False
    legend_hidden: bool = False
    exemplar_color: Color = "rgba(255,0,255,0.7)"
    tooltip: Literal["multi", "single", "none"] = "single"
    tooltip_histogram: bool = False
    tooltip_color_scale: bool = True
    tooltip_max_width: int | None = Field(default=None, ge=1)
    tooltip_max_height: int | None = Field(default=None, ge=1)

    @property
    def answer(self) -> Literal["time_series", "table", "heatmap"]:
        """Buckets that Grafana makes are made of values."""
        return "time_series" if self.calculate else "heatmap"

    @property
    def from_zero(self) -> bool:
        """The axis is of the buckets' bounds, and not of the counts."""
        return False

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        super()._consistent(fields)
        if fields.get("thresholds"):
            message = "a heatmap draws no `thresholds`: its colours say how many values are in a cell"
            raise ValueError(message)
        if not fields.get("calculate"):
            for name in ("x_bucket_count", "x_bucket_size", "y_bucket_count", "y_bucket_size", "y_bucket_scale"):
                if fields.get(name) is not None:
                    message = f"`{name}` is of the buckets that Grafana makes: give `calculate=True`"
                    raise ValueError(message)
        for side in ("x", "y"):
            if fields.get(f"{side}_bucket_count") is not None and fields.get(f"{side}_bucket_size") is not None:
                message = f"buckets have a count or a size: give `{side}_bucket_count` or `{side}_bucket_size`"
                raise ValueError(message)

    def grafana_options(self, shown: Shown) -> dict[str, Any]:
        """Colours, cells, and the axis of the buckets."""
        found: dict[str, Any] = {"calculate": self.calculate}
        calculation = self._calculation()
        if calculation:
            found["calculation"] = calculation
        found["cellGap"] = self.cell_gap
        if self.cell_radius is not None:
            found["cellRadius"] = self.cell_radius
        cells = self._cells(shown)
        if cells:
            found["cellValues"] = cells
        found["color"] = self._colors()
        found["exemplars"] = {"color": self.exemplar_color}
        limits = {"ge": self.hide_above, "le": self.hide_below}  # empty cells stay empty
        found["filterValues"] = {name: number(limit) for name, limit in limits.items() if limit is not None}
        found["legend"] = {"show": not self.legend_hidden}
        found["rowsFrame"] = {"layout": self.bucket_bounds}
        found["showValue"] = self.show_values
        found["tooltip"] = self._tooltip()
        found["yAxis"] = self._axis(shown)
        return found

    def _calculation(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for side, count, size in (
            ("xBuckets", self.x_bucket_count, self.x_bucket_size),
            ("yBuckets", self.y_bucket_count, self.y_bucket_size),
        ):
            if count is not None:
                found[side] = {"mode": "count", "value": str(count)}
            elif size is not None:
                found[side] = {"mode": "size", "value": size if isinstance(size, str) else f"{size:g}"}
        if self.y_bucket_scale is not None:
            found["yBuckets"] = dict(sorted({**found.get("yBuckets", {}), "scale": {"log": self.y_bucket_scale, "type": "log"}}.items()))
        return found

    def _cells(self, shown: Shown) -> dict[str, Any]:
        found: dict[str, Any] = {} if self.cell_decimals is None else {"decimals": self.cell_decimals}
        unit = shown.counted if self.cell_unit is None else grafana_unit(self.cell_unit)
        if unit is not None and (self.cell_unit is not None or unit != "short"):
            found["unit"] = unit
        return found

    def _colors(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "exponent": number(self.color_exponent or 0.5),
            "fill": self.color or "dark-orange",
            "mode": "scheme" if self.color is None else "opacity",
            "reverse": self.color_reverse,
            "scale": "linear" if self.color_exponent is None else "exponential",
            "scheme": self.scheme,
            "steps": self.color_steps,
        }
        if self.color_max is not None:
            found["max"] = number(self.color_max)
        if self.color_min is not None:
            found["min"] = number(self.color_min)
        return dict(sorted(found.items()))

    def _tooltip(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.tooltip_max_height is not None:
            found["maxHeight"] = self.tooltip_max_height
        if self.tooltip_max_width is not None:
            found["maxWidth"] = self.tooltip_max_width
        return {**found, "mode": self.tooltip, "showColorScale": self.tooltip_color_scale, "yHistogram": self.tooltip_histogram}

    def _axis(self, shown: Shown) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.axis_label is not None:
            found["axisLabel"] = self.axis_label
        found["axisPlacement"] = self.axis_placement
        if self.axis_width is not None:
            found["axisWidth"] = self.axis_width
        if shown.decimals is not None:
            found["decimals"] = shown.decimals
        if shown.max is not None:
            found["max"] = shown.max
        if shown.min is not None:
            found["min"] = shown.min
        found["reverse"] = self.axis_reverse
        if shown.unit is not None:
            found["unit"] = shown.unit
        return found

    def grafana_custom(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The scale of what is counted."""
        return {"hideFrom": {"legend": False, "tooltip": False, "viz": False}, "scaleDistribution": {"type": "linear"}}
