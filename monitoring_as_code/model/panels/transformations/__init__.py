"""The steps that change an answer before it is drawn: each is one transformation of Grafana, with its options as arguments.

Fields are found by the names that Grafana shows: the legend of a series, or the column of a table (`Value`, `Value #A`, a label's name).
"""

from typing import Any, ClassVar, Literal, TypeAlias

from monitoring_as_code.model.panels.drawing import Step
from monitoring_as_code.model.panels.parts import Calculation

# How many values become one; Grafana's own names.
Reducer: TypeAlias = Literal[Calculation, "allValues", "uniqueValues"]


class KnownStep(Step):
    """A step that has a class of its own."""

    transformation: ClassVar[str]

    @property
    def grafana_id(self) -> str:
        """Grafana's name of the step."""
        return self.transformation


def options(**given: Any) -> dict[str, Any]:
    """Grafana's options by name, sorted, without those that are not said."""
    return {name: plain(given[name]) for name in sorted(given) if given[name] is not None}


def plain(value: Any) -> Any:  # noqa: ANN401 - the same
    """Whole numbers without a point, as JavaScript writes them, and lists."""
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return int(value)
    return list(value) if isinstance(value, tuple) else value
