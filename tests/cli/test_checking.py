"""A large project is checked by two processes, and nobody can tell."""

import os
import sys
import threading
from pathlib import Path

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build import plan
from monitoring_as_code.cli import beside, checking
from monitoring_as_code.config import Config
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.project import load_project

forks = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only")

_MODULE = """
from monitoring_as_code import Alert, Counter, Dashboard, Query, Row, TimeSeries

metric = Counter(name="orders_{0}_total", help="Orders taken.")
alert = Alert(name="NoOrders{0}", expr=metric.rate("10m").sum() < 0.1, for_="15m", severity="warning", summary="no orders",
              runbook="https://runbooks.example/orders")
board = Dashboard(name="Orders {0}", uid="orders-{0}", rows=(Row(title="Orders", panels=tuple(
    TimeSeries(title=f"Panel {{number}}", queries=(Query(expr=f"sum(rate(orders_{0}{2}_total[$__rate_interval])) > {1}.{{number}}"),)) for number in range(30, 70)
)),))
"""


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are two processors and no thread, and a few expressions are many."""
    monkeypatch.setattr(beside, "possible", lambda: True)
    monkeypatch.setattr(checking, "_MANY", 10)


def _analysis(folder: Path, *, wrong: str = "") -> Analysis:
    definitions = folder / "definitions"
    if not definitions.exists():
        definitions.mkdir(parents=True)
        (definitions / "__init__.py").touch()
        for number in range(20):
            slip = "x" if f"{number}" == wrong else ""
            (definitions / f"orders_{number}.py").write_text(_MODULE.format(number, f"{number}", slip))
    return Analysis(load_project(str(folder), Config()))


@forks
@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("wrong", ["", "0", "19"])
def test_two_processes_find_and_make_what_one_does(tmp_path: Path, wrong: str) -> None:
    shared = _analysis(tmp_path, wrong=wrong)
    alone = _analysis(tmp_path)
    assert checking.check_all(shared) == lint(alone)
    assert shared.made
    assert plan(shared) == plan(alone)


@forks
@pytest.mark.usefixtures("two")
def test_work_that_the_other_process_fails_at_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    us = os.getpid()
    check = checking._check

    def fails_elsewhere(*arguments: object) -> object:
        if os.getpid() != us:
            os.kill(os.getpid(), 9)
        return check(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(checking, "_check", fails_elsewhere)
    shared = _analysis(tmp_path, wrong="19")
    alone = _analysis(tmp_path)
    assert checking.check_all(shared) == lint(alone)
    assert plan(shared) == plan(alone)


@forks
def test_results_come_back_in_order_and_the_process_is_gone_afterwards() -> None:
    with beside.Beside(lambda: ((number, {"a": b"x" * 100_000}) for number in range(50))) as other:
        assert [number for number, _ in other] == list(range(50))
    with pytest.raises(ProcessLookupError):
        os.kill(other._process, 0)


@forks
def test_a_mistake_here_ends_the_other_process() -> None:
    with pytest.raises(KeyboardInterrupt), beside.Beside(lambda: iter(threading.Event().wait, None)) as other:
        raise KeyboardInterrupt
    with pytest.raises(ProcessLookupError):
        os.kill(other._process, 0)


def test_a_process_with_threads_is_not_copied() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert not beside.possible()
    finally:
        done.set()
        thread.join()
