"""Values as bars."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.panel import Shown
from monitoring_as_code.model.panels.graphs import WithLegend
from monitoring_as_code.model.panels.parts import Orientation
from monitoring_as_code.model.panels.reduced import Reduced


class BarGauge(Reduced, WithLegend):
    """A bar for each series, for comparing the newest values of several.

    Bars are as thick as there is room; `min_width`, `min_height` and `max_height`, in pixels, say between which bounds: lying ones have
    a height, standing ones a width. With a legend, which is hidden unless it is placed, `name_placement` may be hidden.
    """

    type: ClassVar[str] = "bargauge"
    bounded: ClassVar[bool] = True

    orientation: Orientation = "horizontal"
    display: Literal["basic", "gradient", "lcd"] = "basic"
    value_mode: Literal["color", "text", "hidden"] = "color"
    name_placement: Literal["auto", "top", "left", "hidden"] = "auto"
    show_unfilled: bool = True
    min_width: int | None = Field(default=None, ge=0)
    min_height: int | None = Field(default=None, ge=0)
    max_height: int | None = Field(default=None, ge=1)
    legend_placement: Literal["bottom", "right", "hidden"] | None = "hidden"

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        super()._consistent(fields)
        low, high = fields.get("min_height"), fields.get("max_height")
        if low is not None and high is not None and low > high:
            message = f"no bar is at least {low} and at most {high} pixels high"
            raise ValueError(message)

    def grafana_options(self, shown: Shown) -> dict[str, Any]:
        """The bars."""
        manual = any(each is not None for each in (self.min_width, self.min_height, self.max_height))
        found: dict[str, Any] = {
            "displayMode": self.display,
            "legend": self.grafana_legend(several=shown.several),
            "maxVizHeight": 300 if self.max_height is None else self.max_height,
            "minVizHeight": 16 if self.min_height is None else self.min_height,
            "minVizWidth": 8 if self.min_width is None else self.min_width,
            "namePlacement": self.name_placement,
            **self.grafana_reduced(),
            "showUnfilled": self.show_unfilled,
            "sizing": "manual" if manual else "auto",
            "valueMode": self.value_mode,
        }
        return dict(sorted(found.items()))
