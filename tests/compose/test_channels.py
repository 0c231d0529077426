"""Alertmanager's entrypoint leaves the channels that have a secret, and says who hears nothing."""

import random
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitoring_as_code import engines
from monitoring_as_code.naming import secret_variables
from monitoring_as_code.operate.secrets import Secrets
from monitoring_as_code.yaml_text import to_yaml
from tests.compose.stacks import Shell, moved, written

CHANNELS = {"SLACK_WEBHOOK_URL": "https://hooks.example/a b", "SMTP_PASSWORD": "pass # word", "PAGERDUTY_SERVICE_KEY": "key"}


@pytest.fixture(scope="module")
def autoweave(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stack of the repository, as it would be in its container."""
    folder = tmp_path_factory.mktemp("autoweave")
    written(root, folder / "build")
    moved(folder / "build", folder)
    return folder


def pruned(text: str, variables: dict[str, str], folder: Path) -> tuple[dict[str, Any], set[str]]:
    """What `mac up` makes of a configuration, and what it says."""
    tree: dict[str, Any] = yaml.safe_load(text)
    said = Secrets(variables, folder).prune(tree)
    return tree, {str(each) for each in said}


@pytest.mark.engines("amtool")
@pytest.mark.parametrize("configured", list(product((True, False), repeat=3)), ids=str)
def test_each_combination_of_channels_gives_what_mac_up_gives(configured: tuple[bool, ...], autoweave: Path, shell: Shell) -> None:
    run = autoweave / "run"
    for path in (run / "secrets").iterdir():
        path.unlink()
    variables = {name: value for (name, value), there in zip(CHANNELS.items(), configured, strict=True) if there}
    variables |= {"SMTP_USERNAME": 'w\\ho"', "MAC_ALLOW_SILENT": "1"}
    expected, said = pruned((autoweave / "build/alertmanager/alertmanager.yml").read_text("utf-8"), variables, run / "secrets")
    ended = shell.run(autoweave / "build/compose/alertmanager/entrypoint.sh", "true", variables=variables)
    assert ended.returncode == 0, ended.stderr
    assert yaml.safe_load((run / "mac/alertmanager.yml").read_text("utf-8")) == expected
    assert set(ended.stderr.splitlines()) == {f"alertmanager: {each}" for each in said}
    assert engines.amtool.check_config([run / "mac/alertmanager.yml"]) == []


def test_a_receiver_without_any_channel_keeps_alertmanager_from_starting(autoweave: Path, shell: Shell) -> None:
    entrypoint = autoweave / "build/compose/alertmanager/entrypoint.sh"
    some = {name: value for name, value in CHANNELS.items() if name != "PAGERDUTY_SERVICE_KEY"}
    ended = shell.run(entrypoint, "echo", "started", variables=some)
    assert (ended.returncode, ended.stdout) == (78, "")
    assert "nobody is told what goes to `on-call`: `PAGERDUTY_ROUTING_KEY` or `PAGERDUTY_SERVICE_KEY` is not set" in ended.stderr
    assert shell.run(entrypoint, "echo", "started", variables={**some, "MAC_ALLOW_SILENT": "1"}).stdout == "started\n"
    assert shell.run(entrypoint, "echo", "started", variables={**some, "MAC_ALLOW_SILENT": "0"}).returncode == 78
    # One that others still reach is no reason to stay down: the security team has Slack.
    assert (
        shell.run(entrypoint, "echo", "started", variables={**CHANNELS, "SMTP_PASSWORD": ""}).returncode == 78
    )  # the database team has not


def test_what_is_no_web_address_is_no_webhook(autoweave: Path, shell: Shell) -> None:
    variables = {**CHANNELS, "SLACK_WEBHOOK_URL": "T000/B000/secret", "MAC_ALLOW_SILENT": "1"}
    ended = shell.run(autoweave / "build/compose/alertmanager/entrypoint.sh", "true", variables=variables)
    assert "`SLACK_WEBHOOK_URL` is no web address" in ended.stderr
    assert "T000" not in ended.stderr
    assert not (autoweave / "run/secrets/slack_webhook_url").exists()


# Texts that look like something else to who reads a line at a time.
TEXTS = [
    "plain",
    "api_url_file: /run/x",
    "a\n  - name: other\n    slack_configs:\n      - api_url_file: /run/x\n",
    "receivers:\n  - name: x\n",
    "x: |\n  y",
    "|",
    "ends with: |",
    "\nglobal:\n",
    "two\n\n\nlines\n",
    "tab\tand \\ backslash \" quote ' other",
    "é ☃ 漢字 \u2028",
    "",
]
PATHS = ["/run/secrets/one", "/run/secrets/two", "/etc/some where/three", "/run/secrets/fóur", "/run/it's"]


def configuration(chance: random.Random) -> dict[str, Any]:
    """Some receivers with some channels, of texts that confuse."""

    def channel() -> tuple[str, dict[str, Any]]:
        kind = chance.choice(["slack", "email", "pagerduty", "webhook", "msteamsv2", "discord", "telegram"])
        text = chance.choice(TEXTS)
        if kind == "slack":
            return kind, {"send_resolved": True, "channel": "#a", "api_url_file": chance.choice(PATHS), "text": text, "title": text}
        if kind == "email":
            return kind, {"to": "a@b.example", "headers": {"Subject": text, "X-Y": "z"}, "html": text}
        if kind == "pagerduty":
            return kind, {"routing_key_file": chance.choice(PATHS), "details": {"a": text, "x: |": text}}
        if kind in ("msteamsv2", "discord"):
            return kind, {"webhook_url_file": chance.choice(PATHS), "title": text}
        if kind == "telegram":
            return kind, {"chat_id": -5, "bot_token_file": chance.choice(PATHS), "message": text}
        bearer = {"http_config": {"authorization": {"credentials_file": chance.choice(PATHS)}}} if chance.random() < 0.7 else {}
        return kind, {**({"url": "http://a.example/"} if chance.random() < 0.7 else {"url_file": chance.choice(PATHS)}), **bearer}

    receivers: list[dict[str, Any]] = []
    for number in range(chance.randint(1, 4)):
        receiver: dict[str, Any] = {"name": f"r-{number}"}
        for kind, settings in sorted((channel() for _ in range(chance.randint(0, 4))), key=lambda each: each[0]):
            receiver.setdefault(f"{kind}_configs", []).append(settings)
        receivers.append(receiver)
    mail = {"smtp_smarthost": "a:1", "smtp_auth_username": "me", "smtp_auth_password_file": "/run/secrets/mail"}
    overall = {"resolve_timeout": "5m"} | (mail if chance.random() < 0.8 else {})
    route = {"receiver": "r-0", "matchers": [f'a="{chance.choice(TEXTS)}"']}
    return {"global": overall, "route": route, "receivers": receivers}


@pytest.mark.parametrize("seed", range(40))
def test_no_text_is_taken_for_a_channel(seed: int, tmp_path: Path, root: Path, shell: Shell) -> None:
    chance = random.Random(seed)
    text = to_yaml(configuration(chance))
    (tmp_path / "alertmanager.yml").write_text(text, "utf-8")
    missing = [path for path in (*PATHS, "/run/secrets/mail") if chance.random() < 0.5]
    variables = {secret_variables(path)[0]: "https://x" for path in (*PATHS, "/run/secrets/mail") if path not in missing}
    expected, _ = pruned(text, {**variables, "SMTP_USERNAME": "them\n\x01"}, tmp_path)
    (tmp_path / "missing").write_text("".join(f"{path}\tit is not set\n" for path in missing), "utf-8")
    program = root / "monitoring_as_code/targets/compose/scripts/channels.awk"
    call = tmp_path / "call.sh"
    call.write_text(f"awk -f {program} -v missing={tmp_path}/missing -v silent={tmp_path}/silent {tmp_path}/alertmanager.yml\n")
    ended = shell.run(call, variables={"SMTP_USERNAME": "them\n\x01"})
    assert ended.stderr == ""
    found = yaml.safe_load(ended.stdout)
    assert _without_folder(found) == _without_folder(expected)


def _without_folder(tree: Any) -> Any:  # noqa: ANN401 - YAML is anything
    """The same, with the names of secrets' files alone: `mac up` puts them into a folder of its own."""
    if isinstance(tree, dict):
        return {key: value.rsplit("/", 1)[1] if key.endswith("_file") else _without_folder(value) for key, value in tree.items()}
    return [_without_folder(each) for each in tree] if isinstance(tree, list) else tree
