"""The text of a /metrics page: of an address, a file, or what is piped in."""

from __future__ import annotations

import os
import sys

# What Prometheus asks for as well, so that names are those that it would store. A page of protocol buffers is nobody's to read here.
_ACCEPT = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
_TIMEOUT_SECONDS = 10
_MOST_BYTES = 256 * 1024 * 1024


class NoPage(Exception):  # noqa: N818 - it is none
    """There is no page, or nobody can read it; the message is one sentence for the user."""


def is_address(where: str) -> bool:
    """Whether it is a URL."""
    return where.startswith(("http://", "https://"))


def shown(where: str) -> str:
    """What a page is called in words: a URL without the password, the query and the fragment, which may be secret; a file by its name."""
    if where == "-":
        return "stdin"
    if not is_address(where):
        return os.path.basename(where)
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(where)
    except ValueError:
        return "the address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def page_text(where: str, directory: str = ".") -> str:
    """The page at a URL, in a file below `directory`, or on stdin for `-`.

    Raises:
        NoPage: with the reason.
    """
    data = _fetched(where) if is_address(where) else _read(where, directory)
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data, where)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoPage(f"`{shown(where)}` is no text in UTF-8") from None


def _read(where: str, directory: str) -> bytes:
    if where == "-":
        data = sys.stdin.buffer.read(_MOST_BYTES + 1)
    else:
        path = os.path.join(directory, where)
        if os.path.exists(path) and not os.path.isfile(path):
            raise NoPage(f"`{where}` is no file")
        try:
            with open(path, "rb") as file:
                data = file.read(_MOST_BYTES + 1)
        except OSError as error:
            raise NoPage(f"`{where}` cannot be read: {(error.strerror or 'no reason is given').lower()}") from None
    return _bounded(data, where)


def _fetched(where: str) -> bytes:
    import http.client
    import urllib.error
    import urllib.request
    from base64 import b64encode
    from urllib.parse import unquote, urlsplit, urlunsplit

    try:
        parts = urlsplit(where)
        headers = {"Accept": _ACCEPT, "Accept-Encoding": "gzip"}
        login, _, place = parts.netloc.rpartition("@")
        if login:
            headers["Authorization"] = f"Basic {b64encode(unquote(login).encode()).decode()}"
        request = urllib.request.Request(urlunsplit(parts._replace(netloc=place, fragment="")), headers=headers)  # noqa: S310 - http only
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - as above
            data: bytes = answer.read(_MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        raise NoPage(f"`{shown(where)}` answers with status {error.code}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        said = getattr(reason, "strerror", None) or ("no answer in time" if isinstance(reason, TimeoutError) else type(reason).__name__)
        raise NoPage(f"`{shown(where)}` cannot be asked: {said.lower() if isinstance(said, str) else said}") from None
    return _bounded(data, where)


def _unpacked(data: bytes, where: str) -> bytes:
    import zlib

    unpacker = zlib.decompressobj(wbits=31)
    try:
        return _bounded(unpacker.decompress(data, _MOST_BYTES + 1), where)
    except zlib.error:
        raise NoPage(f"`{shown(where)}` is packed and broken") from None


def _bounded(data: bytes, where: str) -> bytes:
    if len(data) > _MOST_BYTES:
        raise NoPage(f"`{shown(where)}` is larger than {_MOST_BYTES // 1024 // 1024} MB, which no page of metrics is")
    return data
