"""Whoever breaks an alert hears of it: `mac test` fails, and names the cause. data/sabotage/ has what a user sees, whole.

MAC_UPDATE=1 writes the files; read what changed.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.engines("promtool")
DATA = Path(__file__).parent / "data" / "sabotage"

POOLS = """\
from typing import Literal

from monitoring_as_code import *


class Pools(Labels):
    database: Label[str]
    type: Label[Literal["active", "total"]]


pool = Gauge(name="pool_connections", help="Connections of a pool.", unit=connections, labels=Pools, least=0)
full = Alert(
    name="PoolFull",
    expr='pool_connections{type="active"} / ignoring (type) pool_connections{type="total"} > 0.9',
    for_="2m",
    severity="critical",
    labels={"team": "database"},
    summary="The pool of {{ $labels.database }} is {{ $value | humanizePercentage }} full",
    runbook="https://wiki.example/pools",
)
chat = Receiver(name="chat", integrations=(Slack(channel="#shop"),))
database_team = Receiver(name="database-team", integrations=(PagerDuty(),))
routing = Routing(receiver=chat, routes=(Route(matchers=('team="database"',), receiver=database_team),))
stack = Stack(
    name="shop", scrape_interval="15s", evaluation_interval="15s", alertmanagers=("alertmanager:9093",),
    jobs=(ScrapeJob(name="shop", targets=("shop:8000",)),),
)


def connected(kind: Literal["active", "total"], number: float) -> Series:
    return Series(of=pool.where(Pools.database.eq("orders"), Pools.type.eq(kind)), values=constant(number))


nearly_all = Scenario(
    name="95 of 100 connections are in use",
    alert=full,
    given=(connected("active", 95), connected("total", 100)),
    expect=(
        Firing(at="3m", labels={"database": "orders"}, annotations={"summary": "orders is 95% full"}),
        Reaches(receivers=(database_team,), not_to=(chat,)),
    ),
)
half = Scenario(
    name="half of them are", alert=full, given=(connected("active", 50), connected("total", 100)), expect=(Quiet(at="0s", until="5m"),)
)
"""

# What is broken: some text, what becomes of it, and the lint rules that would tell of it first, so that nothing would be run.
SABOTAGE: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "inverted-threshold": ("> 0.9'", "< 0.9'", ()),
    "moved-threshold": ("> 0.9'", "> 0.96'", ()),
    "dropped-label": ('    labels={"team": "database"},\n', "", ()),
    "dropped-label-without-lint": ('    labels={"team": "database"},\n', "", ("lost-label",)),
    "misrouted-receiver": ("matchers=('team=\"database\"',), receiver=database_team", "matchers=('team=\"database\"',), receiver=chat", ()),
    "broken-template": ("{{ $value | humanizePercentage }}", "{{ $value | humanizeDuration }}", ()),
    "failing-template": ("{{ $value | humanizePercentage }}", "{{ $labels.database | humanizePercentage }}", ()),
    "no-ignoring": (" ignoring (type)", "", ("never-matching-join",)),
    "longer-for": ('for_="2m"', 'for_="10m"', ()),
}


def _tested(root: Path, folder: Path, text: str, disabled: tuple[str, ...] = ()) -> tuple[int, str]:
    (folder / "definitions").mkdir()
    (folder / "definitions" / "pools.py").write_text(text, "utf-8")
    (folder / "pyproject.toml").write_text(f"[tool.mac]\ndisable = {list(disabled)}\n", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONUTF8": "1", "XDG_CACHE_HOME": str(folder / "cache"), "NO_COLOR": "1"}
    environment.pop("FORCE_COLOR", None)
    command = [sys.executable, "-m", "monitoring_as_code", "test"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, re.sub(r"\([0-9.]+ s\)", "(0.1 s)", done.stdout + done.stderr)


def test_what_is_not_broken_passes(root: Path, tmp_path: Path) -> None:
    code, said = _tested(root, tmp_path, POOLS)
    assert code == 0, said


@pytest.mark.parametrize("name", SABOTAGE)
def test_what_is_broken_is_noticed_and_its_cause_is_named(name: str, root: Path, tmp_path: Path) -> None:
    old, new, disabled = SABOTAGE[name]
    assert old in POOLS
    code, said = _tested(root, tmp_path, POOLS.replace(old, new), disabled)
    golden = DATA / f"{name}.txt"
    if os.environ.get("MAC_UPDATE"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(said, "utf-8")
    assert said == golden.read_text("utf-8")
    assert code == 1


def test_without_ignoring_the_lint_is_first_to_tell(root: Path, tmp_path: Path) -> None:
    old, new, _ = SABOTAGE["no-ignoring"]
    code, said = _tested(root, tmp_path, POOLS.replace(old, new))
    assert code == 1
    assert "error[never-matching-join]" in said
