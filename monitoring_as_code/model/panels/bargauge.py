"""Values as bars."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.panel import QueryPanel, Shown
from monitoring_as_code.model.panels.parts import Calculation, reduced


class BarGauge(QueryPanel):
    """A bar for each series, for comparing the newest values of several."""

    type: ClassVar[str] = "bargauge"
    bounded: ClassVar[bool] = True

    calculation: Calculation = "lastNotNull"
    orientation: Literal["auto", "horizontal", "vertical"] = "horizontal"
    display: Literal["basic", "gradient", "lcd"] = "basic"

    @property
    def instant(self) -> bool:
        """Only a calculation over the time range needs the range."""
        return self.calculation in ("lastNotNull", "last")

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The bars."""
        return {
            "displayMode": self.display,
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
            "maxVizHeight": 300,
            "minVizHeight": 16,
            "minVizWidth": 8,
            "namePlacement": "auto",
            "orientation": self.orientation,
            "reduceOptions": reduced(self.calculation),
            "showUnfilled": True,
            "sizing": "auto",
            "valueMode": "color",
        }
