"""Where the cases are, those of the project and those of the corpus that may lie beside it."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def corpus(root: Path) -> Callable[[str], list[dict[str, Any]]]:
    """Reads one of the corpus's files; skips the test where the corpus is not there."""
    folder = Path(os.environ.get("MAC_CORPUS") or root.parent / "shared" / "corpus") / "promql"
    if not folder.is_dir():
        pytest.skip("the corpus of PromQL is not here: MAC_CORPUS names the folder that holds it")

    def read(name: str) -> list[dict[str, Any]]:
        text = (folder / name).read_text(encoding="utf-8")
        rows: list[dict[str, Any]] = [json.loads(line) for line in text.split("\n") if line] if name.endswith("l") else json.loads(text)
        return rows

    return read


@pytest.fixture
def promtool_refuses(tmp_path: Path) -> Callable[[list[str]], int]:
    """Asks promtool how many of some expressions it refuses."""

    def count(expressions: list[str]) -> int:
        # JSON is YAML, and escapes what YAML would read otherwise.
        rules = [{"record": f"r{index}", "expr": expression} for index, expression in enumerate(expressions)]
        file = tmp_path / "rules.yml"
        file.write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}), encoding="utf-8")
        done = subprocess.run(["promtool", "check", "rules", str(file)], capture_output=True, text=True, errors="replace", check=False)
        refused = (done.stdout + done.stderr).count("could not parse expression")
        assert (refused > 0) == (done.returncode != 0), done.stderr
        return refused

    return count
