"""`mac build`."""

from __future__ import annotations

import click

from monitoring_as_code.cli.building import build
from monitoring_as_code.cli.environments import environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings
from monitoring_as_code.cli.target import grafana_option, target_option
from monitoring_as_code.config import GRAFANA_RESOURCES


def _forms(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    forms = tuple(dict.fromkeys(each.strip() for each in value.split(",") if each.strip()))
    for form in forms:
        if form not in GRAFANA_RESOURCES:
            message = f"there is no form `{form}`: write `v1`, `v2` or `v1,v2`"
            raise click.BadParameter(message)
    return forms


@click.command(
    "build",
    help="""Compile the definitions into build/: rules and configuration for Prometheus, Alertmanager's configuration,
    Grafana's dashboards, and documentation. Commit what it writes.

    The same checks run as in `mac lint`. With an error nothing is written; warnings are shown.
    Only files that differ are written, and only files that mac made are changed or removed.

    \b
    Examples:
      mac build                  write what differs
      mac build --check          write nothing; say what is not up to date (for CI)
      mac build --grafana 12     dashboards for Grafana 12; `grafana-version` in pyproject.toml makes that last
      mac build --target prometheus=3.5 --target alertmanager=0.28
      mac -C services/shop build
    """,
    epilog=EXIT_CODES,
)
@click.option("--check", is_flag=True, help="Write nothing: fail if a build would change something, or could not be done.")
@target_option("The oldest program that must take what is made, this time")
@grafana_option
@click.option(
    "--resources",
    metavar="FORMS",
    callback=_forms,
    help="Write dashboards as resources of Grafana's API, too, this time: `v1`, `v2` or `v1,v2`.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing if all is well.")
@environment_option("Only for this environment; for all of them if not said.")
@click.pass_obj
def command(settings: Settings, *, check: bool, target: dict[str, str], resources: tuple[str, ...] | None, quiet: bool) -> int:
    """Build, or say whether that would change something."""
    return build(settings, check=check, target=target, resources=resources, quiet=quiet)
