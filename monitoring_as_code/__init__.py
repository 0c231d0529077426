"""Declare metrics, dashboards, alerts, routing and the stack; `mac` compiles them, and checks what they mean.

Everything that a definitions file imports is here. A name is loaded when it is first asked for, so that no command pays for what it
does not use.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitoring_as_code.conform.registry import assert_conforms as assert_conforms
    from monitoring_as_code.model.alert import Alert as Alert
    from monitoring_as_code.model.alert import RecordingRule as RecordingRule
    from monitoring_as_code.model.alert import RuleGroup as RuleGroup
    from monitoring_as_code.model.alert import Runbook as Runbook
    from monitoring_as_code.model.annotations import Annotation as Annotation
    from monitoring_as_code.model.annotations import deploys as deploys
    from monitoring_as_code.model.annotations import firing_alerts as firing_alerts
    from monitoring_as_code.model.business import Business as Business
    from monitoring_as_code.model.dashboard import Dashboard as Dashboard
    from monitoring_as_code.model.dashboard import DashboardLink as DashboardLink
    from monitoring_as_code.model.dashboard import Row as Row
    from monitoring_as_code.model.environments import by_env as by_env
    from monitoring_as_code.model.expression import Condition as Condition
    from monitoring_as_code.model.expression import Vector as Vector
    from monitoring_as_code.model.expression import expression as expression
    from monitoring_as_code.model.expression import interval as interval
    from monitoring_as_code.model.expression import rate_interval as rate_interval
    from monitoring_as_code.model.expression import time_range as time_range
    from monitoring_as_code.model.grafana_server import GrafanaServer as GrafanaServer
    from monitoring_as_code.model.grafana_server import Ldap as Ldap
    from monitoring_as_code.model.grafana_server import LdapGroup as LdapGroup
    from monitoring_as_code.model.grafana_server import OAuth as OAuth
    from monitoring_as_code.model.grafana_server import Postgres as Postgres
    from monitoring_as_code.model.images import Image as Image
    from monitoring_as_code.model.images import Images as Images
    from monitoring_as_code.model.labels import Label as Label
    from monitoring_as_code.model.labels import Labels as Labels
    from monitoring_as_code.model.labels import label as label
    from monitoring_as_code.model.limits import Limits as Limits
    from monitoring_as_code.model.links import Link as Link
    from monitoring_as_code.model.long_term import Mimir as Mimir
    from monitoring_as_code.model.long_term import Thanos as Thanos
    from monitoring_as_code.model.metric import Counter as Counter
    from monitoring_as_code.model.metric import Exporter as Exporter
    from monitoring_as_code.model.metric import Gauge as Gauge
    from monitoring_as_code.model.metric import Histogram as Histogram
    from monitoring_as_code.model.metric import Info as Info
    from monitoring_as_code.model.metric import Summary as Summary
    from monitoring_as_code.model.metric import Untyped as Untyped
    from monitoring_as_code.model.panel import Query as Query
    from monitoring_as_code.model.panels.alert_list import AlertList as AlertList
    from monitoring_as_code.model.panels.barchart import BarChart as BarChart
    from monitoring_as_code.model.panels.bargauge import BarGauge as BarGauge
    from monitoring_as_code.model.panels.dashboard_list import DashboardList as DashboardList
    from monitoring_as_code.model.panels.drawing import Override as Override
    from monitoring_as_code.model.panels.drawing import SeriesWhere as SeriesWhere
    from monitoring_as_code.model.panels.drawing import Threshold as Threshold
    from monitoring_as_code.model.panels.drawing import Transformation as Transformation
    from monitoring_as_code.model.panels.drawing import ValueMapping as ValueMapping
    from monitoring_as_code.model.panels.gauge import GaugePanel as GaugePanel
    from monitoring_as_code.model.panels.heatmap import Heatmap as Heatmap
    from monitoring_as_code.model.panels.histogram import HistogramPanel as HistogramPanel
    from monitoring_as_code.model.panels.library import LibraryPanel as LibraryPanel
    from monitoring_as_code.model.panels.logs import LogQuery as LogQuery
    from monitoring_as_code.model.panels.logs import Logs as Logs
    from monitoring_as_code.model.panels.piechart import PieChart as PieChart
    from monitoring_as_code.model.panels.raw import RawPanel as RawPanel
    from monitoring_as_code.model.panels.raw import raw as raw
    from monitoring_as_code.model.panels.stat import Stat as Stat
    from monitoring_as_code.model.panels.state_timeline import StateTimeline as StateTimeline
    from monitoring_as_code.model.panels.status_history import StatusHistory as StatusHistory
    from monitoring_as_code.model.panels.table import Table as Table
    from monitoring_as_code.model.panels.text import TextPanel as TextPanel
    from monitoring_as_code.model.panels.timeseries import TimeSeries as TimeSeries
    from monitoring_as_code.model.panels.transformations.answers import Concatenate as Concatenate
    from monitoring_as_code.model.panels.transformations.answers import ConfigFromData as ConfigFromData
    from monitoring_as_code.model.panels.transformations.answers import FilterByRefId as FilterByRefId
    from monitoring_as_code.model.panels.transformations.answers import GroupingToMatrix as GroupingToMatrix
    from monitoring_as_code.model.panels.transformations.answers import JoinByField as JoinByField
    from monitoring_as_code.model.panels.transformations.answers import JoinByLabels as JoinByLabels
    from monitoring_as_code.model.panels.transformations.answers import LabelsToFields as LabelsToFields
    from monitoring_as_code.model.panels.transformations.answers import Merge as Merge
    from monitoring_as_code.model.panels.transformations.answers import PartitionByValues as PartitionByValues
    from monitoring_as_code.model.panels.transformations.answers import PrepareTimeSeries as PrepareTimeSeries
    from monitoring_as_code.model.panels.transformations.answers import SeriesToRows as SeriesToRows
    from monitoring_as_code.model.panels.transformations.answers import TimeSeriesTable as TimeSeriesTable
    from monitoring_as_code.model.panels.transformations.answers import Transpose as Transpose
    from monitoring_as_code.model.panels.transformations.calculations import BinaryOperation as BinaryOperation
    from monitoring_as_code.model.panels.transformations.calculations import CumulativeFunction as CumulativeFunction
    from monitoring_as_code.model.panels.transformations.calculations import ReduceRow as ReduceRow
    from monitoring_as_code.model.panels.transformations.calculations import RowIndex as RowIndex
    from monitoring_as_code.model.panels.transformations.calculations import UnaryOperation as UnaryOperation
    from monitoring_as_code.model.panels.transformations.calculations import WindowFunction as WindowFunction
    from monitoring_as_code.model.panels.transformations.columns import ConvertFieldType as ConvertFieldType
    from monitoring_as_code.model.panels.transformations.columns import ExtractFields as ExtractFields
    from monitoring_as_code.model.panels.transformations.columns import FilterFieldsByName as FilterFieldsByName
    from monitoring_as_code.model.panels.transformations.columns import FormatString as FormatString
    from monitoring_as_code.model.panels.transformations.columns import FormatTime as FormatTime
    from monitoring_as_code.model.panels.transformations.columns import Organize as Organize
    from monitoring_as_code.model.panels.transformations.columns import RenameByRegex as RenameByRegex
    from monitoring_as_code.model.panels.transformations.columns import RowsToFields as RowsToFields
    from monitoring_as_code.model.panels.transformations.lines import CreateHistogram as CreateHistogram
    from monitoring_as_code.model.panels.transformations.lines import FilterByValue as FilterByValue
    from monitoring_as_code.model.panels.transformations.lines import GroupBy as GroupBy
    from monitoring_as_code.model.panels.transformations.lines import Limit as Limit
    from monitoring_as_code.model.panels.transformations.lines import Reduce as Reduce
    from monitoring_as_code.model.panels.transformations.lines import SortBy as SortBy
    from monitoring_as_code.model.panels.transformations.lines import ValueFilter as ValueFilter
    from monitoring_as_code.model.proxy import Nginx as Nginx
    from monitoring_as_code.model.proxy import Traefik as Traefik
    from monitoring_as_code.model.raw_dashboard import RawDashboard as RawDashboard
    from monitoring_as_code.model.raw_dashboard import raw_dashboard as raw_dashboard
    from monitoring_as_code.model.receivers.discord import Discord as Discord
    from monitoring_as_code.model.receivers.email import Email as Email
    from monitoring_as_code.model.receivers.msteams import MSTeams as MSTeams
    from monitoring_as_code.model.receivers.pagerduty import PagerDuty as PagerDuty
    from monitoring_as_code.model.receivers.slack import Slack as Slack
    from monitoring_as_code.model.receivers.telegram import Telegram as Telegram
    from monitoring_as_code.model.receivers.webhook import Webhook as Webhook
    from monitoring_as_code.model.routing import Inhibition as Inhibition
    from monitoring_as_code.model.routing import Receiver as Receiver
    from monitoring_as_code.model.routing import Route as Route
    from monitoring_as_code.model.routing import Routing as Routing
    from monitoring_as_code.model.routing import Smtp as Smtp
    from monitoring_as_code.model.scenario import Fires as Fires
    from monitoring_as_code.model.scenario import Firing as Firing
    from monitoring_as_code.model.scenario import Inhibited as Inhibited
    from monitoring_as_code.model.scenario import Muted as Muted
    from monitoring_as_code.model.scenario import Pending as Pending
    from monitoring_as_code.model.scenario import Quiet as Quiet
    from monitoring_as_code.model.scenario import Reaches as Reaches
    from monitoring_as_code.model.scenario import Resolves as Resolves
    from monitoring_as_code.model.scenario import Scenario as Scenario
    from monitoring_as_code.model.scenario import Series as Series
    from monitoring_as_code.model.security import Web as Web
    from monitoring_as_code.model.servers import AlertmanagerServer as AlertmanagerServer
    from monitoring_as_code.model.servers import Federation as Federation
    from monitoring_as_code.model.servers import GlobalPrometheus as GlobalPrometheus
    from monitoring_as_code.model.servers import PrometheusServer as PrometheusServer
    from monitoring_as_code.model.servers import RemoteWrite as RemoteWrite
    from monitoring_as_code.model.shapes import constant as constant
    from monitoring_as_code.model.shapes import listed as listed
    from monitoring_as_code.model.shapes import noise as noise
    from monitoring_as_code.model.shapes import observed as observed
    from monitoring_as_code.model.shapes import per_second as per_second
    from monitoring_as_code.model.shapes import ramp as ramp
    from monitoring_as_code.model.shapes import restarted as restarted
    from monitoring_as_code.model.shapes import spike as spike
    from monitoring_as_code.model.shapes import step as step
    from monitoring_as_code.model.stack import AccessPoint as AccessPoint
    from monitoring_as_code.model.stack import ScrapeJob as ScrapeJob
    from monitoring_as_code.model.stack import Stack as Stack
    from monitoring_as_code.model.time_interval import TimeInterval as TimeInterval
    from monitoring_as_code.model.time_interval import TimeRange as TimeRange
    from monitoring_as_code.model.variables import AdHocVariable as AdHocVariable
    from monitoring_as_code.model.variables import ConstantVariable as ConstantVariable
    from monitoring_as_code.model.variables import CustomVariable as CustomVariable
    from monitoring_as_code.model.variables import DatasourceVariable as DatasourceVariable
    from monitoring_as_code.model.variables import Filter as Filter
    from monitoring_as_code.model.variables import GroupByVariable as GroupByVariable
    from monitoring_as_code.model.variables import IntervalVariable as IntervalVariable
    from monitoring_as_code.model.variables import LabelNamesVariable as LabelNamesVariable
    from monitoring_as_code.model.variables import MetricNamesVariable as MetricNamesVariable
    from monitoring_as_code.model.variables import QueryResultVariable as QueryResultVariable
    from monitoring_as_code.model.variables import QueryVariable as QueryVariable
    from monitoring_as_code.model.variables import SwitchVariable as SwitchVariable
    from monitoring_as_code.model.variables import TextVariable as TextVariable
    from monitoring_as_code.units import Quantity as Quantity
    from monitoring_as_code.units import Unit as Unit
    from monitoring_as_code.units import amperes as amperes
    from monitoring_as_code.units import attempts as attempts
    from monitoring_as_code.units import bits as bits
    from monitoring_as_code.units import bytes_ as bytes_
    from monitoring_as_code.units import celsius as celsius
    from monitoring_as_code.units import connections as connections
    from monitoring_as_code.units import days as days
    from monitoring_as_code.units import errors as errors
    from monitoring_as_code.units import events as events
    from monitoring_as_code.units import executions as executions
    from monitoring_as_code.units import fahrenheit as fahrenheit
    from monitoring_as_code.units import gibibytes as gibibytes
    from monitoring_as_code.units import gigabytes as gigabytes
    from monitoring_as_code.units import grams as grams
    from monitoring_as_code.units import hertz as hertz
    from monitoring_as_code.units import hours as hours
    from monitoring_as_code.units import items as items
    from monitoring_as_code.units import jobs as jobs
    from monitoring_as_code.units import joules as joules
    from monitoring_as_code.units import kelvin as kelvin
    from monitoring_as_code.units import kibibytes as kibibytes
    from monitoring_as_code.units import kilobytes as kilobytes
    from monitoring_as_code.units import kilograms as kilograms
    from monitoring_as_code.units import mebibytes as mebibytes
    from monitoring_as_code.units import megabytes as megabytes
    from monitoring_as_code.units import messages as messages
    from monitoring_as_code.units import meters as meters
    from monitoring_as_code.units import microseconds as microseconds
    from monitoring_as_code.units import milliseconds as milliseconds
    from monitoring_as_code.units import minutes as minutes
    from monitoring_as_code.units import nanoseconds as nanoseconds
    from monitoring_as_code.units import operations as operations
    from monitoring_as_code.units import packets as packets
    from monitoring_as_code.units import percent as percent
    from monitoring_as_code.units import processes as processes
    from monitoring_as_code.units import queries as queries
    from monitoring_as_code.units import ratio as ratio
    from monitoring_as_code.units import requests as requests
    from monitoring_as_code.units import responses as responses
    from monitoring_as_code.units import seconds as seconds
    from monitoring_as_code.units import tebibytes as tebibytes
    from monitoring_as_code.units import terabytes as terabytes
    from monitoring_as_code.units import threads as threads
    from monitoring_as_code.units import timestamp as timestamp
    from monitoring_as_code.units import tokens as tokens
    from monitoring_as_code.units import unit as unit
    from monitoring_as_code.units import volts as volts
    from monitoring_as_code.units import watts as watts
    from monitoring_as_code.version import __version__ as __version__

_MODULES = {
    "conform.registry": ("assert_conforms",),
    "model.alert": ("Alert", "RecordingRule", "RuleGroup", "Runbook"),
    "model.annotations": ("Annotation", "deploys", "firing_alerts"),
    "model.business": ("Business",),
    "model.dashboard": ("Dashboard", "DashboardLink", "Row"),
    "model.environments": ("by_env",),
    "model.expression": ("Condition", "Vector", "expression", "interval", "rate_interval", "time_range"),
    "model.labels": ("Label", "Labels", "label"),
    "model.metric": ("Counter", "Exporter", "Gauge", "Histogram", "Info", "Summary", "Untyped"),
    "model.links": ("Link",),
    "model.panel": ("Query",),
    "model.panels.alert_list": ("AlertList",),
    "model.panels.barchart": ("BarChart",),
    "model.panels.bargauge": ("BarGauge",),
    "model.panels.dashboard_list": ("DashboardList",),
    "model.panels.drawing": ("Override", "SeriesWhere", "Threshold", "Transformation", "ValueMapping"),
    "model.panels.gauge": ("GaugePanel",),
    "model.panels.heatmap": ("Heatmap",),
    "model.panels.histogram": ("HistogramPanel",),
    "model.panels.library": ("LibraryPanel",),
    "model.panels.logs": ("LogQuery", "Logs"),
    "model.panels.piechart": ("PieChart",),
    "model.panels.raw": ("RawPanel", "raw"),
    "model.raw_dashboard": ("RawDashboard", "raw_dashboard"),
    "model.panels.stat": ("Stat",),
    "model.panels.state_timeline": ("StateTimeline",),
    "model.panels.status_history": ("StatusHistory",),
    "model.panels.table": ("Table",),
    "model.panels.text": ("TextPanel",),
    "model.panels.timeseries": ("TimeSeries",),
    "model.panels.transformations.answers": (
        "Concatenate",
        "ConfigFromData",
        "FilterByRefId",
        "GroupingToMatrix",
        "JoinByField",
        "JoinByLabels",
        "LabelsToFields",
        "Merge",
        "PartitionByValues",
        "PrepareTimeSeries",
        "SeriesToRows",
        "TimeSeriesTable",
        "Transpose",
    ),
    "model.panels.transformations.calculations": (
        "BinaryOperation",
        "CumulativeFunction",
        "ReduceRow",
        "RowIndex",
        "UnaryOperation",
        "WindowFunction",
    ),
    "model.panels.transformations.columns": (
        "ConvertFieldType",
        "ExtractFields",
        "FilterFieldsByName",
        "FormatString",
        "FormatTime",
        "Organize",
        "RenameByRegex",
        "RowsToFields",
    ),
    "model.panels.transformations.lines": ("CreateHistogram", "FilterByValue", "GroupBy", "Limit", "Reduce", "SortBy", "ValueFilter"),
    "model.receivers.discord": ("Discord",),
    "model.receivers.email": ("Email",),
    "model.receivers.msteams": ("MSTeams",),
    "model.receivers.pagerduty": ("PagerDuty",),
    "model.receivers.slack": ("Slack",),
    "model.receivers.telegram": ("Telegram",),
    "model.receivers.webhook": ("Webhook",),
    "model.routing": ("Inhibition", "Receiver", "Route", "Routing", "Smtp"),
    "model.scenario": ("Firing", "Fires", "Inhibited", "Muted", "Pending", "Quiet", "Reaches", "Resolves", "Scenario", "Series"),
    "model.shapes": ("constant", "listed", "noise", "observed", "per_second", "ramp", "restarted", "spike", "step"),
    "model.grafana_server": ("GrafanaServer", "Ldap", "LdapGroup", "OAuth", "Postgres"),
    "model.images": ("Image", "Images"),
    "model.limits": ("Limits",),
    "model.long_term": ("Mimir", "Thanos"),
    "model.proxy": ("Nginx", "Traefik"),
    "model.security": ("Web",),
    "model.servers": ("AlertmanagerServer", "Federation", "GlobalPrometheus", "PrometheusServer", "RemoteWrite"),
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
    "model.time_interval": ("TimeInterval", "TimeRange"),
    "model.variables": (
        "AdHocVariable",
        "ConstantVariable",
        "CustomVariable",
        "DatasourceVariable",
        "Filter",
        "GroupByVariable",
        "IntervalVariable",
        "LabelNamesVariable",
        "MetricNamesVariable",
        "QueryResultVariable",
        "QueryVariable",
        "SwitchVariable",
        "TextVariable",
    ),
    "version": ("__version__",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

# A literal, because type checkers read it; a test holds it to the modules above.
__all__ = [
    "AccessPoint",
    "AdHocVariable",
    "Alert",
    "AlertList",
    "AlertmanagerServer",
    "Annotation",
    "BarChart",
    "BarGauge",
    "BinaryOperation",
    "Business",
    "Concatenate",
    "Condition",
    "ConfigFromData",
    "ConstantVariable",
    "ConvertFieldType",
    "Counter",
    "CreateHistogram",
    "CumulativeFunction",
    "CustomVariable",
    "Dashboard",
    "DashboardLink",
    "DashboardList",
    "DatasourceVariable",
    "Discord",
    "Email",
    "Exporter",
    "ExtractFields",
    "Federation",
    "Filter",
    "FilterByRefId",
    "FilterByValue",
    "FilterFieldsByName",
    "Fires",
    "Firing",
    "FormatString",
    "FormatTime",
    "Gauge",
    "GaugePanel",
    "GlobalPrometheus",
    "GrafanaServer",
    "GroupBy",
    "GroupByVariable",
    "GroupingToMatrix",
    "Heatmap",
    "Histogram",
    "HistogramPanel",
    "Image",
    "Images",
    "Info",
    "Inhibited",
    "Inhibition",
    "IntervalVariable",
    "JoinByField",
    "JoinByLabels",
    "Label",
    "LabelNamesVariable",
    "Labels",
    "LabelsToFields",
    "Ldap",
    "LdapGroup",
    "LibraryPanel",
    "Limit",
    "Limits",
    "Link",
    "LogQuery",
    "Logs",
    "MSTeams",
    "Merge",
    "MetricNamesVariable",
    "Mimir",
    "Muted",
    "Nginx",
    "OAuth",
    "Organize",
    "Override",
    "PagerDuty",
    "PartitionByValues",
    "Pending",
    "PieChart",
    "Postgres",
    "PrepareTimeSeries",
    "PrometheusServer",
    "Quantity",
    "Query",
    "QueryResultVariable",
    "QueryVariable",
    "Quiet",
    "RawDashboard",
    "RawPanel",
    "Reaches",
    "Receiver",
    "RecordingRule",
    "Reduce",
    "ReduceRow",
    "RemoteWrite",
    "RenameByRegex",
    "Resolves",
    "Route",
    "Routing",
    "Row",
    "RowIndex",
    "RowsToFields",
    "RuleGroup",
    "Runbook",
    "Scenario",
    "ScrapeJob",
    "Series",
    "SeriesToRows",
    "SeriesWhere",
    "Slack",
    "Smtp",
    "SortBy",
    "Stack",
    "Stat",
    "StateTimeline",
    "StatusHistory",
    "Summary",
    "SwitchVariable",
    "Table",
    "Telegram",
    "TextPanel",
    "TextVariable",
    "Thanos",
    "Threshold",
    "TimeInterval",
    "TimeRange",
    "TimeSeries",
    "TimeSeriesTable",
    "Traefik",
    "Transformation",
    "Transpose",
    "UnaryOperation",
    "Unit",
    "Untyped",
    "ValueFilter",
    "ValueMapping",
    "Vector",
    "Web",
    "Webhook",
    "WindowFunction",
    "__version__",
    "amperes",
    "assert_conforms",
    "attempts",
    "bits",
    "by_env",
    "bytes_",
    "celsius",
    "connections",
    "constant",
    "days",
    "deploys",
    "errors",
    "events",
    "executions",
    "expression",
    "fahrenheit",
    "firing_alerts",
    "gibibytes",
    "gigabytes",
    "grams",
    "hertz",
    "hours",
    "interval",
    "items",
    "jobs",
    "joules",
    "kelvin",
    "kibibytes",
    "kilobytes",
    "kilograms",
    "label",
    "listed",
    "mebibytes",
    "megabytes",
    "messages",
    "meters",
    "microseconds",
    "milliseconds",
    "minutes",
    "nanoseconds",
    "noise",
    "observed",
    "operations",
    "packets",
    "per_second",
    "percent",
    "processes",
    "queries",
    "ramp",
    "rate_interval",
    "ratio",
    "raw",
    "raw_dashboard",
    "requests",
    "responses",
    "restarted",
    "seconds",
    "spike",
    "step",
    "tebibytes",
    "terabytes",
    "threads",
    "time_range",
    "timestamp",
    "tokens",
    "unit",
    "volts",
    "watts",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - type checkers read the imports above
    module = _MODULE_OF.get(name)
    if module is None:
        message = f"module `{__name__}` has no attribute `{name}`"
        raise AttributeError(message)
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value
