"""Which channels stay, with what is set; and what a `.env` says."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring_as_code.operate import StackError
from monitoring_as_code.operate.secrets import Secrets, environment

CONFIG = """\
global: {smtp_smarthost: "mail:587", smtp_from: a@b, smtp_auth_username: them, smtp_auth_password_file: /nowhere/smtp_password, resolve_timeout: 5m}
receivers:
- name: all
  slack_configs: [{channel: "#a", api_url_file: /nowhere/slack_webhook_url}, {channel: "#b", api_url_file: /nowhere/slack-b}]
  email_configs: [{to: x@y}]
- name: duty
  pagerduty_configs: [{routing_key_file: /nowhere/pagerduty_routing_key}]
- name: machine
  webhook_configs: [{url: "http://x/", http_config: {authorization: {credentials_file: /nowhere/token.txt}}}, {url: "http://y/"}]
- name: nobody
- name: chats
  msteamsv2_configs: [{webhook_url_file: /nowhere/teams}]
  discord_configs: [{webhook_url_file: /nowhere/discord}]
  telegram_configs: [{chat_id: -5, bot_token_file: /nowhere/bot}]
  webhook_configs: [{url_file: /nowhere/hook}]
"""
ALL = {
    "SLACK_WEBHOOK_URL": "https://a",
    "SLACK_B": "https://b",
    "SMTP_PASSWORD": "c",
    "PAGERDUTY_ROUTING_KEY": "d",
    "TOKEN_TXT": "e",
    "TEAMS": "https://f",
    "DISCORD": "https://g",
    "BOT": "h",
    "HOOK": "http://i",
}


def pruned(variables: dict[str, str], folder: Path) -> tuple[dict[str, Any], Secrets, list[str]]:
    tree: dict[str, Any] = yaml.safe_load(CONFIG)
    secrets = Secrets(variables, folder)
    said = [str(each) for each in secrets.prune(tree)]
    return tree, secrets, said


def channels(tree: dict[str, Any]) -> list[str]:
    return [f"{each['name']} {key[:-8]} x {len(each[key])}" for each in tree["receivers"] for key in each if key.endswith("_configs")]


CHATS = ["chats msteamsv2 x 1", "chats discord x 1", "chats telegram x 1", "chats webhook x 1"]
WHOLE = ["all slack x 2", "all email x 1", "duty pagerduty x 1", "machine webhook x 2", *CHATS]


@pytest.mark.parametrize(
    ("changed", "left", "said"),
    [
        ({}, WHOLE, []),
        ({"PAGERDUTY_ROUTING_KEY": "", "PAGERDUTY_SERVICE_KEY": "f"}, WHOLE, []),
        (
            {"SLACK_B": ""},
            ["all slack x 1", *WHOLE[1:]],
            ["`all` gets nothing by slack #b: `SLACK_B` is not set"],
        ),
        (
            {"SMTP_PASSWORD": " \n"},
            ["all slack x 2", *WHOLE[2:]],
            ["`all` gets nothing by email x@y: `SMTP_PASSWORD` is not set"],
        ),
        (
            {"SLACK_WEBHOOK_URL": "xoxb-no-url", "SLACK_B": "", "SMTP_PASSWORD": ""},
            WHOLE[2:],
            [
                "nobody is told what goes to `all`: "
                "`SLACK_WEBHOOK_URL` is no web address, and `SLACK_B` is not set, and `SMTP_PASSWORD` is not set"
            ],
        ),
        (
            {"PAGERDUTY_ROUTING_KEY": ""},
            [*WHOLE[:2], *WHOLE[3:]],
            ["nobody is told what goes to `duty`: `PAGERDUTY_ROUTING_KEY` or `PAGERDUTY_SERVICE_KEY` is not set"],
        ),
        ({"TOKEN_TXT": ""}, [*WHOLE[:3], "machine webhook x 1", *CHATS], ["`machine` gets nothing by webhook: `TOKEN_TXT` is not set"]),
        (
            {"TEAMS": "no address", "DISCORD": "", "BOT": "", "HOOK": "host:1"},
            WHOLE[:4],
            [
                "nobody is told what goes to `chats`: `TEAMS` is no web address, and `DISCORD` is not set, and `BOT` is not set, "
                "and `HOOK` is no web address"
            ],
        ),
    ],
)
def test_a_channel_stays_exactly_if_its_secret_is_there(changed: dict[str, str], left: list[str], said: list[str], tmp_path: Path) -> None:
    tree, _, told = pruned(ALL | changed, tmp_path)
    assert channels(tree) == left
    assert told == said


def test_every_secret_is_written_without_its_line_break_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "of-yesterday").write_text("x")
    tree, secrets, _ = pruned({**ALL, "SMTP_PASSWORD": "c\n", "SMTP_USERNAME": "us"}, folder)
    secrets.write()
    assert {file.name: file.read_text() for file in folder.iterdir()} == {
        "slack_webhook_url": "https://a",
        "slack-b": "https://b",
        "smtp_password": "c",
        "pagerduty_routing_key": "d",
        "teams": "https://f",
        "discord": "https://g",
        "bot": "h",
        "hook": "http://i",
        "token.txt": "e",
    }
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o400}
    assert tree["global"]["smtp_auth_password_file"] == str(folder / "smtp_password")
    assert tree["global"]["smtp_auth_username"] == "us"
    secrets.write()  # again, over files that nobody may write


def test_without_its_password_nothing_of_the_mail_server_is_left(tmp_path: Path) -> None:
    tree, _, _ = pruned({}, tmp_path)
    assert tree["global"] == {"resolve_timeout": "5m"}
    assert channels(tree) == ["machine webhook x 1"]


def test_a_secret_whose_file_is_there_is_read_from_there(tmp_path: Path) -> None:
    file = tmp_path / "slack"
    file.write_text("https://x")
    tree = {"receivers": [{"name": "a", "slack_configs": [{"api_url_file": str(file)}]}]}
    secrets = Secrets({}, tmp_path / "secrets")
    assert secrets.prune(tree) == ()
    assert tree["receivers"] == [{"name": "a", "slack_configs": [{"api_url_file": str(file)}]}]


def test_a_variable_may_name_a_file_that_has_the_secret(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("g\n")
    _, secrets, _ = pruned({**ALL, "PAGERDUTY_ROUTING_KEY_FILE": str(file)}, tmp_path)
    assert secrets.files["pagerduty_routing_key"] == "g"
    with pytest.raises(StackError, match="`/nowhere`, which `SLACK_B_FILE` names, cannot be read: No such file"):
        pruned({**ALL, "SLACK_B_FILE": "/nowhere"}, tmp_path)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("export A=b", "b"),
        ("A = b ", "b"),
        ('A="b c"', "b c"),
        ("A='b # c'", "b # c"),
        ("A=b # c", "b"),
        ("A=b#c", "b#c"),
        ("A=https://x/?y=z", "https://x/?y=z"),
        ("A=", ""),
        ("# A=c\n\nA=b", "b"),
        ("\ufeffA=b", "b"),
    ],
)
def test_a_line_of_the_env_file_is_read_as_compose_reads_it(line: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A", raising=False)
    (tmp_path / ".env").write_text(line, "utf-8")
    assert environment(str(tmp_path))["A"] == value


def test_the_environment_overrules_the_env_file_unless_it_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("A=file\nB=file\n")
    monkeypatch.setenv("A", "shell")
    monkeypatch.setenv("B", "")
    found = environment(str(tmp_path))
    assert (found["A"], found["B"]) == ("shell", "file")


def test_a_line_that_is_no_assignment_is_named_without_what_it_says(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=b\nhunter2\n")
    with pytest.raises(StackError, match=r"line 2 of .* is no assignment") as caught:
        environment(str(tmp_path))
    assert "hunter2" not in str(caught.value)


def test_weak_passwords_are_said_by_their_names_and_other_secrets_are_none(tmp_path: Path) -> None:
    variables = {**ALL, "SMTP_PASSWORD": "mailmail1", "GRAFANA_PASSWORD": "Weaver-2026", "ADMIN_PASSWORD": "admin"}
    _, secrets, _ = pruned(variables, tmp_path)
    assert secrets.weak(("GRAFANA_PASSWORD", "ABSENT"), "weaver") == (
        "`GRAFANA_PASSWORD` is one that is tried first",
        "`SMTP_PASSWORD` is one that is tried first",
    )
    file = tmp_path / "file"
    file.write_text("veritable-oxide-27\n")
    _, secrets, _ = pruned({**ALL, "SMTP_PASSWORD": "veritable-oxide-27", "GRAFANA_PASSWORD_FILE": str(file)}, tmp_path)
    assert secrets.weak(("GRAFANA_PASSWORD",)) == ()


def test_a_secret_that_has_changed_since_is_outdated(tmp_path: Path) -> None:
    _, secrets, _ = pruned(ALL, tmp_path)
    of_chats = {"bot", "discord", "hook", "teams"}
    assert {*secrets.outdated()} == {"pagerduty_routing_key", "slack-b", "slack_webhook_url", "smtp_password", "token.txt", *of_chats}
    secrets.write()
    assert secrets.outdated() == ()
    _, secrets, _ = pruned({**ALL, "SLACK_B": "https://other"}, tmp_path)
    assert secrets.outdated() == ("slack-b",)
