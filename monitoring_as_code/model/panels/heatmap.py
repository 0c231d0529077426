"""How observations spread over buckets and time."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import QueryPanel, Shown


class Heatmap(QueryPanel):
    """The buckets of a histogram over time: give it `sum by (le) (rate(..._bucket[...]))`.

    `unit` is that of the buckets' bounds. With `calculate` the values of gauges are counted into buckets that Grafana makes.
    """

    type: ClassVar[str] = "heatmap"
    least_width: ClassVar[int] = 8
    result: ClassVar[Literal["time_series", "table", "heatmap"]] = "heatmap"

    calculate: bool = False
    scheme: Text = "Oranges"
    legend_hidden: bool = False

    @property
    def from_zero(self) -> bool:
        """The axis is of the buckets' bounds, and not of the counts."""
        return False

    def grafana_options(self, shown: Shown) -> dict[str, Any]:
        """Colours, and the axis of the buckets."""
        axis: dict[str, Any] = {"axisPlacement": "left"}
        if shown.decimals is not None:
            axis["decimals"] = shown.decimals
        if shown.max is not None:
            axis["max"] = shown.max
        if shown.min is not None:
            axis["min"] = shown.min
        axis["reverse"] = False
        if shown.unit is not None:
            axis["unit"] = shown.unit
        return {
            "calculate": self.calculate,
            "cellGap": 1,
            "color": {
                "exponent": 0.5,
                "fill": "dark-orange",
                "mode": "scheme",
                "reverse": False,
                "scale": "exponential",
                "scheme": self.scheme,
                "steps": 64,
            },
            "exemplars": {"color": "rgba(255,0,255,0.7)"},
            "filterValues": {"le": 1e-9},  # empty cells stay empty
            "legend": {"show": not self.legend_hidden},
            "rowsFrame": {"layout": "auto"},
            "showValue": "never",
            "tooltip": {"mode": "single", "showColorScale": True, "yHistogram": False},
            "yAxis": axis,
        }

    def grafana_custom(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The scale of what is counted."""
        return {"hideFrom": {"legend": False, "tooltip": False, "viz": False}, "scaleDistribution": {"type": "linear"}}
