"""Parts of a whole."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.panel import QueryPanel, Shown
from monitoring_as_code.model.panels.parts import Calculation, reduced, tooltip


class PieChart(QueryPanel):
    """Shares of a whole now; more than five slices are read better from a `BarGauge`."""

    type: ClassVar[str] = "piechart"
    color_mode: ClassVar[str] = "palette-classic"

    calculation: Calculation = "lastNotNull"
    shape: Literal["pie", "donut"] = "donut"
    labels: tuple[Literal["name", "value", "percent"], ...] = ()
    legend_placement: Literal["bottom", "right", "hidden"] = "right"
    legend_values: tuple[Literal["value", "percent"], ...] = ("value", "percent")

    @property
    def instant(self) -> bool:
        """Only a calculation over the time range needs the range."""
        return self.calculation in ("lastNotNull", "last")

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The slices and their legend."""
        return {
            "displayLabels": list(self.labels),
            "legend": {
                "calcs": [],
                "displayMode": "table" if self.legend_values else "list",
                "placement": "right" if self.legend_placement == "right" else "bottom",
                "showLegend": self.legend_placement != "hidden",
                "values": list(self.legend_values),
            },
            "orientation": "auto",
            "pieType": self.shape,
            "reduceOptions": reduced(self.calculation),
            "sort": "desc",
            "tooltip": tooltip("multi"),
        }
