"""A mail server on loopback that keeps what it gets: RFC 5321 as far as a sender needs it, with AUTH of RFC 4954."""

from __future__ import annotations

import base64
import binascii
import socketserver
from collections.abc import Callable

from typing_extensions import override

from monitoring_as_code.light import NamedTuple

# A sender that stops in the middle of a letter does not hold us up.
_PATIENCE_SECONDS = 10
_LONGEST_LINE = 1 << 20


class Letter(NamedTuple):
    """One letter as it was handed over: the envelope, and the message with its headers."""

    sender: str
    recipients: tuple[str, ...]
    message: bytes


class MailServer(socketserver.ThreadingTCPServer):
    """Takes letters at a free port and gives each to `taken`. With `login`, a name and a password, only from who knows them."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, taken: Callable[[Letter], None], refused: Callable[[str], None], login: tuple[str, str] | None = None) -> None:
        """`refused` is told why somebody was turned away."""
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.taken = taken
        self.refused = refused
        self.login = login

    @property
    def address(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.server_address[1]}"

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that hangs up is no error of ours."""


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer
    timeout = _PATIENCE_SECONDS

    @override
    def handle(self) -> None:
        self.known = self.server.login is None
        self.sender = ""
        self.recipients: list[str] = []
        self.letter: Letter | None = None
        self._say("220 127.0.0.1 ready")
        while line := self._line():
            verb, _, rest = line.partition(" ")
            answer = getattr(self, "_on_" + verb.lower(), None)
            if verb.upper() == "QUIT":
                self._say("221 bye")
                return
            self._say("502 there is no such command" if answer is None else answer(rest))
            self._hand_over()

    def _hand_over(self) -> None:
        # After the answer: who hears of a letter may end the server, and the sender would try once more.
        if self.letter is not None:
            self.server.taken(self.letter)
            self.letter = None

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _line(self) -> str:
        return self.rfile.readline(_LONGEST_LINE).decode("utf-8", "replace").rstrip("\r\n")

    def _asked(self, prompt: str) -> str:
        """What the sender answers to a question; both are in base64."""
        self._say("334 " + base64.b64encode(prompt.encode()).decode())
        return _decoded(self._line())

    def _on_ehlo(self, _: str) -> str:
        return "250-127.0.0.1\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN LOGIN"

    def _on_helo(self, _: str) -> str:
        return "250 127.0.0.1"

    def _on_auth(self, rest: str) -> str:
        mechanism, _, first = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            _, _, pair = (_decoded(first) if first else self._asked("")).partition("\0")
            name, _, password = pair.partition("\0")
        elif mechanism.upper() == "LOGIN":
            name = _decoded(first) if first else self._asked("Username:")
            password = self._asked("Password:")
        else:
            return "504 there are PLAIN and LOGIN"
        self.known = self.server.login is None or (name, password) == self.server.login
        if self.known:
            return "235 welcome"
        self.server.refused(f"the login as `{name}` is wrong")
        return "535 the name or the password is wrong"

    def _on_mail(self, rest: str) -> str:
        if not self.known:
            self.server.refused("it did not log in")
            return "530 log in first"
        self.sender, self.recipients = _address(rest), []
        return "250 ok"

    def _on_rcpt(self, rest: str) -> str:
        self.recipients.append(_address(rest))
        return "250 ok"

    def _on_data(self, _: str) -> str:
        if not self.recipients:
            return "503 say MAIL and RCPT first"
        self._say("354 go on, and end with a dot")
        lines: list[bytes] = []
        while (line := self.rfile.readline(_LONGEST_LINE)) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        if not line:
            return "451 the letter has no end"
        self.letter = Letter(self.sender, tuple(self.recipients), b"".join(lines))
        return "250 taken"

    def _on_rset(self, _: str) -> str:
        self.sender, self.recipients = "", []
        return "250 ok"

    def _on_noop(self, _: str) -> str:
        return "250 ok"


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except binascii.Error:
        return ""


def _address(text: str) -> str:
    """`FROM:<a@b> BODY=8BITMIME` is `a@b`."""
    return text.partition("<")[2].partition(">")[0]
