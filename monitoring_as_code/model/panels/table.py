"""Series as lines of a table."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import QueryPanel, Shown


class Table(QueryPanel):
    """A line for each series, a column for each of its labels and for the value of each query.

    The columns of values are called as the queries' legends say, or `Value`. `rename` renames columns, `hide` leaves them out, `order`
    says which come first. `sort_by` names the column that sorts the lines, the largest first unless `ascending`.
    """

    type: ClassVar[str] = "table"
    result: ClassVar[Literal["time_series", "table", "heatmap"]] = "table"

    rename: dict[Text, Text] = {}
    hide: tuple[Text, ...] = ("Time",)
    order: tuple[Text, ...] = ()
    sort_by: Text | None = None
    ascending: bool = False
    cells: Literal["auto", "color-text", "color-background", "gauge"] = "auto"
    filterable: bool = False
    pages: bool = False

    @property
    def instant(self) -> bool:
        """A table is of now."""
        return True

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """Height of cells, order of lines."""
        return {
            "cellHeight": "sm",
            "enablePagination": self.pages,
            "frameIndex": 0,
            "showHeader": True,
            "sortBy": [] if self.sort_by is None else [{"desc": not self.ascending, "displayName": self.sort_by}],
        }

    def grafana_custom(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The cells."""
        return {
            "align": "auto",
            "cellOptions": {"mode": "basic", "type": self.cells} if self.cells in ("gauge", "color-background") else {"type": self.cells},
            "filterable": self.filterable,
            "inspect": False,
        }

    def grafana_transformations(self, names: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
        """All queries' answers in one table, columns named."""
        several = len(names) > 1
        # The column is `Value` for one query, and `Value #A`, `Value #B` once several are merged.
        titles = {f"Value #{ref}" if several else "Value": name for ref, name in names if name}
        steps: list[dict[str, Any]] = [{"id": "merge", "options": {}}] if several else []
        organized = {
            "excludeByName": dict.fromkeys(sorted(self.hide), True),
            "indexByName": {name: self.order.index(name) for name in sorted(self.order)},
            "renameByName": dict(sorted({**titles, **self.rename}.items())),
        }
        return [*steps, {"id": "organize", "options": organized}]
