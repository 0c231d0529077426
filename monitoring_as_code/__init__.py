"""Declare metrics, dashboards, alerts, routing and the stack; `mac` compiles them, and checks what they mean.

Everything that a definitions file imports is here. A name is loaded when it is first asked for, so that no command pays for what it
does not use.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitoring_as_code.model.alert import Alert, RecordingRule, RuleGroup, Runbook
    from monitoring_as_code.model.dashboard import (
        Annotation,
        ConstantVariable,
        CustomVariable,
        Dashboard,
        DashboardLink,
        DatasourceVariable,
        IntervalVariable,
        Link,
        Query,
        QueryVariable,
        Row,
        TextVariable,
    )
    from monitoring_as_code.model.expression import Condition, Vector, interval, promql, rate_interval, time_range
    from monitoring_as_code.model.labels import Label, Labels, label
    from monitoring_as_code.model.metric import Counter, Exporter, Gauge, Histogram, Info, Summary
    from monitoring_as_code.model.panels.alert_list import AlertList
    from monitoring_as_code.model.panels.bargauge import BarGauge
    from monitoring_as_code.model.panels.drawing import Override, Threshold, Transformation, ValueMapping
    from monitoring_as_code.model.panels.gauge import GaugePanel
    from monitoring_as_code.model.panels.heatmap import Heatmap
    from monitoring_as_code.model.panels.piechart import PieChart
    from monitoring_as_code.model.panels.stat import Stat
    from monitoring_as_code.model.panels.state_timeline import StateTimeline
    from monitoring_as_code.model.panels.table import Table
    from monitoring_as_code.model.panels.text import TextPanel
    from monitoring_as_code.model.panels.timeseries import TimeSeries
    from monitoring_as_code.model.receivers.slack import Slack
    from monitoring_as_code.model.routing import Inhibition, Receiver, Route, Routing, Smtp, TimeInterval, TimeRange
    from monitoring_as_code.model.stack import AccessPoint, ScrapeJob, Stack
    from monitoring_as_code.units import (
        Quantity,
        Unit,
        amperes,
        attempts,
        bits,
        bytes_,
        celsius,
        connections,
        days,
        errors,
        events,
        executions,
        fahrenheit,
        gibibytes,
        gigabytes,
        grams,
        hertz,
        hours,
        items,
        jobs,
        joules,
        kelvin,
        kibibytes,
        kilobytes,
        kilograms,
        mebibytes,
        megabytes,
        messages,
        meters,
        microseconds,
        milliseconds,
        minutes,
        nanoseconds,
        operations,
        packets,
        percent,
        processes,
        queries,
        ratio,
        requests,
        responses,
        seconds,
        tebibytes,
        terabytes,
        threads,
        timestamp,
        tokens,
        unit,
        volts,
        watts,
    )
    from monitoring_as_code.version import __version__

_MODULES = {
    "model.alert": ("Alert", "RecordingRule", "RuleGroup", "Runbook"),
    "model.dashboard": (
        "Annotation",
        "ConstantVariable",
        "CustomVariable",
        "Dashboard",
        "DashboardLink",
        "DatasourceVariable",
        "IntervalVariable",
        "Link",
        "Query",
        "QueryVariable",
        "Row",
        "TextVariable",
    ),
    "model.expression": ("Condition", "Vector", "interval", "promql", "rate_interval", "time_range"),
    "model.labels": ("Label", "Labels", "label"),
    "model.metric": ("Counter", "Exporter", "Gauge", "Histogram", "Info", "Summary"),
    "model.panels.alert_list": ("AlertList",),
    "model.panels.bargauge": ("BarGauge",),
    "model.panels.drawing": ("Override", "Threshold", "Transformation", "ValueMapping"),
    "model.panels.gauge": ("GaugePanel",),
    "model.panels.heatmap": ("Heatmap",),
    "model.panels.piechart": ("PieChart",),
    "model.panels.stat": ("Stat",),
    "model.panels.state_timeline": ("StateTimeline",),
    "model.panels.table": ("Table",),
    "model.panels.text": ("TextPanel",),
    "model.panels.timeseries": ("TimeSeries",),
    "model.receivers.slack": ("Slack",),
    "model.routing": ("Inhibition", "Receiver", "Route", "Routing", "Smtp", "TimeInterval", "TimeRange"),
    "model.stack": ("AccessPoint", "ScrapeJob", "Stack"),
    "units": (
        "Quantity",
        "Unit",
        "amperes",
        "attempts",
        "bits",
        "bytes_",
        "celsius",
        "connections",
        "days",
        "errors",
        "events",
        "executions",
        "fahrenheit",
        "gibibytes",
        "gigabytes",
        "grams",
        "hertz",
        "hours",
        "items",
        "jobs",
        "joules",
        "kelvin",
        "kibibytes",
        "kilobytes",
        "kilograms",
        "mebibytes",
        "megabytes",
        "messages",
        "meters",
        "microseconds",
        "milliseconds",
        "minutes",
        "nanoseconds",
        "operations",
        "packets",
        "percent",
        "processes",
        "queries",
        "ratio",
        "requests",
        "responses",
        "seconds",
        "tebibytes",
        "terabytes",
        "threads",
        "timestamp",
        "tokens",
        "unit",
        "volts",
        "watts",
    ),
    "version": ("__version__",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = sorted(_MODULE_OF)  # noqa: PLE0605 - computed, so that there is one list


def __getattr__(name: str) -> Any:  # noqa: ANN401 - type checkers read the imports above
    module = _MODULE_OF.get(name)
    if module is None:
        message = f"module `{__name__}` has no attribute `{name}`"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415

    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value
