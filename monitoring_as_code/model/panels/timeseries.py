"""Values over time."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import QueryPanel, Shown
from monitoring_as_code.model.panels.parts import Calculation, legend, tooltip

_INTERPOLATION = {"linear": "linear", "smooth": "smooth", "steps": "stepAfter"}


class TimeSeries(QueryPanel):
    """Lines over time, the panel for most questions.

    `stacked` is for parts of a whole only; `"percent"` shows shares of it. `log_scale` spreads latencies out. `threshold_style` says how
    thresholds are drawn. The legend is a table of `legend_values` where several series may come, and hidden where one is sure.
    """

    type: ClassVar[str] = "timeseries"
    color_mode: ClassVar[str] = "palette-classic"

    style: Literal["lines", "bars", "points"] = "lines"
    stacked: bool | Literal["percent"] = False
    interpolation: Literal["linear", "smooth", "steps"] = "linear"
    line_width: int = Field(default=1, ge=0, le=10)
    fill: int = Field(default=10, ge=0, le=100)
    points: Literal["auto", "always", "never"] = "never"
    connect_gaps: bool = False
    log_scale: Literal[2, 10] | None = None
    axis_label: Text | None = None
    threshold_style: Literal["line", "dashed", "area", "line+area", "dashed+area", "off"] = "dashed"
    legend_placement: Literal["bottom", "right", "hidden"] | None = None
    legend_values: tuple[Calculation, ...] = ("lastNotNull", "max")
    tooltip: Literal["multi", "single", "none"] = "multi"

    @property
    def from_zero(self) -> bool:
        """A logarithmic axis has no zero."""
        return self.log_scale is None

    def grafana_options(self, shown: Shown) -> dict[str, Any]:
        """Legend and tooltip."""
        return {
            "legend": legend(self.legend_placement, self.legend_values, several=shown.several),
            "tooltip": tooltip(self.tooltip),
        }

    def grafana_custom(self, shown: Shown) -> dict[str, Any]:
        """Style of lines, axis, stacking and threshold."""
        custom: dict[str, Any] = {}
        if self.axis_label is not None:
            custom["axisLabel"] = self.axis_label
        custom["drawStyle"] = {"lines": "line"}.get(self.style, self.style)
        custom["fillOpacity"] = self.fill
        custom["lineInterpolation"] = _INTERPOLATION[self.interpolation]
        custom["lineWidth"] = self.line_width
        if self.log_scale is None:
            custom["scaleDistribution"] = {"type": "linear"}
        else:
            custom["scaleDistribution"] = {"log": self.log_scale, "type": "log"}
        custom["showPoints"] = self.points
        custom["spanNulls"] = self.connect_gaps
        mode = "percent" if self.stacked == "percent" else "normal" if self.stacked else "none"
        custom["stacking"] = {"group": "A", "mode": mode}
        custom["thresholdsStyle"] = {"mode": self.threshold_style if shown.thresholds else "off"}
        return custom
