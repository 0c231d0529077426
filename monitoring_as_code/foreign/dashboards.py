"""Dashboards of Grafana, in the classic JSON of any age, as declarations: what their queries, legends, units and variables say.

How they look is left out, and so is what has no query. What a panel says about its unit holds for the answers as they are only where
nothing changes them on the way: no override of the unit, no transformation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, TypeAlias

from monitoring_as_code.foreign.document import Document, Path
from monitoring_as_code.model.annotations import Annotation
from monitoring_as_code.model.dashboard import Dashboard, Row
from monitoring_as_code.model.links import Link
from monitoring_as_code.model.panel import Query, QueryPanel
from monitoring_as_code.model.variables import (
    ConstantVariable,
    CustomVariable,
    DashboardVariable,
    DatasourceVariable,
    QueryResultVariable,
    QueryVariable,
    TextVariable,
)

_Json: TypeAlias = dict[str, Any]

_CLASSES = {
    "timeseries": ("timeseries", "TimeSeries"),
    "graph": ("timeseries", "TimeSeries"),
    "stat": ("stat", "Stat"),
    "singlestat": ("stat", "Stat"),
    "gauge": ("gauge", "GaugePanel"),
    "bargauge": ("bargauge", "BarGauge"),
    "piechart": ("piechart", "PieChart"),
    "table": ("table", "Table"),
    "table-old": ("table", "Table"),
    "heatmap": ("heatmap", "Heatmap"),
    "state-timeline": ("state_timeline", "StateTimeline"),
}
_QUERY: Mapping[str, Path] = {"legend": ("legendFormat",), "name": ("expr",)}
_PANEL: Mapping[str, Path] = {
    "name": ("title",),
    "unit": ("fieldConfig", "defaults", "unit"),
    "data_links": ("fieldConfig", "defaults", "links"),
}
_UNITS_OF_OLD: Mapping[str, Path] = {"graph": ("yaxes", 0, "format"), "singlestat": ("format",), "heatmap": ("yAxis", "format")}
_ANNOTATION: Mapping[str, Path] = {"title": ("titleFormat",), "text": ("textFormat",)}
# Other languages that have an `expr`, by a word in the data source's type or name.
_OTHERS = ("loki", "cloudwatch", "elasticsearch", "influx", "postgres", "mysql", "tempo", "zabbix", "graphite", "opensearch", "pyroscope")


def dashboard_path(document: Document) -> Path | None:
    """Where in a document the dashboard is; None if it is none."""
    data = document.data
    for path in ((), ("dashboard",), ("spec",)):  # Grafana's API wraps it, by its age
        found = data if not path else data.get(path[0])
        if not isinstance(found, dict):
            continue
        panels = found.get("panels", found.get("rows"))
        if isinstance(panels, list) and ("title" in found or "schemaVersion" in found or "templating" in found):
            return path
    return None


def is_unread_form(document: Document) -> bool:
    """Whether it is a dashboard in the second form of Grafana's API, whose panels are `elements`."""
    return isinstance(document.data, dict) and "elements" in _dict(document.data.get("spec")) and "apiVersion" in document.data


def read_dashboard(document: Document, path: Path) -> Dashboard:
    """The dashboard that stands there."""
    data: Any = document.data
    for step in path:
        data = data[step]
    if path == ("spec",):
        data = {"uid": _dict(document.data.get("metadata")).get("name"), **data}
    return Dashboard.as_read(
        document.anchor(path, {"name": ("title",)}),
        name=_text(data.get("title")),
        uid=_text(data.get("uid")),
        rows=(Row.as_read(document.anchor(path), title="", panels=tuple(_panels(document, path, data))),),
        variables=tuple(_variables(document, (*path, "templating", "list"), _list(_dict(data.get("templating")).get("list")))),
        annotations=tuple(_annotations(document, (*path, "annotations", "list"), _list(_dict(data.get("annotations")).get("list")))),
        json_data=data,
    )


