"""A real Alertmanager with the emitted configuration tells whom it should, in words that say something; what is wrong is said."""

import re
import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
import yaml

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.cli.session import open_project
from monitoring_as_code.cli.settings import Settings
from monitoring_as_code.model import receivers
from monitoring_as_code.model.routing import Integration
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.prove.delivery import Delivery, configuration, deliver, texts
from monitoring_as_code.prove.delivery.configuration import Endpoints, Timing, channels_of, differences, write
from monitoring_as_code.prove.delivery.endpoints import Message
from monitoring_as_code.prove.delivery.notices import Notice
from monitoring_as_code.prove.delivery.report import ASCII, as_data, as_text, summary
from monitoring_as_code.prove.timelines import played
from monitoring_as_code.routes import receiver_name
from monitoring_as_code.targets.alertmanager import render
from tests.newest import use_newest

PROJECT = Path(__file__).parent / "data" / "orders"
Load = Callable[..., Analysis]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """The project, with something of its definitions replaced."""

    def loaded(*replaced: tuple[str, str]) -> Analysis:
        folder = tmp_path / "project"
        shutil.copytree(PROJECT, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        file = folder / "definitions" / "orders.py"
        text = file.read_text()
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        file.write_text(text)
        analysis = open_project(Settings(str(folder), "never")).analysis
        assert not analysis.project.problems
        return analysis

    return loaded


def delivered(analysis: Analysis, folder: Path) -> Delivery:
    (folder / "plays").mkdir()
    return deliver(analysis, list(played(analysis, analysis.project.of(Scenario), folder / "plays")))


TABLE = """\
                         1    2    3    4    5    6    7
RequestsFail (critical)            ok   ok
RequestsFail (warning)   ok
OrdersWait                                   ok   ok
StockOut                                               ok
Watchdog                      ok1
"""


@pytest.mark.engines("alertmanager", "promtool")
def test_every_alert_comes_over_its_channels_and_no_other_fires_and_is_over(load: Load, tmp_path: Path) -> None:
    found = delivered(load(), tmp_path)
    assert not list(found.failures)
    assert found.holds
    assert not found.unused
    shown = as_text(found, ASCII)
    assert shown.startswith(TABLE)
    assert "3  on-call: pagerduty\n" in shown
    assert "5  orders: email orders@shop.example, lead@shop.example\n" in shown
    assert summary(found).startswith("5 alerts over 7 channels: 7 deliveries as expected, by Alertmanager ")
    data = as_data(found)
    assert isinstance(data, dict)
    assert data["holds"] is True


NEWER = """MSTeams(), Discord(content="@here"), Telegram(chat_id=-5, message_thread_id=3), Telegram(chat_id=42),
    Webhook(url_file="/run/secrets/bot", bearer_token_file="/run/secrets/token", timeout="5s"), PagerDuty(timeout="5s"),
    Slack(channel="#incidents", timeout="5s")"""


@pytest.mark.engines("promtool")
def test_channels_that_a_newer_alertmanager_has_deliver(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_newest(monkeypatch, "alertmanager")
    found = delivered(load(('PagerDuty(), Slack(channel="#incidents")', NEWER)), tmp_path)
    assert not list(found.failures)
    assert found.holds
    critical = next(each for each in found.delivered if each.notice.alert.severity == "critical")
    kinds = {str(channel) for channel in found.channels if critical.states.get(channel.number) == "delivered"}
    assert kinds == {"msteamsv2", "discord", "telegram -5", "telegram 42", "webhook", "pagerduty", "slack #incidents"}


WRONG = {
    "a text that fails, in Teams": ('MSTeams(text="{{ .CommonLabels.nothing }}")', "msteamsv2", "`text` is blank"),
    "a text that says nothing, in Discord": ('Discord(title="fire", message="look")', "discord", "it says neither `RequestsFail` nor"),
    "a text that fails, in Telegram": ('Telegram(chat_id=5, message="{{ .Nothing }}")', "telegram 5", "can't evaluate field Nothing"),
}


@pytest.mark.engines("promtool")
@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_with_a_newer_channel_is_said(wrong: str, load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_newest(monkeypatch, "alertmanager")
    integration, channel, words = WRONG[wrong]
    found = delivered(load(('PagerDuty(), Slack(channel="#incidents")', f"{integration},")), tmp_path)
    failures = [(str(failure.channel), failure.happened) for _, failure in found.failures]
    assert any(over == channel and words in happened for over, happened in failures), failures
    assert {over for over, _ in failures} == {channel}


@pytest.mark.engines("alertmanager", "promtool")
def test_labels_and_texts_are_those_of_the_scenario_and_examples_where_there_is_none(load: Load, tmp_path: Path) -> None:
    found = {(each.notice.alert.name, each.notice.alert.severity): each.notice for each in delivered(load(), tmp_path).delivered}
    failing = found["RequestsFail", "critical"]
    assert failing.labels == {"alertname": "RequestsFail", "severity": "critical", "shop": "north", "site": "lab"}
    assert failing.annotations["summary"] == "north fails 6% of its requests & more"
    assert failing.source == "six of a hundred requests fail in the north"
    example = found["StockOut", "info"]
    assert example.source == ""
    assert example.labels["queue"] == "queue"
    assert example.annotations["summary"] == "queue has 1 items"


# What is done to the project, which alert tells of it, and over which channel in which words.
SABOTAGE = {
    "a template with an unknown field, in Slack": (
        [('Slack(channel="#incidents")', 'Slack(channel="#incidents", title="{{ .CommonLabels.alertname }} {{ .Nothing }}")')],
        # Some versions say so; others send what they have.
        ("RequestsFail", "slack #incidents", "can't evaluate field Nothing|a template has failed, and Alertmanager leaves blank"),
    ),
    "a template with an unknown field, in a letter, which is sent half": (
        [('Email(to="stock@shop.example")', 'Email(to="stock@shop.example", text="{{ .Alerts.Bad }}")')],
        ("StockOut", "email stock@shop.example", "can't evaluate field Bad"),
    ),
    "a text that is blank": (
        [('Slack(channel="#shop")', 'Slack(channel="#shop", text="{{ .CommonLabels.nothing }}")')],
        ("RequestsFail", "slack #shop", "`text` is blank"),
    ),
    "a text that does not say what it is about": (
        [('Slack(channel="#shop")', 'Slack(channel="#shop", title="fire", text="look", fallback="fire")')],
        ("RequestsFail", "slack #shop", "it says neither `RequestsFail` nor what the alert's summary says"),
    ),
    "a value that is no severity of PagerDuty's": (
        [("PagerDuty()", 'PagerDuty(severity="{{ .CommonLabels.severity }}ish")')],
        ("RequestsFail", "pagerduty", "`payload.severity` is `criticalish`"),
    ),
    "a printed verb that does not fit": (
        [("PagerDuty()", """PagerDuty(description='RequestsFail {{ printf "%d" .CommonLabels.shop }}')""")],
        ("RequestsFail", "pagerduty", "`summary` shows that its template failed"),
    ),
}


@pytest.mark.engines("alertmanager", "promtool")
@pytest.mark.parametrize(("replaced", "told"), SABOTAGE.values(), ids=SABOTAGE)
def test_what_is_wrong_with_a_channel_is_said(
    replaced: list[tuple[str, str]], told: tuple[str, str, str], load: Load, tmp_path: Path
) -> None:
    found = delivered(load(*replaced), tmp_path)
    alert, channel, words = told
    failures = [(notice.alert.name, str(failure.channel), failure.happened) for notice, failure in found.failures]
    assert any(name == alert and over == channel and re.search(words, happened) for name, over, happened in failures), failures
    assert {over for _, over, _ in failures} == {channel}
    assert not found.holds
    assert re.search(words, as_text(found))


@pytest.mark.engines("alertmanager", "promtool")
def test_a_mute_channel_is_shown_as_mute_and_nothing_comes_over_it(load: Load, tmp_path: Path) -> None:
    route = """Route(matchers=('team="stock"',), receiver=stock_keepers"""
    found = delivered(load((route, route + ", mute_time_intervals=(always,)")), tmp_path)
    assert found.holds
    stock = next(each for each in found.delivered if each.notice.alert.name == "StockOut")
    assert list(stock.states.values()) == ["muted"]
    assert list(stock.muted_by.values()) == ["always"]


@pytest.mark.engines("alertmanager", "promtool")
def test_a_misrouted_alert_is_noticed(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = load()
    files = dict(render(analysis))
    wrong = files["alertmanager/alertmanager.yml"].replace('team="stock"', 'team="nobody"')
    monkeypatch.setattr("monitoring_as_code.prove.delivery.render", lambda _: [*{**files, "alertmanager/alertmanager.yml": wrong}.items()])
    monkeypatch.setattr("monitoring_as_code.prove.delivery._PATIENCE_SECONDS", 0.5)
    failures = [(str(failure.channel), failure.expected, failure.happened) for _, failure in delivered(analysis, tmp_path).failures]
    assert ("slack #shop", "`StockOut` does not reach `chat`", "Alertmanager sends it there") in failures
    assert any(channel == "slack #shop" and "does not come over" in expected for channel, expected, _ in failures)
    assert any(channel == "email stock@shop.example" and "no message has come" in happened for channel, _, happened in failures)


def emitted(analysis: Analysis) -> dict[str, str]:
    return dict(render(analysis))


def test_only_addresses_secrets_and_waiting_times_are_changed(load: Load, tmp_path: Path) -> None:
    files = emitted(load())
    before = files["alertmanager/alertmanager.yml"]
    mail = {channel.number: f"127.0.0.1:{channel.number + 1}" for channel in channels_of(before)}
    config = write(files, tmp_path, Endpoints("http://127.0.0.1:9", mail), Timing())
    after = config.read_text()
    kinds = {path.rpartition(".")[2] for path in differences(before, after)}
    assert kinds == {
        *("api_url_file", "url", "routing_key_file", "credentials_file", "smarthost", "smtp_smarthost", "smtp_auth_password_file"),
        *("smtp_require_tls", "pagerduty_url", "group_wait", "group_interval"),
    }
    assert "/run/secrets" not in after
    assert "shop.example:587" not in after
    assert (config.parent / "templates" / "mac.tmpl").read_text() == files["alertmanager/templates/mac.tmpl"]


def test_another_change_would_be_refused(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = configuration._led

    def careless(text: str, folder: Path, endpoints: Endpoints, timing: Timing) -> dict[str, Any]:
        tree = real(text, folder, endpoints, timing)
        tree["route"]["routes"][0]["continue"] = True
        return tree

    monkeypatch.setattr(configuration, "_led", careless)
    files = emitted(load())
    mail = dict.fromkeys(range(10), "127.0.0.1:1")
    with pytest.raises(AssertionError, match=r"not the one that is emitted: route\.routes\.0\.continue"):
        write(files, tmp_path, Endpoints("http://127.0.0.1:9", mail), Timing())


def test_made_up_secrets_are_for_this_user_alone(load: Load, tmp_path: Path) -> None:
    write(emitted(load()), tmp_path, Endpoints("http://127.0.0.1:9", dict.fromkeys(range(10), "127.0.0.1:1")), Timing())
    secrets = tmp_path / "secrets"
    assert secrets.stat().st_mode & 0o077 == 0
    assert [file.stat().st_mode & 0o077 for file in secrets.iterdir()] == [0] * 5


def test_there_is_an_endpoint_for_every_integration() -> None:
    for module in iter_modules(receivers.__path__):
        import_module(f"{receivers.__name__}.{module.name}")
    assert {each.integration for each in Integration.__subclasses__() if each.__module__.startswith("monitoring_as_code.model.")} == set(
        configuration.KNOWN
    )


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        ("a: 1", "a: 1", []),
        ("a: {b: 1}", "a: {b: 2}", ["a.b"]),
        ("a: {}", "a: {b: 2}", ["a.b"]),
        ("a: [{b: 1}, 2]", "a: [{b: 1}, 3]", ["a.1"]),
        ("a: [1]", "a: [1, 2]", ["a"]),
        ("a: '1'", "a: 1", ["a"]),
    ],
)
def test_differences_are_told_by_their_paths(before: str, after: str, paths: list[str]) -> None:
    assert yaml.safe_load(before) is not None
    assert differences(before, after) == paths


def notice(analysis: Analysis) -> Notice:
    alert = next(each for each in analysis.project.of(Scenario) if each.name == "a queue is full").alert
    annotations = {"summary": "<web> is full", "runbook_url": "https://wiki.example/orders"}
    return Notice(alert, {"alertname": "OrdersWait"}, annotations, "")


GOOD = {"title": "OrdersWait (warning)", "text": "&lt;web&gt; is\n full <https://wiki.example/orders|Runbook>"}
TEXTS = {
    "all is said, escaped or not": (GOOD, ""),
    "a value that is missing": ({**GOOD, "title": "OrdersWait warning &lt;no value&gt;"}, "`title` shows that its template failed"),
    "a verb that does not fit": ({**GOOD, "color": "%!d(string=x)"}, "`color` shows that its template failed"),
    "nothing": ({**GOOD, "color": " "}, "`color` is blank"),
    "no summary": ({**GOOD, "text": "https://wiki.example/orders"}, "it does not say the summary"),
    "no severity": ({**GOOD, "title": "OrdersWait"}, "it does not say the severity"),
    "no link": ({**GOOD, "text": "<web> is full"}, "it has no link to the runbook"),
}


@pytest.mark.parametrize(("said", "fault"), TEXTS.values(), ids=TEXTS)
def test_a_text_must_say(said: dict[str, str], fault: str, load: Load) -> None:
    analysis = load()
    channel = next(each for each in channels_of(emitted(analysis)["alertmanager/alertmanager.yml"]) if each.integration == "slack")
    assert channel.receiver == receiver_name("chat")
    message = Message(channel.number, said, None, (channel.target,), (), "", 0.0)
    found = [*texts.faults(message, channel, notice(analysis), resolved=False), *texts.missing(message, channel, notice(analysis))]
    assert len(found) == (1 if fault else 0), found
    assert all(each.startswith(fault) for each in found)
