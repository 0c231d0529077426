"""What the commands that start servers share: none stays when the command is stopped, and what kept one from starting is said."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from types import FrameType


@contextlib.contextmanager
def servers_allowed() -> Iterator[None]:
    """A block that may start servers: a polite kill unwinds it, so that they are stopped and their folders removed.

    Raises:
        click.ClickException: a program is missing, did not start, broke down or did not come back.
    """
    from monitoring_as_code.engines import EngineFailed, MissingEngine, ServerFailed

    before = {each: signal.signal(each, _stop) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except (MissingEngine, ServerFailed, EngineFailed) as error:
        raise click.ClickException(str(error)) from None
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    del frame
    # As a shell says it of a program that a signal has ended.
    raise SystemExit(128 + number)
