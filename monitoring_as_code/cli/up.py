"""`mac up`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import FINDINGS, FINE, console
from monitoring_as_code.cli.environments import RUNNING, environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from monitoring_as_code.model.stack import Stack
    from monitoring_as_code.operate import Engine, Place, Started
    from monitoring_as_code.operate.blueprint import Blueprint
    from monitoring_as_code.operate.choice import EngineChoice
    from monitoring_as_code.operate.secrets import Secrets


def _ports(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    import re

    from monitoring_as_code.model.topology import ALERTMANAGER, GLOBAL, NODE_EXPORTER, PROMETHEUS

    services = (PROMETHEUS, ALERTMANAGER, NODE_EXPORTER, GLOBAL)
    known = re.compile(f"(?:{PROMETHEUS}|{ALERTMANAGER})(?:-[1-9])?|{ALERTMANAGER}-[1-9]-cluster|{NODE_EXPORTER}|{GLOBAL}")
    found: dict[str, int] = {}
    for value in values:
        name, _, port = value.partition("=")
        if not known.fullmatch(name):
            message = f"`{name}` is no service: there are {', '.join(services)}, and replicas such as {ALERTMANAGER}-2"
            raise click.BadParameter(message)
        if not port.isdecimal() or not 0 < int(port) < 65536:
            message = f"`{value}` has no port: write `{name}=9191`"
            raise click.BadParameter(message)
        found[name] = int(port)
    return found


@click.command(
    "up",
    help="""Start the stack on this machine, and go on running when this command has ended, until `mac down`; what is stored is kept.

    Where a Docker engine answers, Docker Compose runs all services, Grafana among them, as `mac build` has written them: build it before.
    Elsewhere Prometheus, Alertmanager and Node Exporter are programs that are installed here, with what `mac build` would write; only
    addresses, paths of secrets and channels without a secret are changed, all listen on 127.0.0.1 alone, and there is no Grafana. `--engine`
    says which of the two it is to be.

    Secrets come from the environment and from `.env` beside definitions/: SLACK_WEBHOOK_URL for a file slack_webhook_url, and so on. A channel
    without one is left out, and who is silent then is said; in production nothing starts while nobody is told of an alert, unless
    MAC_ALLOW_SILENT=1 says that it is meant to be.

    If the stack runs already, changes of the definitions are applied: only what differs is loaded or started anew.

    \b
    Examples:
      mac up
      mac up --engine native             without Docker
      mac up --demo                      with examples/, which stands in for the application and fails on request
      mac up --port alertmanager=9193    another port, until `mac down`
    """,
    epilog=EXIT_CODES,
)
@click.option("--engine", "asked", type=click.Choice(["native", "compose"]), help="Programs of this machine, or containers.")
@click.option("--port", "ports", metavar="SERVICE=PORT", multiple=True, callback=_ports, help="Where a program listens, until `mac down`.")
@click.option(
    "--admin-api",
    is_flag=True,
    help="Let Prometheus take snapshots, until `mac down`: `mac backup` asks for one. Every program on this machine may then delete series.",
)
@click.option("--demo", is_flag=True, help="Start what stands in for the application, too, until `mac down`: all targets are up.")
@click.option("--no-wait", is_flag=True, help="Return when the services are ready, before their first scrapes.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing if all is well.")
@environment_option(RUNNING)
@click.pass_obj
def command(
    settings: Settings, *, asked: EngineChoice | None, ports: dict[str, int], admin_api: bool, demo: bool, no_wait: bool, quiet: bool
) -> int:
    """Start what does not run, change what runs otherwise, and wait."""
    from monitoring_as_code.cli.checking import check_all
    from monitoring_as_code.cli.operating import environment_meant, not_built, place_in, refusals_told
    from monitoring_as_code.cli.session import errors, open_project, show

    session = open_project(environment_meant(settings))
    findings = check_all(session.analysis)
    if errors(findings):
        show(session, settings, findings)
        console.note("nothing was started: the definitions have errors")
        return FINDINGS

    def tell(sentence: str) -> None:
        if not quiet:
            console.note(sentence)

    from pathlib import Path

    from monitoring_as_code.operate import StackError
    from monitoring_as_code.operate.blueprint import blueprint
    from monitoring_as_code.operate.choice import choose
    from monitoring_as_code.operate.secrets import Secrets, environment, readable_by_others

    place = place_in(session.root, settings._replace(environment=session.environment), starting=True)
    with refusals_told():
        # What was asked for holds until the stack is stopped.
        before = place.record()
        wanted = blueprint(
            session.analysis,
            Secrets(environment(session.root), place.secrets, session.root),
            {**before.get("ports", {}), **ports},
            admin_api=admin_api or before.get("admin_api", False),
            demo_in=session.root if demo or before.get("demo", False) else None,
        )
        tree = Path(session.build, session.environment or "")
        chosen = choose(place, asked, tree, wanted.programs)
        tell(f"by {_CALLED[chosen.kind]}: {chosen.why}")
        if chosen.kind == "compose" and (stale := not_built(settings, session)):
            show(session, settings, stale)
            console.note("nothing was started: containers run what `mac build` has written, and that is not what the definitions give")
            return FINDINGS
        if chosen.kind == "compose" and (ports or admin_api or demo):
            raise StackError("`--port`, `--admin-api` and `--demo` are for programs: what containers do is declared in the `Stack`")
        engine = chosen.engine
        # The words are about what differs when programs do it.
        for sentence in (*(wanted.words if chosen.kind == "native" else ()), *map(str, wanted.silent)):
            console.note(f"warning: {sentence}")
        if readable_by_others(session.root):
            console.note("warning: other users of this machine can read `.env`: `chmod 600 .env`")
        _check_passwords(wanted.secrets, session.analysis.stack, tree / ".env.example" if chosen.kind == "compose" else None)
        if chosen.kind == "native":
            _check_channels(wanted, session.analysis.stack)
        try:
            done = engine.start(wanted, tell)
        except KeyboardInterrupt:
            console.note("interrupted: of what this command has started nothing is left")
            raise
        if not quiet:
            _say(done, wanted.elsewhere if chosen.kind == "native" else (), engine, session.analysis.stack)
        return FINE if no_wait else _scraped(place, engine, wanted, quiet=quiet)


# What a stack runs as, in a sentence.
_CALLED = {"native": "programs of this machine", "compose": "Docker Compose"}


def _check_channels(wanted: Blueprint, stack: Stack | None) -> None:
    """Start nothing whose alerts reach nobody, unless that is meant to be: as Alertmanager's container does, with the same variable."""
    usual = "" if stack is not None and stack.production else "1"
    if any(each.muted for each in wanted.silent) and (wanted.secrets.value("MAC_ALLOW_SILENT") or usual) != "1":
        from monitoring_as_code.operate import StackError

        raise StackError("alerts would reach nobody; set what is named above, or MAC_ALLOW_SILENT=1 if that is meant to be")