def _panels(document: Document, path: Path, holder: _Json) -> Iterator[QueryPanel]:
    """Every panel with queries, those inside of rows included."""
    for key in ("rows", "panels"):
        for index, panel in enumerate(_list(holder.get(key))):
            if isinstance(panel, dict):
                where = (*path, key, index)
                made = _panel(document, where, panel)
                if made is not None:
                    yield made
                yield from _panels(document, where, panel)


def _panel(document: Document, path: Path, data: _Json) -> QueryPanel | None:
    source = data.get("datasource")
    queries = []
    for index, target in enumerate(_list(data.get("targets"))):
        if isinstance(target, dict) and _is_prometheus(target, source) and not _is_note(target):
            queries.append(
                Query.as_read(
                    document.anchor((*path, "targets", index), _QUERY),
                    expr=target["expr"],
                    legend=_legend(target.get("legendFormat")),
                    instant=target.get("instant") if isinstance(target.get("instant"), bool) else None,
                    hidden=target.get("hide") is True,
                )
            )
    if not queries:
        return None
    unit_path, unit = _unit(data)
    defaults = _dict(_dict(data.get("fieldConfig")).get("defaults"))
    return _class(_text(data.get("type"))).as_read(
        document.anchor(path, {**_PANEL, "unit": unit_path}),
        title=_text(data.get("title")),
        description=_text(data.get("description")),
        queries=tuple(queries),
        unit=unit,
        data_links=tuple(_links(document, (*path, "fieldConfig", "defaults", "links"), _list(defaults.get("links")))),
        json_data=data,
    )


@cache
def _class(kind: str) -> type[QueryPanel]:
    if kind not in _CLASSES:
        from monitoring_as_code.model.panels.raw import RawPanel

        return RawPanel
    module, name = _CLASSES[kind]
    found: type[QueryPanel] = getattr(import_module(f"monitoring_as_code.model.panels.{module}"), name)
    return found


def _unit(data: _Json) -> tuple[Path, str | None]:
    """The unit in which all values are shown, and where it stands; None if some may be shown otherwise, or changed before."""
    config = _dict(data.get("fieldConfig"))
    unit = _dict(config.get("defaults")).get("unit")
    path = _PANEL["unit"]
    if unit is None and (old := _UNITS_OF_OLD.get(_text(data.get("type")))) is not None:
        path = old
        found: Any = data
        for step in old:
            found = found.get(step) if isinstance(found, dict) else found[0] if isinstance(found, list) and found else None
        unit = found
    overridden = "unit" in {
        each.get("id")
        for override in _list(config.get("overrides"))
        for each in _list(_dict(override).get("properties"))
        if isinstance(each, dict)
    }
    changed = bool(_list(data.get("transformations"))) or any("yaxis" in _dict(each) for each in _list(data.get("seriesOverrides")))
    return path, unit if isinstance(unit, str) and unit and not overridden and not changed else None


def _is_prometheus(target: _Json, panels: object) -> bool:
    """Whether a query is PromQL, as far as anybody can tell."""
    if not isinstance(target.get("expr"), str) or not target["expr"].strip():
        return False
    for source in (target.get("datasource"), panels):
        if isinstance(source, dict) and isinstance(source.get("type"), str) and source["type"] not in ("datasource", "mixed"):
            return "prometheus" in source["type"]
        name = source if isinstance(source, str) else _text(_dict(source).get("uid"))
        if any(other in name.lower() for other in _OTHERS):
            return False
    return True


def _is_note(target: _Json) -> bool:
    """Whether a query is words for its readers: one that is hidden is not sent, and some write comments of C into it."""
    text = target["expr"].strip()
    return target.get("hide") is True and text.startswith("/*") and text.endswith("*/") and text.count("*/") == 1


def _legend(value: object) -> str | None:
    return value if isinstance(value, str) and value and value != "__auto" else None


