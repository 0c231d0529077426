"""Slack, PagerDuty, Teams, Discord, Telegram, a mail server and whoever takes webhooks, on loopback: each answers as the real one does, and keeps what it gets."""

from __future__ import annotations

import contextlib
import json
import queue
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.prove.delivery import configuration
from monitoring_as_code.prove.delivery.smtp import MailServer

if TYPE_CHECKING:
    from email.message import EmailMessage

    from monitoring_as_code.prove.delivery.configuration import Channel
    from monitoring_as_code.prove.delivery.smtp import Letter

# What PagerDuty and Slack take: https://developer.pagerduty.com/docs/send-alert-event, https://api.slack.com/messaging/webhooks
_SEVERITIES = ("critical", "error", "warning", "info")
_LONGEST_SUMMARY = 1024


class Message(NamedTuple):
    """Something that came over a channel."""

    channel: int
    texts: Mapping[str, str]
    """What people read, by the name of the field; markup of HTML and Slack's escapes are as they came."""
    resolved: bool | None
    """Whether it says that it is over; None where only its words could tell."""
    to: tuple[str, ...]
    """Whom it is for, as the message itself says: a Slack channel, addresses."""
    alerts: Sequence[Mapping[str, Any]]
    """The alerts, where they come as data: over a webhook."""
    refused: str
    """Why the real one would refuse it; "" if it takes it."""
    moment: float
    """When it came, by `time.monotonic`."""


class Fakes(NamedTuple):
    """The endpoints that run, and what they have got so far."""

    endpoints: configuration.Endpoints
    messages: queue.SimpleQueue[Message]


@contextlib.contextmanager
def serving(channels: Sequence[Channel], login: tuple[str, str] | None) -> Iterator[Fakes]:
    """The endpoints of all channels, for as long as the block lasts."""
    messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
    with contextlib.ExitStack() as stack:
        web = _Web(messages, channels)
        stack.enter_context(running(web))
        mail: dict[int, str] = {}
        for channel in channels:
            if channel.integration == "email":
                server = _mailbox(channel.number, messages, login)
                stack.enter_context(running(server))
                mail[channel.number] = server.address
        host, port = web.server_address[:2]
        yield Fakes(configuration.Endpoints(f"http://{host!s}:{port}", mail), messages)


