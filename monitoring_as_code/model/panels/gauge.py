"""A value on a dial."""

from typing import Any, ClassVar

from monitoring_as_code.model.panel import QueryPanel, Shown
from monitoring_as_code.model.panels.parts import Calculation, Orientation, reduced


class GaugePanel(QueryPanel):
    """A value between a least and a greatest one, on a dial for each series; thresholds are its colours."""

    type: ClassVar[str] = "gauge"
    least_width: ClassVar[int] = 4
    usual_height: ClassVar[int] = 6
    bounded: ClassVar[bool] = True

    calculation: Calculation = "lastNotNull"
    orientation: Orientation = "auto"
    show_threshold_markers: bool = True
    show_threshold_labels: bool = False

    @property
    def instant(self) -> bool:
        """Only a calculation over the time range needs the range."""
        return self.calculation in ("lastNotNull", "last")

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The dial; what Grafana added in 12.4 is set to look as it did before."""
        return {
            "barShape": "flat",
            "barWidthFactor": 0.5,
            "effects": {"barGlow": False, "centerGlow": False, "gradient": False},
            "minVizHeight": 75,
            "minVizWidth": 75,
            "orientation": self.orientation,
            "reduceOptions": reduced(self.calculation),
            "segmentCount": 1,
            "segmentSpacing": 0.3,
            "shape": "gauge",
            "showThresholdLabels": self.show_threshold_labels,
            "showThresholdMarkers": self.show_threshold_markers,
            "sizing": "auto",
            "sparkline": False,
            "textMode": "auto",
        }
