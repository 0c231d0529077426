"""What a server says instead of an answer reaches the user as a sentence, and what is too much for it is asked for in pieces."""

import http.server
import json
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitoring_as_code.cli.group import mac
from monitoring_as_code.engines.access import Access
from monitoring_as_code.prove.backtest.asking import Asker
from monitoring_as_code.prove.backtest.history import History, HistoryUnreachable, QueryRefused

Answer = tuple[int, str, dict[str, str]]
Query = dict[str, str]


class Fake:
    """A server that answers as it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Query] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[Query], Answer] = samples
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.reply(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def do_GET(self) -> None:
                self.reply(urllib.parse.urlsplit(self.path).query)

            def reply(self, encoded: str) -> None:
                query = {"method": self.command, "path": self.path.partition("?")[0], **dict(urllib.parse.parse_qsl(encoded))}
                outer.asked.append(query)
                outer.headers.append(dict(self.headers))
                status, body, headers = outer.answer(query)
                try:
                    self.send_response(status)
                    for name, value in {"Content-Length": str(len(body.encode())), **headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body.encode())
                except OSError:
                    pass  # who has asked has gone

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def fake() -> Iterator[Fake]:
    found = Fake()
    yield found
    found.server.shutdown()
    found.server.server_close()


def fault(status: int, error: str) -> Answer:
    return status, json.dumps({"status": "error", "errorType": "execution", "error": error}), {}


def samples(query: Query) -> Answer:
    """One series that always has the value 1."""
    if "query" not in query:
        return 200, json.dumps({"status": "success", "data": ["jobs_waiting"]}), {}
    start, end, step = (float(query[each]) for each in ("start", "end", "step"))
    values = [[start + index * step, "1"] for index in range(int((end - start) / step) + 1)]
    return (
        200,
        json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {"a": "b"}, "values": values}]}}),
        {},
    )


def always(status: int, body: str, **headers: str) -> Callable[[Query], Answer]:
    return lambda _: (status, body, headers)


@pytest.mark.parametrize(
    "status, body, words",
    [
        (401, "no", "wants to know who asks (401): use --bearer-token-file"),
        (403, "no", "does not let this user read (403)"),
        (404, "page not found", "has no Prometheus API (404): the URL ends where `/api/v1` begins"),
        (500, '{"status":"error","error":"disk on fire"}', "answers with 500: disk on fire"),
        (502, "<html>Bad Gateway</html>", "answers with 502: <html>Bad Gateway</html>"),
        (200, "<html>Welcome</html>", "answers, but not as Prometheus does: <html>Welcome</html>"),
        (200, '{"status":"success","data":{"result":[{"metric":3}]}}', "answers, but not as Prometheus does"),
        (200, "", "answers, but not as Prometheus does: nothing"),
    ],
)
def test_a_server_that_does_not_answer_is_told_in_a_sentence(fake: Fake, status: int, body: str, words: str) -> None:
    fake.answer = always(status, body)
    with pytest.raises(HistoryUnreachable) as told:
        History(fake.url).range("up", 0, 60_000, 15_000)
    assert str(told.value).startswith(fake.url)
    assert words in str(told.value)


def test_nobody_is_sent_elsewhere_with_secrets(fake: Fake) -> None:
    fake.answer = always(302, "", Location="http://example.com/login")
    with pytest.raises(HistoryUnreachable, match=r"sends us to http://example.com/login: give the URL that is meant"):
        History(fake.url, Access({"Authorization": "Bearer secret"})).range("up", 0, 60_000, 15_000)
    assert len(fake.asked) == 1


def test_a_server_that_is_not_there_is_told(fake: Fake) -> None:
    fake.server.shutdown()
    fake.server.server_close()
    with pytest.raises(HistoryUnreachable, match=r"cannot be asked: connection refused"):
        History(fake.url).range("up", 0, 60_000, 15_000)


def test_an_expression_that_cannot_be_evaluated_is_refused_by_itself(fake: Fake) -> None:
    fake.answer = lambda _: fault(422, "many-to-many matching not allowed")
    with pytest.raises(QueryRefused, match="many-to-many"):
        History(fake.url).range("up", 0, 60_000, 15_000)


def test_a_server_that_is_busy_is_asked_again(fake: Fake) -> None:
    fake.answer = lambda query: samples(query) if len(fake.asked) > 1 else (503, "restarting", {})
    assert len(History(fake.url).range("up", 0, 60_000, 15_000)[0].samples) == 5


def test_a_proxy_that_passes_no_post_is_asked_by_get(fake: Fake) -> None:
    fake.answer = lambda query: samples(query) if query["method"] == "GET" else (405, "", {})
    assert len(History(fake.url).range("up", 0, 60_000, 15_000)[0].samples) == 5


@pytest.mark.parametrize(
    "status, words",
    [
        (422, "query processing would load too many samples into memory in query execution"),
        (400, "exceeded maximum resolution of 11,000 points per timeseries"),
        (503, "query timed out in expression evaluation"),
        (422, "the query time range exceeds the limit (query length: 720h, limit: 24h)"),
    ],
)
def test_what_is_too_much_is_asked_for_in_pieces_without_a_gap(fake: Fake, status: int, words: str) -> None:
    def answer(query: Query) -> Answer:
        points = (float(query["end"]) - float(query["start"])) / float(query["step"]) + 1
        return fault(status, words) if points > 100 else samples(query)

    fake.answer = answer
    asker = Asker(History(fake.url), lambda: None, lambda _: None)
    found = asker.course("up", [(0, 15_000 * 999)], 15_000)
    asker.close()
    assert [time for time, _ in found[("a", "b"),]] == [15_000 * index for index in range(1000)]


def test_what_is_too_much_in_the_smallest_pieces_too_is_refused(fake: Fake) -> None:
    fake.answer = lambda _: fault(422, "too many samples")
    asker = Asker(History(fake.url), lambda: None, lambda _: None)
    with pytest.raises(QueryRefused, match=r"too many samples, for [0-9] evaluations at a time, too"):
        asker.course("up", [(0, 15_000 * 999)], 15_000)
    asker.close()


def test_a_server_that_is_slow_is_asked_for_less(fake: Fake) -> None:
    def answer(query: Query) -> Answer:
        if float(query["end"]) - float(query["start"]) > 600:
            time.sleep(1)
        return samples(query)

    fake.answer = answer
    asker = Asker(History(fake.url, Access({}, timeout_seconds=0.3)), lambda: None, lambda _: None)
    found = asker.course("up", [(0, 15_000 * 99)], 15_000)
    asker.close()
    assert len(found[("a", "b"),]) == 100


def test_at_most_eleven_thousand_points_are_asked_for_at_once(fake: Fake) -> None:
    asker = Asker(History(fake.url), lambda: None, lambda _: None)
    found = asker.course("up", [(0, 15_000 * 30_000)], 15_000)
    asker.close()
    assert len(found[("a", "b"),]) == 30_001
    assert len(fake.asked) == 3
    assert all((float(each["end"]) - float(each["start"])) / 15 < 11_000 for each in fake.asked)


JOBS = """\
from monitoring_as_code import *

waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
jam = Alert(name="Jam", expr=waiting > 100, for_="2m", severity="warning", summary="x", runbook="https://example.com/jam")
routing = Routing(receiver=Receiver(name="chat", integrations=(Slack(channel="#jobs"),)))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "definitions").mkdir()
    (tmp_path / "definitions" / "jobs.py").write_text(JOBS, "utf-8")
    (tmp_path / "pyproject.toml").write_text("", "utf-8")
    for name, text in {
        "token": "s3cret\n",
        "basic": "me:s3cret\n",
        "headers": "X-Scope-OrgID: shop\n# no header\n",
        "empty": "",
        "wrong": "x\n",
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def run(project: Path, *arguments: str) -> tuple[int, str, str]:
    """A run as users do, but in this process: what it returns is its exit code."""
    done = CliRunner().invoke(mac, ["-C", str(project), "backtest", *arguments], standalone_mode=False)
    if done.exception is not None:
        return 2, done.stdout, getattr(done.exception, "message", repr(done.exception))
    return int(done.return_value), done.stdout, done.stderr


def test_secrets_come_from_files_and_are_sent_and_never_shown(fake: Fake, project: Path) -> None:
    arguments = ("--prometheus", fake.url, "--last", "1h", "--header-file", str(project / "headers"))
    for option, sent in (("--bearer-token-file", "Bearer s3cret"), ("--basic-auth-file", "Basic bWU6czNjcmV0")):
        file = str(project / ("token" if "bearer" in option else "basic"))
        fake.headers.clear()
        code, out, err = run(project, *arguments, option, file)
        assert code == 0, out + err
        assert {each["Authorization"] for each in fake.headers} == {sent}
        assert {each["X-Scope-Orgid" if "X-Scope-Orgid" in each else "X-scope-orgid"] for each in fake.headers} == {"shop"}
        assert "s3cret" not in out + err


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("--bearer-token-file", "empty"), "holds nothing"),
        (("--basic-auth-file", "token"), "does not hold `user:password`"),
        (("--header-file", "wrong"), "is no header"),
        (("--bearer-token-file", "none"), "cannot be read: No such file"),
        (("--bearer-token-file", "token", "--basic-auth-file", "basic"), "both say who asks"),
        (("--ca-file", "wrong"), "is no certificate"),
    ],
)
def test_files_that_hold_no_access_are_told(fake: Fake, project: Path, arguments: tuple[str, ...], words: str) -> None:
    paths = [each if each.startswith("--") else str(project / each) for each in arguments]
    code, _, err = run(project, "--prometheus", fake.url.replace("http:", "https:"), *paths)
    assert code == 2
    assert words in err


@pytest.mark.parametrize("url", ["localhost:9090", "ftp://x", "http://", "http://x:port"])
def test_what_is_no_url_is_told(project: Path, url: str) -> None:
    code, _, err = run(project, "--prometheus", url)
    assert code == 2
    assert "is no URL of a server: write it like `http://localhost:9090`" in err


def test_a_password_in_the_url_is_refused(project: Path) -> None:
    code, _, err = run(project, "--prometheus", "http://me:s3cret@localhost:9090")
    assert code == 2
    assert "use --basic-auth-file" in err
    assert "s3cret" not in err


def test_an_unauthorised_run_exits_with_2_and_a_refused_expression_with_1(fake: Fake, project: Path) -> None:
    fake.answer = always(401, "")
    code, _, err = run(project, "--prometheus", fake.url)
    assert code == 2
    assert "(401)" in err
    fake.answer = lambda query: fault(422, "found duplicate series for the match group") if "query" in query else samples(query)
    code, out, _ = run(project, "--prometheus", fake.url)
    assert code == 1
    assert "could not be evaluated" in out
    assert "found duplicate series" in out
