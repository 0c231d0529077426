"""`mac test`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import CANNOT_RUN, FINDINGS, FINE, console, delivering
from monitoring_as_code.cli.environments import environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.settings import Settings
from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.cli.session import Session
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.prove.chart import Look
    from monitoring_as_code.prove.delivery import Delivery
    from monitoring_as_code.prove.running import Outcome, Proof
    from monitoring_as_code.prove.verdicts import Verdict
    from monitoring_as_code.prove.witnesses import Witness
    from monitoring_as_code.targets.promtool_tests.histories import ImpossibleSeries


@click.command(
    "test",
    help="""Prove the alerts on Prometheus's own engine: each scenario's series go in, and what comes out, from pending to the receiver
    that hears of it, is held to what the scenario expects.

    The definitions are linted first; with an error there nothing is run. ALERTS are names of alerts; without any, all scenarios run.
    A scenario that fails is shown with the place of the expectation, what happened instead, why, and a picture: the measured value
    against its limit, the states of the alert (· inactive, ▒ pending, █ firing), and the moments that are expected below.

    For an alert that no scenario is about, series are looked for that make it fire, and others that just do not. That none were found is
    no failure; that it can never fire is one.

    What failed last is kept in the user's cache, $XDG_CACHE_HOME/mac or ~/.cache/mac; nothing is written into the project.

    \b
    Examples:
      mac test
      mac test HighErrorRate -v
      mac test -k "disk and not full"
      mac test --last-failed -x      what failed last, up to the first that still does
      mac test --deliver             whom each alert reaches, in which words, by a real Alertmanager
      mac test --mutate              small changes of the alerts that no scenario notices
      mac test --format github       annotations in a pull request, in GitHub Actions
      mac test --junit report.xml    for a CI service, beside what is printed
    """,
    epilog=EXIT_CODES,
)
@click.argument("alerts", nargs=-1)
@click.option(
    "-k", "words", metavar="WORDS", help="Run the scenarios in whose `Alert: name` the words occur; `and`, `or`, `not` and ( ) join them."
)
@click.option("--last-failed", "--lf", is_flag=True, help="Run what failed last; all, if nothing did.")
@click.option("-x", "--exitfirst", "first_only", is_flag=True, help="Stop at the first scenario that fails.")
@click.option("-v", "--verbose", count=True, help="Show each scenario; twice: with its picture.")
@click.option("-q", "--quiet", is_flag=True, help="Show failures only, and nothing if there is none.")
@click.option("--no-witnesses", is_flag=True, help="Look for no series for alerts without a scenario.")
@click.option("--write-scenarios", "write", is_flag=True, help="Write the series that were found into the definitions, as scenarios.")
@click.option(
    "--deliver", "deliver", is_flag=True, help="Hand every alert to a real Alertmanager, too, and look at what comes over each channel."
)
@click.option("--mutate", is_flag=True, help="Change the alerts in small ways instead, and show the changes that no scenario notices.")
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", help="How the results are written.")
@environment_option("Only in this environment; in all of them if not said.")
@click.option("--junit", metavar="FILE", type=click.Path(dir_okay=False), help="Write the results to FILE as JUnit's XML, too.")
@click.pass_obj
def command(
    settings: Settings,
    *,
    alerts: tuple[str, ...],
    words: str | None,
    last_failed: bool,
    first_only: bool,
    verbose: int,
    quiet: bool,
    no_witnesses: bool,
    write: bool,
    deliver: bool,
    mutate: bool,
    form: str,
    junit: str | None,
) -> int:
    """Prove the scenarios that are asked for."""
    from monitoring_as_code import engines
    from monitoring_as_code.cli import reporting, selection
    from monitoring_as_code.cli.session import open_every
    from monitoring_as_code.targets.promtool_tests.histories import ImpossibleSeries

    if mutate:
        other = {"-k": words is not None, "--last-failed": last_failed, "-x": first_only, "--deliver": deliver}
        _refuse_with("--mutate", other | {"--write-scenarios": write, "--junit": junit is not None})
    if write:
        _refuse_with("--write-scenarios", {"--no-witnesses": no_witnesses, "-k": words is not None, "--last-failed": last_failed})
    sessions = open_every(settings)
    refused = _refused(sessions, settings, form, junit)
    if refused is not None:
        return refused
    if len(sessions) > 1:
        _refuse_of_several({"--write-scenarios": write, "--mutate --format json": mutate and form == "json"})
    if junit is not None:  # whatever happens, no report of an earlier run is taken for this one's
        reporting.write_junit(junit, reporting.unfinished())
    absent = engines.missing("promtool", "alertmanager") if deliver else engines.missing("promtool")
    if absent is not None:
        console.note(f"mac: {absent}")
        return CANNOT_RUN
    different, same_as = _different(sessions)
    chosen = selection.chosen(different, alerts, words, last_failed=last_failed)
    if mutate:
        return max(
            _mutate(
                each, settings, selection.known(each.analysis, alerts), form, verbose=verbose > 0, quiet=quiet, witnessed=not no_witnesses
            )
            for each in _headed(different, same_as, form, quiet=quiet)
            if not alerts or selection.known(each.analysis, alerts)
        )
    asked: list[tuple[Session, list[Scenario], tuple[Alert, ...]]] = []
    for session, scenarios in zip(different, chosen, strict=True):
        without = selection.without_scenario(session.analysis, alerts) if words is None and not last_failed else ()
        if scenarios or (without and not no_witnesses) or not (alerts or words is not None or last_failed):
            asked.append((session, scenarios, without))
    if not asked and (alerts or words is not None):
        raise click.UsageError(selection.nothing_chosen(different, alerts, words), click.get_current_context())
    asked = asked or [(different[0], [], ())]
    runs: list[_Run] = []
    for session, scenarios, without in asked:
        try:
            outcome = _run(session, scenarios, without, seek=not no_witnesses, first_only=first_only, pictured=verbose > 1)
        except ImpossibleSeries as error:  # lint tells of it first, unless its rule is turned off
            return _show_impossible(session, settings, error, form)
        played = [each.verdict.played for each in outcome.proofs]
        delivery = delivering.delivered(session.analysis, played, alerts) if deliver else None
        runs.append(_Run(session, outcome, delivery))
        if first_only and not runs[-1].holds:
            break
    if junit is not None:
        reporting.write_junit(junit, _junit(runs))
    _report(runs, same_as, settings, form, verbose=verbose, quiet=quiet)
    if write:
        _write_scenarios(runs[0].session.analysis, runs[0].outcome)
    return FINE if all(each.holds for each in runs) else FINDINGS


class _Run(NamedTuple):
    """What was found in a project, or in one of its environments."""

    session: Session
    outcome: Outcome
    delivery: Delivery | None

    @property
    def holds(self) -> bool:
        return self.outcome.holds and (self.delivery is None or self.delivery.holds)


def _different(sessions: Sequence[Session]) -> tuple[list[Session], dict[str, str]]:
    """The environments whose proofs differ, and of the others which one they are like."""
    from monitoring_as_code.prove.sameness import first_alike

    alike = first_alike([each.analysis for each in sessions])
    different = [each for number, each in enumerate(sessions) if alike[number] == number]
    names = [each.environment or "" for each in sessions]
    return different, {names[number]: names[first] for number, first in enumerate(alike) if first != number}


def _headed(sessions: Sequence[Session], same_as: Mapping[str, str], form: str, *, quiet: bool) -> Iterator[Session]:
    """The environments, each announced before it is worked on."""
    for number, each in enumerate(sessions):
        if form == "text" and not quiet and (same_as or len(sessions) > 1):
            console.out(("\n" if number else "") + _heading(each, same_as))
        yield each


def _heading(session: Session, same_as: Mapping[str, str]) -> str:
    from monitoring_as_code.diagnostics.nearest import listed

    others = [name for name, other in same_as.items() if other == session.environment]
    also = f", and {listed(others, 'and')}, whose proofs are the same" if others else ""
    return f"in the environment `{session.environment}`{also}\n"


def _junit(runs: Sequence[_Run]) -> str:
    from monitoring_as_code.prove.reports.junit import as_junit, as_junit_of_several

    first = runs[0]
    if first.session.environment is None:
        return as_junit(first.outcome, _base(first.session), first.delivery)
    return as_junit_of_several([(each.session.environment or "", each.outcome, each.delivery) for each in runs], _base(first.session))


def _mutate(session: Session, settings: Settings, alerts: Sequence[str], form: str, *, verbose: bool, quiet: bool, witnessed: bool) -> int:
    from monitoring_as_code.cli.mutating import mutate

    look = _look(settings)
    return mutate(session.analysis, alerts, form, root=_base(session), look=look, verbose=verbose, quiet=quiet, witnessed=witnessed)


def _refuse_of_several(options: Mapping[str, bool]) -> None:
    """Say what is asked of one environment only."""
    for option, given in options.items():
        if given:
            raise click.UsageError(f"`{option}` is about one environment: name it by `--env`", click.get_current_context())


def _refuse_with(option: str, others: Mapping[str, bool]) -> None:
    """Say that options do not go together, rather than leave one of them out without a word."""
    for other, given in others.items():
        if given:
            raise click.UsageError(f"`{option}` and `{other}` do not go together: {_ALONE[option]}", click.get_current_context())


_ALONE = {
    "--mutate": "it plays every scenario for each change, and proves and reports nothing else",
    "--write-scenarios": "it writes the series that are found for alerts that no scenario is about",
}


def _refused(sessions: Sequence[Session], settings: Settings, form: str, junit: str | None) -> int | None:
    """The exit code if the definitions have errors, which are shown then."""
    from monitoring_as_code.cli.checking import check_every
    from monitoring_as_code.cli.session import errors, show

    session = sessions[0]
    findings = check_every(sessions)
    if not errors(findings):
        return None
    wrong = [each for each in findings if each.severity == "error"]
    if form == "json":
        from monitoring_as_code.prove.reports.json import not_run

        console.out(not_run(wrong, _base(session)), machine=True)
    else:
        show(session, settings, wrong, form)
    if junit is not None:
        from monitoring_as_code.cli import reporting

        reporting.write_junit(junit, reporting.unfinished(wrong, _base(session)))
    console.note("nothing was run: the definitions have errors")
    return FINDINGS


def _run(
    session: Session, scenarios: Sequence[Scenario], without: tuple[Alert, ...], *, seek: bool, first_only: bool, pictured: bool
) -> Outcome:
    from monitoring_as_code.cli.progress import Progress
    from monitoring_as_code.prove.running import Outcome, proofs, verdicts

    started = monotonic()
    witnesses: tuple[Witness, ...] = ()
    if seek and without:
        from monitoring_as_code.prove.witnesses import witnesses as sought

        witnesses, without = tuple(sought(session.analysis, without)), ()
    every = [*scenarios, *(scenario for witness in witnesses for scenario in witness.scenarios)]
    with Progress("proving", len(every)) as progress:

        def seen(found: Verdict) -> bool:
            progress.advance()
            return found.holds or not first_only

        found = proofs(session.analysis, verdicts(session.analysis, every, seen), every=pictured)
    _keep(session, found[: len(scenarios)])
    return Outcome(tuple(found), monotonic() - started, witnesses, without, len(every) - len(found))


def _write_scenarios(analysis: Analysis, outcome: Outcome) -> None:
    """The witnesses that hold, as code; one that does not would be a failure from then on."""
    from monitoring_as_code.cli.session import shown_path
    from monitoring_as_code.prove.witnesses.writing import changes, write

    holding = {id(each.scenario) for each in outcome.proofs if each.holds}
    found = changes(analysis, [each for each in outcome.witnesses if all(id(one) in holding for one in each.scenarios)])
    write(found)
    for each in found:
        console.note(f"{shown_path(each.path)}: {each.added} scenario{'' if each.added == 1 else 's'} written")
    if not found:
        console.note("there was no scenario to write")


def _show_impossible(session: Session, settings: Settings, error: ImpossibleSeries, form: str) -> int:
    from monitoring_as_code.cli.session import show
    from monitoring_as_code.diagnostics import Diagnostic, Severity

    show(session, settings, [Diagnostic("scenario", Severity.ERROR, str(error), error.place, help=error.help)], form)
    return FINDINGS


def _keep(session: Session, found: Sequence[Proof]) -> None:
    from monitoring_as_code.cli import selection

    run = [selection.label_of(each.scenario) for each in found]
    selection.keep_failed(selection.key_of(session), run, [selection.label_of(each.scenario) for each in found if not each.holds])


def _base(session: Session) -> str:
    """What paths are relative to, so that they can be opened from where the command was started."""
    start = os.getcwd()
    return start if f"{session.root}/".startswith(f"{start}/") else session.root


def _report(runs: Sequence[_Run], same_as: Mapping[str, str], settings: Settings, form: str, *, verbose: int, quiet: bool) -> None:
    base = _base(runs[0].session)
    if form == "json":
        from monitoring_as_code.prove.reports.json import as_json, as_json_of_several

        named = [(each.session.environment, each.outcome, each.delivery) for each in runs]
        several = [(name, outcome, delivery) for name, outcome, delivery in named if name is not None]
        text = as_json_of_several(several, same_as, base) if several else as_json(runs[0].outcome, base, runs[0].delivery)
        console.out(text, machine=True)
        return
    if form == "github":
        from monitoring_as_code.diagnostics import render
        from monitoring_as_code.lint.environments import together
        from monitoring_as_code.prove.reports.findings import findings

        told = together([(each.session.analysis.project, findings(each.session.analysis, each.outcome)) for each in runs])
        console.out(render(told, "github", root=base))
    sessions = _headed([each.session for each in runs], same_as, form, quiet=quiet and all(each.holds for each in runs))
    for session, run in zip(sessions, runs, strict=True):
        _show(session, settings, run.outcome, run.delivery, form, verbose=verbose, quiet=quiet)


def _show(
    session: Session, settings: Settings, outcome: Outcome, delivery: Delivery | None, form: str, *, verbose: int, quiet: bool
) -> None:
    base = _base(session)
    look = _look(settings)
    if form != "github":
        from monitoring_as_code.prove.reports import text

        lines = [] if quiet else text.overview(outcome, look, verbose=verbose > 0)
        if verbose > 1:
            lines += text.pictures(outcome.proofs, look)
        lines += text.failures(outcome.proofs, base, look)
        lines += text.never_firing(session.analysis, outcome, base, look)
        if not quiet or not outcome.holds:
            lines += ["", text.summary(outcome, look)]
        if lines:
            console.out("\n".join(lines).lstrip("\n") + "\n")
    if delivery is not None:
        delivering.show(delivery, form, root=base, unicode=form == "github" or look.unicode, quiet=quiet)


def _look(settings: Settings) -> Look:
    import sys

    from monitoring_as_code.prove.chart import Look

    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
    columns = console.columns()
    unicode = encoding.replace("-", "") == "utf8"
    return Look(max(40, columns or 80), console.colours(settings.colour), unicode, terminal=columns is not None)
