"""The emitted configuration of Alertmanager, led to endpoints on loopback: only what must differ does, and that is checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from pathlib import Path

# What is read from YAML; nobody but this module looks into it.
_Tree = dict[str, Any]


class Channel(NamedTuple):
    """One way in which one receiver is notified."""

    number: int
    """Its place among all channels of the configuration, from 0."""
    receiver: str
    integration: str
    """`slack`, `email`, `pagerduty` and so on, as Alertmanager calls it."""
    target: str
    """What tells it from the receiver's others: a Slack channel, an address, a host, a chat."""
    send_resolved: bool
    own_text: bool
    """Whether its text is one that the definitions give, and not the one that comes with this package."""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.integration, self.target)))


class Endpoints(NamedTuple):
    """Where the channels are led: the address of the web server, without a slash at its end, and of the mail server of each channel."""

    web: str
    mail: Mapping[int, str]


class Timing(NamedTuple):
    """How long Alertmanager waits: for more alerts of a group, between two messages of it, and before it repeats one.

    What is missing stays as it is.
    """

    group_wait: str | None = "0s"
    group_interval: str | None = "10ms"
    repeat_interval: str | None = None


KNOWN = ("slack", "email", "pagerduty", "webhook", "discord", "msteamsv2", "telegram")
PASSWORD = "a password that opens nothing"  # noqa: S105 - as it says


def channels_of(text: str) -> list[Channel]:
    """All channels of an emitted configuration, in its order."""
    found: list[Channel] = []
    for receiver, integration, settings in _channels(read(text)):
        target = str(settings.get("channel") or settings.get("to") or settings.get("url") or settings.get("chat_id") or "")
        texts = [settings.get(name) for name in ("title", "text", "html", "description", "message")]
        own_text = any(isinstance(each, str) and '{{ template "mac.' not in each for each in texts)
        found.append(Channel(len(found), receiver, integration, target, settings.get("send_resolved", True) is True, own_text))
    return found


def login_of(text: str) -> tuple[str, str] | None:
    """The name that Alertmanager gives to the mail server, and the password that it reads here."""
    name = read(text)["global"].get("smtp_auth_username")
    return None if name is None else (name, PASSWORD)


def secret_of(channel: int) -> str:
    """What is in the file of a channel's secret, where that is no address: a key of PagerDuty, which has 32 characters; a token."""
    return f"{channel:032}"


def write(files: Mapping[str, str], folder: Path, endpoints: Endpoints, timing: Timing) -> Path:
    """Write Alertmanager's emitted `files`, by their path below build/, and made-up secrets below a folder; the configuration's path.

    Only addresses, the paths of secrets and the three times differ from what is emitted.

    Raises:
        AssertionError: something else does, which is a mistake of this module.
    """
    before = files["alertmanager/alertmanager.yml"]
    after = to_yaml(_led(before, folder, endpoints, timing))
    others = [path for path in differences(before, after) if not _MAY_DIFFER.fullmatch(path)]
    if others:
        raise AssertionError("the configuration that is tried is not the one that is emitted: " + ", ".join(others))
    for path, text in {**files, "alertmanager/alertmanager.yml": after}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder / "alertmanager" / "alertmanager.yml"


_MAY_DIFFER = re.compile(
    r"global\.(?:smtp_smarthost|smtp_auth_password_file|smtp_require_tls|pagerduty_url)"
    r"|route(?:\.routes\.\d+)*\.(?:group_wait|group_interval|repeat_interval)"
    r"|receivers\.\d+\.(?:slack_configs\.\d+\.api_url_file|pagerduty_configs\.\d+\.routing_key_file|email_configs\.\d+\.smarthost"
    r"|(?:discord|msteamsv2)_configs\.\d+\.webhook_url_file|telegram_configs\.\d+\.(?:bot_token_file|api_url)"
    r"|webhook_configs\.\d+\.(?:url|url_file|http_config\.authorization\.credentials_file))"
)


def differences(before: str, after: str) -> list[str]:
    """The places where two YAML texts say something else, as paths of keys and indexes."""
    return list(_differences(read(before), read(after), ""))


def _differences(before: object, after: object, path: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            if key not in before or key not in after:
                yield f"{path}{key}"
            else:
                yield from _differences(before[key], after[key], f"{path}{key}.")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, f"{path}{index}.")
    elif before != after:
        yield path.removesuffix(".")


def _led(text: str, folder: Path, endpoints: Endpoints, timing: Timing) -> _Tree:
    tree = read(text)
    overall: _Tree = tree["global"]
    overall["pagerduty_url"] = f"{endpoints.web}/pagerduty"
    if "smtp_smarthost" in overall:
        # Who has no certificate for 127.0.0.1 cannot be asked for one.
        overall["smtp_require_tls"] = False
        overall["smtp_smarthost"] = next(iter(endpoints.mail.values()), "127.0.0.1:1")
    if "smtp_auth_password_file" in overall:
        overall["smtp_auth_password_file"] = _secret(folder, "smtp", PASSWORD)
    for number, (_, integration, settings) in enumerate(_channels(tree)):
        if integration == "slack":
            settings["api_url_file"] = _secret(folder, f"slack-{number}", f"{endpoints.web}/slack/{number}")
        elif integration == "pagerduty":
            settings["routing_key_file"] = _secret(folder, f"pagerduty-{number}", secret_of(number))
        elif integration == "email":
            settings["smarthost"] = endpoints.mail[number]
        elif integration == "webhook":
            if "url_file" in settings:
                settings["url_file"] = _secret(folder, f"url-{number}", f"{endpoints.web}/webhook/{number}")
            else:
                settings["url"] = f"{endpoints.web}/webhook/{number}"
            if "http_config" in settings:
                settings["http_config"]["authorization"]["credentials_file"] = _secret(folder, f"webhook-{number}", secret_of(number))
        elif integration in ("discord", "msteamsv2"):
            settings["webhook_url_file"] = _secret(folder, f"{integration}-{number}", f"{endpoints.web}/{integration}/{number}")
        elif integration == "telegram":
            settings["bot_token_file"] = _secret(folder, f"telegram-{number}", secret_of(number))
            settings["api_url"] = f"{endpoints.web}/telegram"
        else:
            # It would be led to the real one, with alerts that are none.
            raise AssertionError(f"there is no endpoint for `{integration}`")
    _hurry(tree["route"], timing)
    return tree


def _hurry(route: _Tree, timing: Timing) -> None:
    for name, value in timing._asdict().items():
        # An inner route says only what differs from the one above it.
        if value is not None and name in route:
            route[name] = value
    for inner in route.get("routes", ()):
        _hurry(inner, timing)


def _secret(folder: Path, name: str, content: str) -> str:
    secrets = folder / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    file = secrets / name
    file.touch(mode=0o600)
    file.write_text(content, encoding="utf-8")
    return str(file)


def _channels(tree: _Tree) -> Iterator[tuple[str, str, _Tree]]:
    receivers: Sequence[_Tree] = tree["receivers"]
    for receiver in receivers:
        for key, configs in receiver.items():
            if key.endswith("_configs"):
                yield from ((receiver["name"], key.removesuffix("_configs"), settings) for settings in configs)


def read(text: str) -> _Tree:
    """What a YAML text of ours holds."""
    import yaml

    # The parser in C, where it is there, takes a tenth of the time.
    tree: _Tree = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are the safe ones
    return tree
