"""The report as JUnit's XML, which CI services show: a suite for each alert, a case for each scenario and for each channel of a delivery."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from monitoring_as_code.diagnostics.display import relative
from monitoring_as_code.diagnostics.text import as_lines
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.origin import Place, locate
from monitoring_as_code.prove.chart import Look, chart
from monitoring_as_code.prove.reports.findings import finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.prove.delivery import Delivered, Delivery
    from monitoring_as_code.prove.running import Outcome, Proof

Result: TypeAlias = Literal["", "failure", "error", "skipped"]

# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Case(NamedTuple):
    """A case of a suite; `result` is empty if it is fine, else `message` says why in a line, and `text` in full."""

    suite: str
    name: str
    module: str
    result: Result = ""
    message: str = ""
    text: str = ""


def as_junit(outcome: Outcome, root: str, delivery: Delivery | None = None) -> str:
    """The whole report. All scenarios run together, so each case is said to take its share of the time."""
    return _report(_cases(outcome, root, delivery), outcome.seconds)


def as_junit_of_several(runs: Iterable[tuple[str, Outcome, Delivery | None]], root: str) -> str:
    """The same of several environments, whose names are behind those of their suites and cases."""
    cases: list[_Case] = []
    seconds = 0.0
    for environment, outcome, delivery in runs:
        of_it = _cases(outcome, root, delivery)
        cases += [each._replace(suite=f"{each.suite} [{environment}]", name=f"{each.name} [{environment}]") for each in of_it]
        seconds += outcome.seconds
    return _report(cases, seconds)


def _cases(outcome: Outcome, root: str, delivery: Delivery | None) -> list[_Case]:
    cases = [_proved(each, root) for each in outcome.proofs]
    cases += [_never_fires(each.alert, each.impossible, root) for each in outcome.witnesses if each.impossible]
    if delivery is not None:
        cases += _deliveries(delivery, root)
    return cases


def not_run(why: str, findings: Iterable[Diagnostic] = (), root: str = "") -> str:
    """The report if nothing was run, or not to the end: a case with an error for each finding, or one that says why."""
    cases = [
        _Case("definitions", each.rule, "definitions", "error", each.message, "\n".join(as_lines(each, root, []))) for each in findings
    ]
    return _report(cases or [_Case("mac test", "run", "mac", "error", why)], 0)


def _report(cases: list[_Case], seconds: float) -> str:
    suites: dict[str, list[_Case]] = {}
    for each in cases:
        suites.setdefault(each.suite, []).append(each)
    share = seconds / max(1, len(cases))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="mac test" {_counted(cases)} time="{seconds:.3f}">']
    for name, found in suites.items():
        skipped = sum(each.result == "skipped" for each in found)
        lines.append(f'  <testsuite name={_attribute(name)} {_counted(found)} skipped="{skipped}" time="{share * len(found):.3f}">')
        for each in found:
            lines += _written(each, share)
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _counted(cases: list[_Case]) -> str:
    failed, broken = (sum(each.result == wanted for each in cases) for wanted in ("failure", "error"))
    return f'tests="{len(cases)}" failures="{failed}" errors="{broken}"'


def _written(case: _Case, seconds: float) -> Iterator[str]:
    head = f'    <testcase name={_attribute(case.name)} classname={_attribute(case.module)} time="{seconds:.3f}"'
    if not case.result:
        yield f"{head}/>"
        return
    yield f"{head}>"
    kind = "" if case.result == "skipped" else ' type="scenario"' if case.result == "failure" else ' type="mac"'
    yield f"      <{case.result}{kind} message={_attribute(case.message)}>{_text(case.text)}</{case.result}>"
    yield "    </testcase>"


def _proved(proof: Proof, root: str) -> _Case:
    scenario = proof.scenario
    case = _Case(scenario.alert.name, scenario.name, f"{_module(Place(scenario.origin), root)}.{scenario.alert.name}")
    if proof.holds:
        return case
    # JUnit's schema takes one failure a case.
    found = [finding(failure, scenario) for failure in proof.verdict.failures]
    told: list[str] = []
    for index, each in enumerate(found):
        told += [*as_lines(each, root, [("why", why) for why in proof.reasons(index)]), ""]
    told += chart(proof.verdict, proof.explanations, Look())
    return case._replace(result="failure", message="; ".join(each.message for each in found), text="\n".join(told))


def _never_fires(alert: Alert, why: str, root: str) -> _Case:
    module = f"{_module(Place(alert.origin), root)}.{alert.name}"
    return _Case(alert.name, "it can fire", module, "failure", f"`{alert.name}` can never fire: {why}")


def _deliveries(delivery: Delivery, root: str) -> Iterator[_Case]:
    if delivery.why:
        yield _Case("delivery", "all alerts", "delivery", "skipped", delivery.why)
    for each in delivery.delivered:
        yield from _delivered(delivery, each, root)


def _delivered(delivery: Delivery, each: Delivered, root: str) -> Iterator[_Case]:
    """A case for each channel that an alert should come over, and for each that it came over and should not."""
    alert = each.notice.alert
    named = f"{alert.name} ({alert.severity})" + (f", {each.notice.source}" if each.notice.source else "")
    for channel in delivery.channels:
        wrong = [failure for failure in each.failures if failure.channel.number == channel.number]
        if channel.number not in each.states and not wrong:
            continue
        case = _Case("delivery", f"{named}: {channel} of {channel.receiver}", f"{_module(Place(alert.origin), root)}.{alert.name}")
        if wrong:
            told = [f"{failure.expected}, but {failure.happened}" for failure in wrong]
            yield case._replace(result="failure", message="; ".join(told), text="\n".join(told))
        elif each.states[channel.number] == "muted":
            yield case._replace(
                result="skipped", message=f"mute at this moment: {each.muted_by.get(channel.number) or 'outside of its times'}"
            )
        else:
            yield case


def _module(place: Place, root: str) -> str:
    """Services find the file by the class's name, with dots for slashes, as pytest writes it."""
    return relative(locate(place).path, root).removesuffix(".py").replace("/", ".")


def _attribute(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("�", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("�", text))
