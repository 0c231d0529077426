"""States over time."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.panel import QueryPanel, Shown
from monitoring_as_code.model.panels.parts import legend, tooltip


class StateTimeline(QueryPanel):
    """A band for each series, coloured by its state; `mappings` say what the values mean."""

    type: ClassVar[str] = "state-timeline"

    show_value: Literal["auto", "always", "never"] = "auto"
    merge_equal: bool = True
    row_height: float = Field(default=0.9, gt=0, le=1)
    fill: int = Field(default=70, ge=0, le=100)
    legend_placement: Literal["bottom", "right", "hidden"] = "bottom"

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The bands."""
        return {
            "alignValue": "left",
            "legend": legend(self.legend_placement, (), several=True),
            "mergeValues": self.merge_equal,
            "rowHeight": self.row_height,
            "showValue": self.show_value,
            "tooltip": tooltip("single"),
        }

    def grafana_custom(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """Colour of the bands."""
        return {"fillOpacity": self.fill, "lineWidth": 0}
