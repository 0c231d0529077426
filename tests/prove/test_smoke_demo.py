"""`mac smoke --demo`: from what an application records to the messages that come of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.operate.shop import DEFINITIONS

pytestmark = pytest.mark.engines("promtool", "prometheus", "alertmanager")


def smoke(project: Path, *arguments: str, root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "monitoring_as_code", "smoke", "--demo", *arguments],
        cwd=project, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, encoding="utf-8", check=False, timeout=180,
    )  # fmt: skip


def test_what_goes_wrong_in_the_backend_reaches_every_receiver_and_is_over(root: Path) -> None:
    done = smoke(root, "--format", "json", root=root)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["untried_receivers"] == []
    assert {each["receiver"] for each in found["alerts"]} == {"autoweave", "database-team", "heartbeat", "on-call", "security-team"}
    assert all(each["complete"] for each in found["alerts"])
    # What made them fire is an incident of the stand-in, but for the alert that always fires.
    assert {each["alert"] for each in found["alerts"] if not each["scenario"]} == {"Watchdog"}
    assert all(each["is_over_after_seconds"] is not None for each in found["alerts"] if each["scenario"])


def shop(folder: Path, stand_in: str = "") -> Path:
    (folder / "definitions").mkdir()
    (folder / "definitions" / "shop.py").write_text(DEFINITIONS.replace("PORT", "900"), "utf-8")
    if stand_in:
        (folder / "examples" / "shop").mkdir(parents=True)
        (folder / "examples" / "shop" / "__main__.py").write_text(stand_in, "utf-8")
    return folder


def test_a_project_without_a_stand_in_is_told_where_it_would_be(root: Path, tmp_path: Path) -> None:
    done = smoke(shop(tmp_path), root=root)
    assert done.returncode == 2
    assert "nothing stands in for an application of this project: write the package `examples/shop`" in done.stderr


SILENT = """\
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(ANSWER if self.path == "/demo" else b"")

    def log_message(self, *_):
        pass

HTTPServer(("127.0.0.1", int(sys.argv[2])), Page).serve_forever()
"""


@pytest.mark.parametrize(
    "answer, said",
    [(b"", "`shop` does not say what can go wrong: "), (b'[{"name": "x"}]', "`shop` does not say what can go wrong: /demo is not a list")],
    ids=["nothing", "no alert"],
)
def test_a_stand_in_that_does_not_say_what_can_go_wrong_is_told_of(root: Path, tmp_path: Path, answer: bytes, said: str) -> None:
    done = smoke(shop(tmp_path, SILENT.replace("ANSWER", repr(answer))), root=root)
    assert done.returncode == 2
    assert f"nothing was run: {said}" in done.stdout


def test_a_stand_in_that_does_not_start_is_told_of_with_its_own_words(root: Path, tmp_path: Path) -> None:
    done = smoke(shop(tmp_path, "raise SystemExit('no shop today')"), root=root)
    assert done.returncode == 2
    assert "`shop` ended with 1: no shop today" in done.stderr
