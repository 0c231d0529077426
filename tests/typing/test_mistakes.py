"""Both type checkers show every mistake that mistakes.py names, where it is, and nothing else there."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

MISTAKES = Path(__file__).with_name("mistakes.py")


class Said(NamedTuple):
    line: int
    checker: str
    message: str


def expected() -> list[Said]:
    said, line = [], 0
    for number, text in enumerate(MISTAKES.read_text().splitlines(), 1):
        found = re.match(r"# by (mypy|pyright): (.*)", text)
        if found:
            said.append(Said(line, found[1], found[2]))
        elif text:
            line = number
    return said


def mypy() -> list[Said]:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--hide-error-context", "--no-error-summary", str(MISTAKES)],
        cwd=MISTAKES.parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    found = (re.match(r".*mistakes\.py:(\d+): error: (.*)", line) for line in done.stdout.splitlines())
    return [Said(int(each[1]), "mypy", each[2]) for each in found if each]


def pyright() -> list[Said]:
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, str(MISTAKES)],
        cwd=MISTAKES.parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)["generalDiagnostics"]
    return [Said(each["range"]["start"]["line"] + 1, "pyright", each["message"]) for each in found if each["severity"] == "error"]


@pytest.mark.parametrize("checker", [mypy, pyright], ids=["mypy", "pyright"])
def test_each_mistake_is_shown_at_its_line_and_nothing_else_is(checker: Callable[[], list[Said]]) -> None:
    said = checker()
    wanted = [each for each in expected() if each.checker == getattr(checker, "__name__", "")]
    for each in wanted:
        here = [other.message for other in said if other.line == each.line]
        assert any(each.message in message.replace("\xa0", " ") for message in here), (each, here)
    assert {other.line for other in said} == {each.line for each in wanted}


def test_at_least_fifteen_mistakes_are_named_for_both() -> None:
    lines = {checker: [each.line for each in expected() if each.checker == checker] for checker in ("mypy", "pyright")}
    assert lines["mypy"] == lines["pyright"]
    assert len(lines["mypy"]) >= 15
