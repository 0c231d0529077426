"""Parts of a whole."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.panel import Shown
from monitoring_as_code.model.panels.graphs import WithTooltip
from monitoring_as_code.model.panels.parts import legend
from monitoring_as_code.model.panels.reduced import Reduced


class PieChart(Reduced, WithTooltip):
    """Shares of a whole now; more than five slices are read better from a `BarGauge`.

    Slices and legend go by size, the largest first, unless `sort` says otherwise. `legend_width` is in pixels, of one on the right.
    """

    type: ClassVar[str] = "piechart"
    color_mode: ClassVar[str] = "palette-classic"

    shape: Literal["pie", "donut"] = "donut"
    sort: Literal["desc", "asc", "none"] = "desc"
    labels: tuple[Literal["name", "value", "percent"], ...] = ()
    legend_placement: Literal["bottom", "right", "hidden"] = "right"
    legend_mode: Literal["list", "table"] | None = None
    legend_values: tuple[Literal["value", "percent"], ...] = ("value", "percent")
    legend_width: int | None = Field(default=None, ge=1)

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The slices and their legend."""
        mode = self.legend_mode or ("table" if self.legend_values else "list")
        found: dict[str, Any] = {
            "displayLabels": list(self.labels),
            "legend": {
                **legend(self.legend_placement, (), several=True, mode=mode, width=self.legend_width),
                "displayMode": mode,  # also of one that is hidden: its values are asked for in the table only
            },
            **self.grafana_reduced(),
            "pieType": self.shape,
            "sort": self.sort,
            "tooltip": self.grafana_tooltip(),
        }
        found["legend"]["values"] = list(self.legend_values)
        found["legend"] = dict(sorted(found["legend"].items()))
        return dict(sorted(found.items()))
