"""`--target`: the version of a program for which something is made, this time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitoring_as_code.config import GRAFANA_VERSIONS, value_fault

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from monitoring_as_code.config import Config

C = TypeVar("C", bound=Callable[..., Any])

PROGRAMS = ("prometheus", "alertmanager", "grafana")
_GRAFANA = f"{__name__}.grafana"


def target_option(words: str) -> Callable[[C], C]:
    """The option `--target PROGRAM=VERSION` of a command, which gets all of them as a mapping."""
    return click.option(
        "--target",
        metavar="PROGRAM=VERSION",
        multiple=True,
        callback=_versions,
        shell_complete=_complete,
        help=f"{words}: `prometheus=3.5`, `alertmanager=0.28`, `grafana=12`; may recur.",
    )


def grafana_option(command: C) -> C:
    """The option `--grafana 12` of a command, another word for `--target grafana=12`."""
    option = click.option(
        "--grafana",
        type=click.Choice(GRAFANA_VERSIONS),
        is_eager=True,
        expose_value=False,
        callback=_keep_grafana,
        help="The same as `--target grafana=`.",
    )
    return option(command)


def retargeted(config: Config, target: Mapping[str, str], resources: tuple[str, ...] | None = None) -> Config:
    """The configuration as the options want it.

    Raises:
        click.UsageError: they do not go together.
    """
    fields: dict[str, Any] = {f"{program}_version": version for program, version in target.items()}
    if resources is not None:
        fields["grafana_resources"] = resources
    changed = config._replace(**fields)
    if changed.grafana_version == "11" and changed.grafana_resources:
        message = "Grafana 11 takes classic dashboards only: leave out `--resources`, or make them for 12 or 13"
        raise click.UsageError(message)
    return changed


def _keep_grafana(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[_GRAFANA] = {"grafana": value}


def _versions(context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = dict(context.meta.get(_GRAFANA, {}))
    for text in given:
        program, equals, version = text.partition("=")
        if not equals or program not in PROGRAMS:
            message = f"`{text}` names no program with a version: write it like `prometheus=3.5`, `alertmanager=0.28` or `grafana=12`"
            raise click.BadParameter(message)
        if found.setdefault(program, version) != version:
            message = f"`{program}` is there twice, as {found[program]} and as {version}"
            raise click.BadParameter(message)
        fault = value_fault(f"{program}-version", version)
        if fault is not None:
            message = f"the version of `{program}` {fault}"
            raise click.BadParameter(message)
    return found


def _complete(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    known = ["prometheus=", "alertmanager=", *(f"grafana={version}" for version in GRAFANA_VERSIONS)]
    return [CompletionItem(each) for each in known if each.startswith(begun)]
