"""The variables of a dashboard, of every kind that Grafana has."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

from monitoring_as_code.light import override
from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Needs, Part
from monitoring_as_code.model.fields import JavaScriptRegex, PositiveDuration, Text
from monitoring_as_code.model.labels import LabelName, label_name
from monitoring_as_code.model.metric import AnyMetric
from monitoring_as_code.model.panel import PanelExpression
from monitoring_as_code.promql.ast import Matcher, VectorSelector

if TYPE_CHECKING:
    _AnyLabelName: TypeAlias = LabelName[Any]
else:
    _AnyLabelName = Instance[LabelName]

Sort: TypeAlias = Literal[
    "disabled",
    "alphabetical_asc",
    "alphabetical_desc",
    "numerical_asc",
    "numerical_desc",
    "alphabetical_case_insensitive_asc",
    "alphabetical_case_insensitive_desc",
    "natural_asc",
    "natural_desc",
]
Refresh: TypeAlias = Literal["never", "on_dashboard_load", "on_time_range_change"]


def _unlike(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Values that differ, as Grafana would show one twice and choose the first of them."""
    for index, value in enumerate(values):
        if value in values[:index]:
            message = f"`{value}` is there twice"
            raise ValueError(message)
    return values


def _re2(text: str) -> str:
    """A regular expression that goes into a query; with variables in it nobody knows what it will be."""
    if text in ("", ".+", ".*") or "$" in text:
        return text
    from monitoring_as_code.promql.regexes import problem

    fault = problem(text)
    if fault is not None:
        message = f"`{text}` is no regular expression of Prometheus: {fault}"
        raise ValueError(message)
    return text


def _some(values: Any) -> Any:  # noqa: ANN401 - a tuple or a dict
    if not values:
        message = "needs at least 1 item, or there is nothing to choose"
        raise ValueError(message)
    return values


def _among(default: Any, others: dict[str, Any]) -> Any:  # noqa: ANN401 - one value, or several
    """What is chosen at first, which is among the `values`."""
    values = others.get("values")
    for each in (default,) if isinstance(default, str) else default or ():
        if values is not None and each not in values:
            message = f"`{each}` is none of the values"
            raise ValueError(message)
    return default


_ONE = "`default` must be one value where only one can be chosen: say `multi=True`, or choose one"
Re2: TypeAlias = Annotated[Text, Check(_re2)]


def _own_name(name: str) -> str:
    if name.startswith("__"):
        message = f"`{name}` begins like Grafana's own variables: choose a name without two underscores first"
        raise ValueError(message)
    return name


class DashboardVariable(Part):
    """What all variables of a dashboard have; queries use it as `$name`.

    `hide="label"` shows the values alone, `hide=True` nothing. The chosen value stands in the page's address unless `skip_url_sync`.
    """

    variable_type: ClassVar[str]

    name: Annotated[Text, Check(_own_name)] = Field(
        pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$", form="a name of letters, digits and underscores, not a digit first"
    )
    label: Text | None = None
    description: Text = ""
    hide: bool | Literal["label"] = False
    skip_url_sync: bool = False


class DatasourceVariable(DashboardVariable):
    """Which Prometheus the dashboard asks. `regex` takes only the data sources whose names it matches.

    `plugin` is the kind of data source. `default` is the name of the one that is chosen at first; without one it is that of the stack.
    """

    variable_type: ClassVar[str] = "datasource"

    plugin: Text = Field(default="prometheus", pattern=r"^[a-z0-9-]+$", form="the id of a plugin, such as `prometheus` or `loki`")
    regex: JavaScriptRegex = ""
    multi: bool = False
    include_all: bool = False
    default: Text | None = None


class QueriedVariable(DashboardVariable):
    """What all variables have whose values Prometheus is asked for.

    `regex` takes only the values that it matches, or what its group finds in them; its groups `text` and `value` tell what is shown from
    what is used. With `include_all` all of them are chosen at first, unless `default` says which; All is the regular expression
    `all_value`, or each single value if that is empty. People may type values of their own unless `allow_custom_value` is off.
    """

    variable_type: ClassVar[str] = "query"
    _needs: ClassVar[Needs] = {"all_value": (("include_all",), ())}

    regex: JavaScriptRegex = ""
    sort: Sort = "alphabetical_asc"
    refresh: Refresh = "on_time_range_change"
    multi: bool = True
    include_all: bool = True
    all_value: Re2 = ".+"
    default: Text | tuple[Text, ...] | None = None
    allow_custom_value: bool = True

    @classmethod
    @override
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if isinstance(fields.get("default"), tuple) and not fields.get("multi", cls.multi):
            raise ValueError(_ONE)


def _as_text(matchers: str | tuple[Matcher, ...]) -> str:
    if isinstance(matchers, str):
        return matchers
    from monitoring_as_code.promql.printer import to_text

    return to_text(VectorSelector("", matchers)) if matchers else ""


