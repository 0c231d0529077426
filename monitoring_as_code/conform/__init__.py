"""Holds an exposition to the declarations: a page, a registry in process, or what Prometheus itself says of its targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.conform.agreement import disagreements
from monitoring_as_code.conform.contract import Contract, NoSuchJob, contract_from, contract_of
from monitoring_as_code.conform.finding import Finding, diagnostics, wanted_lines
from monitoring_as_code.conform.observed import Sighting, observe
from monitoring_as_code.conform.registry import assert_conforms
from monitoring_as_code.conform.scrapes import scraped_twice
from monitoring_as_code.conform.structure import broken_off, structural
from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Conformance",
    "Contract",
    "Finding",
    "NoSuchJob",
    "assert_conforms",
    "conformance",
    "contract_from",
    "contract_of",
    "diagnostics",
    "scraped_twice",
    "wanted_lines",
]


class Conformance(NamedTuple):
    """What was found on a page, and all that was seen there."""

    findings: tuple[Finding, ...]
    sighting: Sighting


def conformance(
    lines: Iterable[str], contract: Contract, *, openmetrics: bool = False, told: bool = True, silent: bool = True
) -> Conformance:
    r"""Hold a page to a contract; `lines` are those of `text.split("\n")`, read once.

    Without `silent`, a metric that is known and has no series is fine. Unless it is `told` that it is no OpenMetrics, a page may be some
    that broke off before its last line, and then nothing else can be said of it.

    >>> from monitoring_as_code import Gauge
    >>> contract = contract_from([Gauge(name="queue_jobs", help="Jobs that wait.")])
    >>> [each.message for each in conformance(['# HELP queue_jobs Jobs that wait.', 'queue_jobs 3', ''], contract).findings]
    ['`queue_jobs` is declared as a gauge, but the page says nothing of its type']
    """
    sighting = observe(lines, contract.known, openmetrics=openmetrics)
    if not told and not openmetrics:
        broken = broken_off(sighting)
        if broken is not None:
            return Conformance((broken, *scraped_twice(contract.every_job)), sighting)
    found = [*structural(sighting)]
    if not sighting.page.refused and not sighting.page.skipped:  # else what is missing may stand in the lines that could not be read
        found += disagreements(sighting, contract, silent=silent)
    return Conformance((*found, *scraped_twice(contract.every_job)), sighting)
