"""What panels with axes, legends and tooltips have in common."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.declaration import Needs
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.model.panels.parts import Calculation, heading, legend, number, tooltip


class WithLegend(QueryPanel):
    """Where the legend is, and what stands in it: a table of `legend_values` where several series may come, hidden where one is sure.

    `legend_mode` says so itself. A table is sorted by `legend_sort_by`, the heading of a column, else by its first value; the largest
    comes first unless `legend_ascending`. `legend_width` is in pixels, of one on the right.
    """

    _needs: ClassVar[Needs] = {
        **dict.fromkeys(
            ("legend_mode", "legend_values", "legend_sort_by", "legend_ascending"), (("legend_placement",), (None, "bottom", "right"))
        ),
    }

    legend_placement: Literal["bottom", "right", "hidden"] | None = None
    legend_mode: Literal["list", "table"] | None = None
    legend_values: tuple[Calculation, ...] = ()
    legend_sort_by: Text | None = None
    legend_ascending: bool = False
    legend_width: int | None = Field(default=None, ge=1)

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        super()._consistent(fields)
        column = fields.get("legend_sort_by")
        headings = ["Name", *map(heading, fields.get("legend_values", cls.legend_values))]
        if column is not None and column not in headings:
            message = f"`legend_sort_by` names no column of the legend: those are {', '.join(f'`{each}`' for each in headings)}"
            raise ValueError(message)

    def grafana_legend(self, *, several: bool) -> dict[str, Any]:
        """Grafana's `legend`, keys sorted."""
        return legend(
            self.legend_placement,
            self.legend_values,
            several=several,
            mode=self.legend_mode,
            sort=None if self.legend_sort_by is None and not self.legend_ascending else (self.legend_sort_by, not self.legend_ascending),
            width=self.legend_width,
        )


class WithTooltip(QueryPanel):
    """What is shown at the pointer: all series or the one there, sorted by value, those that are zero too; the size is in pixels."""

    _needs: ClassVar[Needs] = {
        "tooltip_sort": (("tooltip",), ("multi",)),
        "tooltip_hide_zeros": (("tooltip",), ("multi",)),
        "tooltip_max_width": (("tooltip",), ("multi", "single")),
        "tooltip_max_height": (("tooltip",), ("multi", "single")),
    }

    tooltip: Literal["multi", "single", "none"] = "multi"
    tooltip_sort: Literal["none", "asc", "desc"] | None = None
    tooltip_hide_zeros: bool = False
    tooltip_max_width: int | None = Field(default=None, ge=1)
    tooltip_max_height: int | None = Field(default=None, ge=1)

    def grafana_tooltip(self) -> dict[str, Any]:
        """Grafana's `tooltip`, keys sorted."""
        found = tooltip(self.tooltip)
        if self.tooltip_sort is not None:
            found["sort"] = self.tooltip_sort
        if not (self.tooltip_hide_zeros or self.tooltip_max_width or self.tooltip_max_height):
            return found
        if self.tooltip_hide_zeros:
            found["hideZeros"] = True
        if self.tooltip_max_height is not None:
            found["maxHeight"] = self.tooltip_max_height
        if self.tooltip_max_width is not None:
            found["maxWidth"] = self.tooltip_max_width
        return dict(sorted(found.items()))


class WithAxis(QueryPanel):
    """The axis of the values.

    `log_scale` is its base; with `linear_threshold` it is linear up to that value, so that zero and values below it have a place.
    `soft_min` and `soft_max` are bounds that values may exceed; `axis_centered_zero` has zero in the middle. `axis_width` is in pixels.
    """

    _needs: ClassVar[Needs] = {
        "soft_min": (("min",), (None,)),
        "soft_max": (("max",), (None,)),
        "linear_threshold": (("log_scale",), ()),
    }

    axis_label: Text | None = None
    axis_placement: Literal["auto", "left", "right", "hidden"] = "auto"
    axis_width: int | None = Field(default=None, ge=1)
    axis_color: Literal["text", "series"] = "text"
    axis_border: bool = False
    axis_grid: bool | None = None
    axis_centered_zero: bool = False
    soft_min: float | None = None
    soft_max: float | None = None
    log_scale: Literal[2, 10] | None = None
    linear_threshold: float | None = Field(default=None, gt=0)

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        super()._consistent(fields)
        low, high = fields.get("soft_min"), fields.get("soft_max")
        if low is not None and high is not None and low >= high:
            message = f"`soft_min` must be below `soft_max`, but {low:g} is not below {high:g}"
            raise ValueError(message)

    @property
    def from_zero(self) -> bool:
        """A logarithmic axis has no zero."""
        return self.log_scale is None or self.linear_threshold is not None

    def grafana_axis(self) -> dict[str, Any]:
        """What is said of the axis in Grafana's `custom`; what is as usual is left out."""
        found: dict[str, Any] = {}
        if self.axis_border:
            found["axisBorderShow"] = True
        if self.axis_centered_zero:
            found["axisCenteredZero"] = True
        if self.axis_color != "text":
            found["axisColorMode"] = self.axis_color
        if self.axis_grid is not None:
            found["axisGridShow"] = self.axis_grid
        if self.axis_label is not None:
            found["axisLabel"] = self.axis_label
        if self.axis_placement != "auto":
            found["axisPlacement"] = self.axis_placement
        if self.soft_max is not None:
            found["axisSoftMax"] = number(self.soft_max)
        if self.soft_min is not None:
            found["axisSoftMin"] = number(self.soft_min)
        if self.axis_width is not None:
            found["axisWidth"] = self.axis_width
        if self.log_scale is None:
            found["scaleDistribution"] = {"type": "linear"}
        elif self.linear_threshold is None:
            found["scaleDistribution"] = {"log": self.log_scale, "type": "log"}
        else:
            found["scaleDistribution"] = {"linearThreshold": number(self.linear_threshold), "log": self.log_scale, "type": "symlog"}
        return found
