"""`--env`: which environment of a project a command is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitoring_as_code.cli.settings import Settings

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from monitoring_as_code.config import Config

C = TypeVar("C", bound=Callable[..., Any])

ONE = "The environment that it is about; the first of those in pyproject.toml if not said."
RUNNING = "The environment whose stack it is about; the one that runs if not said, or else the first."


def environment_option(words: str = ONE) -> Callable[[C], C]:
    """The option `--env NAME` of a command, which finds the name in its settings."""
    return click.option("--env", metavar="NAME", expose_value=False, is_eager=True, callback=_keep, shell_complete=_complete, help=words)


def _keep(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None and isinstance(context.obj, Settings):
        context.obj = context.obj._replace(environment=value)


def _complete(context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from monitoring_as_code.config import find_root, read_config

    settings = context.find_object(Settings) or Settings()
    root = find_root(settings.directory)
    known = (None if root is None else read_config(root)[0].environments) or ()
    return [CompletionItem(name) for name in known if name.startswith(begun)]


def refuse_unknown(name: str, config: Config) -> None:
    """End the command if the project has no environment of this name; of a project in which nobody knows them, lint tells why.

    Raises:
        click.UsageError: it has none.
    """
    if config.environments is None or name in config.environments:
        return
    from monitoring_as_code.diagnostics.nearest import listed

    context = click.get_current_context(silent=True)
    if not config.environments:
        message = f"there is no environment `{name}`: this project has none; `environments` under [tool.mac] in pyproject.toml names them"
        raise click.UsageError(message, context)
    raise click.UsageError(f"there is no environment `{name}`: there are {listed(config.environments, 'and')}", context)
