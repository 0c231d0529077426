"""`mac backtest`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from monitoring_as_code.cli import FINDINGS, FINE, console
from monitoring_as_code.cli.access import access_of, access_options, check_url, usage
from monitoring_as_code.cli.environments import environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.cli.session import Session
    from monitoring_as_code.engines.access import Access
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.prove.backtest import History, Period, Result, Wish
    from monitoring_as_code.prove.backtest.report import Backtest
    from monitoring_as_code.prove.chart import Look

_Value = TypeVar("_Value")


@click.command(
    "backtest",
    help="""Run the alerts over recorded history: when each would have fired, for how long, whom it would have reached, how near it came
    otherwise, and how often it would have fired with another threshold.

    The history is a server with Prometheus's API, or a file of OpenMetrics with timestamps, which a Prometheus of its own serves on
    127.0.0.1 for as long as it takes. Conditions are evaluated as often as they are in fact, `for` and `keep_firing_for` included. Recorded
    series are worked out from what they record, since a history may be older than its rules.

    It is a report: that alerts fired is no failure, unless --fail-on-firing says so.

    \b
    Examples:
      mac backtest --prometheus http://localhost:9090 --last 30d
      mac backtest --prometheus https://prometheus.example.com --bearer-token-file token --alert HighErrorRate
      mac backtest --openmetrics history.om
      mac backtest --openmetrics history.om --sweep HighErrorRate=3%,5%,10%
      mac backtest --openmetrics history.om --sweep-for HighErrorRate=1m,5m,15m
    """,
    epilog=EXIT_CODES,
)
@click.option("--prometheus", "url", metavar="URL", help="Ask this server; the URL ends where `/api/v1` begins.")
@click.option("--openmetrics", "file", metavar="FILE", type=click.Path(), help="Read this file of OpenMetrics, which may be gzipped.")
@click.option("--last", metavar="DURATION", help="How far back: 6h, 30d. By default 7d of a server, and all of a file.")
@click.option("--since", metavar="MOMENT", help='From when on, in UTC: "2026-01-05 03:00". Instead of --last.')
@click.option("--until", metavar="MOMENT", help="Until when, in UTC; by default until now, or to the end of the file.")
@click.option("--alert", "alerts", metavar="NAME", multiple=True, help="Run this alert only; may be given again. All by default.")
@click.option("--sweep", metavar="ALERT=VALUE,...", multiple=True, help="Try other thresholds of an alert: HighErrorRate=3%,0.05,0.1.")
@click.option("--sweep-for", metavar="ALERT=DURATION,...", multiple=True, help="Try other values of its `for`: HighErrorRate=1m,5m.")
@click.option("--step", metavar="DURATION", help="Evaluate more seldom than in fact, which is faster and less exact.")
@click.option("--recorded", is_flag=True, help="Read recorded series as the history has them.")
@access_options
@click.option("--timeout", metavar="DURATION", default="2m", show_default=True, help="How long to wait for one answer of the server.")
@click.option("--fail-on-firing", is_flag=True, help="Exit with 1 if an alert would have fired.")
@click.option("-v", "--verbose", is_flag=True, help="Show each alert whole, with the course of its value.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How it is written.")
@environment_option()
@click.pass_obj
def command(
    settings: Settings,
    *,
    url: str | None,
    file: str | None,
    last: str | None,
    since: str | None,
    until: str | None,
    alerts: tuple[str, ...],
    sweep: tuple[str, ...],
    sweep_for: tuple[str, ...],
    step: str | None,
    recorded: bool,
    bearer_token_file: str | None,
    basic_auth_file: str | None,
    header_file: str | None,
    ca_file: str | None,
    timeout: str,
    fail_on_firing: bool,
    verbose: bool,
    form: str,
) -> int:
    """Run it, and say what was found."""
    from monitoring_as_code.cli.session import open_project
    from monitoring_as_code.prove.backtest.report import Backtest

    if (url is None) == (file is None):
        raise usage("name the history: `--prometheus URL` or `--openmetrics FILE`")
    if last is not None and since is not None:
        raise usage("`--last` and `--since` say the same: give one of them")
    secrets = (bearer_token_file, basic_auth_file, header_file, ca_file)
    if file is not None and any(secrets):
        raise usage("a file needs no access: leave out --bearer-token-file, --basic-auth-file, --header-file and --ca-file")
    session = open_project(settings)
    refused = _refused(session, settings)
    if refused is not None:
        return refused
    wishes = _wishes(session.analysis, alerts, sweep, sweep_for)
    steps = None if step is None else _duration("--step", step)
    access = access_of(secrets, _duration("--timeout", timeout))
    asked = (None if last is None else _duration("--last", last), *(None if each is None else _moment(each) for each in (since, until)))
    with _told(), _history(url, file, access) as (history, extent):
        period = _period(extent, *asked)
        results = _run(session.analysis, history, wishes, period, steps, recorded=recorded)
    found = Backtest(url or file or "", period, tuple(results))
    _show(settings, found, form, verbose=verbose)
    return FINDINGS if found.refused or (fail_on_firing and found.fired) else FINE


def _refused(session: Session, settings: Settings) -> int | None:
    """The exit code if the definitions have errors, which are shown then."""
    from monitoring_as_code.cli.checking import check_all
    from monitoring_as_code.cli.session import errors, show
    from monitoring_as_code.diagnostics import Severity

    findings = check_all(session.analysis)
    if not errors(findings):
        return None
    show(session, settings, [each for each in findings if each.severity is Severity.ERROR])
    console.note("nothing was run: the definitions have errors")
    return FINDINGS


def _wishes(analysis: Analysis, names: Sequence[str], sweep: Sequence[str], sweep_for: Sequence[str]) -> list[Wish]:
    """The alerts that are asked for, each with what is to be tried."""
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.prove.backtest import Wish, comparison_of

    declared = analysis.project.of(Alert)
    if not declared:
        raise click.ClickException("there is no alert: declare one by `Alert(name=..., expr=..., severity=..., summary=...)`")
    thresholds = _swept("--sweep", sweep, _threshold, declared)
    holds = _swept("--sweep-for", sweep_for, lambda text: _duration("--sweep-for", text), declared)
    for name in names:
        _known(name, declared)
    wanted = {*names} or ({each.name for each in declared})
    wanted |= {*thresholds, *holds}
    wishes = [Wish(each, thresholds.get(each.name, ()), holds.get(each.name, ())) for each in declared if each.name in wanted]
    for wish in wishes:
        expr = analysis.use(wish.alert).expr
        if wish.thresholds and (expr is None or comparison_of(expr) is None):
            raise usage(
                f"`{wish.alert.name}` has no threshold to try others for: its condition does not begin with a comparison with a number"
            )
    return wishes


def _swept(option: str, texts: Sequence[str], read: Callable[[str], _Value], declared: Sequence[Alert]) -> dict[str, tuple[_Value, ...]]:
    """What is in `ALERT=1,2`, by the alert's name."""
    found: dict[str, tuple[_Value, ...]] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        if not equals or not values.strip(","):
            raise usage(f"`{option} {text}` says nothing to try: write it like `{option} HighErrorRate=...,...`")
        _known(name, declared)
        found[name] = (*found.get(name, ()), *(read(each.strip()) for each in values.split(",") if each.strip()))
    return found


