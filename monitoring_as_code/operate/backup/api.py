"""Prometheus's and Alertmanager's HTTP interfaces, as far as a backup needs them."""

import base64
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.backup.refusal import Refused


class Access(NamedTuple):
    """How a service is asked: `credentials` is a file with one line `user:password`, `ca` one with the certificates to trust.

    With a `user`, the file has the password alone. One that is not `named` has a certificate for another name than we ask it by.
    """

    credentials: Path | None = None
    ca: Path | None = None
    user: str = ""
    named: bool = True


class Answer(NamedTuple):
    """What a service answered, an error's body too."""

    status: int
    body: bytes


class Api:
    """One service at its address, which is checked here: `service` is the name that people call it by."""

    def __init__(self, service: str, url: str, access: Access = Access()) -> None:  # noqa: B008 - it is frozen
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise Refused(f"`{_without_user(url)}` is no address of {service}", "write it as `http://127.0.0.1:9091`")
        if parts.username or parts.password:
            raise Refused(
                f"the address of {service} has a password in it, which every user of this machine can read",
                "put `user:password` into a file that only you can read, and name it with `--basic-auth-file`",
            )
        self.service = service
        self.url = url.rstrip("/")
        self._authorization = None if access.credentials is None else _basic(access.credentials, access.user)
        if self._authorization is not None and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise Refused(f"a password would go to {service} at `{self.url}` in the clear", "use `https://`")
        # A proxy of the environment is for the internet, not for what we watch over.
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if parts.scheme == "https":
            handlers.append(urllib.request.HTTPSHandler(context=_trusting(access.ca, named=access.named)))
        self._opener = urllib.request.build_opener(*handlers)

    def ask(self, path: str, body: bytes | None = None, *, method: str = "GET", timeout_seconds: float = 30) -> Answer:
        """The answer, whatever its status. Raises Refused if there is none."""
        request = urllib.request.Request(self.url + path, body, method=method)  # noqa: S310 - the scheme is checked above
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if self._authorization is not None:
            request.add_unredirected_header("Authorization", self._authorization)  # not for whoever it is sent on to
        try:
            with self._opener.open(request, timeout=timeout_seconds) as response:
                return Answer(response.status, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read())
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise Refused(
                f"{self.service} at `{self.url}` cannot be asked: {reason}", "see that it runs, and that the address is right"
            ) from None

    def json(self, path: str, body: bytes | None = None, *, method: str = "GET", timeout_seconds: float = 30) -> Any:  # noqa: ANN401 - as JSON is
        """The answer of a request that succeeds."""
        answer = self.ask(path, body, method=method, timeout_seconds=timeout_seconds)
        if answer.status == 401:
            raise Refused(f"{self.service} at `{self.url}` wants a password", "name a file with `user:password` by `--basic-auth-file`")
        said = answer.body.decode("utf-8", "replace").strip()
        try:
            if answer.status == 200:
                return json.loads(said)
        except ValueError:
            pass
        short = said.partition("\n")[0][:200] or "nothing"
        raise Refused(f"{self.service} at `{self.url}` answers `{path.partition('?')[0]}` with {answer.status}: {short}", "see its log")


_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _without_user(url: str) -> str:
    return url.rpartition("@")[2]


def _basic(file: Path, user: str) -> str:
    try:
        said = (f"{user}:" if user else "") + file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"`{file}` cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from None
    if ":" not in said or "\n" in said:
        raise Refused(f"`{file}` does not hold one line `user:password`")
    return "Basic " + base64.b64encode(said.encode()).decode()


def _trusting(ca: Path | None, *, named: bool) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=None if ca is None else str(ca))
    except OSError as error:
        raise Refused(f"`{ca}` holds no certificates to trust: {error.strerror or error}") from None
    context.check_hostname = named
    return context
