"""A value on a dial."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.panel import Shown
from monitoring_as_code.model.panels.parts import number
from monitoring_as_code.model.panels.reduced import Reduced


class GaugePanel(Reduced):
    """A value between a least and a greatest one, on a dial for each series; thresholds are its colours.

    Dials are as large as there is room; `min_width` and `min_height`, in pixels, make them scroll before they get smaller. The rest is
    drawn by Grafana 12.4 and later: the `shape`, `flat` or `rounded` bars of a `bar_width` (a share of the dial's), in `segments` with
    `segment_spacing` between them, a value from which bars begin (`neutral`), a marker at their end, and the course over time as a
    `sparkline`.
    """

    type: ClassVar[str] = "gauge"
    least_width: ClassVar[int] = 4
    usual_height: ClassVar[int] = 6
    bounded: ClassVar[bool] = True

    show: Literal["auto", "value", "value_and_name", "name", "none"] = "auto"
    show_threshold_markers: bool = True
    show_threshold_labels: bool = False
    min_width: int | None = Field(default=None, ge=1)
    min_height: int | None = Field(default=None, ge=1)
    shape: Literal["gauge", "circle"] = "gauge"
    bar_shape: Literal["flat", "rounded"] = "flat"
    bar_width: float = Field(default=0.5, gt=0, le=1)
    segments: int = Field(default=1, ge=1, le=100)
    segment_spacing: float = Field(default=0.3, ge=0, le=1)
    neutral: float | None = None
    end_marker: Literal["point", "glow", "none"] | None = None
    sparkline: bool = False
    gradient: bool = False
    bar_glow: bool = False
    center_glow: bool = False

    @property
    def instant(self) -> bool:
        """A sparkline and a calculation over the time range need the range."""
        return super().instant and not self.sparkline

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The dial; what Grafana added in 12.4 looks as it did before unless it is said."""
        manual = self.min_width is not None or self.min_height is not None
        found: dict[str, Any] = {
            "barShape": self.bar_shape,
            "barWidthFactor": number(self.bar_width),
            "effects": {"barGlow": self.bar_glow, "centerGlow": self.center_glow, "gradient": self.gradient},
            "minVizHeight": self.min_height or 75,
            "minVizWidth": self.min_width or 75,
            **self.grafana_reduced(),
            "segmentCount": self.segments,
            "segmentSpacing": number(self.segment_spacing),
            "shape": self.shape,
            "showThresholdLabels": self.show_threshold_labels,
            "showThresholdMarkers": self.show_threshold_markers,
            "sizing": "manual" if manual else "auto",
            "sparkline": self.sparkline,
            "textMode": self.show,
        }
        if self.end_marker is not None:
            found["endpointMarker"] = self.end_marker
        if self.neutral is not None:
            found["neutral"] = number(self.neutral)
        return dict(sorted(found.items()))
