"""States over time."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import Shown
from monitoring_as_code.model.panels.graphs import WithLegend, WithTooltip
from monitoring_as_code.model.panels.parts import number


class StateTimeline(WithLegend, WithTooltip):
    """A band for each series, coloured by its state; `mappings` say what the values mean.

    Equal values that follow each other become one band with `merge_equal`; `align_value` says where its text stands. `row_height` is a
    share of the room, and `per_page` how many bands are shown at once. `time_zones` are those of the axis of time.
    """

    type: ClassVar[str] = "state-timeline"

    show_value: Literal["auto", "always", "never"] = "auto"
    align_value: Literal["left", "center", "right"] = "left"
    merge_equal: bool = True
    row_height: float = Field(default=0.9, gt=0, le=1)
    per_page: int | None = Field(default=None, ge=1)
    fill: int = Field(default=70, ge=0, le=100)
    line_width: int = Field(default=0, ge=0, le=10)
    legend_placement: Literal["bottom", "right", "hidden"] | None = "bottom"
    tooltip: Literal["multi", "single", "none"] = "single"
    time_zones: tuple[Text, ...] = ()

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The bands."""
        found: dict[str, Any] = {
            "alignValue": self.align_value,
            "legend": self.grafana_legend(several=True),
            "mergeValues": self.merge_equal,
            "rowHeight": number(self.row_height),
            "showValue": self.show_value,
            "tooltip": self.grafana_tooltip(),
        }
        if self.per_page is not None:
            found["perPage"] = self.per_page
        if self.time_zones:
            found["timezone"] = list(self.time_zones)
        return dict(sorted(found.items()))

    def grafana_custom(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """Colour of the bands."""
        return {"fillOpacity": self.fill, "lineWidth": self.line_width}
