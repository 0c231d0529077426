"""`mac routes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import FINDINGS, FINE, console
from monitoring_as_code.cli.environments import environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.routing import Receiver


@click.command(
    "routes",
    help="""Show whom alerts reach: the route tree, the receivers and their channels, and the alerts that end in each branch.

    With an alert or labels it shows their way: every route that is asked, why it takes the alert or not, the notification that it
    comes in, and what can hold it back.

    \b
    Examples:
      mac routes
      mac routes --without slack       who hears nothing if Slack is not configured
      mac routes --alert HighErrorRate
      mac routes --alert HighErrorRate --labels service=billing --at "2026-01-05 03:00"
      mac routes --labels alertname=Any,severity=critical
      mac routes --file alertmanager.yml --file rules.yml
    """,
    epilog=EXIT_CODES,
)
@click.option("--alert", "name", metavar="NAME", help="Show the way of this alert.")
@click.option("--labels", metavar="NAME=VALUE,...", multiple=True, help="Labels of the alert; without --alert all that it has.")
@click.option("--at", metavar="MOMENT", help='Say what is mute at this moment, in UTC: "2026-01-05 03:00".')
@click.option("--without", metavar="CHANNEL", multiple=True, help="Leave out an integration, such as slack; may be given again.")
@click.option(
    "--file",
    "files",
    metavar="FILE",
    multiple=True,
    type=click.Path(),
    help="Show Alertmanager's configuration of others; with rule files their alerts.",
)
@click.option("--ascii", "plain", is_flag=True, help="Draw with ASCII characters only.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How it is written.")
@environment_option()
@click.pass_obj
def command(
    settings: Settings,
    *,
    name: str | None,
    labels: tuple[str, ...],
    at: str | None,
    without: tuple[str, ...],
    files: tuple[str, ...],
    plain: bool,
    form: str,
) -> int:
    """Show the tree, or the way of one alert."""
    given = _labels(labels)
    moment = None if at is None else _moment(at)
    analysis = _opened(settings, files)
    if files and analysis.project.problems:
        return _unreadable(settings, analysis)
    if analysis.routing is None:
        if files:
            raise click.ClickException("these files hold no configuration of Alertmanager: it is a YAML with `route` and `receivers`")
        if analysis.project.complete:
            raise click.ClickException("there is no routing: declare `Routing(receiver=Receiver(name=..., integrations=(...)))`")
        raise click.ClickException("the routing could not be loaded: `mac lint` says why")
    from monitoring_as_code.cli.drawing import Pen
    from monitoring_as_code.routes import declared_receivers, route_tree

    receivers = declared_receivers(analysis, route_tree(analysis.routing))
    _check_channels(receivers.values(), without)
    pen = Pen(coloured=console.colours(settings.colour), boxes=not plain and console.can_write("├─└│→"))
    if name is None and not given:
        from monitoring_as_code.cli import route_tree as tree

        forest = tree.forest_of(analysis, analysis.routing, frozenset(without), moment)
        text = tree.as_json(forest) if form == "json" else tree.as_text(forest, pen)
    else:
        from monitoring_as_code.cli import route_way as way

        journeys = [way.journey(analysis, analysis.routing, each) for each in way.travellers(analysis, name, given)]
        text = way.as_json(journeys, moment) if form == "json" else way.as_text(receivers, pen, journeys, moment)
    console.out(text, machine=form == "json")
    if analysis.project.complete or files:
        return FINE
    console.note("some definitions could not be loaded, so this may not be all: `mac lint` says why")
    return FINDINGS


def _opened(settings: Settings, files: tuple[str, ...]) -> Analysis:
    if not files:
        from monitoring_as_code.cli.session import open_project

        return open_project(settings).analysis
    import os

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.catalogue import Catalogue
    from monitoring_as_code.config import Config
    from monitoring_as_code.foreign.reading import read_files

    paths = [os.path.join(settings.directory, file) for file in files]
    return Analysis(read_files(paths, os.path.abspath(settings.directory), Config()), Catalogue(complete=False))


def _unreadable(settings: Settings, analysis: Analysis) -> int:
    """Say why nothing is shown: a tree of which a part could not be read is another one than Alertmanager's."""
    import os

    from monitoring_as_code.diagnostics import render

    console.out(render(analysis.project.problems, "text", root=os.getcwd(), colour=console.colours(settings.colour)))
    console.note("nothing is shown: the files have errors")
    return FINDINGS


def _labels(texts: Iterable[str]) -> dict[str, str]:
    """The labels in `team=db,service="a,b"`.

    Raises:
        click.UsageError: a text is none.
    """
    from monitoring_as_code.matchers import MatcherSyntaxError, parse_matcher

    found: dict[str, str] = {}
    for text in texts:
        pieces: list[str] = []
        for piece in text.split(","):
            if pieces and pieces[-1].count('"') % 2:  # the comma is inside of quotes
                pieces[-1] += f",{piece}"
            else:
                pieces.append(piece)
        for piece in pieces:
            try:
                matcher = parse_matcher(piece)
            except MatcherSyntaxError:
                matcher = None
            if matcher is None or matcher.op != "=":
                message = f"`{piece}` is no label and its value: write `severity=critical,team=db`"
                raise click.UsageError(message, click.get_current_context())
            if found.get(matcher.name, matcher.value) != matcher.value:
                message = f"`{matcher.name}` is given twice, and an alert has one value of a label"
                raise click.UsageError(message, click.get_current_context())
            found[matcher.name] = matcher.value
    return found


def _moment(text: str) -> datetime:
    from datetime import datetime

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise click.UsageError(f'`{text}` is no moment: write it like "2026-01-05 03:00", in UTC', click.get_current_context())
    return found


def _check_channels(receivers: Iterable[Receiver], without: Iterable[str]) -> None:
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    known = sorted({way.integration for each in receivers for way in each.integrations})
    for channel in without:
        if channel not in known:
            advice = did_you_mean(channel, known) or (f"they notify by {listed(known, 'and')}" if known else "they notify nobody")
            raise click.UsageError(f"no receiver notifies by `{channel}`: {advice}", click.get_current_context())
