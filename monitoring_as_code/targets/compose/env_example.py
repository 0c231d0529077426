"""`.env.example`: every variable that the stack reads, what it is for, and what happens without it. None of them has a value that works."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.targets.compose import grafana
from monitoring_as_code.targets.compose.secrets import Secret
from monitoring_as_code.targets.compose.service import Service
from monitoring_as_code.targets.compose.values import FromEnv

if TYPE_CHECKING:
    from monitoring_as_code.model.stack import Stack

_WIDTH = 100


def env_example(stack: Stack, services: Iterable[Service], header: str) -> str:
    """The file: copy it to `.env`, and fill in what you have."""
    found: dict[str, tuple[Secret, bool]] = {}
    purposes: dict[str, list[str]] = {}
    mail = False
    for service in services:
        demanded = [(each, True) for each in service.demanded]
        given = [] if service.given is None else [(each, service.given.by_file(each)) for each in service.given.secrets]
        for secret, by_file in (*given, *demanded):
            name = secret.known_as + ("_FILE" if by_file else "")
            if name not in found or secret.without == "refuse":
                found[name] = (secret, by_file)
            if secret.without == "refuse":
                # One certificate is that of all servers which have it.
                purposes.setdefault(name, []).append(secret.purpose)
        mail = mail or "SMTP_USERNAME" in str(service.settings.get("environment"))
    lines = [*_comment(header), "#", *_comment(_INTRODUCTION), "#", *_comment(_IN_PRODUCTION if stack.production else _ON_A_LAPTOP), ""]
    if isinstance(grafana.admin_user(stack), FromEnv):
        lines += [*_comment("Who may always log in to Grafana."), f"GRAFANA_USER={stack.grafana.admin_user}", ""]
    first = "GRAFANA_PASSWORD"
    for name in sorted(found, key=lambda each: (not each.startswith(first), each)):
        secret, by_file = found[name]
        whole = secret._replace(purpose=_together(purposes.get(name, [secret.purpose])))
        lines += [*_comment(_explained(whole, by_file=by_file, production=stack.production)), f"{name}=", ""]
        if secret.path.endswith("smtp_password") and mail:
            lines += [*_comment("Optional: the name to log in with for e-mail, if it is not the declared one."), "SMTP_USERNAME=", ""]
            mail = False
    if mail:
        lines += [*_comment("Optional: the name to log in with for e-mail, if it is not the declared one."), "SMTP_USERNAME=", ""]
    said = "How long samples are kept is the stack's `retention`, and nothing that stands here changes it."
    lines += [*_comment(said), f"# PROMETHEUS_RETENTION={stack.retention}"]
    return "\n".join((*lines, ""))


_INTRODUCTION = (
    "Copy this file to `.env` beside definitions/, let nobody else read it (`chmod 600 .env`), and keep it out of version control. "
    "Quote values by ' if they have blanks, `#` or `$` in them."
)
_ON_A_LAPTOP = (
    "Instead of a secret, the absolute path of a file with it may be given in the variable with `_FILE` behind its name. With "
    "MAC_ALLOW_SILENT=0 Alertmanager does not start while a receiver has no channel left."
)
_IN_PRODUCTION = (
    "Secrets are files, by their absolute paths: what is a variable can be read by whoever may ask Docker. The services do not run as you, so "
    "let everybody read the files, `chmod 444`, in a folder that only you can enter, `chmod 700`. `mac up` copies them to such a folder itself, "
    "and a secret too that stands here, in the variable without `_FILE`. A receiver without any channel keeps Alertmanager from starting, unless "
    "MAC_ALLOW_SILENT=1 says that it is meant to be."
)


def _together(purposes: list[str]) -> str:
    """What a secret is for, if it is for several things.

    >>> _together(["the certificate of prometheus", "the certificate of alertmanager"])
    'the certificate of alertmanager and prometheus'
    """
    kinds: dict[str, set[str]] = {}
    for each in purposes:
        kind, of, whose = each.rpartition(" of ")
        kinds.setdefault(kind + of, set()).add(whose)
    listed = []
    for kind, owners in kinds.items():
        *others, last = sorted(owners)
        listed.append(f"{kind}{', '.join(others)}{' and ' if others else ''}{last}")
    return "; ".join(listed)


def _explained(secret: Secret, *, by_file: bool, production: bool) -> str:
    text = _needed(secret, by_file=by_file, production=production)
    others = [f"{each}_FILE" if by_file else each for each in secret.variables if each != secret.known_as]
    return f"{text} It may be called `{others[0]}` as well." if others else text


def _needed(secret: Secret, *, by_file: bool, production: bool) -> str:
    what = "the path of a file with " if by_file else ""
    match secret.without:
        case "refuse":
            return f"Required: {what}{secret.purpose}."
        case "tell":
            return f"{'Optional' if not what else 'Optional: ' + what.rstrip()}: without it {secret.purpose}."
        case _:
            kind = "the address of a webhook" if secret.without == "silent-address" else "a secret"
            told = f"Without it nobody is told what goes to {secret.purpose}"
            if production:
                return f"A channel: {what}{kind}. {told}, and Alertmanager does not start while a receiver has no other channel."
            return f"Optional: {what}{kind}. {told}."


def _comment(text: str) -> Iterator[str]:
    line = "#"
    for word in text.split():
        if len(line) + len(word) >= _WIDTH:
            yield line
            line = "#"
        line += f" {word}"
    yield line
