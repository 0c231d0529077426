"""`mac smoke`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import CANNOT_RUN, FINDINGS, FINE, console
from monitoring_as_code.cli.environments import environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.engines.stand_in import StandIn
    from monitoring_as_code.prove.smoke import Smoke
    from monitoring_as_code.prove.timelines import Played


@click.command(
    "smoke",
    help="""Run the whole chain once, on this machine: targets that expose what scenarios give, a real Prometheus with the emitted rules, a
    real Alertmanager with the emitted routing, and stand-ins for Slack, the mail server, PagerDuty and webhooks. For each way through the
    route tree one alert fires and is over, and both are seen on its channels.

    Of what is emitted only addresses, secrets and waiting times are changed: scrapes and evaluations take place every second, `for` is one
    second. Everything listens on 127.0.0.1 alone, on ports that are free, and is gone afterwards. No real secret is read.

    With `--demo` the alerts fire because something goes wrong in what stands in for the application, examples/: so what it records is tried, too.

    It takes about 15 seconds, and half a minute with `--demo`; `mac test --deliver` looks at every alert and its texts, without Prometheus, in one.
    """,
    epilog=EXIT_CODES,
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How the result is written.")
@click.option("--demo", is_flag=True, help="Let things go wrong in what stands in for the application, instead of scenarios.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing of the progress.")
@environment_option()
@click.pass_obj
def command(settings: Settings, *, form: str, demo: bool, quiet: bool) -> int:
    """Run it, and say what came."""
    from monitoring_as_code import engines
    from monitoring_as_code.cli.checking import check_all
    from monitoring_as_code.cli.servers import servers_allowed
    from monitoring_as_code.cli.session import errors, open_project, show

    session = open_project(settings)
    findings = check_all(session.analysis)
    if errors(findings):
        show(session, settings, findings, form)
        console.note("nothing was run: the definitions have errors")
        return FINDINGS
    absent = engines.missing("promtool", "prometheus", "alertmanager")
    if absent is not None:
        console.note(f"mac: {absent}")
        return CANNOT_RUN
    standing_in = _stand_ins(session.analysis, session.root) if demo else ()
    with servers_allowed():
        found = _run(session.analysis, standing_in, quiet=quiet)
    if form == "json":
        import json

        from monitoring_as_code.prove.smoke.report import as_data

        console.out(json.dumps(as_data(found), indent=2, ensure_ascii=False) + "\n", machine=True)
    else:
        from monitoring_as_code.prove.smoke.report import as_text

        console.out(as_text(found))
    return CANNOT_RUN if found.why else FINE if found.holds else FINDINGS


def _stand_ins(analysis: Analysis, root: str) -> tuple[StandIn, ...]:
    from monitoring_as_code.engines.stand_in import no_stand_in, stand_ins

    found = () if analysis.stack is None else tuple(stand_ins(analysis.stack, root))
    if not found and analysis.stack is not None:
        raise click.ClickException(no_stand_in(analysis.stack))
    return found


def _run(analysis: Analysis, standing_in: tuple[StandIn, ...], *, quiet: bool) -> Smoke:
    from monitoring_as_code.prove.smoke import smoke

    def tell(sentence: str) -> None:
        if not quiet:
            console.note(sentence)

    # They are played when they are asked for, while the servers start.
    return smoke(analysis, _plays(analysis), tell, standing_in)


def _plays(analysis: Analysis) -> Iterator[Played]:
    """Scenarios in which alerts fire; for alerts that have none, series that are sought."""
    from monitoring_as_code.engines import scratch
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.prove.smoke import worth_playing
    from monitoring_as_code.prove.timelines import played
    from monitoring_as_code.prove.witnesses import witnesses

    written = worth_playing(analysis)
    with scratch() as folder:
        yield from played(analysis, written, folder)
    known = {id(each.alert) for each in written}
    without = tuple(alert for alert in analysis.project.of(Alert) if id(alert) not in known)
    sought = [scenario for witness in witnesses(analysis, without) for scenario in witness.scenarios]
    with scratch() as folder:
        yield from played(analysis, sought, folder)
