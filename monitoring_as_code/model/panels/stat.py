"""One number, large."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.declaration import Needs
from monitoring_as_code.model.panel import Shown
from monitoring_as_code.model.panels.reduced import Reduced


class Stat(Reduced):
    """A number for each series, coloured by its thresholds; with `graph` its course over time is drawn behind it.

    With `show_percent_change` there is beside it by how much it changed over the time range: red is a fall, a rise where
    `percent_change_color` is inverted. `justify` says where the text stands; `wide_layout` lets name and value stand in one line.
    """

    type: ClassVar[str] = "stat"
    least_width: ClassVar[int] = 3
    usual_height: ClassVar[int] = 4
    _needs: ClassVar[Needs] = dict.fromkeys(("percent_size", "percent_change_color"), (("show_percent_change",), ()))

    graph: bool = False
    color_by: Literal["value", "background", "background_solid", "none"] = "value"
    show: Literal["auto", "value", "value_and_name", "name", "none"] = "auto"
    justify: Literal["auto", "center"] = "auto"
    wide_layout: bool = True
    show_percent_change: bool = False
    percent_change_color: Literal["standard", "inverted", "same_as_value"] = "standard"
    percent_size: int | None = Field(default=None, ge=1)

    @property
    def instant(self) -> bool:
        """A graph and a calculation over the time range need the range."""
        return super().instant and not self.graph and not self.show_percent_change

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """What is shown, and what is coloured."""
        found: dict[str, Any] = {
            "colorMode": self.color_by,
            "graphMode": "area" if self.graph else "none",
            "justifyMode": self.justify,
            **self.grafana_reduced(),
            "percentChangeColorMode": self.percent_change_color,
            "showPercentChange": self.show_percent_change,
            "textMode": self.show,
            "wideLayout": self.wide_layout,
        }
        return dict(sorted(found.items()))

    def _text(self) -> dict[str, Any]:
        found = super()._text()
        return found if self.percent_size is None else {"percentSize": self.percent_size, **found}
