"""Where a page is had from: a file, standard input or a URL. Its lines can be read more than once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from monitoring_as_code.exposition import is_openmetrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from monitoring_as_code.engines.access import Access

_CHUNK = 1 << 20
# What Prometheus 2.42 asks for.
_ACCEPT = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)


class Unavailable(Exception):  # noqa: N818 - what it says
    """There is no page: one sentence, and what to do."""


class Source:
    """A page: `name` is what it is called in findings, an absolute path if it `is_file`."""

    def __init__(self, name: str, body: bytes | None, *, openmetrics: bool) -> None:
        self.name = name
        self.openmetrics = openmetrics
        self.is_file = body is None
        self._body = body

    def lines(self) -> Iterator[str]:
        r"""The lines, as `text.split("\n")` gives them. Bytes that are no UTF-8 are surrogates.

        Raises:
            Unavailable: the file cannot be read.
        """
        if self._body is not None:
            yield from _lines([self._body])
            return
        try:
            with open(self.name, "rb") as file:
                yield from _lines(iter(lambda: file.read(_CHUNK), b""))
        except OSError as error:
            raise Unavailable(f"`{self.name}` cannot be read: {error.strerror}") from None

    def texts(self, wanted: frozenset[int]) -> dict[int, str]:
        """Some lines by their numbers."""
        if not wanted:
            return {}
        last = max(wanted)
        found = {}
        for number, line in enumerate(self.lines(), 1):
            if number in wanted:
                found[number] = line
            if number == last:
                break
        return found


def from_file(path: str) -> Source:
    """A file; one that cannot be read twice, such as a pipe, is read at once.

    Raises:
        Unavailable: it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            if not os.path.isfile(path):
                return from_stream(file, path)
            file.seek(max(0, os.path.getsize(path) - 64))
            return Source(os.path.abspath(path), None, openmetrics=is_openmetrics(file.read().decode("utf-8", "replace")))
    except OSError as error:
        raise Unavailable(f"`{path}` cannot be read: {error.strerror}") from None


def from_stream(stream: BinaryIO, name: str, most_bytes: int = 1 << 30) -> Source:
    """What a stream gives until its end.

    Raises:
        Unavailable: it does not end in time, or cannot be read.
    """
    try:
        body = stream.read(most_bytes + 1)
    except OSError as error:
        raise Unavailable(f"`{name}` cannot be read: {error.strerror}") from None
    if len(body) > most_bytes:
        raise Unavailable(f"`{name}` has more than {most_bytes >> 20} MiB")
    return Source(name, body, openmetrics=is_openmetrics(body[-64:].decode("utf-8", "replace")))


def from_url(url: str, access: Access, most_bytes: int) -> Source:
    """A page as Prometheus would get it.

    Raises:
        Unavailable: there is no answer, or it is no page of metrics.
    """
    import http.client
    import urllib.error
    import urllib.request

    from monitoring_as_code.engines.access import opener, reason_of

    request = urllib.request.Request(url, headers={"Accept": _ACCEPT, "User-Agent": "mac"})  # noqa: S310 - the scheme is checked
    for name, value in access.headers.items():
        request.add_header(name, value)
    try:
        with opener(url, access).open(request, timeout=access.timeout_seconds) as response:
            kind = response.headers.get_content_type() if response.headers.get("Content-Type") else ""
            body = _within(response, most_bytes, access.timeout_seconds)
    except urllib.error.HTTPError as error:
        error.close()
        raise Unavailable(_refusal(url, error)) from None
    except TimeoutError:
        raise Unavailable(f"{url} said nothing for {access.timeout_seconds:g} s: `--timeout` says how long to wait") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Unavailable(f"{url} cannot be asked: {reason_of(getattr(error, 'reason', error))}") from None
    if len(body) > most_bytes:
        raise Unavailable(f"{url} has more than {most_bytes >> 20} MiB: `--max-size` says how much is read")
    if kind in ("text/html", "application/json"):
        raise Unavailable(f"{url} answers with {kind}, which is no page of metrics: is the path right?")
    return Source(url, body, openmetrics=kind == "application/openmetrics-text")


def _within(response: http.client.HTTPResponse, most_bytes: int, timeout_seconds: float) -> bytes:
    """The body; a server that sends a byte a second is not waited for."""
    import time

    until = time.monotonic() + timeout_seconds
    parts, size = [], 0
    while size <= most_bytes:
        part = response.read1(_CHUNK)
        if not part:
            break
        parts.append(part)
        size += len(part)
        if time.monotonic() > until:
            raise TimeoutError
    return b"".join(parts)


def _refusal(url: str, error: urllib.error.HTTPError) -> str:
    if error.code in (301, 302, 303, 307, 308):
        return f"{url} sends us to {error.headers.get('Location', 'elsewhere')}: give the URL that is meant"
    if error.code in (401, 403):
        return f"{url} wants to know who asks ({error.code}): use --bearer-token-file, --basic-auth-file or --header-file"
    return f"{url} answers with {error.code}" + (": is the path right?" if error.code == 404 else "")


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest: list[bytes] = []
    for chunk in chunks:
        head, found, tail = chunk.rpartition(b"\n")
        if found:
            yield from b"".join((*rest, head)).decode("utf-8", "surrogateescape").split("\n")
            rest.clear()
        rest.append(tail)
    yield b"".join(rest).decode("utf-8", "surrogateescape")


if TYPE_CHECKING:
    import http.client
    import urllib.error
