"""What the commands share that read pages of metrics: where one comes from, how long it may take, and how long it may be."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitoring_as_code.cli.access import usage

if TYPE_CHECKING:
    from monitoring_as_code.cli.settings import Settings
    from monitoring_as_code.conform.source import Source
    from monitoring_as_code.engines.access import Access

C = TypeVar("C", bound=Callable[..., Any])


def page_options(command: C) -> C:
    """`--timeout`, which `timeout_of` reads, and `--max-size` in MiB, which `page_at` takes."""
    command = click.option(
        "--max-size", metavar="MIB", type=click.IntRange(1), default=64, show_default=True, help="Read at most so much."
    )(command)
    return click.option("--timeout", metavar="DURATION", default="10s", show_default=True, help="How long to wait for an answer.")(command)


def timeout_of(text: str) -> int:
    """A `--timeout` in milliseconds."""
    from monitoring_as_code.promql.durations import milliseconds

    try:
        found = milliseconds(text)
    except ValueError as error:
        raise usage(f"`--timeout`: {error}") from None
    if not found:
        raise usage("`--timeout` is longer than 0")
    return found


def page_at(settings: Settings, given: str, access: Access, max_size: int) -> Source:
    """The page at a URL, in a file, or on stdin; `max_size` is in MiB.

    Raises:
        click.ClickException: there is none.
    """
    from monitoring_as_code.conform.source import Unavailable, from_file, from_stream, from_url

    most_bytes = max_size << 20
    try:
        if given == "-":
            return from_stream(sys.stdin.buffer, "standard input", most_bytes)
        if "://" in given:
            return from_url(given, access, most_bytes)
        return from_file(os.path.join(settings.directory, given), most_bytes)
    except Unavailable as error:
        raise click.ClickException(str(error)) from None
