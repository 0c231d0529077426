"""Which of the metrics a Prometheus has, in a bounded number of questions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from monitoring_as_code.conform.coverage.cells import Cell, no, yes
from monitoring_as_code.conform.source import Unavailable
from monitoring_as_code.model.labels import quote_re2
from monitoring_as_code.model.metric import Exporter, Histogram, Metric, Summary
from monitoring_as_code.model.stack import Stack
from monitoring_as_code.schema import metrics_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.conform.server import Prometheus

_BATCH = 100


class Scraped:
    """What a server answered: of each name of series how many there are at one target at most, and names that nobody has declared."""

    def __init__(self, counts: dict[str, int], undeclared: tuple[str, ...]) -> None:
        self._counts = counts
        self.undeclared = undeclared

    def combinations(self, metric: Metric[Any]) -> int | None:
        """How many combinations of label values one target has; None if Prometheus has no series of it."""
        return self._counts.get(_counted(metric))

    def cell(self, metric: Metric[Any]) -> Cell:
        """Whether it is scraped."""
        found = self.combinations(metric)
        return no() if found is None else yes(f"{found * metric.series_each:,} series of one target")


def ask_scraped(server: Prometheus, analysis: Analysis, named: Iterable[str]) -> Scraped:
    """Ask for all metrics of the application, and for those of exporters that are declared or used.

    Raises:
        Unavailable: it does not answer, or is no Prometheus.
    """
    project = analysis.project
    named = tuple(named)
    theirs = [metric for exporter in project.of(Exporter) for metric in metrics_of(project, exporter, named)]
    names = sorted({_counted(metric) for metric in (*project.of(Metric), *theirs)})
    counts: dict[str, int] = {}
    try:
        for start in range(0, len(names), _BATCH):
            matcher = f'{{__name__=~"{"|".join(names[start : start + _BATCH])}"}}'
            for labels, value in server.vector(f"count by (__name__, job, instance) ({matcher})"):
                counts[labels["__name__"]] = max(counts.get(labels["__name__"], 0), int(value))
        return Scraped(counts, _undeclared(server, analysis))
    except (KeyError, TypeError, IndexError, AttributeError, ValueError):
        raise Unavailable(f"{server.url} answers, but not as Prometheus does") from None


def _counted(metric: Metric[Any]) -> str:
    """The series of which there is one a combination."""
    return f"{metric.name}_count" if isinstance(metric, Histogram | Summary) else metric.name


def _undeclared(server: Prometheus, analysis: Analysis) -> tuple[str, ...]:
    """Names of series that the application's own jobs bring and that nobody has declared."""
    stacks = analysis.project.of(Stack)
    jobs = [job.labels.get("job", job.name) for job in stacks[0].jobs if job.exporter is None] if len(stacks) == 1 else []
    if not jobs:
        return ()
    of_jobs = json.dumps("|".join(map(quote_re2, jobs)), ensure_ascii=False)
    found = server.ask("label/__name__/values", match=f"{{job=~{of_jobs}}}")
    catalogue = analysis.catalogue
    ours = frozenset({"mac_instrument_dropped_total", "mac_instrument_dropped_created"})
    return tuple(
        name
        for name in found
        if catalogue.lookup(name) is None and name not in ours and ":" not in name and not _belongs(name, analysis, frozenset(found))
    )


def _belongs(name: str, analysis: Analysis, found: frozenset[str]) -> bool:
    """Whether it is a part of a declared metric, or says when one began."""
    base = name.removesuffix("_created")
    if base == name:
        return False
    return any(analysis.catalogue.metric(other) is not None or other in found for other in (base, f"{base}_total"))
