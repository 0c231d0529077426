"""What a message must say, and what must not be in it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitoring_as_code.prove.delivery.configuration import Channel
    from monitoring_as_code.prove.delivery.endpoints import Message
    from monitoring_as_code.prove.delivery.notices import Notice

# What Prometheus writes where a template fails, and Go for a verb or a value that is not there.
_BROKEN = re.compile(r"<error |%![a-zA-Z]?\(|<no value>|<nil>")
# Alertmanager adds these to PagerDuty's details by itself; one of them is always blank.
_ALERTMANAGERS_OWN = ("details.firing", "details.resolved")
# Tags, but nothing that only looks like one: what Go writes for a value that is not there is wanted.
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?: [^<>]*)?/?>")


def faults(message: Message, channel: Channel, notice: Notice, *, resolved: bool) -> Iterator[str]:
    """What is wrong with a message about an alert, each a sentence without a full stop that begins with what is wrong."""
    if message.refused:
        yield f"the message would be refused: {message.refused}"
    for name, text in message.texts.items():
        broken = _BROKEN.search(html.unescape(_TAG.sub(" ", text)) if name == "html" else html.unescape(text))
        if broken:
            yield f"`{name}` shows that its template failed: {_around(text, broken.group())}"
    yield from _blank(message, channel)
    if channel.integration == "email":
        # One whose template fails is sent all the same, without a body.
        yield from (f"it has no `{name}`" for name in ("text", "html") if name not in message.texts and not message.refused)
        wanted = {address.strip() for address in channel.target.split(",")}
        if set(message.to) != wanted:
            yield f"it is for {', '.join(message.to)}, and not for {channel.target}"
    elif message.to and message.to != (channel.target,):
        yield f"it is for `{message.to[0]}`, and not for `{channel.target}`"
    if message.resolved is not None and message.resolved is not resolved:
        yield f"it says that the alert {'is resolved' if message.resolved else 'fires'}, and it {'is over' if resolved else 'is not over'}"
    yield from _unsaid(message, notice)


def _blank(message: Message, channel: Channel) -> Iterator[str]:
    blank = [f"`{name}`" for name, text in message.texts.items() if not text.strip() and name not in _ALERTMANAGERS_OWN]
    if channel.integration == "slack" and len(blank) > 1:
        # It is posted all the same.
        yield f"a template has failed, and Alertmanager leaves blank what comes after it: {', '.join(blank)}"
    else:
        yield from (f"{name} is blank" for name in blank)


def remarks(message: Message, channel: Channel, notice: Notice) -> Iterator[str]:
    """What the message does not say that people need, where a text of the definitions' own leaves it out."""
    if channel.own_text:
        yield from _left_out(message, notice)


def missing(message: Message, channel: Channel, notice: Notice) -> Iterator[str]:
    """What the message does not say that the texts which come with this package always say."""
    if not channel.own_text:
        yield from _left_out(message, notice)


def _unsaid(message: Message, notice: Notice) -> Iterator[str]:
    if message.refused and not message.texts:
        return
    if message.alerts or not message.texts:
        found = next((alert for alert in message.alerts if alert.get("labels") == dict(notice.labels)), None)
        if found is None:
            yield "no alert with these labels is in it"
        elif found.get("annotations") != dict(notice.annotations):
            yield "its annotations are not those that were sent"
        return
    said = _said(message.texts)
    summary = notice.annotations.get("summary", "")
    if not (summary and _plain(summary) in said) and notice.alert.name not in said:
        yield f"it says neither `{notice.alert.name}` nor what the alert's summary says, `{summary}`"


def _left_out(message: Message, notice: Notice) -> Iterator[str]:
    if not message.texts:
        return
    said = _said(message.texts)
    summary, runbook = notice.annotations.get("summary", ""), notice.annotations.get("runbook_url", "")
    if _plain(summary) not in said:
        yield f"it does not say the summary, `{summary}`"
    if notice.alert.severity not in said and notice.alert.severity not in message.texts.get("severity", ""):
        yield f"it does not say the severity, `{notice.alert.severity}`"
    if runbook and _plain(runbook) not in said:
        yield f"it has no link to the runbook, {runbook}"


def _said(texts: Mapping[str, str]) -> str:
    # Attributes too: a link is one.
    return _plain(" ".join(html.unescape(text) for text in texts.values()))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _around(text: str, found: str) -> str:
    start = max(text.find(found[:6]), 0)
    return repr(_plain(text[max(start - 30, 0) : start + 60]))