def _known(name: str, declared: Sequence[Alert]) -> None:
    from monitoring_as_code.diagnostics.nearest import did_you_mean

    known = {each.name for each in declared}
    if name not in known:
        raise usage(f"there is no alert `{name}`: {did_you_mean(name, known) or '`mac list alerts` shows all'}")


def _threshold(text: str) -> float:
    import math

    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise usage(f"`{text}` is no threshold: write a number in the unit of the condition, or `5%`")
    return value


def _duration(option: str, text: str) -> int:
    from monitoring_as_code.promql.durations import milliseconds

    try:
        found = milliseconds(text)
    except ValueError as error:
        raise usage(f"`{option}`: {error}") from None
    if not found and option != "--sweep-for":
        raise usage(f"`{option}` is longer than 0")
    return found


def _moment(text: str) -> int:
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise usage(f'`{text}` is no moment: write it like "2026-01-05 03:00", in UTC') from None
    return round((found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp() * 1000)


_DEFAULT_LAST = 7 * 86_400_000


def _period(extent: Period | None, last: int | None, since: int | None, until: int | None) -> Period:
    """What is asked for; of a file no more than there is in it."""
    import time

    from monitoring_as_code.prove.backtest import Period

    end = until if until is not None else extent.end if extent is not None else int(time.time() * 1000)
    whole = end - (last or _DEFAULT_LAST) if extent is None or last is not None else extent.start
    start = since if since is not None else whole
    if extent is not None:
        start, end = max(start, extent.start), min(end, extent.end)
    if start >= end:
        raise click.ClickException(
            "there is no history in this time: --since is before --until" + (", and both are in the file" if extent else "")
        )
    return Period(start, end)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What keeps us from an answer is said."""
    from monitoring_as_code.prove.backtest import HistoryUnreachable, NoHistory

    try:
        yield
    except (HistoryUnreachable, NoHistory) as error:
        raise click.ClickException(str(error)) from None


@contextlib.contextmanager
def _history(url: str | None, file: str | None, access: Access) -> Iterator[tuple[History, Period | None]]:
    """What is asked, and from when to when it has anything, as far as that is known."""
    from monitoring_as_code.prove.backtest import History, imported

    if url is not None:
        check_url(url)
        try:
            history = History(url, access)
        except OSError as error:  # ssl.SSLError is one
            raise click.ClickException(f"`{access.ca_file}` is no certificate: {error.strerror or error}") from None
        yield history, None
        return
    from pathlib import Path

    from monitoring_as_code.cli.servers import servers_allowed

    path = Path(file or "")
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise click.ClickException(f"`{path}` cannot be read: {error.strerror}") from None
    with servers_allowed(), imported(path) as found:
        yield found.history, found.extent


def _run(analysis: Analysis, history: History, wishes: Sequence[Wish], period: Period, step: int | None, *, recorded: bool) -> list[Result]:
    from monitoring_as_code.cli.progress import Progress
    from monitoring_as_code.prove.backtest import backtest

    with Progress("asking", 0) as bar:
        return backtest(analysis, history, wishes, period, step=step, recorded=recorded, advance=bar.advance, expect=bar.expect)


def _show(settings: Settings, found: Backtest, form: str, *, verbose: bool) -> None:
    from monitoring_as_code.prove.backtest import report

    if form == "json":
        import json

        console.out(json.dumps(report.as_data(found), indent=2, ensure_ascii=False) + "\n", machine=True)
    else:
        console.out(report.as_text(found, _look(settings), verbose=verbose))


def _look(settings: Settings) -> Look:
    import shutil
    import sys

    from monitoring_as_code.prove.chart import Look

    terminal = sys.stdout is not None and sys.stdout.isatty()
    columns = shutil.get_terminal_size((100, 24)).columns if terminal else 100
    return Look(columns=max(60, columns), colour=console.colours(settings.colour), unicode=console.can_write("█▒·│┈⡇…"))
