"""One number, large."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.panel import QueryPanel, Shown
from monitoring_as_code.model.panels.parts import Calculation, Orientation, reduced


class Stat(QueryPanel):
    """A number for each series, coloured by its thresholds; with `graph` its course over time is drawn behind it."""

    type: ClassVar[str] = "stat"
    least_width: ClassVar[int] = 3
    usual_height: ClassVar[int] = 4

    calculation: Calculation = "lastNotNull"
    graph: bool = False
    color_by: Literal["value", "background", "background_solid", "none"] = "value"
    show: Literal["auto", "value", "value_and_name", "name", "none"] = "auto"
    orientation: Orientation = "auto"
    show_percent_change: bool = False

    @property
    def instant(self) -> bool:
        """A graph and a calculation over the time range need the range."""
        return not self.graph and not self.show_percent_change and self.calculation in ("lastNotNull", "last")

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """What is shown, and what is coloured."""
        return {
            "colorMode": self.color_by,
            "graphMode": "area" if self.graph else "none",
            "justifyMode": "auto",
            "orientation": self.orientation,
            "percentChangeColorMode": "standard",
            "reduceOptions": reduced(self.calculation),
            "showPercentChange": self.show_percent_change,
            "textMode": self.show,
            "wideLayout": True,
        }
