"""How far each metric's way is known: declared, registered, emitted, scraped, shown on a panel, watched by an alert, proven by a scenario.

What nobody was asked about is unknown, and never "no".
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from monitoring_as_code.conform.coverage.cells import COLUMNS, NOT_OURS, UNKNOWN, Cell, Coverage, Row, Undeclared, no, yes
from monitoring_as_code.conform.coverage.readers import Readers
from monitoring_as_code.model.metric import Exporter, Metric
from monitoring_as_code.origin import Place, locate
from monitoring_as_code.schema import metrics_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.conform.coverage.scraped import Scraped
    from monitoring_as_code.foreign.application import Recordings
    from monitoring_as_code.foreign.sightings import SeenMetric

__all__ = ["COLUMNS", "Cell", "Coverage", "Row", "Undeclared", "coverage"]

_APPLICATION = "the application"


def coverage(
    analysis: Analysis,
    recorded: Recordings | None = None,
    pages: Iterable[Mapping[str, SeenMetric]] = (),
    scraped: Scraped | None = None,
) -> Coverage:
    """Every metric of the application, and of exporters each that is declared or used, by what is known: of its sources, of pages, of a Prometheus."""
    readers = Readers(analysis)
    owners = _owners(analysis, readers.named)
    of_owner: dict[str, set[str]] = {}
    for metric, owner in owners.items():
        of_owner.setdefault(owner, set()).add(metric.name)
    seen = _seen(pages, of_owner)
    rows = []
    for metric, owner in owners.items():
        found = seen.get(owner, {}).get(metric.name)
        cells = {
            "declared": yes(),
            "registered": _registered(metric, found, recorded, ours=owner == _APPLICATION),
            "emitted": _emitted(found, asked=owner in seen),
            "scraped": UNKNOWN if scraped is None else scraped.cell(metric),
            **readers.cells(metric),
        }
        measured = found.combinations if found is not None else None if scraped is None else scraped.combinations(metric)
        sites = () if recorded is None else tuple(site.said for site in recorded.recorded.get(metric.name, ()))
        place = _place(analysis, metric)
        rows.append(Row(metric.name, metric.kind, owner, *place, cells, metric.budget, measured, metric.series_each, sites))
    order = {_APPLICATION: 0}
    rows.sort(key=lambda row: (order.get(row.owner, 1), row.owner, row.metric))
    return Coverage(tuple(rows), tuple(_undeclared(readers, pages, scraped, {row.metric for row in rows})))


def _owners(analysis: Analysis, named: Iterable[str]) -> dict[Metric[Any], str]:
    project = analysis.project
    theirs = {metric: exporter.name for exporter in project.of(Exporter) for metric in metrics_of(project, exporter, named)}
    return {**{metric: _APPLICATION for metric in project.of(Metric) if metric not in theirs}, **theirs}


def _seen(pages: Iterable[Mapping[str, SeenMetric]], of_owner: Mapping[str, set[str]]) -> dict[str, dict[str, SeenMetric]]:
    """What pages have, by whose pages they are: of whom a page has a metric; the application's if of nobody."""
    found: dict[str, dict[str, SeenMetric]] = {}
    for page in pages:
        owners = [owner for owner, names in of_owner.items() if not names.isdisjoint(page)] or [_APPLICATION]
        for owner in owners:
            known = found.setdefault(owner, {})
            for name, metric in page.items():
                other = known.get(name)
                known[name] = metric if other is None or other.series < metric.series else other
    return found


def _registered(metric: Metric[Any], seen: SeenMetric | None, recorded: Recordings | None, *, ours: bool) -> Cell:
    if not ours:
        return NOT_OURS
    sites = () if recorded is None else recorded.recorded.get(metric.name, ())
    if sites:
        return yes(*(site.said for site in sites))
    registered = () if recorded is None else recorded.registered.get(metric.name, ())
    if registered:
        return yes(*(f"{site.at}, but no call records it" for site in registered[:1]))
    if seen is not None:
        return yes("it is on the page")
    if recorded is None:
        return UNKNOWN
    doubt = recorded.unknown.get(metric.name)
    return no() if doubt is None else Cell("unknown", (doubt,))


def _emitted(seen: SeenMetric | None, *, asked: bool) -> Cell:
    if seen is not None:
        return yes(f"{seen.series:,} series") if seen.series else no("known, but has no series yet")
    return no() if asked else UNKNOWN


def _place(analysis: Analysis, metric: Metric[Any]) -> tuple[str, int]:
    location = locate(Place(metric.origin))
    inside = location.path.removeprefix(analysis.project.root.rstrip(os.sep) + os.sep)
    # What ships with the package is declared nowhere in the project.
    return ("", 0) if os.path.isabs(inside) else (inside.replace(os.sep, "/"), location.line)


def _undeclared(
    readers: Readers, pages: Iterable[Mapping[str, SeenMetric]], scraped: Scraped | None, known: set[str]
) -> Iterable[Undeclared]:
    found: dict[str, tuple[list[str], list[str]]] = {}
    for name, users in readers.undeclared.items():
        found.setdefault(name, ([], []))[0].extend(users)
    for page in pages:
        for name, metric in page.items():
            if not metric.declared and name not in known and not _is_created(name, page):
                found.setdefault(name, ([], []))[1].append(f"on a page, with {metric.series:,} series")
    for name in () if scraped is None else scraped.undeclared:
        found.setdefault(name, ([], []))[1].append("in Prometheus")
    for name in sorted(found):
        users, seen = found[name]
        yield Undeclared(name, tuple(users), tuple(dict.fromkeys(seen)))


def _is_created(name: str, page: Iterable[str]) -> bool:
    base = name.removesuffix("_created")
    return base != name and any(other in page for other in (base, f"{base}_total"))