@contextlib.contextmanager
def running(server: ThreadingHTTPServer | MailServer) -> Iterator[None]:
    """The server answers, on a thread of its own, for as long as the block lasts."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _mailbox(number: int, messages: queue.SimpleQueue[Message], login: tuple[str, str] | None) -> MailServer:
    """A mail server of its own for a channel: two channels may have the same address, and nothing else would tell them apart."""
    return MailServer(
        lambda letter: messages.put(_letter(number, letter)),
        lambda why: messages.put(Message(number, {}, None, (), (), why, time.monotonic())),
        login,
    )


class _Web(ThreadingHTTPServer):
    """The endpoints that speak HTTP."""

    daemon_threads = True
    # Alertmanager opens a connection for each channel of each group at once; a short queue makes it wait a second for the next try.
    request_queue_size = 512

    def __init__(self, messages: queue.SimpleQueue[Message], channels: Sequence[Channel]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.messages = messages
        self.channels = channels

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that hangs up is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    server: _Web
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        _, kind, *rest = self.path.split("/")
        try:
            data = json.loads(body)
        except ValueError:
            data = None
        if not isinstance(data, dict):
            self._answer(400, "that is no JSON object")
            return
        match kind, rest:
            case "slack", [number]:
                self._slack(int(number), data)
            case "pagerduty", _:
                self._pagerduty(data)
            case "webhook", [number]:
                self._webhook(int(number), data)
            case "discord", [number]:
                self._discord(int(number), data)
            case "msteamsv2", [number]:
                self._teams(int(number), data)
            case "telegram", [bot, "sendMessage"]:
                self._telegram(bot.removeprefix("bot"), data)
            case _:
                self._answer(404, "nobody is here")

    def _slack(self, number: int, data: dict[str, Any]) -> None:
        attachments: list[dict[str, Any]] = data.get("attachments") or []
        texts = {"text": str(data["text"])} if "text" in data else {}
        for attachment in attachments[:1]:
            texts |= {name: str(attachment.get(name) or "") for name in ("title", "text", "fallback", "color")}
        refused = "" if data.get("text") or attachments else "no_text"
        self._take(Message(number, texts, None, (str(data.get("channel", "")),), (), refused, time.monotonic()), 200, refused or "ok")

    def _pagerduty(self, data: dict[str, Any]) -> None:
        key = str(data.get("routing_key", ""))
        known = key.isdigit() and int(key) < len(self.server.channels)
        payload = data.get("payload") or {}
        details = payload.get("custom_details") or {}
        texts = {"summary": str(payload.get("summary") or ""), "severity": str(payload.get("severity") or "")}
        texts |= {f"details.{name}": str(value) for name, value in details.items()}
        action = data.get("event_action")
        errors = [
            *([] if known else ["`routing_key` is not the one of the secret's file"]),
            *([] if action in ("trigger", "resolve") else [f"`event_action` is {action!r}"]),
        ]
        if action == "trigger":
            errors += [f"`payload.{name}` is missing or blank" for name in ("summary", "source", "severity") if not payload.get(name)]
            if payload.get("severity") not in (*_SEVERITIES, None, ""):
                errors.append(f"`payload.severity` is `{payload['severity']}`, and not one of {', '.join(_SEVERITIES)}")
            if len(texts["summary"]) > _LONGEST_SUMMARY:
                errors.append(f"`payload.summary` is longer than {_LONGEST_SUMMARY} characters")
        refused = "; ".join(errors)
        number = int(key) if known else next(each.number for each in self.server.channels if each.integration == "pagerduty")
        answer = (
            {"status": "invalid event", "errors": errors} if errors else {"status": "success", "dedup_key": str(data.get("dedup_key", ""))}
        )
        message = Message(number, texts, action == "resolve", (), (), refused, time.monotonic())
        self._take(message, 400 if errors else 202, json.dumps(answer))

    def _webhook(self, number: int, data: dict[str, Any]) -> None:
        alerts = data.get("alerts") or []
        token = self.headers.get("Authorization")
        refused = "" if token in (None, f"Bearer {configuration.secret_of(number)}") else "the token is not the one of its file"
        message = Message(number, {}, data.get("status") == "resolved", (), alerts, refused, time.monotonic())
        self._take(message, 401 if refused else 200, refused)

    def _discord(self, number: int, data: dict[str, Any]) -> None:
        texts = {"content": str(data["content"])} if data.get("content") else {}
        for embed in (data.get("embeds") or [])[:1]:
            texts |= {"title": str(embed.get("title") or ""), "message": str(embed.get("description") or "")}
        refused = "" if any(texts.values()) else "Cannot send an empty message"
        self._take(Message(number, texts, None, (), (), refused, time.monotonic()), 400 if refused else 204, refused)

    def _teams(self, number: int, data: dict[str, Any]) -> None:
        cards = [each.get("content") or {} for each in data.get("attachments") or []]
        blocks = [block for card in cards for block in card.get("body") or [] if block.get("type") == "TextBlock"]
        texts = {name: str(block.get("text") or "") for name, block in zip(("title", "text"), blocks, strict=False)}
        refused = "" if blocks else "there is no card with a text in it"
        self._take(Message(number, texts, None, (), (), refused, time.monotonic()), 400 if refused else 202, refused)

    def _telegram(self, token: str, data: dict[str, Any]) -> None:
        known = token.isdigit() and int(token) < len(self.server.channels)
        refused = "" if known else "the token is not the one of its file"
        refused = refused or ("" if data.get("text") else "message text is empty")
        number = int(token) if known else next(each.number for each in self.server.channels if each.integration == "telegram")
        chat = str(data.get("chat_id", ""))
        message = Message(number, {"message": str(data.get("text") or "")}, None, (chat,), (), refused, time.monotonic())
        sent = {"message_id": 1, "date": 0, "chat": {"id": int(chat) if chat.lstrip("-").isdigit() else 0, "type": "group"}}
        answer = {"ok": False, "error_code": 400, "description": refused} if refused else {"ok": True, "result": sent}
        self._take(message, 400 if refused else 200, json.dumps(answer))

    def _take(self, message: Message, status: int, answer: str) -> None:
        # The answer first: who hears of a message may end the server, and the sender would try once more.
        self._answer(status, answer)
        self.server.messages.put(message)

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the messages are kept."""


def _letter(number: int, letter: Letter) -> Message:
    read: EmailMessage = message_from_bytes(letter.message, policy=policy.default)
    texts = {"subject": str(read["Subject"] or "")}
    for kind in ("plain", "html"):
        part = read.get_body((kind,))
        if part is not None:
            texts["text" if kind == "plain" else kind] = part.get_content().strip()
    return Message(number, texts, None, letter.recipients, (), "", time.monotonic())
