"""A catalogue learnt from /metrics pages.

What was seen is not all there is: another process may have other label values, and Prometheus adds labels of the target. So a label's
values stay open, and so does the set of labels. What a page does say is taken: kinds, the labels that every series of a metric has,
buckets, and units, by the line `# UNIT` or by the name's last word.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from monitoring_as_code import units
from monitoring_as_code.catalogue import Catalogue, Domain, Metric, MetricKind
from monitoring_as_code.exposition import ExpositionError, Family, parse
from monitoring_as_code.foreign.document import Unreadable
from monitoring_as_code.foreign.reading import source_of
from monitoring_as_code.origin import Anchor, Location, Place, Respelling

if TYPE_CHECKING:
    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.units import Unit

_KINDS: Mapping[str, MetricKind] = {
    "counter": "counter",
    "gauge": "gauge",
    "histogram": "histogram",
    "summary": "summary",
    "info": "info",
    "stateset": "gauge",
}
# What the page of a metric's series adds to the labels of the metric.
_ADDED = {"histogram": "le", "gaugehistogram": "le", "summary": "quantile"}
_PARTS = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}
_UNITS: Mapping[str, Unit] = {
    "seconds": units.seconds,
    "milliseconds": units.milliseconds,
    "microseconds": units.microseconds,
    "nanoseconds": units.nanoseconds,
    "bytes": units.bytes_,
    "bits": units.bits,
    "ratio": units.ratio,
    "percent": units.percent,
    "celsius": units.celsius,
    "volts": units.volts,
    "amperes": units.amperes,
    "joules": units.joules,
    "watts": units.watts,
    "meters": units.meters,
    "grams": units.grams,
    "hertz": units.hertz,
}
# A gauge of seconds above this is a moment, not a duration: 2001.
_A_MOMENT = 1e9


class Seen(Anchor):
    """The line of a page on which a metric is mentioned first."""

    __slots__ = ("line", "path")

    def __init__(self, path: str, line: int) -> None:
        self.path = path
        self.line = line

    def locate(self, place: Place) -> Location:  # noqa: ARG002 - a line has no parts
        """The line."""
        from monitoring_as_code.origin.source import read

        source = read(self.path)
        length = len(source.lines[self.line - 1]) if source is not None and self.line <= len(source.lines) else 0
        return Location(self.path, self.line, 1, self.line, length + 1)

    def spelt(self, place: Place, text: str) -> Respelling | None:  # noqa: ARG002 - nobody mends what a program exposes
        """Nothing: the page is what it is."""
        return None


def learn(paths: Iterable[str]) -> tuple[Catalogue, list[Diagnostic]]:
    """What the pages in these files show together, and what is wrong with them."""
    families: dict[str, list[tuple[str, Family]]] = {}
    problems: list[Diagnostic] = []
    for given in paths:
        path = os.path.abspath(given)
        lines: list[str] = []
        try:
            source = source_of(path)
            lines = source.lines
            for family in parse(source.text).values():
                families.setdefault(family.name, []).append((path, family))
        except Unreadable as problem:
            problems.append(problem.diagnostic)
        except ExpositionError as error:
            at = Location(path, error.line, 1, error.line, max(len(lines[error.line - 1]), 1) + 1)
            problems.append(Unreadable(f"this is no exposition: {error.message}", at).diagnostic)
    # Of a page that could not be read, every metric is missing.
    return catalogue_from(families, complete=not problems), problems


def catalogue_from(families: Mapping[str, list[tuple[str, Family]]], *, complete: bool = True) -> Catalogue:
    """The families of some pages, by name, each with the path of its page, as a catalogue."""
    catalogue = Catalogue(complete=complete, learnt=True)
    for name, seen in families.items():
        kinds = {_KINDS.get(family.kind, "unknown") for _, family in seen}
        kind: MetricKind = kinds.pop() if len(kinds) == 1 else "unknown"
        every = [family for _, family in seen]
        metric = Metric(
            name,
            kind,
            _labels(every),
            closed=False,
            unit=unit_of(name, every, kind),
            buckets=buckets_of(every) if kind == "histogram" else (),
            help=next((family.help for family in every if family.help), ""),
            origin=Seen(seen[0][0], seen[0][1].line),
        )
        # In OpenMetrics a counter's family has no `_total`; its series have.
        names = dict.fromkeys(sample.name for family in every for sample in family.samples)
        parts = {name + part for part in _PARTS.get(kind, ())}
        others = [other for other in names if other not in parts and other != name]
        if not names or name in names or parts & names.keys():
            catalogue.add(metric)
        for other in others:
            same = kind in ("counter", "info") and not other.endswith("_created")
            catalogue.add(
                metric._replace(name=other) if same else Metric(other, "unknown", metric.labels, closed=False, origin=metric.origin)
            )
    return catalogue


def _labels(families: list[Family]) -> dict[str, Domain]:
    """The labels seen; those that some series lack are optional."""
    sets = {tuple(name for name, value in sample.labels if value) for family in families for sample in family.samples}
    added = {_ADDED.get(family.kind) for family in families}
    names = dict.fromkeys(name for each in sorted(sets) for name in each if name not in added)
    return {name: Domain(optional=any(name not in each for each in sets)) for name in names}


def buckets_of(families: list[Family]) -> tuple[float, ...]:
    """The finite bounds, if all series have the same ones."""
    bounds: dict[tuple[tuple[str, str], ...], set[float]] = {}
    for family in families:
        for sample in family.samples:
            for name, value in sample.labels:
                if name == "le":
                    rest = tuple(sorted(label for label in sample.labels if label[0] != "le"))
                    try:
                        bounds.setdefault(rest, set()).add(float(value))
                    except ValueError:
                        return ()
    different = {tuple(sorted(bound for bound in each if bound != float("inf"))) for each in bounds.values()}
    return different.pop() if len(different) == 1 else ()


def unit_of(name: str, families: list[Family], kind: str) -> Unit | None:
    """What `# UNIT` says, or the name's last word; seconds since 1970 are told from durations by what was seen."""
    said = {family.unit for family in families} - {""}
    word = said.pop() if len(said) == 1 else name.removesuffix("_total").rpartition("_")[2]
    unit = _UNITS.get(word)
    if kind in ("unknown", "info") or unit is None:
        return None
    if unit is units.seconds and kind == "gauge":
        values = [sample.value for family in families for sample in family.samples if sample.value]
        if "timestamp" in name or (values and all(value > _A_MOMENT for value in values)):
            return units.timestamp
        # Some moments, some durations, or nothing seen yet of what may be either.
        return None if "time" in name and (not values or any(value > _A_MOMENT for value in values)) else unit
    return unit
