"""Whole answers: joined, laid out otherwise, in parts."""

from typing import Any, ClassVar, Literal, TypeAlias

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.declaration import Needs
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panels.transformations import KnownStep, Reducer, options

# What stands in a cell of a matrix for which there is no value.
EmptyValue: TypeAlias = Literal["null", "empty", "zero", "true", "false"]


class Merge(KnownStep):
    """The answers of all queries as one table: lines that agree in all labels become one."""

    transformation: ClassVar[str] = "merge"


class JoinByField(KnownStep):
    """Answers side by side, joined where they agree in a field: all lines, or with `inner` those that every answer has.

    `outerTabular` is for tables in which a value of the field occurs more than once.
    """

    transformation: ClassVar[str] = "joinByField"

    field: Text
    mode: Literal["outer", "inner", "outerTabular"] = "outer"

    def grafana_options(self) -> dict[str, Any]:
        """The field that is joined by."""
        return options(byField=self.field, mode=self.mode)


class JoinByLabels(KnownStep):
    """One table of many series: a column for each value of the label `value`, a line for each combination of the `join` labels.

    Without `join` these are all other labels.
    """

    transformation: ClassVar[str] = "joinByLabels"

    value: Text
    join: tuple[Text, ...] = ()

    def grafana_options(self) -> dict[str, Any]:
        """The labels."""
        return options(join=self.join or None, value=self.value)


class Concatenate(KnownStep):
    """All fields of all answers in one; the answer's name is dropped, goes before the field's, or becomes the label `label`."""

    transformation: ClassVar[str] = "concatenate"
    _needs: ClassVar[Needs] = {"label": (("frame_name",), ("label",))}

    frame_name: Literal["drop", "field", "label"] = "field"
    label: Text = "frame"

    def grafana_options(self) -> dict[str, Any]:
        """What becomes of the names."""
        return options(frameNameLabel=self.label, frameNameMode=self.frame_name)


class SeriesToRows(KnownStep):
    """All series as one table of time, name and value."""

    transformation: ClassVar[str] = "seriesToRows"


class TimeSeriesTable(KnownStep):
    """Each series as a line of a table whose last column is its course, for cells of the kind `sparkline`.

    `calculations` says by a query's letter which value is shown beside the course; the newest unless it is said.
    """

    transformation: ClassVar[str] = "timeSeriesTable"

    calculations: dict[Text, Reducer] = {}

    def grafana_options(self) -> dict[str, Any]:
        """The value that is shown beside each course."""
        return {ref: {"stat": self.calculations[ref], "timeField": "Time"} for ref in sorted(self.calculations)}


class PrepareTimeSeries(KnownStep):
    """Series in another form: one wide table, one long table, or each one by itself."""

    transformation: ClassVar[str] = "prepareTimeSeries"

    format: Literal["wide", "long", "multi"] = "wide"

    def grafana_options(self) -> dict[str, Any]:
        """The form."""
        return options(format=self.format)


class LabelsToFields(KnownStep):
    """A column for each label, or for those to `keep`; with `value_label` the value's column is called as that label's value.

    With `rows` each label becomes a line of its own.
    """

    transformation: ClassVar[str] = "labelsToFields"

    keep: tuple[Text, ...] = ()
    value_label: Text | None = None
    rows: bool = False

    def grafana_options(self) -> dict[str, Any]:
        """The labels."""
        return options(keepLabels=self.keep or None, mode="rows" if self.rows else "columns", valueLabel=self.value_label)


class GroupingToMatrix(KnownStep):
    """A table whose columns are the values of one field, its lines those of another, and its cells those of a third."""

    transformation: ClassVar[str] = "groupingToMatrix"

    columns: Text
    rows: Text
    values: Text = "Value"
    empty: EmptyValue = "empty"

    def grafana_options(self) -> dict[str, Any]:
        """The three fields."""
        return options(columnField=self.columns, emptyValue=self.empty, rowField=self.rows, valueField=self.values)


class PartitionByValues(KnownStep):
    """An answer for each combination of values of the `by` fields; with `keep` these stay in them, and they become labels."""

    transformation: ClassVar[str] = "partitionByValues"

    by: tuple[Text, ...] = Field(min_length=1)
    keep: bool = False

    def grafana_options(self) -> dict[str, Any]:
        """The fields."""
        return options(fields=self.by, keepFields=self.keep, naming={"asLabels": True})


class Transpose(KnownStep):
    """Lines as columns and columns as lines; the first column is called `first`, the others `rest` unless the first one has their names."""

    transformation: ClassVar[str] = "transpose"

    first: Text | None = None
    rest: Text | None = None
    empty: EmptyValue | None = None

    def grafana_options(self) -> dict[str, Any]:
        """The columns' names."""
        return options(emptyValue=self.empty, firstFieldName=self.first, restFieldsName=self.rest)


class FilterByRefId(KnownStep):
    """The answers of the queries whose letters match, `A|B`, or with `exclude` all others."""

    transformation: ClassVar[str] = "filterByRefId"

    queries: Text
    exclude: bool = False

    def grafana_options(self) -> dict[str, Any]:
        """The letters."""
        return {"exclude" if self.exclude else "include": self.queries}


class ConfigFromData(KnownStep):
    """Bounds, units or thresholds of the other queries, from the answer of the query `config`, which is a letter.

    `settings` says which field gives what: `{"Limit": "max"}`; `calculations` how its values become one, the newest unless it is said.
    With `names`, an expression, only the fields that it matches get them.
    """

    transformation: ClassVar[str] = "configFromData"

    config: Text
    settings: dict[Text, Text] = {}
    calculations: dict[Text, Reducer] = {}
    names: Text | None = None

    def grafana_options(self) -> dict[str, Any]:
        """Where it comes from, and where it goes."""
        mappings = [options(fieldName=name, handlerKey=key, reducerId=self.calculations.get(name)) for name, key in self.settings.items()]
        applied = None if self.names is None else {"id": "byRegexp", "options": self.names}
        return options(applyTo=applied, configRefId=self.config, mappings=mappings)
