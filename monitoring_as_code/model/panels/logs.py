"""Lines of logs."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field, Instance
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.links import Link
from monitoring_as_code.model.panel import Panel, Shown
from monitoring_as_code.model.panels.drawing import Step
from monitoring_as_code.model.variables import DatasourceVariable

_SORTED = {True: "Descending", False: "Ascending"}


class LogQuery(Part):
    """A query of Loki. `expr` is LogQL, which nobody checks here; the dashboard's variables may stand in it.

    `max_lines` is how many lines it gives at most, if that is not the data source's own matter.
    """

    expr: Text
    max_lines: int | None = Field(default=None, ge=1)
    hidden: bool = False


class Logs(Panel):
    """Lines of logs from Loki, the newest first.

    Give `expr`, or `queries` when there are several. `source` is the variable that holds the data source, a `DatasourceVariable` with
    `plugin="loki"`, its name after a `$`, or the uid of a data source. `fields_shown` are shown in place of the line. `deduplicate` leaves out lines that repeat
    the one before, exactly, but for numbers, or but for all but punctuation. `data_links` open from a field of a line.
    """

    type: ClassVar[str] = "logs"
    least_width: ClassVar[int] = 12
    usual_height: ClassVar[int] = 10

    expr: Text | None = None
    queries: tuple[Instance[LogQuery], ...] = ()
    source: Instance[DatasourceVariable] | Text
    newest_first: bool = True
    show_time: bool = True
    show_labels: bool = False
    show_common_labels: bool = False
    show_context: bool = True
    show_details: bool = True
    show_controls: bool | None = None
    wrap: bool = True
    prettify: bool = False
    highlight: bool | None = None
    deduplicate: Literal["none", "exact", "numbers", "signature"] = "none"
    fields_shown: tuple[Text, ...] = ()
    infinite_scrolling: bool = False
    font_size: Literal["default", "small"] | None = None
    timestamps: Literal["ms", "ns"] | None = None
    transformations: tuple[Instance[Step], ...] = ()
    data_links: tuple[Instance[Link], ...] = ()

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        super()._consistent(fields)
        if fields.get("expr") is None and not fields.get("queries"):
            message = "asks for nothing: give `expr` or `queries`"
            raise ValueError(message)

    @property
    def all_queries(self) -> tuple[LogQuery, ...]:
        """The queries; a single `expr` counts as one that stands where the panel stands."""
        if self.expr is None:
            return self.queries
        return (LogQuery(expr=self.expr).made_at(self.origin), *self.queries)

    @property
    def grafana_source(self) -> dict[str, str]:
        """The data source, or the variable that holds it."""
        if isinstance(self.source, str):
            name = self.source.removeprefix("$")
            return {"type": "loki", "uid": f"${{{name}}}" if self.source != name and not name.startswith("{") else self.source}
        return {"type": self.source.plugin, "uid": f"${{{self.source.name}}}"}

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """What is seen of each line; what Grafana has since 12.1 only if it is said."""
        found: dict[str, Any] = {
            "dedupStrategy": self.deduplicate,
            "displayedFields": list(self.fields_shown),
            "enableInfiniteScrolling": self.infinite_scrolling,
            "enableLogDetails": self.show_details,
            "fontSize": self.font_size,
            "prettifyLogMessage": self.prettify,
            "showCommonLabels": self.show_common_labels,
            "showControls": self.show_controls,
            "showLabels": self.show_labels,
            "showLogContextToggle": self.show_context,
            "showTime": self.show_time,
            "sortOrder": _SORTED[self.newest_first],
            "syntaxHighlighting": self.highlight,
            "timestampResolution": self.timestamps,
            "wrapLogMessage": self.wrap,
        }
        return {name: value for name, value in found.items() if value is not None}
