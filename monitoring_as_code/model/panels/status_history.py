"""States at each moment."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import Shown
from monitoring_as_code.model.panels.graphs import WithLegend, WithTooltip


class StatusHistory(WithLegend, WithTooltip):
    """A row of cells for each series, one for each moment, coloured by its state; `mappings` say what the values mean.

    It shows moments that were measured, and a `StateTimeline` what lasted. `per_page` is how many series are seen at once.
    """

    type: ClassVar[str] = "status-history"

    show_value: Literal["auto", "always", "never"] = "auto"
    row_height: float = Field(default=0.9, gt=0, le=1)
    column_width: float = Field(default=0.9, gt=0, le=1)
    per_page: int | None = Field(default=None, ge=1)
    fill: int = Field(default=70, ge=0, le=100)
    line_width: int = Field(default=1, ge=0, le=10)
    legend_placement: Literal["bottom", "right", "hidden"] | None = "bottom"
    tooltip: Literal["multi", "single", "none"] = "single"
    time_zones: tuple[Text, ...] = ()

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The cells."""
        found: dict[str, Any] = {"colWidth": self.column_width, "legend": self.grafana_legend(several=True)}
        if self.per_page is not None:
            found["perPage"] = self.per_page
        found["rowHeight"] = self.row_height
        found["showValue"] = self.show_value
        if self.time_zones:
            found["timezone"] = list(self.time_zones)
        found["tooltip"] = self.grafana_tooltip()
        return found

    def grafana_custom(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """Colour of the cells."""
        return {"fillOpacity": self.fill, "lineWidth": self.line_width}
