"""The report for people: a line for each alert, and for each scenario that fails what was expected, what happened, why, and a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics.display import visible
from monitoring_as_code.diagnostics.display import width as columns_of
from monitoring_as_code.diagnostics.text import as_lines
from monitoring_as_code.prove.chart import chart
from monitoring_as_code.prove.reports.findings import cannot_fire, finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.prove.chart import Look
    from monitoring_as_code.prove.running import Outcome, Proof

_GOOD, _BAD, _BOLD, _FAINT = "32", "1;31", "1", "2"


def overview(outcome: Outcome, look: Look, *, verbose: bool) -> list[str]:
    """A line for each alert, in the order of their first scenario; `verbose`, for each scenario as well."""
    by_alert: dict[int, list[Proof]] = {}
    for each in outcome.proofs:
        by_alert.setdefault(id(each.scenario.alert), []).append(each)
    nothing = [each for each in outcome.witnesses if not each.scenarios]
    names = [each[0].scenario.alert.name for each in by_alert.values()] + [each.alert.name for each in nothing]
    room = max(map(columns_of, names), default=0)
    lines = []
    for group in by_alert.values():
        alert = group[0].scenario.alert
        failed = sum(not each.holds for each in group)
        how = _count(len(group), "scenario") if not failed else f"{failed} of {_count(len(group), 'scenario')} failed"
        if id(group[0].scenario) in outcome.found:
            how = f"nothing written, series were found: {how}"
        pad = " " * (room - columns_of(alert.name))
        lines.append(
            f"{_mark(not failed, look)} {look.paint(visible(alert.name), _BOLD)}{pad}  {look.paint(how, _FAINT if not failed else _BAD)}"
        )
        if verbose:
            lines += [f"  {_mark(each.holds, look)} {visible(each.scenario.name)}" for each in group]
    for witness in nothing:
        pad = " " * (room - columns_of(witness.alert.name))
        name = look.paint(visible(witness.alert.name), _BOLD) + pad
        if witness.impossible:
            lines.append(f"{_mark(False, look)} {name}  {look.paint('can never fire', _BAD)}")
        else:
            effort = f": {witness.effort}" if witness.effort else ""
            lines.append(
                f"? {name}  {look.paint(f'no scenario, and no series were found that make it fire{effort}; write a `Scenario`', _FAINT)}"
            )
    return lines


def never_firing(analysis: Analysis, outcome: Outcome, root: str, look: Look) -> Iterator[str]:
    """The lines about the alerts that can never fire."""
    for witness in outcome.witnesses:
        if witness.impossible:
            yield ""
            yield from as_lines(
                cannot_fire(analysis, witness), root, [("why", witness.impossible)], colour=look.colour, columns=look.source_columns
            )


def failures(proofs: Iterable[Proof], root: str, look: Look) -> Iterator[str]:
    """The lines about the scenarios that failed."""
    told: set[tuple[int, str]] = set()
    for proof in proofs:
        if proof.holds:
            continue
        yield ""
        yield _heading(proof, look)
        for index, failure in enumerate(proof.verdict.failures):
            yield ""
            notes = [("why", each) for each in proof.reasons(index)]
            lines = as_lines(finding(failure, proof.scenario), root, notes, colour=look.colour, columns=look.source_columns)
            # What is wrong with the alert itself comes with each of its scenarios: once in full.
            again = failure.expectation is None and (id(failure.alert), failure.expected) in told
            yield from lines[:1] if again else lines
            told.add((id(failure.alert), failure.expected))
        yield from _picture(proof, look)


def pictures(proofs: Iterable[Proof], look: Look) -> Iterator[str]:
    """The pictures of the scenarios that hold."""
    for proof in proofs:
        if proof.holds:
            yield ""
            yield _heading(proof, look)
            yield from _picture(proof, look)


def summary(outcome: Outcome, look: Look) -> str:
    """How much holds, in a sentence."""
    found = outcome.proofs
    failed = sum(not each.holds for each in found)
    never = sum(bool(each.impossible) for each in outcome.witnesses)
    unknown = sum(not each.impossible and not each.scenarios for each in outcome.witnesses)
    alerts = len({id(each.scenario.alert) for each in found})
    parts = [f"{_count(len(found) - failed, 'scenario')} of {_count(alerts, 'alert')} held" if found else "no scenario was run"]
    if failed:
        parts.append(look.paint(f"{failed} failed", _BAD))
    if never:
        parts.append(look.paint(f"{_count(never, 'alert')} can never fire", _BAD))
    if outcome.left:
        parts.append(f"{outcome.left} not run")
    if outcome.without or unknown:
        parts.append(f"{_count(len(outcome.without) + unknown, 'alert')} without a scenario")
    return ", ".join(parts) + f" ({outcome.seconds:.1f} s)"


def _picture(proof: Proof, look: Look) -> Iterator[str]:
    lines = chart(proof.verdict, proof.explanations, look)
    if lines:
        yield ""
        yield from lines


def _heading(proof: Proof, look: Look) -> str:
    line = "─" if look.unicode else "-"
    title = f"{proof.scenario.alert.name}: {visible(proof.scenario.name)}"
    return look.paint(f"{line * 2} {title} {line * max(2, min(look.columns, 80) - columns_of(title) - 4)}", _BOLD)


def _mark(well: bool, look: Look) -> str:
    good, bad = ("✓", "✗") if look.unicode else ("+", "x")
    return look.paint(good, _GOOD) if well else look.paint(bad, _BAD)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
