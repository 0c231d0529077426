"""Values over time."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.declaration import Needs
from monitoring_as_code.model.fields import PositiveDuration, Text
from monitoring_as_code.model.panel import Shown
from monitoring_as_code.model.panels.drawing import LineStyle
from monitoring_as_code.model.panels.graphs import WithAxis, WithLegend, WithTooltip
from monitoring_as_code.model.panels.parts import Calculation, number
from monitoring_as_code.promql.durations import milliseconds

_INTERPOLATION = {"linear": "linear", "smooth": "smooth", "steps": "stepAfter", "steps_before": "stepBefore"}
_DASHES = {"dash": [10, 10], "dot": [0, 10]}
_ALIGNMENTS = {"before": -1, "center": 0, "after": 1}


class TimeSeries(WithLegend, WithTooltip, WithAxis):
    """Lines over time, the panel for most questions.

    `stacked` is for parts of a whole only; `"percent"` shows shares of it. `log_scale` spreads latencies out. `threshold_style` says how
    thresholds are drawn. The legend is a table of `legend_values` where several series may come, and hidden where one is sure.

    `line_style` is also a pattern, the lengths of strokes and gaps in turn. `gradient` makes the filling fade out, change its hue, or
    follow the colours of `color_scheme`; `fill_below_to` fills up to the series of this name. `connect_gaps` draws lines over missing
    values, all or those over shorter times than a duration; `disconnect` draws none between values farther apart. Bars stand at,
    before or after their time, and take `bar_width` of the room between two. `time_zones` are those of the axis of time.
    """

    type: ClassVar[str] = "timeseries"
    color_mode: ClassVar[str] = "palette-classic"
    _needs: ClassVar[Needs] = {"color_by_value": (("color_scheme", "overrides"), ())}

    style: Literal["lines", "bars", "points"] = "lines"
    stacked: bool | Literal["percent"] = False
    interpolation: Literal["linear", "smooth", "steps", "steps_before"] = "linear"
    line_width: int = Field(default=1, ge=0, le=10)
    line_style: LineStyle = "solid"
    fill: int = Field(default=10, ge=0, le=100)
    fill_below_to: Text | None = None
    gradient: Literal["none", "opacity", "hue", "scheme"] = "none"
    points: Literal["auto", "always", "never"] = "never"
    point_size: int | None = Field(default=None, ge=1, le=40)
    show_values: bool = False
    connect_gaps: bool | PositiveDuration = False
    disconnect: PositiveDuration | None = None
    bar_alignment: Literal["before", "center", "after"] = "center"
    bar_width: float | None = Field(default=None, gt=0, le=1)
    bar_max_width: int | None = Field(default=None, ge=1)
    threshold_style: Literal["line", "dashed", "area", "line+area", "dashed+area", "off"] = "dashed"
    legend_values: tuple[Calculation, ...] = ("lastNotNull", "max")
    time_zones: tuple[Text, ...] = ()

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        super()._consistent(fields)
        if fields.get("style", "lines") != "bars" and not fields.get("overrides") and not fields.get("custom"):
            for name in ("bar_width", "bar_max_width"):
                if fields.get(name) is not None:
                    message = f'`{name}` is of bars: give `style="bars"`'
                    raise ValueError(message)

    def grafana_options(self, shown: Shown) -> dict[str, Any]:
        """Legend and tooltip."""
        found: dict[str, Any] = {"legend": self.grafana_legend(several=shown.several)}
        if self.time_zones:
            found["timezone"] = list(self.time_zones)
        found["tooltip"] = self.grafana_tooltip()
        return found

    def grafana_custom(self, shown: Shown) -> dict[str, Any]:
        """Style of lines, axis, stacking and threshold; what is as usual and need not be said is left out."""
        mode = "percent" if self.stacked == "percent" else "normal" if self.stacked else "none"
        custom: dict[str, Any] = {
            **self.grafana_axis(),
            "drawStyle": "line" if self.style == "lines" else self.style,
            "fillOpacity": self.fill,
            "lineInterpolation": _INTERPOLATION[self.interpolation],
            "lineWidth": self.line_width,
            "showPoints": self.points,
            "spanNulls": milliseconds(self.connect_gaps) if isinstance(self.connect_gaps, str) else self.connect_gaps,
            "stacking": {"group": "A", "mode": mode},
            "thresholdsStyle": {"mode": self.threshold_style if shown.thresholds else "off"},
        }
        if self.bar_alignment != "center":
            custom["barAlignment"] = _ALIGNMENTS[self.bar_alignment]
        if self.bar_max_width is not None:
            custom["barMaxWidth"] = self.bar_max_width
        if self.bar_width is not None:
            custom["barWidthFactor"] = number(self.bar_width)
        if self.fill_below_to is not None:
            custom["fillBelowTo"] = self.fill_below_to
        if self.gradient != "none":
            custom["gradientMode"] = self.gradient
        if self.disconnect is not None:
            custom["insertNulls"] = milliseconds(self.disconnect)
        if self.line_style != "solid":
            named = isinstance(self.line_style, str)
            dash = _DASHES[self.line_style] if isinstance(self.line_style, str) else [number(each) for each in self.line_style]
            custom["lineStyle"] = {"dash": dash, "fill": self.line_style if named else "dash"}
        if self.point_size is not None:
            custom["pointSize"] = self.point_size
        if self.show_values:
            custom["showValues"] = True
        return dict(sorted(custom.items()))
