"""A page is read as Prometheus would read it: whole, unpacked, in time; else it is said in words why there is none."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitoring_as_code.conform.source import Source, Unavailable, from_file, from_url
from monitoring_as_code.engines.access import Access

PAGE = b"# TYPE depth gauge\ndepth 1\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n"


@contextmanager
def answering(*pieces: bytes, pause_seconds: float = 0) -> Iterator[str]:
    """A server that writes these bytes to whoever asks, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with listener.accept()[0] as connection:
                connection.recv(65536)
                for piece in pieces:
                    try:
                        connection.sendall(piece)
                    except OSError:
                        return
                    time.sleep(pause_seconds)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/metrics"
        thread.join(10)


def fetched(url: str, most_bytes: int = 1 << 20, timeout_seconds: float = 10) -> Source:
    return from_url(url, Access({}, timeout_seconds=timeout_seconds), most_bytes)


def with_length(body: bytes, more: bytes = b"") -> bytes:
    return HEAD + more + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


PACKED = b"Content-Encoding: gzip\r\n"
READ: dict[str, bytes] = {
    "with its length": with_length(PAGE),
    "until the server hangs up": HEAD + b"\r\n" + PAGE,
    "in chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n1b\r\n" + PAGE + b"\r\n0\r\n\r\n",
    "packed": with_length(gzip.compress(PAGE), PACKED),
    "packed in two pieces": with_length(gzip.compress(PAGE[:5]) + gzip.compress(PAGE[5:]), PACKED),
}


@pytest.mark.parametrize("name", READ)
def test_a_whole_answer_is_the_page(name: str) -> None:
    with answering(READ[name]) as url:
        assert fetched(url).text().encode() == PAGE


REFUSED: dict[str, tuple[bytes, str]] = {
    "shorter than it says": (HEAD + b"Content-Length: 1000\r\n\r\nfoo 1\n", "broke off after 6 of 1,000 bytes"),
    "a chunk that breaks off": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1b\r\nfoo 1\n", "broke off after 6 bytes"),
    "chunks without the last one": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n6\r\nfoo 1\n\r\n", "broke off after 6 bytes"),
    "packed, and breaking off": (with_length(gzip.compress(PAGE)[:-9], PACKED), "is packed by gzip and breaks off"),
    "said to be packed": (with_length(PAGE, PACKED), "is packed by gzip, or said to be, and broken"),
    "packed without a word": (with_length(gzip.compress(PAGE)), "is no text in UTF-8"),
    "packed by something else": (with_length(PAGE, b"Content-Encoding: br\r\n"), "answers in `br`, which nobody asked for"),
    "larger when it is unpacked": (with_length(gzip.compress(b"depth 1\n" * 200_000), PACKED), "has more than 1 MiB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_prometheus_would_not_take_is_no_page(name: str) -> None:
    body, words = REFUSED[name]
    with answering(body) as url, pytest.raises(Unavailable) as refused:
        fetched(url)
    assert words in str(refused.value)


def test_who_sends_slowly_is_not_said_to_be_silent() -> None:
    with answering(HEAD + b"\r\n", *[b"depth 1\n"] * 20, pause_seconds=0.1) as url, pytest.raises(Unavailable) as refused:
        fetched(url, timeout_seconds=0.4)
    assert "had not sent all of its answer after 0.4 s" in str(refused.value)


def test_tls_to_who_speaks_none_is_said() -> None:
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url, pytest.raises(Unavailable) as refused:
        fetched(url.replace("http:", "https:"))
    assert "it does not speak TLS: is it `http://`?" in str(refused.value)


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "page.gz").write_bytes(gzip.compress(PAGE))
    assert from_file(str(tmp_path / "page.gz")).text().encode() == PAGE


@pytest.mark.parametrize("body", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "# TYPE depth gauge\ndepth 1\n".encode("utf-16"), bytes(range(256))])
def test_what_is_no_text_is_said_once(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "page").write_bytes(body)
    with pytest.raises(Unavailable) as refused:
        from_file(str(tmp_path / "page"))
    assert str(refused.value).endswith("is no text in UTF-8")


def test_a_text_with_a_wrong_byte_is_a_page_with_a_fault(tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(b"# HELP depth \xe9\n\tdepth 1\n")
    assert next(from_file(str(tmp_path / "page")).lines()) == "# HELP depth \udce9"
