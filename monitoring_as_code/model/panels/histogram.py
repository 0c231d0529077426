"""How often which values are there."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.panel import Shown
from monitoring_as_code.model.panels.graphs import WithAxis, WithLegend, WithTooltip


class HistogramPanel(WithLegend, WithTooltip, WithAxis):
    """How often values are in each of the buckets that Grafana makes, about `bucket_count` or all of one `bucket_size`.

    It counts the values of all points in the time range; `combine` takes all series as one. The buckets of a histogram over time are a
    `Heatmap`.
    """

    type: ClassVar[str] = "histogram"
    color_mode: ClassVar[str] = "palette-classic"

    bucket_count: int = Field(default=30, ge=1)
    bucket_size: float | None = Field(default=None, gt=0)
    bucket_offset: float = 0
    combine: bool = False
    stacked: bool | Literal["percent"] = False
    line_width: int = Field(default=1, ge=0, le=10)
    fill: int = Field(default=80, ge=0, le=100)
    gradient: Literal["none", "opacity", "hue", "scheme"] = "none"

    def grafana_options(self, shown: Shown) -> dict[str, Any]:
        """The buckets."""
        found: dict[str, Any] = {"bucketCount": self.bucket_count, "bucketOffset": self.bucket_offset}
        if self.bucket_size is not None:
            found["bucketSize"] = self.bucket_size
        found["combine"] = self.combine
        found["legend"] = self.grafana_legend(several=shown.several and not self.combine)
        found["tooltip"] = self.grafana_tooltip()
        return found

    def grafana_custom(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """Axis, filling and stacking of the bars."""
        mode = "percent" if self.stacked == "percent" else "normal" if self.stacked else "none"
        custom = {
            **self.grafana_axis(),
            "fillOpacity": self.fill,
            "gradientMode": self.gradient,
            "lineWidth": self.line_width,
            "stacking": {"group": "A", "mode": mode},
        }
        return dict(sorted(custom.items()))
