"""`generate-dashboard depots.dashboard.py` writes what `mac build` writes, and one panel more."""

from pathlib import Path

from grafanalib import core

from monitoring_as_code import Dashboard
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.project import load_project
from monitoring_as_code.targets.grafanalib import to_grafanalib

analysis = Analysis(load_project(Path(__file__).parent, Config()))
dashboard = to_grafanalib(analysis, analysis.project.of(Dashboard)[0])
dashboard.panels.append(core.Stat(title="Added", targets=[core.Target(expr="up")], gridPos=core.GridPos(4, 4, 0, 100)))
