"""Variables of a dashboard."""

from __future__ import annotations

from typing import Any

from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.metric import Histogram, Summary
from monitoring_as_code.model.variables import (
    ConstantVariable,
    CustomVariable,
    DashboardVariable,
    DatasourceVariable,
    IntervalVariable,
    QueryVariable,
    TextVariable,
)
from monitoring_as_code.targets.grafana.datasource import DATASOURCE_NAME, DATASOURCE_UID

Json = dict[str, Any]
AnyVariable = DatasourceVariable | QueryVariable | CustomVariable | IntervalVariable | ConstantVariable | TextVariable


def datasource(dashboard: Dashboard) -> Json:
    """What panels, variables and annotations name as their data source: the dashboard's variable."""
    name = next((each.name for each in dashboard.variables if isinstance(each, DatasourceVariable)), "datasource")
    return {"type": "prometheus", "uid": f"${{{name}}}"}


def variables(dashboard: Dashboard, source: Json) -> list[Json]:
    """All variables; the data source is the first if it is not declared."""
    found = [_variable(each, source) for each in dashboard.variables]
    if not any(isinstance(each, DatasourceVariable) for each in dashboard.variables):
        found.insert(0, _datasource("datasource", "Data source", "", hide=False))
    return found


def _variable(variable: DashboardVariable, source: Json) -> Json:
    found: Json
    match variable:
        case DatasourceVariable():
            return _datasource(variable.name, variable.label, variable.regex, hide=variable.hide)
        case QueryVariable():
            found = {"current": _choice("All", "$__all", multi=variable.multi) if variable.include_all else {}}
            if variable.include_all:
                found["allValue"] = ".+"
            found |= {
                "datasource": source,
                "includeAll": variable.include_all,
                "multi": variable.multi,
                "options": [],
                # The editor's own form of a query; 1 is label_values.
                "query": {"qryType": 1, "query": _label_values(variable), "refId": "PrometheusVariableQueryEditor-VariableQuery"},
                "refresh": 2,
                "regex": variable.regex,
                "sort": 1,
            }
            if not variable.include_all:
                del found["current"]
        case CustomVariable():
            values = [("All", "$__all")] * variable.include_all + [(value, value) for value in variable.values]
            found = {
                "current": _choice(*values[0], multi=variable.multi),
                "includeAll": variable.include_all,
                "multi": variable.multi,
                "options": [{"selected": index == 0, "text": text, "value": value} for index, (text, value) in enumerate(values)],
                "query": ",".join(value.replace(",", "\\,") for value in variable.values),
            }
            if variable.include_all:
                found["allValue"] = ".+"
        case IntervalVariable():
            found = {
                "current": _choice(variable.values[0], variable.values[0], multi=False),
                "options": [{"selected": index == 0, "text": value, "value": value} for index, value in enumerate(variable.values)],
                "query": ",".join(variable.values),
                "refresh": 2,
            }
        case ConstantVariable():
            found = {"current": _choice(variable.value, variable.value, multi=False), "query": variable.value}
        case TextVariable():
            found = {
                "current": _choice(variable.value, variable.value, multi=False),
                "options": [{"selected": True, "text": variable.value, "value": variable.value}],
                "query": variable.value,
            }
        case _:
            message = f"no such variable: {variable!r}"
            raise TypeError(message)
    found["hide"] = 2 if variable.hide or isinstance(variable, ConstantVariable) else 0
    if variable.label is not None:
        found["label"] = variable.label
    found["name"] = variable.name
    found["skipUrlSync"] = isinstance(variable, ConstantVariable)
    found["type"] = variable.variable_type
    return dict(sorted(found.items()))


def _datasource(name: str, label: str | None, regex: str, *, hide: bool) -> Json:
    return {
        "current": _choice(DATASOURCE_NAME, DATASOURCE_UID, multi=False),
        "hide": 2 if hide else 0,
        "includeAll": False,
        "label": label or "Data source",
        "multi": False,
        "name": name,
        "options": [],
        "query": "prometheus",
        "refresh": 1,
        "regex": regex,
        "skipUrlSync": False,
        "type": "datasource",
    }


def _choice(text: str, value: str, *, multi: bool) -> Json:
    return {"selected": True, "text": [text] if multi else text, "value": [value] if multi else value}


def _label_values(variable: QueryVariable) -> str:
    """Grafana's query for the values of a label; of a histogram or a summary the series that surely exists is asked."""
    metric = variable.metric
    name = metric if isinstance(metric, str) else metric.name + "_count" * isinstance(metric, Histogram | Summary)
    matchers = variable.matchers.strip()
    if matchers and not matchers.startswith("{"):
        matchers = f"{{{matchers}}}"
    label = variable.values_of if isinstance(variable.values_of, str) else variable.values_of.name
    return f"label_values({name}{matchers}, {label})"
