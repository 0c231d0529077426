"""The body of a server's answer as Prometheus would take it: whole, unpacked, in time and within bounds; or why it would not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import http.client

_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"


class Broken(Exception):  # noqa: N818 - what it says
    """The answer is none; the message goes on after the name of whoever gave it: `broke off after 6 of 1,000 bytes`."""


class TooLarge(Exception):  # noqa: N818 - what it says
    """There is more than was asked for."""


def whole(response: http.client.HTTPResponse, most_bytes: int, timeout_seconds: float) -> bytes:
    """The body of an answer, unpacked; a server that sends a byte a second is not waited for.

    Raises:
        Broken: it breaks off, takes too long, or is encoded as nobody asked for.
        TooLarge: it has more than `most_bytes`.
    """
    import http.client
    import time

    until = time.monotonic() + timeout_seconds
    parts, size, wanted = [], 0, response.length
    while size <= most_bytes:
        try:
            part = response.read1(_CHUNK)
        except http.client.IncompleteRead:
            raise Broken(f"broke off after {size:,} bytes") from None
        if not part:
            break
        parts.append(part)
        size += len(part)
        if time.monotonic() > until:
            raise Broken(f"had not sent all of its answer after {timeout_seconds:g} s")
    if size > most_bytes:
        raise TooLarge
    if wanted is not None and size < wanted:
        raise Broken(f"broke off after {size:,} of {wanted:,} bytes")
    coding = (response.headers.get("Content-Encoding") or "identity").strip().lower()
    data = b"".join(parts)
    if coding == "gzip":
        return unpacked(data, most_bytes)
    if coding not in ("identity", ""):
        raise Broken(f"answers in `{coding}`, which nobody asked for: Prometheus reads `gzip` and plain text")
    return data


def is_packed(data: bytes) -> bool:
    """Whether these bytes were packed by gzip."""
    return data[:2] == _GZIP


def unpacked(data: bytes, most_bytes: int) -> bytes:
    """What gzip has packed, which may be in several pieces.

    Raises:
        Broken: it is no gzip, or breaks off.
        TooLarge: it has more than `most_bytes` then.
    """
    import zlib

    parts, size = [], 0
    while data:
        piece = zlib.decompressobj(wbits=31)
        try:
            part = piece.decompress(data, most_bytes + 1 - size)
        except zlib.error:
            raise Broken("is packed by gzip, or said to be, and broken") from None
        parts.append(part)
        size += len(part)
        if size > most_bytes:
            raise TooLarge
        if not piece.eof:
            raise Broken("is packed by gzip and breaks off")
        data = piece.unused_data
    return b"".join(parts)
