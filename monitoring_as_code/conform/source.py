"""Where a page is had from: a file, standard input or a URL. Its lines can be read more than once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from monitoring_as_code.conform.answers import Broken, TooLarge, is_packed, unpacked, whole
from monitoring_as_code.exposition import is_openmetrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from monitoring_as_code.engines.access import Access

_CHUNK = 1 << 20
_MOST_BYTES = 1 << 30
# So much of a page says whether it is a text.
_HEAD = 1024
# What Prometheus 2.42 asks for.
_ACCEPT = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)


class Unavailable(Exception):  # noqa: N818 - what it says
    """There is no page: one sentence, and what to do."""


class Source:
    """A page: `name` is what it is called in findings, an absolute path if it `is_file`.

    Whether it is `openmetrics` was `told` by a server; else its last line has said it.
    """

    def __init__(self, name: str, body: bytes | None, *, openmetrics: bool, told: bool = False) -> None:
        self.name = name
        self.openmetrics = openmetrics
        self.told = told
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

    def text(self) -> str:
        """The whole page.

        Raises:
            Unavailable: it cannot be read, or is no UTF-8.
        """
        found = "\n".join(self.lines()).removeprefix("\ufeff")
        try:
            found.encode()
        except UnicodeEncodeError:
            raise Unavailable(f"`{self.name}` is no text in UTF-8") from None
        return found

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


def from_file(path: str, most_bytes: int = _MOST_BYTES) -> Source:
    """A file; one that is packed by gzip, or cannot be read twice, such as a pipe, is read at once.

    Raises:
        Unavailable: it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            if not os.path.isfile(path):
                return from_stream(file, path, most_bytes)
            head = file.read(_HEAD)
            if is_packed(head):
                file.seek(0)
                return from_stream(file, path, most_bytes)
            _check_text(head, f"`{path}`")
            file.seek(max(0, os.path.getsize(path) - 64))
            return Source(os.path.abspath(path), None, openmetrics=is_openmetrics(file.read().decode("utf-8", "replace")))
    except OSError as error:
        raise Unavailable(f"`{path}` cannot be read: {error.strerror}") from None


def from_stream(stream: BinaryIO, name: str, most_bytes: int = _MOST_BYTES) -> Source:
    """What a stream gives until its end; it may be packed by gzip.

    Raises:
        Unavailable: it does not end in time, or cannot be read.
    """
    try:
        body = stream.read(most_bytes + 1)
    except OSError as error:
        raise Unavailable(f"`{name}` cannot be read: {error.strerror}") from None
    too_large = len(body) > most_bytes
    if is_packed(body) and not too_large:
        try:
            body = unpacked(body, most_bytes)
        except TooLarge:
            too_large = True
        except Broken as broken:
            raise Unavailable(f"`{name}` {broken}") from None
    if too_large:
        raise Unavailable(f"`{name}` has more than {most_bytes >> 20} MiB")
    _check_text(body[:_HEAD], f"`{name}`")
    return Source(name, body, openmetrics=is_openmetrics(body[-64:].decode("utf-8", "replace")))


def from_url(url: str, access: Access, most_bytes: int = _MOST_BYTES) -> Source:
    """A page as Prometheus would get it, but that nobody sends us elsewhere.

    Raises:
        Unavailable: there is no answer, or it is no page of metrics.
    """
    import http.client
    import urllib.error
    import urllib.request

    from monitoring_as_code.engines.access import opener, reason_of

    headers = {"Accept": _ACCEPT, "Accept-Encoding": "gzip", "User-Agent": "mac"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the scheme is checked
    for name, value in access.headers.items():
        request.add_header(name, value)
    name = shown(url)
    try:
        with opener(url, access).open(request, timeout=access.timeout_seconds) as response:
            kind = response.headers.get_content_type() if response.headers.get("Content-Type") else ""
            body = whole(response, most_bytes, access.timeout_seconds)
    except urllib.error.HTTPError as error:
        error.close()
        raise Unavailable(_refusal(name, error)) from None
    except Broken as broken:
        raise Unavailable(f"{name} {broken}") from None
    except TooLarge:
        raise Unavailable(f"{name} has more than {most_bytes >> 20} MiB: `--max-size` says how much is read") from None
    except TimeoutError:
        raise Unavailable(f"{name} said nothing for {access.timeout_seconds:g} s: `--timeout` says how long to wait") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        why = "it does not speak TLS: is it `http://`?" if getattr(reason, "reason", "") == "WRONG_VERSION_NUMBER" else reason_of(reason)
        raise Unavailable(f"{name} cannot be asked: {why}") from None
    if kind in ("text/html", "application/json"):
        raise Unavailable(f"{name} answers with {kind}, which is no page of metrics: is the path right?")
    _check_text(body[:_HEAD], name)
    return Source(name, body, openmetrics=kind == "application/openmetrics-text", told=True)


def _check_text(head: bytes, name: str) -> None:
    """Refuses what is no text at all: a picture, or UTF-16, would have a fault in each line."""
    if any(byte < 32 and byte not in b"\t\n\r" for byte in head):
        try:
            head.decode()
        except UnicodeDecodeError as error:
            if error.start < len(head) - 3:  # else a character may go on behind it
                raise Unavailable(f"{name} is no text in UTF-8") from None


def shown(url: str) -> str:
    """What a page is called in words: without a query and a fragment, which may be secret."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


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
    import urllib.error