def _check_passwords(secrets: Secrets, stack: Stack | None, example: Path | None) -> None:
    """Warn of passwords that are no protection, and start nothing with them in production; of containers, `example` has the variables."""
    from monitoring_as_code.operate import StackError
    from monitoring_as_code.operate.secrets import Variables

    asked = Variables((), ("GRAFANA_PASSWORD",)) if example is None else Variables.of(example)
    weak = secrets.weak(asked.passwords, "" if stack is None else stack.name)
    if weak and stack is not None and stack.production:
        raise StackError(
            f"{'; '.join(weak)}: the stack is for production, where that is no protection; `openssl rand -base64 24` makes a good password"
        )
    for each in weak:
        console.note(f"warning: {each}: that is no protection, and is refused in production")
    missing = [name for name in asked.required if not secrets.value(name)]
    if missing:
        named = " and ".join(f"`{name}`" for name in missing)
        raise StackError(
            f"{named} {'are' if missing[1:] else 'is'} not set: write it into `.env` beside the definitions; {example} says what it is"
        )


# A machine that is busy is not given up at once.
_GRACE_SECONDS = 10.0


def _say(done: Started, elsewhere: tuple[str, ...], engine: Engine, stack: Stack | None) -> None:
    from monitoring_as_code.naming import slug

    for names, what in ((done.stopped, "is stopped: the definitions have it no more"), (done.reloaded, "has loaded the new configuration")):
        for name in names:
            console.note(f"`{name}` {what}")
    for name, secrets in done.renewed.items():
        console.note(f"`{name}` goes on with {' and '.join(f'`{each}`' for each in secrets)} as set now")
    if done.unchanged:
        console.note(f"unchanged: {', '.join(done.unchanged)}")
    points = () if stack is None else stack.access_points
    hints = {slug(point.service): point.credentials for point in points if point.credentials}
    services = [each for each in engine.services() if each.url]
    width = max((len(each.name) for each in services), default=0)
    for each in services:
        hint = hints.get(each.name)
        console.out(f"{each.name:<{width}}  {each.url}{f'  ({hint})' if hint else ''}\n")
    prometheus = next((each.url for each in services if each.name.startswith("prometheus")), None)
    if elsewhere and prometheus is not None:
        named = " or ".join(filter(None, (", ".join(elsewhere[:-1]), elsewhere[-1])))
        console.note(f"there is no {named} here; Prometheus has pages of its own: {prometheus}/graph and {prometheus}/alerts")


def _scraped(place: Place, engine: Engine, wanted: Blueprint, *, quiet: bool) -> int:
    """Wait for the first scrapes, and say which targets are down: one that is not ours to start is no failure."""
    from monitoring_as_code.operate import StackError
    from monitoring_as_code.operate.targets import reason, scraped_targets

    prometheus = next((each for each in engine.services() if each.asked_at and each.name.startswith("prometheus")), None)
    if prometheus is None:
        if not quiet:
            console.note("there is no Prometheus to ask for its targets")
        return FINE

    def alive() -> None:
        ended = [each for each in engine.services() if each.state == "ended"]
        if ended:
            said = "".join(f"\n  {line.text}" for line in engine.lines((ended[0].name,), 8))
            raise StackError(f"`{ended[0].name}` has ended{said}\n  all of it: `mac logs {ended[0].name}`")
        if not engine.services():
            raise StackError("the stack was stopped by another command")

    if not quiet:
        console.note(f"waiting for the first scrapes, which take up to {wanted.patience_seconds:.0f} s")
    try:
        found = scraped_targets(prometheus.asked_at, wanted.patience_seconds + _GRACE_SECONDS, engine.is_own, alive, prometheus.login)
    except OSError as error:
        alive()
        if not prometheus.url:  # it is well, as Docker has said, and not every image has what it is asked through
            console.note(f"warning: Prometheus cannot be asked for its targets from here: {error}")
            return FINE
        raise StackError(f"Prometheus does not answer: {error}") from None
    except KeyboardInterrupt:
        console.note("no longer waiting; the stack runs, and `mac down` stops it")
        raise
    down = [each for each in found if each.health != "up"]
    for target in down:
        console.note(f"warning: {reason(target, place.record().get('starters', {}))}")
    if not quiet:
        console.note(f"{len(found) - len(down)} of {len(found)} targets are up; `mac status` shows how the stack is, `mac down` stops it")
    return FINDINGS if any(engine.is_own(each.address) for each in down) else FINE