def _links(document: Document, path: Path, links: list[Any]) -> Iterator[Link]:
    for index, link in enumerate(links):
        if isinstance(link, dict) and isinstance(link.get("url"), str):
            yield Link.as_read(document.anchor((*path, index)), title=_text(link.get("title")), url=link["url"])


@cache
def _label_values() -> re.Pattern[str]:
    return re.compile(r"\s*label_values\(\s*([a-zA-Z_:][\w:]*)\s*(\{.*\})?\s*,\s*([a-zA-Z_]\w*)\s*\)\s*", re.DOTALL)


def _variables(document: Document, path: Path, variables: list[Any]) -> Iterator[DashboardVariable]:
    for index, variable in enumerate(variables):
        if not isinstance(variable, dict) or not isinstance(variable.get("name"), str):
            continue
        where, name, kind = (*path, index), variable["name"], variable.get("type")
        query: Any = variable.get("query")
        at: Path = ("query",)
        if isinstance(query, dict):
            query, at = query.get("query"), ("query", "query")
        several = {"multi": variable.get("multi") is True, "include_all": variable.get("includeAll") is True}
        if kind == "query" and isinstance(query, str):
            found = _label_values().fullmatch(query)
            if found is not None and _may_be_prometheus(variable.get("datasource")):
                names: Mapping[str, Path] = {"metric": at, "matchers": at, "values_of": at}
                yield QueryVariable.as_read(
                    document.anchor(where, names),
                    name=name,
                    metric=found[1],
                    values_of=found[3],
                    matchers=found[2] or "",
                    regex=_text(variable.get("regex")),
                    **several,
                )
            elif (expr := _queried(query)) and _may_be_prometheus(variable.get("datasource")):
                yield QueryResultVariable.as_read(document.anchor(where, {"expr": at}), name=name, expr=expr, **several)
        elif kind == "datasource":
            yield DatasourceVariable.as_read(document.anchor(where), name=name)
        elif kind == "custom" and isinstance(query, str):
            yield CustomVariable.as_read(
                document.anchor(where, {"values": ("query",)}),
                name=name,
                values=custom_values(query),
                **several,
            )
        elif kind == "constant" and isinstance(query, str):
            yield ConstantVariable.as_read(document.anchor(where), name=name, value=query)
        elif kind == "textbox":
            yield TextVariable.as_read(document.anchor(where), name=name)


def _queried(query: str) -> str | None:
    """The expression in a query for the values of a label, or for what an expression gives; None where there is none, or only a label."""
    text = query.strip()
    for function in ("query_result", "label_values"):
        inside = text.removeprefix(function).strip()
        if inside != text and inside.startswith("(") and inside.endswith(")"):
            if function == "query_result":
                return inside[1:-1].strip() or None
            expr, comma, _ = inside[1:-1].rpartition(",")
            return expr.strip() or None if comma else None
    return None


def custom_values(query: str) -> tuple[str, ...]:
    r"""The values of a custom variable: a comma within one is written `\,`, and what stands before ` : ` is a value's title.

    >>> custom_values("one, Two : 2")
    ('one', '2')
    """
    found = []
    for each in query.replace("\\,", "\0").split(","):
        title, colon, value = each.partition(" : ")
        found.append((value if colon else title).strip().replace("\0", ","))
    return tuple(each for each in found if each)


def _may_be_prometheus(source: object) -> bool:
    return _is_prometheus({"expr": "up", "datasource": source}, None)


def _annotations(document: Document, path: Path, annotations: list[Any]) -> Iterator[Annotation]:
    for index, annotation in enumerate(annotations):
        if isinstance(annotation, dict) and _is_prometheus(annotation, None):
            yield Annotation.as_read(
                document.anchor((*path, index), _ANNOTATION),
                name=_text(annotation.get("name")),
                expr=annotation["expr"],
                title=_text(annotation.get("titleFormat")),
                text=_text(annotation.get("textFormat")),
            )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _dict(value: object) -> _Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