class QueryVariable(QueriedVariable):
    """The values that a label has now, on the series of one metric.

    `matchers` narrow the series, and may use variables that come before: `service=~"$service"`, or `(Http.service.matches("$service"),)`.
    """

    metric: AnyMetric | Text
    values_of: Annotated[_AnyLabelName | Text, Check(label_name)]
    matchers: Annotated[Text | tuple[Instance[Matcher], ...], Check(_as_text)] = ""

    @property
    def matchers_text(self) -> str:
        """The matchers as text, however they were given."""
        return self.matchers if isinstance(self.matchers, str) else _as_text(self.matchers)


class LabelNamesVariable(QueriedVariable):
    """The names of the labels that series have now, of all series or of those of one metric."""

    metric: AnyMetric | Text | None = None


class MetricNamesVariable(QueriedVariable):
    """The names of the metrics that a regular expression finds: `^node_`."""

    matching: Re2 = Field(min_length=1)


class QueryResultVariable(QueriedVariable):
    """The series of an expression, each as `name{label="value"} 1 1700000000000`, from which `regex` takes the part that is wanted."""

    expr: PanelExpression


def _plain_value(value: str) -> str:
    if value != value.strip() or " : " in value or not value:
        message = f"`{value}` cannot be a value: Grafana drops blanks around it, and takes what stands before ` : ` for its title"
        raise ValueError(message)
    return value


def _plain_title(title: str) -> str:
    if title != title.strip() or not title:
        message = f"`{title}` cannot be a title: Grafana drops blanks around it"
        raise ValueError(message)
    return title


_Value: TypeAlias = Annotated[Text, Check(_plain_value)]


class CustomVariable(DashboardVariable):
    """One of the given values, or several of them; a dict gives each value its title: `{"0.95": "95th percentile"}`.

    All stands for each of them, or for the regular expression `all_value`. The first is chosen, or All, unless `default` says which.
    """

    variable_type: ClassVar[str] = "custom"
    _needs: ClassVar[Needs] = {"all_value": (("include_all",), ())}

    values: Annotated[Annotated[tuple[_Value, ...], Check(_unlike)] | dict[_Value, Annotated[Text, Check(_plain_title)]], Check(_some)]
    multi: bool = False
    include_all: bool = False
    all_value: Re2 = ""
    default: Annotated[Text | tuple[Text, ...] | None, Check(_among, with_others=True)] = None
    allow_custom_value: bool = True

    @classmethod
    @override
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if isinstance(fields.get("default"), tuple) and not fields.get("multi", False):
            raise ValueError(_ONE)


class IntervalVariable(DashboardVariable):
    """A duration to choose. With `auto` the first choice is a part of the time range: one `auto_count`th, but at least `auto_min`."""

    variable_type: ClassVar[str] = "interval"
    _needs: ClassVar[Needs] = dict.fromkeys(("auto_count", "auto_min"), (("auto",), ()))

    values: Annotated[tuple[PositiveDuration, ...], Check(_unlike)] = Field(min_length=1)
    auto: bool = False
    auto_count: int = Field(default=30, ge=1, le=500)
    auto_min: PositiveDuration = "10s"
    default: Annotated[PositiveDuration | None, Check(_among, with_others=True)] = None


class ConstantVariable(DashboardVariable):
    """A value that the dashboard fixes; nobody sees it."""

    variable_type: ClassVar[str] = "constant"

    value: Text


class TextVariable(DashboardVariable):
    """A value that the user types."""

    variable_type: ClassVar[str] = "textbox"

    value: Text = ""


class SwitchVariable(DashboardVariable):
    """One of two values, as a switch, which Grafana has since 12.3; before, it is a list of two."""

    variable_type: ClassVar[str] = "switch"

    enabled_value: Text = "true"
    disabled_value: Text = "false"
    enabled: bool = False

    @classmethod
    @override
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if fields.get("enabled_value", cls.enabled_value) == fields.get("disabled_value", cls.disabled_value):
            message = "`enabled_value` and `disabled_value` are the same, so the switch changes nothing"
            raise ValueError(message)


def _filtered(value: str, others: dict[str, Any]) -> str:
    return _re2(value) if others.get("op") in ("=~", "!~") else value


class Filter(Part):
    """A matcher that an `AdHocVariable` begins with."""

    label: Annotated[_AnyLabelName | Text, Check(label_name)]
    op: Literal["=", "!=", "=~", "!~"] = "="
    value: Annotated[Text, Check(_filtered, with_others=True)]


class AdHocVariable(DashboardVariable):
    """Matchers that people add to every query of the dashboard. `filters` are there at first, `labels` are offered before all others."""

    variable_type: ClassVar[str] = "adhoc"

    filters: tuple[Instance[Filter], ...] = ()
    labels: tuple[Annotated[_AnyLabelName | Text, Check(label_name)], ...] = ()
    allow_custom_value: bool = True


class GroupByVariable(DashboardVariable):
    """Labels by which people group every query of the dashboard, where Grafana has that switched on."""

    variable_type: ClassVar[str] = "groupby"

    labels: tuple[Annotated[_AnyLabelName | Text, Check(label_name)], ...] = ()
    default: tuple[Annotated[_AnyLabelName | Text, Check(label_name)], ...] = ()
