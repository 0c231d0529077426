"""Variables of a dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitoring_as_code.model.metric import Histogram, Summary
from monitoring_as_code.model.variables import (
    AdHocVariable,
    ConstantVariable,
    CustomVariable,
    DashboardVariable,
    DatasourceVariable,
    GroupByVariable,
    IntervalVariable,
    LabelNamesVariable,
    MetricNamesVariable,
    QueriedVariable,
    QueryResultVariable,
    QueryVariable,
    SwitchVariable,
    TextVariable,
)
from monitoring_as_code.targets.grafana.datasource import DATASOURCE_NAME, DATASOURCE_UID

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.dashboard import Dashboard
    from monitoring_as_code.model.metric import AnyMetric

Json = dict[str, Any]

_SORTS = {
    "disabled": 0,
    "alphabetical_asc": 1,
    "alphabetical_desc": 2,
    "numerical_asc": 3,
    "numerical_desc": 4,
    "alphabetical_case_insensitive_asc": 5,
    "alphabetical_case_insensitive_desc": 6,
    "natural_asc": 7,
    "natural_desc": 8,
}
_REFRESHES = {"never": 0, "on_dashboard_load": 1, "on_time_range_change": 2}
_ALL = ("All", "$__all")


def datasource(dashboard: Dashboard) -> Json:
    """What panels, variables and annotations name as their data source: the dashboard's variable."""
    name = next(
        (each.name for each in dashboard.variables if isinstance(each, DatasourceVariable) and each.plugin == "prometheus"), "datasource"
    )
    return {"type": "prometheus", "uid": f"${{{name}}}"}


def variables(analysis: Analysis, dashboard: Dashboard, source: Json) -> list[Json]:
    """All variables; the data source is the first if it is not declared."""
    found = [_variable(analysis, each, source) for each in dashboard.variables]
    if not any(isinstance(each, DatasourceVariable) and each.plugin == "prometheus" for each in dashboard.variables):
        found.insert(0, _variable(analysis, DatasourceVariable(name="datasource"), source))
    return found


def _variable(analysis: Analysis, variable: DashboardVariable, source: Json) -> Json:
    match variable:
        case DatasourceVariable():
            found = _datasource(variable)
        case QueriedVariable():
            found = _queried(analysis, variable, source)
        case CustomVariable():
            found = _custom(variable)
        case IntervalVariable():
            found = _interval(variable)
        case ConstantVariable():
            found = {"current": _one(variable.value), "query": variable.value}
        case TextVariable():
            found = {"current": _one(variable.value), "options": [{**_one(variable.value), "selected": True}], "query": variable.value}
        case SwitchVariable():
            values = [variable.enabled_value, variable.disabled_value]
            found = {
                "current": _one(values[not variable.enabled]),
                "options": _options([(each, each) for each in values], variable.enabled),
            }
        case AdHocVariable():
            found = _ad_hoc(variable, source)
        case GroupByVariable():
            chosen = list(variable.default)
            found = {
                "current": {"text": chosen, "value": chosen},
                "datasource": source,
                "multi": True,
                "options": [{"text": each, "value": each} for each in variable.labels],
            }
        case _:
            message = f"no such variable: {variable!r}"
            raise TypeError(message)
    fixed = isinstance(variable, ConstantVariable)
    found["hide"] = 1 if variable.hide == "label" else 2 if variable.hide or fixed else 0
    if variable.label is not None:
        found["label"] = variable.label
    if variable.description:
        found["description"] = variable.description
    found["name"] = variable.name
    found["skipUrlSync"] = variable.skip_url_sync or fixed
    found["type"] = variable.variable_type
    return dict(sorted(found.items()))


def _datasource(variable: DatasourceVariable) -> Json:
    if variable.default is not None:
        name = uid = variable.default
    else:
        name, uid = (DATASOURCE_NAME, DATASOURCE_UID) if variable.plugin == "prometheus" else ("default", "default")
    found: Json = {
        "current": _choice([_ALL if variable.include_all and variable.default is None else (name, uid)], multi=variable.multi),
        "includeAll": variable.include_all,
        "multi": variable.multi,
        "options": [],
        "query": variable.plugin,
        "refresh": 1,
        "regex": variable.regex,
    }
    if variable.label is None:
        found["label"] = "Data source"
    return found


