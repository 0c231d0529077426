"""Dashboards alone, beyond inference: the text of 24,000 panels beside what grafanalib takes to write the same ones: dashboards.py [N]

Each of N services has 24 panels. Both have their objects, and `mac` its facts of every expression, before the clock starts; then each
writes every dashboard to memory, in one process, in turns. Times are CPU time, the medians of the turns.
"""

import argparse
import gc
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from bench import projects
from bench.processes import scratch
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.project import load_project
from monitoring_as_code.targets.grafana import dashboard_file
from monitoring_as_code.targets.grafana.watched import watching

PANELS = 24


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("services", type=int, nargs="?", default=1000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=scratch(), prefix="mac-bench-") as folder:
        projects.write(Path(folder), options.services)
        ours = _ours(Path(folder) / "mac")
        theirs = _theirs(Path(folder) / "grafanalib")
        gc.freeze()  # what is measured is the writing, not the walks over what was there before
        turns = [(_cpu(ours), _cpu(theirs)) for _ in range(options.rounds)]
    mac, grafanalib = (statistics.median(of) for of in zip(*turns, strict=True))
    print(f"{options.services * PANELS} panels: mac {mac:.2f} s, grafanalib {grafanalib:.2f} s, which is {mac / grafanalib:.0%} of it")
    most = min(2.0 * options.services / 1000, grafanalib / 2)
    print(
        "reached" if mac <= most else f"missed by {mac / most - 1:.0%}", f"(at most {most:.2f} s: 2 s for 24000, and half of grafanalib's)"
    )


def _ours(folder: Path) -> Callable[[], int]:
    project = load_project(folder, Config())
    assert not project.problems
    analysis = Analysis(project)
    for use in analysis.uses:
        if use.expr is not None:
            analysis.value(use)
    watching(analysis)  # which alert is shown where, found from the expressions alone
    dashboards = project.of(Dashboard)
    return lambda: sum(len(dashboard_file(analysis, each)[1]) for each in dashboards)


def _theirs(folder: Path) -> Callable[[], int]:
    from grafanalib._gen import write_dashboard

    sys.path.insert(0, str(folder))
    modules = [import_module(f"boards.{file.stem}") for file in sorted(folder.glob("boards/service_*.py"))]
    dashboards: Sequence[Any] = [each for module in modules for each in module.dashboards]

    def written() -> int:
        total = 0
        for dashboard in dashboards:
            stream = io.StringIO()
            write_dashboard(dashboard, stream)
            total += len(stream.getvalue())
        return total

    return written


def _cpu(run: Callable[[], int]) -> float:
    began = time.process_time()
    assert run()
    return time.process_time() - began


if __name__ == "__main__":
    main()
