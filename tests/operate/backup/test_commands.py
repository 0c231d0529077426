"""What users see of `mac backup` and `mac restore`."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.operate.backup.conftest import Loads


def mac(*arguments: str, cwd: Path) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "monitoring_as_code", *arguments],
        cwd=cwd,
        env={**os.environ, "XDG_STATE_HOME": str(cwd / "state")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_database_goes_and_comes(grafana: Path, tmp_path: Path) -> None:
    key = grafana.parent / "secret_key"
    code, out, err = mac("backup", "--grafana-db", str(grafana), "--grafana-secret-key", str(key), "--keep", "1", cwd=tmp_path)
    assert (code, err) == (0, "")
    folder, held = out.split("\n", 1)
    assert re.fullmatch(re.escape(f"{tmp_path}/state/mac/backups/") + r"\d{8}T\d{6}Z", folder)
    assert re.fullmatch(r"  Grafana: 50 rows in 2 tables, with its secret key\n  2 files, [\d.]+ KiB\n", held)
    assert mac("backup", "list", cwd=tmp_path) == (0, out, "")
    assert mac("backup", "verify", cwd=tmp_path) == (0, f"{folder} is whole\n{held}", "")
    back = ("restore", os.path.relpath(folder, tmp_path), "--grafana-db", "new.db")
    assert mac(*back, cwd=tmp_path) == (0, f"`{tmp_path}/new.db` is Grafana's database as backed up\n", "")
    code, out, err = mac(*back, cwd=tmp_path)
    assert (code, out, err.splitlines()[0]) == (2, "", f"mac: `{tmp_path}/new.db` is there already")
    (Path(folder) / "grafana" / "grafana.db").unlink()
    assert mac("backup", "verify", cwd=tmp_path) == (1, "", f"mac: `{folder}/grafana/grafana.db` is gone\n  help: take another backup\n")


@pytest.mark.engines("prometheus")
def test_samples_go_and_come(loads: "Loads", tmp_path: Path) -> None:
    load = loads.start(10, "--web.enable-admin-api")
    load.wait_for(2)
    code, out, err = mac("backup", "--to", "backups", "--prometheus", load.server.url, cwd=tmp_path)
    assert (code, err) == (0, "")
    folder = out.split("\n", 1)[0]
    assert re.search(r"  Prometheus [\d.]+: \d+ samples of \d+ series, 2\d{3}-.* UTC\n", out)
    code, out, err = mac("backup", "--to", "backups", "verify", cwd=tmp_path)
    assert (code, out.splitlines()[0], err) == (0, f"{folder} is whole", "")
    code, out, err = mac("restore", folder, "--prometheus-data", "data", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert re.fullmatch(re.escape(f"`{tmp_path}/data` has ") + r"\d+ samples; Prometheus can be started on it\n", out)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "data").rglob("*")} == {0o600, 0o700}


MISTAKES = {
    "backup --grafana-db a --grafana-postgres b": "Grafana has one database: `--grafana-db` or `--grafana-postgres`",
    "backup --prometheus x --grafana-secret-key a": "`--grafana-secret-key` goes with Grafana's database",
    "backup --prometheus http://127.0.0.1:1": "Prometheus at `http://127.0.0.1:1` cannot be asked",
    "backup --grafana-db none.db": "there is no file `",
    "backup verify": "there is no backup in `",
    "backup verify none": "there is no backup `none`",
    "restore none": "there is no backup `",
    "restore .": "is no backup: it has no `manifest.json`",
}


@pytest.mark.parametrize("arguments", MISTAKES)
def test_a_mistake_is_said_and_leaves_nothing(arguments: str, tmp_path: Path) -> None:
    code, out, err = mac(*arguments.split(), cwd=tmp_path)
    assert (code, out) == (2, "")
    assert MISTAKES[arguments] in err
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
