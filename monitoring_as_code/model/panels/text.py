"""Words between the graphs."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.declaration import Needs
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import Panel, Shown


class TextPanel(Panel):
    """Markdown or HTML; the dashboard's variables may stand in it. `code` is shown as it is, coloured by its `language`."""

    type: ClassVar[str] = "text"
    usual_height: ClassVar[int] = 3
    _needs: ClassVar[Needs] = dict.fromkeys(("language", "line_numbers", "mini_map"), (("mode",), ("code",)))

    title: Text = ""
    content: Text
    mode: Literal["markdown", "html", "code"] = "markdown"
    language: Literal["plaintext", "go", "html", "json", "markdown", "sql", "typescript", "xml", "yaml"] = "plaintext"
    line_numbers: bool = False
    mini_map: bool = False

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The text."""
        found: dict[str, Any] = {"content": self.content, "mode": self.mode}
        if self.mode == "code":
            code = {"language": self.language, "showLineNumbers": self.line_numbers, "showMiniMap": self.mini_map}
            return {"code": code, **found}
        return found
