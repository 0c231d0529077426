"""What panels have in common that show one value of each series."""

from typing import Any, ClassVar

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.declaration import Needs
from monitoring_as_code.model.fields import Text, javascript_regex
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.model.panels.parts import Calculation, Orientation, reduced

# What is one of the values or between them.
_WITHIN = frozenset({"lastNotNull", "last", "firstNotNull", "first", "min", "max", "mean", "median", "logmin"})


class Reduced(QueryPanel):
    """One value of each series, worked out by `calculation`; with `all_values` each value by itself, at most `limit` of them.

    `fields` names the columns that are looked at: those with numbers where nothing is said, one by its name, several by `/pattern/`.
    `title_size` and `value_size` are in pixels; without them the text fills the place.
    """

    _needs: ClassVar[Needs] = {"calculation": (("all_values",), (False,)), "limit": (("all_values",), ())}

    calculation: Calculation = "lastNotNull"
    all_values: bool = False
    limit: int | None = Field(default=None, ge=1)
    fields_shown: Text = ""
    orientation: Orientation = "auto"
    title_size: int | None = Field(default=None, ge=1)
    value_size: int | None = Field(default=None, ge=1)

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        super()._consistent(fields)
        if fields.get("fields_shown", "").startswith("/"):
            javascript_regex(fields["fields_shown"])

    @property
    def instant(self) -> bool:
        """Only a calculation over the time range needs the range."""
        return self.calculation in ("lastNotNull", "last") and not self.all_values

    @property
    def from_zero(self) -> bool:
        """A difference may be negative where no value is."""
        return self.calculation not in ("diff", "diffperc")

    @property
    def keeps_bounds(self) -> bool:
        """A sum of shares, or how many there are, is no share."""
        return self.calculation in _WITHIN or self.calculation.startswith("p")

    def grafana_reduced(self) -> dict[str, Any]:
        """Grafana's options of what is worked out and of its text."""
        found: dict[str, Any] = {
            "orientation": self.orientation,
            "reduceOptions": reduced(self.calculation, self.fields_shown, values=self.all_values, limit=self.limit),
        }
        text = self._text()
        if text:
            found["text"] = text
        return found

    def _text(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.title_size is not None:
            found["titleSize"] = self.title_size
        if self.value_size is not None:
            found["valueSize"] = self.value_size
        return found
