"""What a run has seen, as data for whoever reads it later: docs, coverage, people."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from monitoring_as_code.lint.disclosing import disclosable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitoring_as_code.conform.finding import Finding
    from monitoring_as_code.conform.observed import Observed, Sighting

_EXAMPLES = 5


def as_data(sighting: Sighting, findings: Iterable[Finding], source: str) -> dict[str, Any]:
    """The metrics by name, each with its series, the values of its labels and an example; and how often each rule found something."""
    counts: dict[str, int] = {}
    for each in findings:
        counts[each.rule] = counts.get(each.rule, 0) + 1
    return {
        "version": 1,
        "source": source,
        "samples": sighting.samples,
        "findings": dict(sorted(counts.items())),
        "metrics": {each.name: _metric(each) for each in sorted(sighting.metrics.values(), key=lambda each: each.name)},
    }


def _metric(observed: Observed) -> dict[str, Any]:
    family = observed.family
    found: dict[str, Any] = {
        "kind": family.kind,
        "help": family.help or "",
        "declared": observed.declared is not None,
        "series": observed.series,
        "combinations": len(observed.groups) or observed.series,
        "labels": {
            label: {"values": len(values), "examples": _examples(label, values)}
            for label, values in sorted(observed.values.items())
            if values
        },
    }
    if family.unit:
        found["unit"] = family.unit
    if observed.example is not None:
        labels, value = observed.example
        # JSON has no NaN and no infinity.
        found["example"] = {"labels": {name: disclosable(name, _plain(text)) for name, text in labels.items()}, "value": f"{value:.15g}"}
    return found


def _examples(label: str, values: Iterable[str]) -> list[str]:
    """Some values of a label, each once; a report is kept, so what may be a secret is not among them."""
    return list(dict.fromkeys(disclosable(label, _plain(value)) for value in islice(values, _EXAMPLES)))


def _plain(text: str) -> str:
    """A text that can be written: what was no UTF-8 is replaced."""
    return text.encode("utf-8", "replace").decode()
