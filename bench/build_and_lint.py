"""`mac build` and `mac lint` of N services beside grafanalib and promtool on the same content: build_and_lint.py [N ...]

Build is cold: there is no build/ yet. Each of N services has 30 metrics, 24 panels with 36 queries, 11 alerts. grafanalib writes the same
dashboards; promtool checks the rules that `mac` has written. AutoWeave is this repository's own definitions/. Times are medians of
interleaved runs of whole processes, pyc files present, output in memory.
"""

import argparse
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench import projects
from bench.processes import Command, Run, medians, scratch
from monitoring_as_code import engines

ROOT = Path(__file__).parents[1]
MAC = [str(Path(sys.executable).with_name("mac"))]  # as users start it: `-m` costs a few milliseconds more
IMPORTS = Command([sys.executable, "-c", "import pydantic, click, yaml, promql_parser"], ROOT)


class Goal(NamedTuple):
    """A sentence, what was measured, and the most that it may be."""

    said: str
    measured: float
    most: float
    unit: str = "ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("services", type=int, nargs="*", default=[1, 100, 1000], metavar="N")
    parser.add_argument("--rounds", type=int, help="interleaved runs of each command (default: 9, fewer for a large N)")
    options = parser.parse_args()
    if any(not 1 <= services <= 9999 for services in options.services):
        parser.error("N is from 1 to 9999")

    print(f"{'':34}{'CPU ms':>10}{'wall ms':>10}{'peak MiB':>10}")
    goals: list[Goal] = []
    with tempfile.TemporaryDirectory(dir=scratch(), prefix="mac-bench-") as folder:
        if (ROOT / "definitions" / "__init__.py").exists() or list((ROOT / "definitions").glob("*.py")):
            goals += _autoweave(Path(folder) / "autoweave", options.rounds or 9)
        measured = {}
        for services in options.services:
            rounds = options.rounds or (9 if services < 50 else 5 if services < 500 else 3)
            measured[services] = _services(Path(folder) / str(services), services, rounds)
    goals += _scale(measured)

    if goals:
        print(f"\n{'':66}{'measured':>10}{'at most':>10}")
    for goal in goals:
        verdict = "reached" if goal.measured <= goal.most else f"missed by {goal.measured / goal.most - 1:.0%}"
        print(f"{goal.said:66}{goal.measured:10.0f}{goal.most:10.0f} {goal.unit}  {verdict}")


def _autoweave(folder: Path, rounds: int) -> list[Goal]:
    folder.mkdir()
    shutil.copytree(ROOT / "definitions", folder / "definitions", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    commands = {"mac build": _cold_build(folder), "mac lint": Command([*MAC, "lint"], folder), "imports alone": IMPORTS}
    runs = _shown("AutoWeave", commands, rounds)
    most = 2 * runs["imports alone"].cpu_seconds * 1000
    return [
        Goal(f"AutoWeave: CPU of `{command}`, twice the imports'", runs[command].cpu_seconds * 1000, most)
        for command in ("mac build", "mac lint")
    ]


def _services(folder: Path, services: int, rounds: int) -> dict[str, Run]:
    projects.write(folder, services)
    project, peer = folder / "mac", folder / "grafanalib"
    out = peer / "out"
    commands = {
        "mac build": _cold_build(project),
        "mac lint": Command([*MAC, "lint"], project),
        "imports alone": IMPORTS,
        "grafanalib": Command([sys.executable, "run.py", str(out)], peer, partial(shutil.rmtree, out, ignore_errors=True)),
    }
    promtool = engines.find("promtool")
    if promtool is None:
        print(f"  {engines.MissingEngine('promtool')}")
    else:
        # The rules are there as soon as the first build is: the shell lists them when promtool's turn comes.
        check = 'exec "$0" check rules $(grep -lr "^groups:" build --include="*.y*ml")'
        commands["promtool check rules"] = Command(["/bin/sh", "-c", check, str(promtool.path)], project)
    return _shown(f"N = {services}", commands, rounds)


def _cold_build(project: Path) -> Command:
    return Command([*MAC, "build"], project, partial(shutil.rmtree, project / "build", ignore_errors=True))


def _shown(title: str, commands: dict[str, Command], rounds: int) -> dict[str, Run]:
    runs = medians(commands, rounds)
    for name, run in runs.items():
        label = f"{title}, {name}"
        print(f"{label:34}{run.cpu_seconds * 1000:10.0f}{run.wall_seconds * 1000:10.0f}{run.peak_bytes / 2**20:10.0f}", flush=True)
    return runs


def _scale(measured: dict[int, dict[str, Run]]) -> list[Goal]:
    """What is asked of N = 100 and of N = 1000; other numbers are only shown."""
    goals = []
    hundred, thousand = measured.get(100), measured.get(1000)
    if hundred and "promtool check rules" in hundred:
        peers = (hundred["grafanalib"].wall_seconds + hundred["promtool check rules"].wall_seconds) * 1000
        goals.append(
            Goal("N = 100: wall time of `mac build`, grafanalib's and promtool's", hundred["mac build"].wall_seconds * 1000, peers)
        )
    for command in ("mac build", "mac lint") if thousand else ():
        if hundred and thousand:
            most = 12 * hundred[command].cpu_seconds * 1000
            goals.append(Goal(f"N = 1000: CPU of `{command}`, 12 times N = 100", thousand[command].cpu_seconds * 1000, most))
        if thousand:
            goals.append(Goal(f"N = 1000: peak memory of `{command}`", thousand[command].peak_bytes / 2**20, 400, "MiB"))
    return goals


if __name__ == "__main__":
    main()
