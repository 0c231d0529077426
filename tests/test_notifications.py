"""What people receive: every text says something, whatever the alerts lack; and Alertmanager sends it."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from monitoring_as_code import engines
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.model.notifications import OWN_TEMPLATES
from monitoring_as_code.model.receivers.slack import Slack
from monitoring_as_code.model.receivers.webhook import Webhook
from monitoring_as_code.model.routing import Receiver, Routing
from monitoring_as_code.project import Project
from monitoring_as_code.promql.template import notification_template
from monitoring_as_code.promql.template.reader import defined, read
from monitoring_as_code.promql.template.vocabulary import ALERTMANAGER
from monitoring_as_code.targets.alertmanager import render

TEMPLATES = dict(render(Analysis(Project("", Config(), [Routing(receiver="x")]))))["alertmanager/templates/mac.tmpl"]

FULL = {
    "status": "firing",
    "labels": {"alertname": "DiskFull", "severity": "critical", "instance": "a&b"},
    "annotations": {
        "summary": "a <!channel> is full",
        "description": "5 > 4",
        "runbook_url": "https://docs.example/x.md",
        "dashboard_url": "https://grafana.example/d/x?viewPanel=1&var-a=b",
    },
    "startsAt": "2026-01-01T00:00:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "https://prometheus.example/graph?g0.expr=x",
}
BARE: dict[str, Any] = {
    "status": "resolved",
    "labels": {},
    "annotations": {},
    "startsAt": "2026-01-01T00:00:00Z",
    "endsAt": "2026-01-01T00:10:00Z",
    "generatorURL": "",
}


def common(alerts: list[dict[str, Any]], key: str) -> dict[str, str]:
    first = alerts[0][key]
    return {name: value for name, value in first.items() if all(alert[key].get(name) == value for alert in alerts)}


def rendered(name: str, alerts: list[dict[str, Any]], folder: Path, kind: str = "text", glob: str = "mac.tmpl") -> str:
    """As amtool renders one of the templates."""
    (folder / "mac.tmpl").write_text(TEMPLATES, "utf-8")
    data = {
        "receiver": "team",
        "status": "firing" if any(alert["status"] == "firing" for alert in alerts) else "resolved",
        "alerts": alerts,
        "groupLabels": common([{"labels": {"alertname": alert["labels"].get("alertname", "")}} for alert in alerts], "labels"),
        "commonLabels": common(alerts, "labels"),
        "commonAnnotations": common(alerts, "annotations"),
        "externalURL": "https://alertmanager.example",
    }
    (folder / "data.json").write_text(json.dumps(data), "utf-8")
    answer = engines.require("amtool").run(
        *("template", "render", f"--template.glob={folder / glob}", f"--template.type={kind}"),
        *(f"--template.data={folder / 'data.json'}", f'--template.text={{{{ template "{name}" . }}}}'),
    )
    assert answer.code == 0, answer.output
    return answer.output


WARNING = {**FULL, "labels": {"alertname": "DiskFull", "severity": "warning", "instance": "c"}}
GROUPS = {"full": [FULL], "bare": [BARE], "both": [FULL, BARE], "two": [FULL, WARNING], "resolved": [{**FULL, "status": "resolved"}]}
NAMES = [
    "mac.title",
    "mac.slack.title",
    "mac.text",
    "mac.slack.text",
    "mac.markdown.text",
    "mac.slack.color",
    "mac.pagerduty.severity",
    "mac.runbook",
    "mac.dashboard",
]


@pytest.mark.engines("amtool")
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_blank_and_none_has_a_hole(name: str, group: str, tmp_path: Path) -> None:
    text = rendered(name, GROUPS[group], tmp_path)
    assert text.strip()
    assert "<no value>" not in text
    assert "||" not in text
    assert "<|" not in text
    assert not any(line.rstrip().endswith(":") for line in text.splitlines())


@pytest.mark.engines("amtool")
@pytest.mark.parametrize(
    "name, group, expected",
    [
        ("mac.title", "full", "[FIRING:1] DiskFull (critical)"),
        ("mac.title", "two", "[FIRING:2] DiskFull"),
        ("mac.title", "resolved", "[RESOLVED] DiskFull (critical)"),
        ("mac.title", "bare", "[RESOLVED] 1 alert"),
        ("mac.slack.title", "full", "[FIRING:1] DiskFull (critical)"),
        ("mac.slack.title", "two", "[FIRING:2] DiskFull"),
        ("mac.slack.title", "bare", "[RESOLVED] 1 alert"),
        ("mac.slack.color", "full", "danger"),
        ("mac.slack.color", "two", "danger"),
        ("mac.slack.color", "resolved", "good"),
        ("mac.pagerduty.severity", "two", "critical"),
        ("mac.pagerduty.severity", "bare", "error"),
        ("mac.runbook", "full", "https://docs.example/x.md"),
        ("mac.runbook", "both", "none"),
    ],
)
def test_a_text_says(name: str, group: str, expected: str, tmp_path: Path) -> None:
    assert rendered(name, GROUPS[group], tmp_path) == expected


@pytest.mark.engines("amtool")
def test_slack_cannot_be_made_to_wake_up_everybody(tmp_path: Path) -> None:
    text = rendered("mac.slack.text", [FULL], tmp_path)
    assert text.strip().splitlines() == [
        "*critical*: a &lt;!channel&gt; is full",
        "5 &gt; 4",
        "<https://docs.example/x.md|Runbook>  <https://grafana.example/d/x?viewPanel=1&var-a=b|Dashboard>"
        "  <https://prometheus.example/graph?g0.expr=x|Query>",
    ]


@pytest.mark.engines("amtool")
def test_paragraphs_are_apart_where_a_single_line_break_is_none(tmp_path: Path) -> None:
    text = rendered("mac.markdown.text", [FULL, BARE], tmp_path)
    assert text.strip().splitlines() == [
        "**critical**: a <!channel> is full",
        "",
        "5 > 4",
        "",
        "[Runbook](https://docs.example/x.md)  [Dashboard](https://grafana.example/d/x?viewPanel=1&var-a=b)"
        "  [Query](https://prometheus.example/graph?g0.expr=x)",
        "",
        "**resolved**: an alert without a name",
    ]


@pytest.mark.engines("amtool")
def test_nor_by_the_labels_in_its_title(tmp_path: Path) -> None:
    labels = {"alertname": "<!channel>", "severity": "<!here>"}
    assert rendered("mac.slack.title", [{**FULL, "labels": labels}], tmp_path) == "[FIRING:1] &lt;!channel&gt; (&lt;!here&gt;)"


def test_the_templates_that_receivers_may_ask_for_are_those_that_are_written() -> None:
    assert defined(TEMPLATES, ALERTMANAGER) == OWN_TEMPLATES
    assert not read(TEMPLATES, ALERTMANAGER).failures


CASES = [
    tuple(line.split(" =>", 1))
    for line in Path(__file__).with_name("notifications.txt").read_text().splitlines()
    if not line.startswith("# ")
]


@pytest.mark.engines("amtool")
@pytest.mark.parametrize(("text", "expected"), CASES)
def test_alertmanager_fails_at_what_is_found_and_at_nothing_else(text: str, expected: str, tmp_path: Path) -> None:
    found = notification_template(text)
    wrong = [found.fault] if found.fault is not None else [*found.failures]
    said = " ".join(("! " if found.fault else "? ") + text[slice(*each.span)] for each in wrong)
    assert said == expected.strip()
    (tmp_path / "given.tmpl").write_text(f'{{{{ define "given" }}}}{text}{{{{ end }}}}' if found.fault is None else text)
    try:
        rendered("given", [FULL, WARNING], tmp_path, glob="*.tmpl")
    except AssertionError:
        assert wrong
    else:
        assert not wrong


@pytest.mark.engines("amtool")
def test_html_mail_holds_the_texts_as_texts(tmp_path: Path) -> None:
    page = rendered("mac.email.html", [FULL, BARE], tmp_path, "html")
    assert "a &lt;!channel&gt; is full" in page
    assert 'href="https://docs.example/x.md"' in page
    assert "<td>a&amp;b</td>" in page
    assert "an alert without a name" in page


@pytest.fixture
def channel() -> Iterator[tuple[str, Queue[tuple[str, dict[str, Any]]]]]:
    """A server on loopback that keeps what is posted to it, with its path."""
    posted: Queue[tuple[str, dict[str, Any]]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            posted.put((self.path, {"authorization": self.headers.get("Authorization"), **body}))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server asks for this name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with server:
        yield f"http://127.0.0.1:{server.server_address[1]}", posted
        server.shutdown()
        thread.join()


@pytest.mark.engines("alertmanager")
def test_alertmanager_delivers_to_slack_and_to_a_webhook(tmp_path: Path, channel: tuple[str, Queue[tuple[str, dict[str, Any]]]]) -> None:
    url, posted = channel
    (tmp_path / "slack").write_text(f"{url}/slack")
    (tmp_path / "token").write_text("s3cret")
    slack = Slack(channel="#team", api_url_file=str(tmp_path / "slack"))
    webhook = Webhook(url=f"{url}/webhook", bearer_token_file=str(tmp_path / "token"))
    team = Receiver(name="team", integrations=(slack, webhook))
    routing = Routing(receiver=team, group_wait="1ms")
    for path, text in render(Analysis(Project("", Config(), [team, routing]))):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    alert = {"labels": FULL["labels"], "annotations": FULL["annotations"], "generatorURL": FULL["generatorURL"]}
    with engines.alertmanager(tmp_path / "alertmanager" / "alertmanager.yml") as server:
        request = urllib.request.Request(
            f"{server.url}/api/v2/alerts", json.dumps([alert]).encode(), {"Content-Type": "application/json"}, method="POST"
        )
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).close()
        received = dict(posted.get(timeout=30) for _ in range(2))
    assert received["/webhook"]["authorization"] == "Bearer s3cret"
    assert received["/webhook"]["alerts"][0]["labels"] == FULL["labels"]
    (attachment,) = received["/slack"]["attachments"]
    assert received["/slack"]["channel"] == "#team"
    assert attachment["title"] == attachment["fallback"] == "[FIRING:1] DiskFull (critical)"
    assert attachment["color"] == "danger"
    assert attachment["text"].startswith("*critical*: a &lt;!channel&gt; is full\n5 &gt; 4\n<https://docs.example/x.md|Runbook>")
