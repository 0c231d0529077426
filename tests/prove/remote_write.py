"""Samples for Prometheus's remote-write receiver, which takes them with the times that they are given.

It is the one way to a live server by which a sample is exactly as old as a rule's evaluation, and by which a series can be ended as a
scrape that no longer finds it ends it. The format is https://prometheus.io/docs/concepts/remote_write_spec/, version 1.0.
"""

import struct
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

# The NaN by which Prometheus marks that a series has ended: model/value/value.go, StaleNaN.
_STALE = struct.pack("<Q", 0x7FF0000000000002)


class Written(NamedTuple):
    """One series with its samples: milliseconds since 1970 and values; None ends the series at that time."""

    labels: Mapping[str, str]
    samples: tuple[tuple[int, float | None], ...]


def write(url: str, series: Iterable[Written]) -> None:
    """Hand series to the server at `url`; when it comes back they can be queried."""
    body = b"".join(_field(1, _series(each)) for each in series)
    request = urllib.request.Request(
        f"{url}/api/v1/write",
        data=_uncompressed(body),
        headers={
            "Content-Encoding": "snappy",
            "Content-Type": "application/x-protobuf",
            "X-Prometheus-Remote-Write-Version": "0.1.0",
        },
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60):
        pass


def _series(each: Written) -> bytes:
    labels = b"".join(_field(1, _field(1, name.encode()) + _field(2, value.encode())) for name, value in sorted(each.labels.items()))
    return labels + b"".join(_field(2, _sample(time, value)) for time, value in each.samples)


def _sample(time: int, value: float | None) -> bytes:
    number = _STALE if value is None else struct.pack("<d", value)
    return bytes([1 << 3 | 1]) + number + bytes([2 << 3]) + _varint(time)


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _uncompressed(body: bytes) -> bytes:
    """What snappy's reader takes for `body`: its length, and pieces that are said to be literal."""
    return _varint(len(body)) + b"".join(_literals(body))


def _literals(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 1 << 16):
        piece = body[start : start + (1 << 16)]
        yield bytes([61 << 2]) + struct.pack("<H", len(piece) - 1) + piece
