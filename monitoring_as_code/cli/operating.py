"""What the commands about a running stack share: whose it is, and how what kept one from working is said."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitoring_as_code.cli.settings import Settings
    from monitoring_as_code.operate import Engine, Place


def the_stack(settings: Settings) -> tuple[Place, Engine]:
    """The stack of the project that the command was started in; its definitions are not read, so they may be broken.

    Raises:
        click.ClickException: there is no project.
    """
    from monitoring_as_code.config import find_root
    from monitoring_as_code.operate import Native, Place

    root = find_root(settings.directory)
    if root is None:
        message = f"there is no project in `{os.path.abspath(settings.directory)}` or in a folder above it"
        raise click.ClickException(message)
    place = Place(root)
    return place, Native(place)


@contextlib.contextmanager
def refusals_told() -> Iterator[None]:
    """A block in which a polite kill cleans up, and what keeps a stack from working is said in words.

    Raises:
        click.ClickException: something does.
    """
    from monitoring_as_code.cli.servers import servers_allowed
    from monitoring_as_code.operate import StackError

    with servers_allowed():
        try:
            yield
        except StackError as error:
            raise click.ClickException(str(error)) from None
        except OSError as error:
            if error.filename is None:
                raise
            raise click.ClickException(f"`{error.filename}`: {error.strerror}") from None
