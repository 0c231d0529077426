"""A backup of Grafana's database, which needs no engine, and a Prometheus under load."""

import http.server
import json
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from monitoring_as_code import engines
from monitoring_as_code.operate import backup


class Load:
    """A Prometheus that scrapes `series` series a second; `data` is its folder."""

    def __init__(self, server: engines.Server, data: Path, series: int) -> None:
        self.server = server
        self.data = data
        self.series = series
        self.api = backup.Api("Prometheus", server.url)

    def wait_for(self, scrapes: int) -> None:
        """Until so many scrapes are stored."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            found = json.loads(self.server.get("/api/v1/query?query=sum_over_time(up[1h])"))["data"]["result"]
            if found and float(found[0]["value"][1]) >= scrapes:
                return
            time.sleep(0.2)
        raise AssertionError("nothing is scraped")


class Loads:
    """Starts such servers, which are gone when the test is."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack = stack
        self._folder = folder

    def start(self, series: int, *arguments: str) -> Load:
        """One more, with its target."""
        body = "".join(f'load_{number % 10}{{number="{number}"}} {number}\n' for number in range(series)).encode()

        class Target(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")  # Prometheus 3 takes nothing without
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's name
                pass

        target = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Target)
        self._stack.callback(target.server_close)
        self._stack.callback(target.shutdown)
        threading.Thread(target=target.serve_forever, daemon=True).start()
        config = self._folder / "prometheus.yml"
        config.write_text(
            "global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: load\n  static_configs:\n"
            f"  - targets: ['127.0.0.1:{target.server_port}']\n"
        )
        data = Path(tempfile.mkdtemp(prefix="mac-load-"))
        self._stack.callback(shutil.rmtree, data, ignore_errors=True)
        # As often as it goes, heads are made to blocks under the backups' hands.
        often = "--storage.tsdb.min-block-duration=1m"
        server = self._stack.enter_context(engines.prometheus(config, often, *arguments, blocks=data))
        return Load(server, data, series)


@pytest.fixture
def loads(tmp_path: Path) -> Iterator[Loads]:
    with ExitStack() as stack:
        yield Loads(stack, tmp_path)


def grafana_database(file: Path, rows: int = 50) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE migration_log (id INTEGER PRIMARY KEY, sql TEXT)")
        connection.execute("CREATE TABLE dashboard (id INTEGER PRIMARY KEY, data TEXT)")
        connection.executemany("INSERT INTO dashboard (data) VALUES (?)", [("x" * 500,) for _ in range(rows)])
        connection.commit()


@pytest.fixture
def grafana(tmp_path: Path) -> Path:
    """A database that looks like Grafana's, and a secret key beside it."""
    file = tmp_path / "grafana" / "grafana.db"
    file.parent.mkdir()
    grafana_database(file)
    (file.parent / "secret_key").write_text("SW2YcwTIb9zpOOhoPsMm")
    return file


@pytest.fixture
def made(grafana: Path, tmp_path: Path) -> backup.Made:
    """A backup of it."""
    return backup.make(backup.Sources(grafana_db=grafana, grafana_secret_key=grafana.parent / "secret_key"), tmp_path / "backups")
