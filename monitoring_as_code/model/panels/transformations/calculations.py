"""New fields from the numbers of those that are there; Grafana has them all as "Add field from calculation"."""

from typing import Any, ClassVar, Literal

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panels.transformations import KnownStep, Reducer, options, plain


class CalculatedField(KnownStep):
    """A new field called `name`; with `replace` it is the only one that remains."""

    transformation: ClassVar[str] = "calculateField"

    name: Text | None = None
    replace: bool = False

    def _calculation(self) -> dict[str, Any]:
        raise NotImplementedError

    def grafana_options(self) -> dict[str, Any]:
        """The calculation."""
        return options(alias=self.name, replaceFields=self.replace, **self._calculation())


class BinaryOperation(CalculatedField):
    """A field from two fields, or of one and a number: `BinaryOperation(left="Used", op="/", right="Size", name="Share")`."""

    left: Text | float
    op: Literal["+", "-", "*", "/"]
    right: Text | float

    def _calculation(self) -> dict[str, Any]:
        return {"binary": {"left": _side(self.left), "operator": self.op, "right": _side(self.right)}, "mode": "binary"}


class UnaryOperation(CalculatedField):
    """A field from one."""

    field: Text
    op: Literal["abs", "exp", "ln", "floor", "ceil", "round", "percent"]

    def _calculation(self) -> dict[str, Any]:
        return {"mode": "unary", "unary": {"fieldName": self.field, "operator": self.op}}


class ReduceRow(CalculatedField):
    """One value of those of all number fields in a line, or of the given ones."""

    calculation: Reducer = "sum"
    of: tuple[Text, ...] = ()

    def _calculation(self) -> dict[str, Any]:
        return {"mode": "reduceRow", "reduce": options(include=self.of or None, reducer=self.calculation)}


class RowIndex(CalculatedField):
    """The number of the line, from 0 on, or as a share of all."""

    as_percentile: bool = False

    def _calculation(self) -> dict[str, Any]:
        return {"index": {"asPercentile": self.as_percentile}, "mode": "index"}


class CumulativeFunction(CalculatedField):
    """The sum or the mean of a field up to each line."""

    field: Text
    calculation: Literal["sum", "mean"] = "sum"

    def _calculation(self) -> dict[str, Any]:
        return {"cumulative": {"field": self.field, "reducer": self.calculation}, "mode": "cumulativeFunctions"}


class WindowFunction(CalculatedField):
    """The mean, variance or deviation of the lines before each one, or around it: of so many, or of a share of all if `size` is below 1."""

    field: Text
    calculation: Literal["mean", "variance", "stdDev"] = "mean"
    size: float = Field(default=0.1, gt=0)
    centered: bool = False

    def _calculation(self) -> dict[str, Any]:
        window = options(
            field=self.field,
            reducer=self.calculation,
            windowAlignment="centered" if self.centered else "trailing",
            windowSize=self.size,
            windowSizeMode="percentage" if self.size < 1 else "fixed",
        )
        return {"mode": "windowFunctions", "window": window}


def _side(value: str | float) -> dict[str, Any]:
    if isinstance(value, str):
        return {"matcher": {"id": "byName", "options": value}}
    return {"fixed": str(plain(value))}
