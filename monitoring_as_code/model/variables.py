"""The variables of a dashboard, of every kind that Grafana has."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias

from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import PositiveDuration, Text
from monitoring_as_code.model.labels import LabelName, label_name
from monitoring_as_code.model.metric import AnyMetric

if TYPE_CHECKING:
    _AnyLabelName: TypeAlias = LabelName[Any]
else:
    _AnyLabelName = Instance[LabelName]


class DashboardVariable(Part):
    """What all variables of a dashboard have; queries use it as `$name`."""

    variable_type: ClassVar[str]

    name: Text = Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", form="a name of letters, digits and underscores, not a digit first")
    label: Text | None = None
    hide: bool = False


class DatasourceVariable(DashboardVariable):
    """Which Prometheus the dashboard asks. `regex` takes only the data sources whose names it matches."""

    variable_type: ClassVar[str] = "datasource"

    regex: Text = ""


class QueryVariable(DashboardVariable):
    """The values that a label has now, on the series of one metric.

    `matchers` narrow the series, and may use variables that come before: `service=~"$service"`. `regex` takes only the values that it
    matches, or what its group finds in them. With `include_all` all of them are chosen at first.
    """

    variable_type: ClassVar[str] = "query"

    metric: AnyMetric | Text
    values_of: Annotated[_AnyLabelName | Text, Check(label_name)]
    matchers: Text = ""
    regex: Text = ""
    multi: bool = True
    include_all: bool = True


def _plain_value(value: str) -> str:
    if value != value.strip() or " : " in value or not value:
        message = f"`{value}` cannot be a value: Grafana drops blanks around it, and takes what stands before ` : ` for its title"
        raise ValueError(message)
    return value


class CustomVariable(DashboardVariable):
    """One of the given values."""

    variable_type: ClassVar[str] = "custom"

    values: tuple[Annotated[Text, Check(_plain_value)], ...] = Field(min_length=1)
    multi: bool = False
    include_all: bool = False


class IntervalVariable(DashboardVariable):
    """A duration to choose."""

    variable_type: ClassVar[str] = "interval"

    values: tuple[PositiveDuration, ...] = Field(min_length=1)


class ConstantVariable(DashboardVariable):
    """A value that the dashboard fixes."""

    variable_type: ClassVar[str] = "constant"

    value: Text


class TextVariable(DashboardVariable):
    """A value that the user types."""

    variable_type: ClassVar[str] = "textbox"

    value: Text = ""
