"""Names that say something wrong: suffixes that belong to another kind, and units that are no base units or not the declared ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code import units
from monitoring_as_code.conform.finding import Finding
from monitoring_as_code.conform.observed import Spot, is_kind
from monitoring_as_code.conform.runtimes import is_of_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.conform.contract import Contract
    from monitoring_as_code.conform.observed import Observed, Sighting
    from monitoring_as_code.units import Unit

_BASE = {
    "seconds": units.seconds,
    "bytes": units.bytes_,
    "ratio": units.ratio,
    "celsius": units.celsius,
    "volts": units.volts,
    "amperes": units.amperes,
    "joules": units.joules,
    "meters": units.meters,
    "grams": units.grams,
    "watts": units.watts,
    "hertz": units.hertz,
}
_OTHERS = {
    "milliseconds": (units.milliseconds, "seconds"),
    "microseconds": (units.microseconds, "seconds"),
    "nanoseconds": (units.nanoseconds, "seconds"),
    "minutes": (None, "seconds"),
    "hours": (None, "seconds"),
    "days": (None, "seconds"),
    "bits": (units.bits, "bytes"),
    "kilobytes": (None, "bytes"),
    "megabytes": (None, "bytes"),
    "gigabytes": (None, "bytes"),
    "percent": (units.percent, "ratio"),
}
# They end the names of series, so a metric called like that is taken for a part of another one.
_RESERVED = ("_count", "_sum", "_bucket")


def misleading_names(sighting: Sighting, contract: Contract) -> Iterator[Finding]:
    """What can be said of names; nothing of an exporter's, which nobody here can change."""
    if not contract.ours:
        return
    yield from _families_of_counters(sighting)
    for observed in sighting.metrics.values():
        if observed.declared is None and is_of_runtime(observed.family.name):
            continue
        if observed.declared is not None and not is_kind(observed.declared, observed.family.kind):
            continue  # told as one of another kind
        yield from _suffix(observed, sighting)
        yield from _unit(observed)


def _families_of_counters(sighting: Sighting) -> Iterator[Finding]:
    """One finding for all: a program that writes one counter so writes all so."""
    suffixed = [
        each
        for each in sighting.metrics.values()
        if sighting.page.openmetrics and each.family.kind == "counter" and each.family.name.endswith("_total")
    ]
    if suffixed:
        first = suffixed[0]
        name = first.family.name
        more = f" (so are {len(suffixed) - 1:,} more)" if len(suffixed) > 1 else ""
        message = f"OpenMetrics names a counter without `_total`, which only its series have, but here is one called `{name}`{more}"
        help_ = f"write `# TYPE {name.removesuffix('_total')} counter`"
        yield Finding("malformed-openmetrics", message, Spot(first.family.kind_line, name), help_, first.declared)


def _suffix(observed: Observed, sighting: Sighting) -> Iterator[Finding]:
    family = observed.family
    name, kind = family.name, family.kind
    if not family.kind_line or kind == "unknown":
        return
    spot = Spot(family.kind_line, name)
    if kind == "counter" and not sighting.page.openmetrics and not name.endswith("_total"):
        help_ = f"call it `{name}_total`: a name says whether one takes a rate"
        yield Finding("misleading-suffix", f"counter `{name}` does not end in `_total`", spot, help_, observed.declared)
    elif kind != "counter" and name.endswith("_total"):
        message = f"{kind} `{name}` ends in `_total`, as counters do"
        yield Finding("misleading-suffix", message, spot, "leave the ending out, or record a counter", observed.declared)
    elif kind in ("gauge", "counter") and name.endswith(_RESERVED):
        ending = "_" + name.rpartition("_")[2]
        message = f"{kind} `{name}` ends in `{ending}`, as parts of histograms and summaries do"
        yield Finding("misleading-suffix", message, spot, "name it after what it measures", observed.declared)


def _unit(observed: Observed) -> Iterator[Finding]:
    family = observed.family
    name = family.name.removesuffix("_total").removesuffix("_info")
    word = name.rpartition("_")[2]
    spot = Spot(family.kind_line or family.line, family.name)
    declared = None if observed.declared is None else observed.declared.unit
    if word in _OTHERS:
        message = f"`{family.name}` is in {word}, which is no base unit"
        yield Finding("misleading-unit", message, spot, f"measure in {_OTHERS[word][1]}: all tools convert from there", observed.declared)
    elif word in _BASE and declared is not None and not _fits(declared, _BASE[word]):
        message = f"`{family.name}` is in {word} by its name, but its declared unit is `{declared}`"
        yield Finding(
            "misleading-unit", message, spot, "one of them is wrong: panels and thresholds follow the declaration", observed.declared
        )


def _fits(declared: Unit, said: Unit) -> bool:
    """Whether they are of one dimension and scale; moments are counted in seconds, and things may be counted along."""
    return declared.dimension == said.dimension and declared.scale == said.scale
