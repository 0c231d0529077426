"""Panels that Grafana keeps for several dashboards."""

from typing import Any, ClassVar

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import Panel


class LibraryPanel(Panel):
    """A panel of Grafana's library, by the uid and the name that it has there, where all else of it is kept."""

    type: ClassVar[str] = "library-panel-ref"

    uid: Text = Field(min_length=1)
    name: Text = Field(min_length=1)

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        super()._consistent(fields)
        kept = next((name for name in ("description", "links", "transparent", "options") if fields.get(name)), None)
        if kept is not None:
            message = f"`{kept}` is kept in Grafana's library: a reference to the panel cannot say it"
            raise ValueError(message)
