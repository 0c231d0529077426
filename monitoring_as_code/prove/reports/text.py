"""The report for people: a line for each alert, and for each scenario that fails what was expected, what happened, why, and a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics.display import visible
from monitoring_as_code.diagnostics.display import width as columns_of
from monitoring_as_code.diagnostics.text import as_lines
from monitoring_as_code.prove.chart import chart
from monitoring_as_code.prove.reports.findings import finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.prove.chart import Look
    from monitoring_as_code.prove.running import Proof
    from monitoring_as_code.prove.verdicts import Verdict

_GOOD, _BAD, _BOLD, _FAINT = "32", "1;31", "1", "2"


def overview(found: Sequence[Verdict], look: Look, *, verbose: bool) -> list[str]:
    """A line for each alert, in the order of their first scenario; `verbose`, for each scenario as well."""
    by_alert: dict[int, list[Verdict]] = {}
    for each in found:
        by_alert.setdefault(id(each.scenario.alert), []).append(each)
    room = max((columns_of(each[0].scenario.alert.name) for each in by_alert.values()), default=0)
    lines = []
    for group in by_alert.values():
        alert = group[0].scenario.alert
        failed = sum(not each.holds for each in group)
        how = _count(len(group), "scenario") if not failed else f"{failed} of {_count(len(group), 'scenario')} failed"
        pad = " " * (room - columns_of(alert.name))
        lines.append(
            f"{_mark(not failed, look)} {look.paint(visible(alert.name), _BOLD)}{pad}  {look.paint(how, _FAINT if not failed else _BAD)}"
        )
        if verbose:
            lines += [f"  {_mark(each.holds, look)} {visible(each.scenario.name)}" for each in group]
    return lines


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
            lines = as_lines(finding(failure, proof.scenario), root, [("why", each) for each in proof.reasons(index)], colour=look.colour)
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


def summary(found: Sequence[Verdict], seconds: float, look: Look, without: Sequence[Alert] = (), left: int = 0) -> str:
    """How much holds, in a sentence; `without` are alerts that no scenario is about, `left` scenarios that were not run."""
    failed = sum(not each.holds for each in found)
    alerts = len({id(each.scenario.alert) for each in found})
    parts = [f"{_count(len(found) - failed, 'scenario')} of {_count(alerts, 'alert')} held" if found else "no scenario was run"]
    if failed:
        parts.append(look.paint(f"{failed} failed", _BAD))
    if left:
        parts.append(f"{left} not run")
    if without:
        parts.append(f"{_count(len(without), 'alert')} without a scenario")
    return ", ".join(parts) + f" ({seconds:.1f} s)"


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
