"""The workload as files: a project for `mac`, and a script for grafanalib that writes the same dashboards."""

from pathlib import Path

from bench.workload import ALERTS, DASHBOARDS, LABELS, METRICS, Panel

_DEFINITIONS = '''"""Service 0000."""

from typing import Literal

from monitoring_as_code import Alert, Counter, Dashboard, Gauge, Histogram, Label, Labels, Query, Row, Runbook, TimeSeries, label
from monitoring_as_code import attempts, bytes_, connections, jobs, messages, processes, requests, seconds, timestamp
'''

_STACK = '''"""Where it runs, and whom its alerts reach."""

from monitoring_as_code import Alert, Receiver, Route, Routing, Runbook, ScrapeJob, Slack, Stack, Webhook

team = Receiver(name="team", integrations=(Slack(channel="#alerts"),))
watcher = Receiver(name="watcher", integrations=(Webhook(url="http://watcher.example.org/alive"),))
watchdog = Alert(
    name="Watchdog",
    expr="vector(1)",
    severity="none",
    summary="Alerts get through",
    runbook=Runbook(meaning="Nothing: it fires all the time.", check=("Look whether it has stopped.",)),
)
routing = Routing(
    receiver=team,
    group_by=("alertname", "service"),
    routes=(Route(matchers=('alertname="Watchdog"',), receiver=watcher, repeat_interval="5m"),),
)
stack = Stack(
    name="bench",
    scrape_interval="15s",
    alertmanagers=("alertmanager:9093",),
    docs_url="https://docs.example.org",
    grafana_url="https://grafana.example.org",
    jobs=(ScrapeJob(name="orders", targets=("orders.example.org:8080",)),),
)
'''

_BOARDS = '''"""Service 0000."""

from grafanalib.core import Dashboard, GridPos, Target, TimeSeries

'''

_RUN = '''"""Writes what each module in boards/ declares, with grafanalib's own writer."""

import sys
from importlib import import_module
from pathlib import Path

from grafanalib._gen import write_dashboard

here, out = Path(__file__).parent, Path(sys.argv[1])
out.mkdir()
sys.path.insert(0, str(here))
for file in sorted(here.glob("boards/service_*.py")):
    for dashboard in import_module(f"boards.{file.stem}").dashboards:
        with (out / f"{dashboard.uid}.json").open("w") as stream:
            write_dashboard(dashboard, stream)
'''


def write(folder: Path, services: int) -> None:
    """Makes `folder`/mac, with definitions/, and `folder`/grafanalib, with run.py."""
    definitions = folder / "mac" / "definitions"
    boards = folder / "grafanalib" / "boards"
    for package in (definitions, boards):
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
    (definitions / "stack.py").write_text(_STACK)
    (boards.parent / "run.py").write_text(_RUN)
    for number in range(1, services + 1):
        for package, text in ((definitions, _service()), (boards, _boards())):
            (package / f"service_{number:04d}.py").write_text(text.replace("0000", f"{number:04d}"))


def _service() -> str:
    metrics = [
        f'{name} = {kind}(name="orders_0000_{name}", help="{about}", labels={labels}, {more})'
        for kind, name, about, labels, more in METRICS
    ]
    alerts = [
        f'{_identifier(alert.name)} = Alert(\n    name="Orders0000{alert.name}",\n    expr={alert.condition},\n    for_="{alert.duration}",\n'
        f'    severity="{alert.severity}",\n    summary="{{{{ $labels.service }}}} {alert.summary}",\n'
        f'    runbook=Runbook(meaning="Customers of orders-0000 notice.", check=("Look at its dashboard.", "Read its log.")),\n)'
        for alert in ALERTS
    ]
    dashboards = [
        f'{name} = Dashboard(\n    name="Orders 0000, {name}",\n    uid="orders-0000-{name}",\n    rows=(\n'
        f'        Row(\n            title="Service",\n            panels=(\n{"".join(map(_panel, panels))}            ),\n        ),\n    ),\n)'
        for name, panels in DASHBOARDS
    ]
    return "\n".join([_DEFINITIONS, LABELS, "\n".join(metrics), *alerts, *dashboards, ""])


def _identifier(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)[1:]


def _panel(panel: Panel) -> str:
    queries = "".join(f"\n                        Query(expr={expr!r}, legend={legend!r})," for expr, legend in panel.queries)
    return (
        f"                TimeSeries(\n                    title={panel.title!r},\n                    queries=({queries}\n"
        f"                    ),\n                ),\n"
    )


def _boards() -> str:
    dashboards = "".join(
        f'    Dashboard(\n        title="Orders 0000, {name}",\n        uid="orders-0000-{name}",\n        panels=[\n'
        f"{''.join(_grafanalib_panel(panel, index) for index, panel in enumerate(panels))}        ],\n    ).auto_panel_ids(),\n"
        for name, panels in DASHBOARDS
    )
    return f"{_BOARDS}dashboards = [\n{dashboards}]\n"


def _grafanalib_panel(panel: Panel, index: int) -> str:
    targets = "".join(
        f'\n                    Target(expr={expr!r}, legendFormat={legend!r}, refId="{"AB"[at]}", datasource="prometheus"),'
        for at, (expr, legend) in enumerate(panel.queries)
    )
    return (
        f'            TimeSeries(\n                title={panel.title!r},\n                unit="{panel.unit}",\n                dataSource="prometheus",\n'
        f"                gridPos=GridPos(h=8, w=6, x={index % 4 * 6}, y={index // 4 * 8}),\n                targets=[{targets}\n                ],\n"
        f"            ),\n"
    )
