"""What the commands share that ask a server of the user's: its URL, and how to get in. Secrets come from files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from monitoring_as_code.engines.access import Access

C = TypeVar("C", bound=Callable[..., Any])


def access_options(command: C) -> C:
    """The options of a command that say how to get in; `access_of` reads their files."""
    for name, words in (
        ("--ca-file", "Trust a server whose certificate this authority has signed."),
        ("--header-file", "A file with headers for the server, such as `X-Scope-OrgID: shop`."),
        ("--basic-auth-file", "A file with `user:password` for the server."),
        ("--bearer-token-file", "A file with a token for the server."),
    ):
        command = click.option(name, metavar="FILE", type=click.Path(), help=words)(command)
    return command


def access_of(files: Sequence[str | None], timeout: int) -> Access:
    """What the files of `--bearer-token-file`, `--basic-auth-file`, `--header-file` and `--ca-file` say; `timeout` is in milliseconds."""
    from monitoring_as_code.engines.access import Access

    bearer, basic, headers, authority = files
    if bearer is not None and basic is not None:
        raise usage("`--bearer-token-file` and `--basic-auth-file` both say who asks: give one of them")
    found: dict[str, str] = {}
    for number, line in enumerate(_read(headers).splitlines() if headers is not None else (), 1):
        name, colon, value = line.partition(":")
        if line.strip() and not line.startswith("#"):
            if not colon or not name.strip() or not name.strip().isascii() or " " in name.strip():
                raise click.ClickException(f"`{headers}`, line {number}, is no header: write it like `X-Scope-OrgID: shop`")
            found[name.strip()] = value.strip()
    if bearer is not None:
        found["Authorization"] = f"Bearer {_secret(bearer)}"
    if basic is not None:
        import base64

        told = _secret(basic)
        if ":" not in told:
            raise click.ClickException(f"`{basic}` does not hold `user:password`")
        found["Authorization"] = f"Basic {base64.b64encode(told.encode()).decode()}"
    if authority is not None:
        _read(authority)
    return Access(found, authority, timeout / 1000)


def _secret(path: str) -> str:
    found = _read(path).strip()
    if not found or "\n" in found:
        raise click.ClickException(f"`{path}` holds {'more than one line' if found else 'nothing'}")
    return found


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"`{path}` cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from None


def check_url(url: str) -> None:
    """Refuses what is no URL of a server, or has a password in it."""
    import urllib.parse

    try:
        parts = urllib.parse.urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_is_fine = urllib.parse.urlsplit(""), False
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise usage(f"`{url}` is no URL of a server: write it like `http://localhost:9090`")
    if parts.username is not None or parts.password is not None:
        raise usage("a password in a URL is seen by all on this machine: use --basic-auth-file")


def usage(message: str) -> click.UsageError:
    """A wrong use of the command."""
    return click.UsageError(message, click.get_current_context())