def _queried(analysis: Analysis, variable: QueriedVariable, source: Json) -> Json:
    kind, query = _query(analysis, variable)
    found: Json = {
        "datasource": source,
        "includeAll": variable.include_all,
        "multi": variable.multi,
        "options": [],
        # The editor's own form of a query, which is told by its number.
        "query": {"qryType": kind, "query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        "refresh": _REFRESHES[variable.refresh],
        "regex": variable.regex,
        "sort": _SORTS[variable.sort],
    }
    if variable.default is not None:
        chosen = (variable.default,) if isinstance(variable.default, str) else variable.default
        found["current"] = _choice([(each, each) for each in chosen], multi=variable.multi)
    elif variable.include_all:
        found["current"] = _choice([_ALL], multi=variable.multi)
    _all_value(found, variable)
    return found


def _query(analysis: Analysis, variable: QueriedVariable) -> tuple[int, str]:
    """The kind of a query, by the number that the plugin has for it, and its text."""
    match variable:
        case QueryVariable():
            return 1, _label_values(variable)
        case LabelNamesVariable(metric=metric):
            return 0, f"label_names({'' if metric is None else metric if isinstance(metric, str) else _exposed(metric)})"
        case MetricNamesVariable(matching=matching):
            return 2, f"metrics({matching})"
        case QueryResultVariable():
            return 3, f"query_result({analysis.use(variable).text})"
    message = f"no such variable: {variable!r}"
    raise TypeError(message)


def _custom(variable: CustomVariable) -> Json:
    titled = variable.values if isinstance(variable.values, dict) else {value: value for value in variable.values}
    values = [_ALL] * variable.include_all + [(title, value) for value, title in titled.items()]
    if variable.default is None:
        chosen = values[:1]
    else:
        wanted = (variable.default,) if isinstance(variable.default, str) else variable.default
        chosen = [(titled[each], each) for each in wanted]
    found: Json = {
        "current": _choice(chosen, multi=variable.multi),
        "includeAll": variable.include_all,
        "multi": variable.multi,
        "options": [{"selected": each in chosen, "text": each[0], "value": each[1]} for each in values],
        "query": ",".join(_listed(title, value) for value, title in titled.items()),
    }
    _all_value(found, variable)
    return found


def _listed(title: str, value: str) -> str:
    return (value if title == value else f"{title} : {value}").replace(",", "\\,")


def _interval(variable: IntervalVariable) -> Json:
    chosen = variable.default or variable.values[0]
    values = [(value, value) for value in variable.values]
    found: Json = {"query": ",".join(variable.values), "refresh": 2}
    if variable.auto:
        by_itself = ("auto", f"$__auto_interval_{variable.name}")
        values.insert(0, by_itself)
        found |= {"auto": True, "auto_count": variable.auto_count, "auto_min": variable.auto_min}
        if variable.default is None:
            found["current"] = _choice([by_itself], multi=False)
            found["options"] = [{"selected": each is by_itself, "text": each[0], "value": each[1]} for each in values]
            return found
    found["current"] = _one(chosen)
    found["options"] = [{"selected": value == chosen, "text": text, "value": value} for text, value in values]
    return found


def _ad_hoc(variable: AdHocVariable, source: Json) -> Json:
    found: Json = {
        "datasource": source,
        "filters": [{"key": each.label, "operator": each.op, "value": each.value} for each in variable.filters],
    }
    if variable.labels:
        found["defaultKeys"] = [{"text": each, "value": each} for each in variable.labels]
    if not variable.allow_custom_value:
        found["allowCustomValue"] = False
    return found


def _all_value(found: Json, variable: QueriedVariable | CustomVariable) -> None:
    if variable.include_all and variable.all_value:
        found["allValue"] = variable.all_value
    if not variable.allow_custom_value:
        found["allowCustomValue"] = False


def _choice(chosen: list[tuple[str, str]], *, multi: bool) -> Json:
    texts, values = [text for text, _ in chosen], [value for _, value in chosen]
    return {"selected": True, "text": texts if multi else texts[0], "value": values if multi else values[0]}


def _one(value: str) -> Json:
    return _choice([(value, value)], multi=False)


def _options(values: list[tuple[str, str]], first: bool) -> list[Json]:
    return [{"selected": (index == 0) == first, "text": text, "value": value} for index, (text, value) in enumerate(values)]


def _label_values(variable: QueryVariable) -> str:
    """Grafana's query for the values of a label; of a histogram or a summary the series that surely exists is asked."""
    metric = variable.metric
    name = metric if isinstance(metric, str) else _exposed(metric)
    matchers = variable.matchers_text.strip()
    if matchers and not matchers.startswith("{"):
        matchers = f"{{{matchers}}}"
    return f"label_values({name}{matchers}, {variable.values_of})"


def _exposed(metric: AnyMetric) -> str:
    return metric.name + "_count" * isinstance(metric, Histogram | Summary)
