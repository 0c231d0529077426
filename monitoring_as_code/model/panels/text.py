"""Words between the graphs."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import Panel, Shown


class TextPanel(Panel):
    """Markdown or HTML; the dashboard's variables may stand in it."""

    type: ClassVar[str] = "text"
    usual_height: ClassVar[int] = 3

    title: Text = ""
    content: Text
    mode: Literal["markdown", "html"] = "markdown"

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The text."""
        return {"content": self.content, "mode": self.mode}
