"""As whom a server of the stack is asked, and whom to trust: it may speak TLS and want a password, on loopback too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.engines import Server
    from monitoring_as_code.operate.inside import Inside


class Login(NamedTuple):
    """What is said to a server, and expected of it. No secret is in here, only paths of files."""

    scheme: str = "http"
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    """Whose certificates are trusted; the usual authorities, if there is none."""
    carrier: tuple[str, ...] = ()
    """The command that it is asked through, if no port of this machine leads to it."""


# Everybody is answered in plain HTTP.
NOBODY = Login()


def as_data(login: Login) -> dict[str, Any]:
    """For a record, from which `Login(**data)` makes it again."""
    return {name: value for name, value in login._asdict().items() if name != "carrier"}


def refusal(error: BaseException, login: Login) -> str:
    """Why a server that runs does not let its own user in, which no patience mends; nothing if the error says nothing of that."""
    import ssl
    from urllib.error import HTTPError

    if isinstance(error, HTTPError):
        if error.code != 401:
            return ""
        password = Path(login.password_file).name.upper()
        users = f"{password.removesuffix('_PASSWORD')}_USERS"
        return (
            f"it refuses its own user `{login.user}`: the password in `{password}` does not fit the hash in `{users}`" if password else ""
        )
    cause = getattr(error, "reason", None) or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {cause.verify_message}"
    # What has ended or is about to start ends a connection, too, and says nothing.
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return f"it does not speak TLS ({(cause.reason or 'unknown').lower().replace('_', ' ')}): see its certificate and key"
    return ""


def server_at(url: str, login: Login = NOBODY) -> Server | Inside:
    """A server of ours on this machine, to be asked.

    Raises:
        OSError: a file of the login cannot be read.
    """
    from monitoring_as_code.engines import Server

    # `localhost` may be ::1 first, where nothing of ours listens.
    address = url.replace("//localhost:", "//127.0.0.1:")
    if login == NOBODY:
        return Server(address, 0, Path())
    authorization = ""
    if login.user:
        import base64

        password = Path(login.password_file).read_text("utf-8").strip()
        authorization = "Basic " + base64.b64encode(f"{login.user}:{password}".encode()).decode()
    context = None
    if login.scheme == "https":
        import ssl

        context = ssl.create_default_context(cafile=login.ca_file or None)
        # The certificate is for the name that others know the server by.
        context.check_hostname = False
    if login.carrier:
        from monitoring_as_code.operate.inside import Inside

        return Inside(url, login.carrier, authorization, context)
    return Server(address, 0, Path(), authorization, context)
