"""The report as JUnit's XML, which CI services show: a suite for each alert, a case for each scenario."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from monitoring_as_code.diagnostics.display import relative
from monitoring_as_code.diagnostics.text import as_lines
from monitoring_as_code.origin import Place, locate
from monitoring_as_code.prove.chart import Look, chart
from monitoring_as_code.prove.reports.findings import finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.prove.running import Outcome, Proof

# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(outcome: Outcome, root: str) -> str:
    """The whole report. All scenarios run together, so each case is said to take its share of the time."""
    proofs, seconds = outcome.proofs, outcome.seconds
    suites: dict[str, list[Proof]] = {}
    for proof in proofs:
        suites.setdefault(proof.scenario.alert.name, []).append(proof)
    share = seconds / max(1, len(proofs))
    failed = sum(not each.holds for each in proofs)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="mac test" tests="{len(proofs)}" failures="{failed}" errors="0" time="{seconds:.3f}">',
    ]
    for name, found in suites.items():
        failed = sum(not each.holds for each in found)
        counts = f'tests="{len(found)}" failures="{failed}" errors="0" skipped="0" time="{share * len(found):.3f}"'
        lines.append(f"  <testsuite name={_attribute(name)} {counts}>")
        for each in found:
            lines += _case(each, root, share)
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _case(proof: Proof, root: str, seconds: float) -> Iterator[str]:
    scenario = proof.scenario
    path = relative(locate(Place(scenario.origin)).path, root)
    # Services find the file by the class's name, with dots for slashes, as pytest writes it.
    module = path.removesuffix(".py").replace("/", ".")
    head = f'    <testcase name={_attribute(scenario.name)} classname={_attribute(f"{module}.{scenario.alert.name}")} time="{seconds:.3f}"'
    if proof.holds:
        yield f"{head}/>"
        return
    yield f"{head}>"
    # JUnit's schema takes one failure a case.
    found = [finding(failure, scenario) for failure in proof.verdict.failures]
    told: list[str] = []
    for index, each in enumerate(found):
        told += [*as_lines(each, root, [("why", why) for why in proof.reasons(index)]), ""]
    told += chart(proof.verdict, proof.explanations, Look())
    message = "; ".join(each.message for each in found)
    yield f'      <failure type="scenario" message={_attribute(message)}>{_text(chr(10).join(told))}</failure>'
    yield "    </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("�", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("�", text))
