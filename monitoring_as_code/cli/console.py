"""Where words go: results to stdout, what is about the run to stderr."""

from __future__ import annotations

import io
import os
import sys


def prepare() -> None:
    """What the terminal's encoding cannot hold is written as an escape, instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def out(text: str, *, machine: bool = False) -> None:
    """Print a result that ends in its own line break; for a `machine`, in UTF-8 whatever the terminal holds."""
    if machine and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    _write(sys.stdout, text)


def note(text: str) -> None:
    """Say a sentence about the run."""
    _write(sys.stderr, f"{text}\n")


def colours(choice: str) -> bool:
    """Whether results are coloured: as asked for, else as NO_COLOR and FORCE_COLOR say, else on a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR")
    if forced:
        return forced != "0"
    return sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def columns() -> int | None:
    """How wide the terminal is that results go to; None if they go elsewhere."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size

    return get_terminal_size((80, 24)).columns


def can_write(text: str) -> bool:
    """Whether the encoding of the results has these characters."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _write(stream: io.TextIOBase | object, text: str) -> None:
    if not isinstance(stream, io.TextIOBase):  # closed by whoever started us
        return
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        # `mac list | head`: the reader has enough. The command goes on, and its exit code stays what it found.
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())
