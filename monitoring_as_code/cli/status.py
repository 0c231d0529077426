"""`mac status`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import FINDINGS, FINE, console
from monitoring_as_code.cli.environments import RUNNING, environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings

if TYPE_CHECKING:
    from monitoring_as_code.operate import Engine, Place
    from monitoring_as_code.operate.health import Problem


@click.command(
    "status",
    help="""Show how the stack of `mac up` is, what is wrong with it, and where to look: services that have ended, targets that are down, rules
    that fail, notifications that were refused, channels that are not configured, a disk that fills, replicas that
    differ or do not find each other, definitions that have changed since; and the alerts that fire.

    It exits with 1 if the stack does not run, or if something is wrong. A channel that is not configured is only a warning.
    """,
    epilog=EXIT_CODES,
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How it is written.")
@environment_option(RUNNING)
@click.pass_obj
def command(settings: Settings, *, form: str) -> int:
    """Ask, and show."""
    from monitoring_as_code.cli.operating import refusals_told, the_stack
    from monitoring_as_code.operate.health import health
    from monitoring_as_code.operate.report import as_data, as_text

    place, engine = the_stack(settings)
    with refusals_told():
        found = health(place, engine, tuple(_changed(settings, place, engine)))
    if form == "json":
        import json

        console.out(json.dumps(as_data(found, place), indent=2, ensure_ascii=False) + "\n", machine=True)
    elif found.services:
        console.out(as_text(found))
    else:
        console.out("the stack does not run: `mac up` starts it\n")
    return FINE if found.holds else FINDINGS


def _changed(settings: Settings, place: Place, engine: Engine) -> Iterator[Problem]:
    """What `mac up` would change. The definitions may be broken while the stack runs."""
    from monitoring_as_code.cli.operating import not_built
    from monitoring_as_code.cli.session import errors, open_project
    from monitoring_as_code.engines import MissingEngine
    from monitoring_as_code.operate import StackError
    from monitoring_as_code.operate.blueprint import blueprint
    from monitoring_as_code.operate.health import Problem
    from monitoring_as_code.operate.secrets import Secrets, environment

    record = place.record()
    if not record:
        return
    try:
        session = open_project(settings._replace(environment=place.environment))
        if errors(session.analysis.project.problems):
            what = "the definitions have errors, so nobody knows whether they have changed since `mac up`"
            yield Problem("warning", what, "`mac lint`")
            return
        secrets = Secrets(environment(session.root), place.secrets, session.root)
        wanted = blueprint(
            session.analysis,
            secrets,
            record.get("ports", {}),
            admin_api=record.get("admin_api", False),
            demo_in=session.root if record.get("demo", False) else None,
        )
        outdated = engine.outdated(wanted)
        stale = record.get("engine") == "compose" and not_built(settings, session)
    except (StackError, MissingEngine, click.ClickException):
        return  # `mac up` says so, and why
    if stale:
        yield Problem(
            "warning", "the definitions have changed since `mac build`, and containers run what was built", "`mac build`, then `mac up`"
        )
    if outdated:
        what = f"the definitions or the secrets have changed since `mac up`, which would change {' and '.join(outdated)}"
        yield Problem("warning", what, "`mac up` applies that")
