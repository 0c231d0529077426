"""Lines of an answer: fewer of them, others, in another order."""

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import Text, javascript_regex
from monitoring_as_code.model.panels.transformations import KnownStep, Reducer, options


class Reduce(KnownStep):
    """One value of many: a table with a line for each series and a column for each calculation.

    With `as_fields` the fields stay as they are, with one value each; with `labels` the labels become columns.
    """

    transformation: ClassVar[str] = "reduce"

    calculations: tuple[Reducer, ...] = Field(default=("lastNotNull",), min_length=1)
    as_fields: bool = False
    labels: bool = False
    include_time: bool = False

    def grafana_options(self) -> dict[str, Any]:
        """The calculations."""
        return options(
            includeTimeField=self.include_time,
            labelsToFields=self.labels,
            mode="reduceFields" if self.as_fields else "seriesToRows",
            reducers=self.calculations,
        )


class GroupBy(KnownStep):
    """A line for each combination of values of the `by` fields; `calculate` says what becomes of others, and the rest is dropped."""

    transformation: ClassVar[str] = "groupBy"

    by: tuple[Text, ...] = Field(min_length=1)
    calculate: dict[Text, Reducer | tuple[Reducer, ...]] = {}

    def grafana_options(self) -> dict[str, Any]:
        """What becomes of each field."""
        found: dict[str, Any] = {name: {"aggregations": [], "operation": "groupby"} for name in self.by}
        for name, given in self.calculate.items():
            found[name] = {"aggregations": [given] if isinstance(given, str) else list(given), "operation": "aggregate"}
        return {"fields": dict(sorted(found.items()))}


class SortBy(KnownStep):
    """Lines in the order of a field."""

    transformation: ClassVar[str] = "sortBy"

    field: Text
    descending: bool = False

    def grafana_options(self) -> dict[str, Any]:
        """The field."""
        return {"sort": [{"desc": self.descending, "field": self.field}]}


class Limit(KnownStep):
    """The first lines; a variable may say how many (`$limit`)."""

    transformation: ClassVar[str] = "limit"

    count: int | Text = 10

    def grafana_options(self) -> dict[str, Any]:
        """How many."""
        return options(limitField=self.count)


Comparison: TypeAlias = Literal[
    "is null", "is not null", ">", ">=", "<", "<=", "==", "!=", "contains", "does not contain", "regex", "between"
]
_MATCHERS: dict[Comparison, str] = {
    "is null": "isNull",
    "is not null": "isNotNull",
    ">": "greater",
    ">=": "greaterOrEqual",
    "<": "lower",
    "<=": "lowerOrEqual",
    "==": "equal",
    "!=": "notEqual",
    "contains": "substring",
    "does not contain": "notSubstring",
    "regex": "regex",
    "between": "between",
}


def _operand(value: float | str | None, others: dict[str, Any]) -> float | str | None:
    op = others.get("op")
    if op in ("is null", "is not null") and value is not None:
        message = f"`{op}` compares with nothing: leave this out"
        raise ValueError(message)
    if op == "regex" and isinstance(value, str):
        javascript_regex(value)
    if op in (">", ">=", "<", "<=", "between") and isinstance(value, str) and "$" not in value:
        message = f"`{op}` compares with a number, or with a variable such as `$limit`"
        raise ValueError(message)
    return value


class ValueFilter(Part):
    """A condition on a field: `ValueFilter(field="Free", op="<", value=100)`. With `between` it is above `value` and below `to`."""

    field: Text
    op: Comparison
    value: Annotated[float | Text | None, Check(_operand, with_others=True)] = None
    to: Annotated[float | Text | None, Check(_operand, with_others=True)] = None

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        op = fields["op"]
        if fields.get("value") is None and op not in ("is null", "is not null"):
            message = f"`{op}` needs a `value`"
            raise ValueError(message)
        if (op == "between") != (fields.get("to") is not None):
            message = "`between` needs `value` and `to`" if op == "between" else "`to` is for `between` alone"
            raise ValueError(message)


class FilterByValue(KnownStep):
    """The lines for which all of the conditions hold, or any, or with `exclude` the others."""

    transformation: ClassVar[str] = "filterByValue"

    filters: tuple[Instance[ValueFilter], ...] = Field(min_length=1)
    match: Literal["any", "all"] = "all"
    exclude: bool = False

    def grafana_options(self) -> dict[str, Any]:
        """The conditions."""
        filters = []
        for each in self.filters:
            given = options(**{"from" if each.op == "between" else "value": each.value}, to=each.to)
            filters.append({"config": {"id": _MATCHERS[each.op], "options": given}, "fieldName": each.field})
        return options(filters=filters, match=self.match, type="exclude" if self.exclude else "include")


class CreateHistogram(KnownStep):
    """How often values are in each of the buckets, of about so many, or of one size; `combine` takes all series as one."""

    transformation: ClassVar[str] = "histogram"

    bucket_count: int | None = Field(default=None, ge=1)
    bucket_size: float | None = Field(default=None, gt=0)
    bucket_offset: float | None = None
    combine: bool = False

    def grafana_options(self) -> dict[str, Any]:
        """The buckets."""
        return options(bucketCount=self.bucket_count, bucketOffset=self.bucket_offset, bucketSize=self.bucket_size, combine=self.combine)
