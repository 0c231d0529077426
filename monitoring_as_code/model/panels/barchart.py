"""Values side by side."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import Shown
from monitoring_as_code.model.panels.graphs import WithAxis, WithLegend, WithTooltip
from monitoring_as_code.model.panels.parts import Orientation, joined


class BarChart(WithLegend, WithTooltip, WithAxis):
    """Bars for the newest values: a group for each value of a label, a bar in it for each query.

    `x_field` is the label that names the groups; without one Grafana takes the first. `color_by_field` names the field whose values give
    the bars their colours. Labels below the bars are turned by `label_rotation` degrees, stand at least `label_spacing` pixels apart, and
    are cut after `label_length` characters. Bars over time are a `TimeSeries` with `style="bars"`, or have queries with `instant=False`.
    """

    type: ClassVar[str] = "barchart"
    result: ClassVar[Literal["time_series", "table", "heatmap"]] = "table"
    color_mode: ClassVar[str] = "palette-classic"

    x_field: Text | None = None
    orientation: Orientation = "auto"
    stacked: bool | Literal["percent"] = False
    show_value: Literal["auto", "always", "never"] = "auto"
    value_size: int | None = Field(default=None, ge=1)
    color_by_field: Text | None = None
    bar_width: float = Field(default=0.97, gt=0, le=1)
    bar_radius: float = Field(default=0, ge=0, le=0.5)
    group_width: float = Field(default=0.7, gt=0, le=1)
    full_highlight: bool = False
    label_rotation: int = Field(default=0, ge=-90, le=90)
    label_spacing: int = 0
    label_length: int = Field(default=100, ge=1)
    line_width: int = Field(default=1, ge=0, le=10)
    fill: int = Field(default=80, ge=0, le=100)
    gradient: Literal["none", "opacity", "hue", "scheme"] = "none"
    threshold_style: Literal["line", "dashed", "area", "line+area", "dashed+area", "off"] = "dashed"

    @property
    def instant(self) -> bool:
        """Bars are of now."""
        return True

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The bars, and what stands below them."""
        found: dict[str, Any] = {
            "barRadius": self.bar_radius,
            "barWidth": self.bar_width,
            "fullHighlight": self.full_highlight,
            "groupWidth": self.group_width,
            # A legend names the queries: the groups are named below their bars.
            "legend": self.grafana_legend(several=sum(not query.hidden for query in self.all_queries) > 1),
            "orientation": self.orientation,
            "showValue": self.show_value,
            "stacking": "percent" if self.stacked == "percent" else "normal" if self.stacked else "none",
            "tooltip": self.grafana_tooltip(),
            # Grafana's types demand it, and 0 would leave nothing of any label.
            "xTickLabelMaxLength": self.label_length,
            "xTickLabelRotation": self.label_rotation,
            "xTickLabelSpacing": self.label_spacing,
        }
        if self.color_by_field is not None:
            found["colorByField"] = self.color_by_field
        if self.value_size is not None:
            found["text"] = {"valueSize": self.value_size}
        if self.x_field is not None:
            found["xField"] = self.x_field
        return dict(sorted(found.items()))

    def grafana_custom(self, shown: Shown) -> dict[str, Any]:
        """Axis, filling and threshold of the bars."""
        custom = {
            **self.grafana_axis(),
            "fillOpacity": self.fill,
            "gradientMode": self.gradient,
            "lineWidth": self.line_width,
            "thresholdsStyle": {"mode": self.threshold_style if shown.thresholds else "off"},
        }
        return dict(sorted(custom.items()))

    def grafana_transformations(
        self, names: tuple[tuple[str, str], ...], own: list[dict[str, Any]], *, named: bool
    ) -> list[dict[str, Any]]:
        """All queries' answers in one table, without the time, values named as the legends say; series over time are left as they are."""
        if any(query.instant is False or query.format == "time_series" for query in self.all_queries):
            return own
        several = len(names) > 1
        titles = {f"Value #{ref}" if several else "Value": name for ref, name in names if name}
        organized = {"excludeByName": {"Time": True}, "indexByName": {}, "renameByName": dict(sorted(titles.items()))}
        return [*joined(several=several, named=named), {"id": "organize", "options": organized}, *own]
