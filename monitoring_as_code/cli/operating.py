"""What the commands about a running stack share: whose it is, and how what kept one from working is said."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import console

if TYPE_CHECKING:
    from monitoring_as_code.cli.session import Session
    from monitoring_as_code.cli.settings import Settings
    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.operate import Engine, Place


def the_stack(settings: Settings, *, starting: bool = False) -> tuple[Place, Engine]:
    """The stack of the project that the command was started in; its definitions are not read, so they may be broken.

    Of several environments it is that of the one that is named, or else, unless it is for `starting` one, the only one that runs, or else
    the first.

    Raises:
        click.ClickException: there is no project, or Docker does not answer where it runs in containers.
        click.UsageError: there is no such environment, or it is not clear which one is meant.
    """
    from monitoring_as_code.config import find_root
    from monitoring_as_code.operate import StackError
    from monitoring_as_code.operate.choice import engine_of

    root = find_root(settings.directory)
    if root is None:
        message = f"there is no project in `{os.path.abspath(settings.directory)}` or in a folder above it"
        raise click.ClickException(message)
    place = place_in(root, settings, starting=starting)
    try:
        return place, engine_of(place)
    except StackError as error:
        raise click.ClickException(str(error)) from None


def place_in(root: str, settings: Settings, *, starting: bool = False) -> Place:
    """Where the stack that a command is about keeps what it remembers, as `the_stack` finds it.

    Raises:
        click.UsageError: there is no such environment, or it is not clear which one is meant.
    """
    from monitoring_as_code.config import read_config
    from monitoring_as_code.operate.place import Place, places_of

    config, _ = read_config(root)
    left = [] if starting else places_of(root)
    if settings.environment is not None:
        if settings.environment not in [each.environment for each in left]:  # one that was removed may still run
            from monitoring_as_code.cli.environments import refuse_unknown

            refuse_unknown(settings.environment, config)
        return Place(root, settings.environment)
    usual = config.environments[0] if config.environments else None
    running = [each for each in left if each.record()]
    if len(running) > 1:
        from monitoring_as_code.diagnostics.nearest import listed

        named = listed([each.environment for each in running if each.environment is not None], "and")
        raise click.UsageError(
            f"stacks of several environments run: say by `--env` which one is meant, of {named}", click.get_current_context(silent=True)
        )
    found = running[0] if running else Place(root, usual)
    context = click.get_current_context(silent=True)
    quiet = context is not None and context.params.get("quiet", False)
    if found.environment is not None and config.environments != (found.environment,) and not quiet:
        console.note(f"in the environment `{found.environment}`, {'whose stack runs' if running else 'the first'}; `--env` names another")
    return found


def environment_meant(settings: Settings) -> Settings:
    """The settings with the environment that a stack is started or changed for: the one that is named, or whose stack runs, or the first.

    Raises:
        click.UsageError: it is not clear which one is meant.
    """
    from monitoring_as_code.config import find_root, read_config

    root = find_root(settings.directory)
    if settings.environment is not None or root is None:
        return settings
    environments = read_config(root)[0].environments or ()
    if len(environments) < 2:
        return settings
    found = place_in(root, settings).environment
    return settings._replace(environment=found) if found in environments else settings


def not_built(settings: Settings, session: Session) -> tuple[Diagnostic, ...]:
    """What of the artifacts is not as the definitions of an environment give it: containers run what was built.

    Raises:
        OSError: something cannot be read.
    """
    from monitoring_as_code.build import freshness
    from monitoring_as_code.cli.checking import plan_every, within

    files = plan_every([session]).files
    return tuple(freshness(session.build, files, within(settings._replace(environment=session.environment), session)))


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
