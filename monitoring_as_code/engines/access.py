"""How a server of the user's is asked, and what keeps us from it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    import ssl
    import urllib.request
    from collections.abc import Mapping


class Access(NamedTuple):
    """How a server is asked; secrets are read from files, and are shown to nobody."""

    headers: Mapping[str, str]
    ca_file: str | None = None
    timeout_seconds: float = 120


def opener(url: str, access: Access) -> urllib.request.OpenerDirector:
    """What asks this server and no other: redirects are not followed."""
    import urllib.parse
    import urllib.request

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        """Secrets are for the server that was named, and for no other."""

        def redirect_request(self, *_: object) -> None:
            return None

    handlers: list[urllib.request.BaseHandler] = [NoRedirect()]
    if urllib.parse.urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1"):
        handlers.append(urllib.request.ProxyHandler({}))  # a proxy in the environment is not asked for loopback
    if access.ca_file is not None:
        handlers.append(urllib.request.HTTPSHandler(context=_trusting(access.ca_file)))
    return urllib.request.build_opener(*handlers)


def _trusting(file: str) -> ssl.SSLContext:
    import ssl

    return ssl.create_default_context(cafile=file)


def reason_of(error: object) -> str:
    """Why a connection failed."""
    words = getattr(error, "strerror", None) or str(error)
    return f"{words[:1].lower()}{words[1:]}" if words else type(error).__name__
