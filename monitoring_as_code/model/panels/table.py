"""Series as lines of a table."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.declaration import Needs
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import QueryPanel, Shown
from monitoring_as_code.model.panels.parts import Calculation, Cells, joined

# Which arguments are of which cells.
_OF_CELLS = {"gauge_mode": "gauge", "gauge_values": "gauge", "background": "color-background", "color_rows": "color-background"}


class Table(QueryPanel):
    """A line for each series, a column for each of its labels and for the value of each query.

    The columns of values are called as the queries' legends say, or `Value`. `rename` renames columns, `hide` leaves them out, `order`
    says which come first. `sort_by` names the column that sorts the lines, or several, the largest first unless `ascending`.

    `cells` says what cells look like: coloured by thresholds, bars of a `gauge_mode` with their `gauge_values`, backgrounds that may be
    of the whole line (`color_rows`), courses over time of the series of a transformation. Widths and heights are in pixels: a column has
    `column_width`, or shares the room and has `min_column_width` at least. `footer` works out something of each column, `frozen_columns`
    stay in place on the left, `inspect` opens a cell's whole value. An exception for a column is an `Override`.
    """

    type: ClassVar[str] = "table"
    result: ClassVar[Literal["time_series", "table", "heatmap"]] = "table"

    _needs: ClassVar[Needs] = {"ascending": (("sort_by",), ()), "page_size": (("pages",), ())}

    rename: dict[Text, Text] = {}
    hide: tuple[Text, ...] = ("Time",)
    order: tuple[Text, ...] = ()
    sort_by: Text | tuple[Text, ...] | None = None
    ascending: bool = False
    cells: Cells = "auto"
    gauge_mode: Literal["basic", "gradient", "lcd"] = "basic"
    gauge_values: Literal["color", "text", "hidden"] | None = None
    background: Literal["basic", "gradient"] = "basic"
    color_rows: bool = False
    cell_height: Literal["sm", "md", "lg", "auto"] = "sm"
    max_row_height: int | None = Field(default=None, ge=1)
    align: Literal["auto", "left", "center", "right"] = "auto"
    column_width: int | None = Field(default=None, ge=1)
    min_column_width: int | None = Field(default=None, ge=1)
    wrap_text: bool = False
    wrap_headers: bool = False
    show_header: bool = True
    frozen_columns: int | None = Field(default=None, ge=1)
    footer: tuple[Calculation, ...] = ()
    filterable: bool = False
    inspect: bool = False
    pages: bool = False
    page_size: int | None = Field(default=None, ge=1)

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        super()._consistent(fields)
        cells = fields.get("cells", "auto")
        for name, wanted in _OF_CELLS.items():
            if fields.get(name) and cells != wanted:
                message = f'`{name}` is of cells that are `{wanted}`: give `cells="{wanted}"`'
                raise ValueError(message)
        if not fields.get("transformations"):
            _check_titles(fields)

    @property
    def instant(self) -> bool:
        """A table is of now, unless a transformation makes courses over time of it."""
        return self.cells != "sparkline" and not self._is_of_courses

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """Height of cells, order of lines."""
        columns = () if self.sort_by is None else (self.sort_by,) if isinstance(self.sort_by, str) else self.sort_by
        found: dict[str, Any] = {
            "cellHeight": self.cell_height,
            "enablePagination": self.pages,
            "frameIndex": 0,
            "showHeader": self.show_header,
            "sortBy": [{"desc": not self.ascending, "displayName": column} for column in columns],
        }
        if self.frozen_columns is not None:
            found["frozenColumns"] = {"left": self.frozen_columns}
        if self.max_row_height is not None:
            found["maxRowHeight"] = self.max_row_height
        if self.page_size is not None:
            found["pageSize"] = self.page_size
        return dict(sorted(found.items()))

    def grafana_custom(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The cells."""
        found: dict[str, Any] = {
            "align": self.align,
            "cellOptions": self._cells(),
            "filterable": self.filterable,
            "inspect": self.inspect,
        }
        if self.footer:
            found["footer"] = {"reducers": list(self.footer)}
        if self.min_column_width is not None:
            found["minWidth"] = self.min_column_width
        if self.column_width is not None:
            found["width"] = self.column_width
        if self.wrap_headers:
            found["wrapHeaderText"] = True
        if self.wrap_text:
            found["wrapText"] = True
        return dict(sorted(found.items()))

    def _cells(self) -> dict[str, Any]:
        if self.cells == "gauge":
            values = {} if self.gauge_values is None else {"valueDisplayMode": self.gauge_values}
            return {"mode": self.gauge_mode, "type": "gauge", **values}
        if self.cells == "color-background":
            rows = {"applyToRow": True} if self.color_rows else {}
            return {**rows, "mode": self.background, "type": "color-background"}
        return {"type": self.cells}

    def grafana_transformations(
        self, names: tuple[tuple[str, str], ...], own: list[dict[str, Any]], *, named: bool
    ) -> list[dict[str, Any]]:
        """All queries' answers in one table, columns named; the panel's own steps find these names, and the time, which is hidden last."""
        several = len(names) > 1
        # The column is `Value` for one query, and `Value #A`, `Value #B` once several are merged.
        titles = {f"Value #{ref}" if several else "Value": name for ref, name in names if name}
        if self._is_of_courses:
            return [*own, _organized(self.hide, self.order, self.rename)]
        first = joined(several=several, named=named and "__name__" not in (*self.order, *self.rename))
        if own and "Time" in self.hide:
            others = tuple(name for name in self.hide if name != "Time")
            return [*first, _organized(others, self.order, {**titles, **self.rename}), *own, _organized(("Time",), (), {})]
        return [*first, _organized(self.hide, self.order, {**titles, **self.rename}), *own]

    @property
    def _is_of_courses(self) -> bool:
        """Whether a step makes a line of each series, for which it must get series, and not a table."""
        return any(step.grafana_id == "timeSeriesTable" for step in self.transformations)

    @property
    def answer(self) -> Literal["time_series", "table", "heatmap"]:
        """A table, unless a step makes it of series."""
        return "time_series" if self._is_of_courses else self.result


def _check_titles(fields: dict[str, Any]) -> None:
    """Refuses names of columns that are templates, which only series have, and two columns of one name."""
    titles: list[str] = []
    for name, query in [(fields.get("legend"), None), *((each.legend, each) for each in fields.get("queries", ()))]:
        if name is None or (query is not None and (query.hidden or query.format == "time_series")):
            continue
        if "{{" in name:
            message = f"`{name}` would be the name of the column as it is: a label has a column of its own in a table"
            raise ValueError(message)
        titles.append(name)
    titles += [new for old, new in fields.get("rename", {}).items() if not old.startswith("Value")]
    twice = next((title for index, title in enumerate(titles) if title in titles[:index]), None)
    if twice is not None:
        message = f"two columns would be called `{twice}`: give each a name of its own"
        raise ValueError(message)


def _organized(hide: tuple[str, ...], order: tuple[str, ...], rename: dict[str, str]) -> dict[str, Any]:
    options = {
        "excludeByName": dict.fromkeys(sorted(hide), True),
        "indexByName": {name: order.index(name) for name in sorted(order)},
        "renameByName": dict(sorted(rename.items())),
    }
    return {"id": "organize", "options": options}
