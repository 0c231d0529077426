"""What is wrong with an exposition by itself, whatever is declared: what Prometheus refuses, and what it takes and should not."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from monitoring_as_code.conform.finding import Finding
from monitoring_as_code.conform.observed import Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.conform.observed import Group, Observed, Sighting

_RULES = {
    "refused": "unreadable-exposition",
    "interleaved": "interleaved-metric",
    "time": "wrong-time",
    "openmetrics": "malformed-openmetrics",
}
# So many of the largest bound may be missing in one part of a histogram: observations that are being recorded.
_UNDER_WAY = 10
_HELP = {
    "refused": "Prometheus takes nothing of this page, and the target is down",
    "interleaved": "write all lines of a metric in one block",
    "time": "leave times of samples out: Prometheus knows when it scrapes",
    "openmetrics": None,
}


def structural(sighting: Sighting) -> Iterator[Finding]:
    """All of it."""
    for fault in sighting.page.faults:
        yield Finding(_RULES[fault.kind], fault.message, Spot(fault.line), _HELP[fault.kind], span=(fault.start, fault.end))
    for observed in sighting.metrics.values():
        yield from _duplicates(observed)
        yield from _negative(observed)
        yield from _drops(observed)
        yield from _unsuffixed(observed, openmetrics=sighting.page.openmetrics)
        if observed.groups or observed.unbounded:
            yield from _histogram(observed, openmetrics=sighting.page.openmetrics)


def broken_off(sighting: Sighting) -> Finding | None:
    """Said of a page without `# EOF` whose counters are written as only OpenMetrics writes them: `# TYPE x counter` above `x_total`."""
    families = sighting.metrics
    counters = [each for each in families.values() if each.family.kind == "counter"]
    if not counters or any(each.series for each in counters):
        return None
    halved = [
        each for each in counters if (samples := families.get(f"{each.family.name}_total")) is not None and not samples.family.kind_line
    ]
    if not halved:
        return None
    line = halved[0].family.kind_line
    message = f"this looks like OpenMetrics, since samples of counter `{halved[0].family.name}` end in `_total`, but the last line `# EOF` is missing"
    help_ = f"if it broke off, get it again; if it is the text format, write `# TYPE {halved[0].family.name}_total counter`"
    return Finding("unreadable-exposition", message, Spot(line, halved[0].family.name), help_)


def _more(count: int, shown: int = 1) -> str:
    return f" (so are {count - shown:,} more)" if count > shown else ""


def _duplicates(observed: Observed) -> Iterator[Finding]:
    if observed.duplicates:
        first, spot = observed.duplicates[0]
        count = observed.counted["duplicates", ""]
        message = (
            f"this series of `{observed.name}` is there twice{_more(count)}: Prometheus takes one of the two samples, and drops the other"
        )
        yield Finding(
            "duplicate-sample",
            message,
            spot,
            "two places of the program record it: give each labels of its own, or add them up",
            observed.declared,
            lines=((first, "first here"),),
        )


def _negative(observed: Observed) -> Iterator[Finding]:
    if observed.negative:
        value, spot = observed.negative[0]
        count = observed.counted["negative", ""]
        message = f"`{observed.name}` counts, but this is {value:g}{_more(count)}"
        help_ = (
            "what can fall is a gauge; a counter starts at 0"
            if value < 0
            else "every rate of it is NaN from now on: count finite numbers only"
        )
        yield Finding("negative-counter", message, spot, help_, observed.declared)


def _drops(observed: Observed) -> Iterator[Finding]:
    if observed.drops:
        (metric, reason), value, spot = observed.drops[0]
        count = observed.counted["drops", ""]
        more = f", and {count - 1:,} other{'s' if count > 2 else ''}" if count > 1 else ""
        message = f"the application did not record {value:g} sample{'s' if value != 1 else ''} of `{metric}` as given, because of `{reason}`{more}"
        help_ = "its log has the first ones: record what is declared, or declare what is recorded"
        yield Finding("dropped-sample", message, spot, help_)


def _unsuffixed(observed: Observed, *, openmetrics: bool) -> Iterator[Finding]:
    """Samples of OpenMetrics without the ending that their kind has; of what is declared, it is told which queries are empty."""
    name, kind = observed.family.name, observed.family.kind
    ending = {"counter": "_total", "info": "_info"}.get(kind)
    if openmetrics and ending is not None and observed.declared is None and name in observed.stored and not name.endswith(ending):
        message = f"a sample of {kind} `{name}` is called `{name}{ending}`, but this one `{name}`, and so does Prometheus store it"
        help_ = f"call the samples `{name}{ending}`: OpenMetrics leaves the ending out of `# TYPE` only"
        yield Finding("malformed-openmetrics", message, Spot(observed.stored[name], name), help_)


def _histogram(observed: Observed, *, openmetrics: bool) -> Iterator[Finding]:
    name, declared = observed.name, observed.declared
    told: dict[str, list[tuple[int, str]]] = {}
    layouts: dict[tuple[str, ...], _Layout] = {}
    spellings: dict[float, tuple[str, int]] = {}
    uneven: dict[tuple[float, ...], int] = {}
    is_summary = observed.family.kind == "summary"
    for group in observed.groups.values():
        if not is_summary:
            key = tuple(group.bounds)
            layout = layouts.get(key)
            if layout is None:
                layout = layouts[key] = _Layout(key)
                uneven.setdefault(layout.finite, group.line)
                for value, text in zip(layout.values, key, strict=True):
                    known = spellings.setdefault(value, (text, group.line))
                    if known[0] != text:
                        told.setdefault("bound-spelt-twice", []).append(
                            (
                                group.line,
                                f"the bound {value:g} of `{name}` is spelt `{text}` here, and `{known[0]}` in line {known[1]}: these are different series",
                            )
                        )
            if layout.repeated:
                continue  # told as duplicate samples
            if key:
                _judge_buckets(name, group, layout, told)
            else:
                told.setdefault("missing-inf-bucket", []).append((group.line, f"these series of `{name}` have no buckets at all"))
        _judge_parts(name, group, told, openmetrics=openmetrics)
        if group.sum is not None and observed.family.kind != "gaugehistogram":
            fault = _fault_of_sum(group, layouts.get(tuple(group.bounds)))
            if fault is not None:
                told.setdefault("impossible-sum", []).append((group.sum_line, f"`{name}_sum` is {group.sum:.15g}, but {fault}"))
    for spot in observed.unbounded[:1]:
        told.setdefault("incomplete-histogram", []).append((spot.line, f"this bucket of `{name}` has no label `le`"))
    for rule, places in told.items():
        line, message = places[0]
        more = f" ({len(places) - 1:,} more of its series are like that)" if len(places) > 1 else ""
        yield Finding(rule, message + more, Spot(line, name), _OF_HISTOGRAMS[rule], declared)
    if len(uneven) > 1:
        (bounds, line), (others, other_line) = list(uneven.items())[:2]
        message = f"the series of `{name}` have different buckets: here {_listed(others)}, in line {line} {_listed(bounds)}"
        yield Finding(
            "uneven-buckets",
            message,
            Spot(other_line, name),
            "give all series of a histogram the same buckets: a quantile over several of them is wrong otherwise",
            declared,
        )


_OF_HISTOGRAMS = {
    "missing-inf-bucket": 'the bucket `le="+Inf"` counts everything; without it no quantile can be computed',
    "falling-buckets": "each bucket counts all that is at most its bound, so a larger bound never counts less",
    "miscounted-histogram": "both count all observations: add to all parts of a histogram under one lock",
    "incomplete-histogram": "a histogram is its buckets, `_sum` and `_count`; a mean needs the latter two",
    "impossible-sum": "all means follow the sum: record finite numbers only, in one unit for all parts",
    "bound-spelt-twice": "spell each bound in one way only, as client libraries do",
}


class _Layout:
    """A row of bounds as it is spelt, and what it means; the same for most series of a metric."""

    __slots__ = ("finite", "order", "repeated", "values")

    def __init__(self, bounds: tuple[str, ...]) -> None:
        self.values = tuple(float(text) for text in bounds)
        self.finite = tuple(sorted({value for value in self.values if value != float("inf")}))
        self.repeated = len(set(bounds)) < len(bounds)
        rising = all(one <= other for one, other in pairwise(self.values))
        self.order = None if rising else sorted(range(len(bounds)), key=self.values.__getitem__)


def _judge_buckets(name: str, group: Group, layout: _Layout, told: dict[str, list[tuple[int, str]]]) -> None:
    counts = group.counts if layout.order is None else [group.counts[place] for place in layout.order]
    values = layout.values if layout.order is None else [layout.values[place] for place in layout.order]
    if values[-1] != float("inf"):
        told.setdefault("missing-inf-bucket", []).append(
            (group.line, f'`{name}` has no bucket `le="+Inf"`: its last one ends at {values[-1]:g}')
        )
    elif group.count is not None and group.count != counts[-1]:
        told.setdefault("miscounted-histogram", []).append(
            (group.line, f"`{name}_count` is {group.count:.15g}, but the bucket `+Inf` is {counts[-1]:.15g}")
        )
    if counts != sorted(counts):
        fall = next((place for place, (one, other) in enumerate(pairwise(counts), 1) if not one <= other), None)
        if fall is not None:
            told.setdefault("falling-buckets", []).append(
                (
                    group.line,
                    f"the buckets of `{name}` fall: {counts[fall]:.15g} up to {values[fall]:g}, but {counts[fall - 1]:.15g} up to {values[fall - 1]:g}",
                )
            )


def _fault_of_sum(group: Group, layout: _Layout | None) -> str | None:
    """Why a sum cannot be; observations that are added to one part and not yet to the other are allowed for."""
    total = group.sum or 0.0
    if total != total:  # noqa: PLR0124 - NaN
        return "a sum of numbers is a number: one observation was none"
    if layout is None or not layout.finite:
        return None
    if layout.finite[0] >= 0 > total:
        return "no bucket is for negative observations"
    order = layout.order or range(len(layout.values))
    values, counts = [layout.values[place] for place in order], [group.counts[place] for place in order]
    inside = [above - below for below, above in pairwise((0.0, *counts))]
    if values[-1] != float("inf") or not all(0 <= count < float("inf") for count in inside):
        return None  # told as a fault of the buckets
    last = max(abs(layout.finite[0]), abs(layout.finite[-1]))
    bounds = list(zip(inside, (float("-inf"), *values[:-1]), values, strict=True))
    most = sum(count * high for count, _, high in bounds if count)
    least = sum(count * low for count, low, _ in bounds if count)
    if total > most + _UNDER_WAY * last:
        return f"its buckets say that {counts[-1]:.15g} observations are at most {most:.6g} in all"
    if total < least - _UNDER_WAY * last:
        return f"its buckets say that {counts[-1]:.15g} observations are more than {least:.6g} in all"
    return None


def _judge_parts(name: str, group: Group, told: dict[str, list[tuple[int, str]]], *, openmetrics: bool) -> None:
    absent = [part for part, is_there in (("_sum", group.sum is not None), ("_count", group.count is not None)) if not is_there]
    if absent and not (openmetrics and len(absent) == 2):
        told.setdefault("incomplete-histogram", []).append(
            (group.line, f"these series of `{name}` have no {' and no '.join(f'`{name}{part}`' for part in absent)}")
        )


def _listed(bounds: tuple[float, ...]) -> str:
    shown = ", ".join(f"{bound:g}" for bound in bounds[:12])
    return shown + (", …" if len(bounds) > 12 else "") if bounds else "none"
