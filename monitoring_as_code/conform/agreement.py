"""Where an exposition and the declarations disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitoring_as_code.catalogue import is_slip
from monitoring_as_code.conform.finding import Finding
from monitoring_as_code.conform.names import misleading_names
from monitoring_as_code.conform.observed import Observed, Spot, is_kind
from monitoring_as_code.conform.runtimes import is_of_runtime
from monitoring_as_code.model.metric import Gauge, Histogram, Summary
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitoring_as_code.conform.contract import Contract
    from monitoring_as_code.conform.observed import Sighting
    from monitoring_as_code.exposition import Family
    from monitoring_as_code.model.labels import Label
    from monitoring_as_code.model.metric import Metric

_SHOWN = 3


def disagreements(sighting: Sighting, contract: Contract, *, silent: bool = True) -> Iterator[Finding]:
    """All of them; without `silent` a metric that is known and has no series is fine."""
    for metric in contract.known.values():
        observed = sighting.of(metric.name)
        if observed is not None:
            yield from _declared(metric, observed, contract, silent=silent and metric.name in contract.metrics)
        elif metric.name in contract.metrics and not contract.shipped and (contract.ours or not _in_parts(metric, sighting)):
            yield _missing(metric, sighting, contract)
    for observed in sighting.metrics.values():
        if observed.declared is None and not _is_created(observed, sighting.metrics):
            yield from _undeclared(observed, contract)
    yield from misleading_names(sighting, contract)
    yield from _thresholds(sighting, contract)


def _missing(metric: Metric[Any], sighting: Sighting, contract: Contract) -> Finding:
    message = f"{metric.kind} `{metric.name}` is declared, but {contract.served_by} does not know it"
    undeclared = (each.name for each in sighting.metrics.values() if each.declared is None)
    like = next(
        (
            name
            for name in undeclared
            if is_slip(name, metric.name) or metric.name.startswith(f"{name}_") or name.startswith(f"{metric.name}_")
        ),
        None,
    )
    help_ = f"is it `{like}`, which nobody has declared?" if like else "register it where the program starts, or delete the declaration"
    return Finding("missing-metric", message, None, help_, metric)


def _in_parts(metric: Metric[Any], sighting: Sighting) -> bool:
    """Whether a page without types has the parts of a histogram or summary."""
    return metric.kind in ("histogram", "summary") and f"{metric.name}_count" in sighting.metrics


def _declared(metric: Metric[Any], observed: Observed, contract: Contract, *, silent: bool) -> Iterator[Finding]:
    found = _of_shipped(metric, observed, contract) if contract.shipped else _of_project(metric, observed, contract, silent=silent)
    # A catalogue's line is nothing that anybody here could mend; the job is where one says that a finding is meant.
    places = tuple((Place(job.origin), "scraped by this job") for job in contract.jobs[:1]) if contract.shipped else ()
    for each in found:
        yield each._replace(places=(*each.places, *places))


def _of_shipped(metric: Metric[Any], observed: Observed, contract: Contract) -> Iterator[Finding]:
    """What makes queries wrong; how another program's versions differ besides is nobody's fault."""
    kind = None if metric.name in contract.untyped else _kind(metric, observed, contract)
    if kind is not None:
        yield kind
        return
    yield from _stored(metric, observed)
    yield from _labels(metric, observed, contract)


def _kind(metric: Metric[Any], observed: Observed, contract: Contract) -> Finding | None:
    family = observed.family
    untyped = family.kind in ("untyped", "unknown")
    if is_kind(metric, family.kind) or (untyped and not contract.ours):
        return None  # the page of another program that does not say it agrees with each kind
    said = "says nothing of its type" if untyped and not family.kind_line else f"says that it is {a_kind(family.kind)}"
    message = f"`{metric.name}` is declared as a {metric.kind}, but the page {said}"
    spot = Spot(family.kind_line, family.kind) if family.kind_line else observed.spot
    help_ = "queries are checked as if it were what is declared" if contract.shipped else _help_of_kind(metric.kind, family)
    return Finding("wrong-metric-kind", message, spot, help_, metric)


def _stored(metric: Metric[Any], observed: Observed) -> Iterator[Finding]:
    """OpenMetrics names the family, and Prometheus stores what stands on the lines of the samples."""
    if not observed.stored or metric.name in observed.stored or metric.kind not in ("counter", "gauge", "info"):
        return
    name, line = next(iter(observed.stored.items()))
    message = (
        f"{metric.kind} `{metric.name}` is declared, but the samples on the page are called `{name}`, and so does Prometheus store them"
    )
    help_ = (
        f"call the samples `{metric.name}`: OpenMetrics leaves the ending out of `# TYPE` only"
        if metric.name.startswith(f"{name}_")
        else f"declare it as `{name}`, as queries must call it"
    )
    yield Finding("missing-metric", message, Spot(line, name), help_, metric)


def _of_project(metric: Metric[Any], observed: Observed, contract: Contract, *, silent: bool) -> Iterator[Finding]:
    family = observed.family
    if not observed.series and silent:
        message = f"`{metric.name}` is known, but has no series yet"
        help_ = "series come with the first event; start those whose labels are known at 0, so that the first event is an increase"
        yield Finding("silent-metric", message, observed.spot, help_, metric)
    kind = _kind(metric, observed, contract)
    if kind is not None:
        yield kind
        return  # parts, bounds and labels of another kind of metric are other ones, too
    yield from _stored(metric, observed)
    if (family.help or "") != metric.help:
        said = "no help" if not family.help else f"`{_cut(family.help)}`"
        message = f"the help of `{metric.name}` is declared as `{_cut(metric.help)}`, but the page has {said}"
        yield Finding(
            "help-differs",
            message,
            Spot(family.help_line) if family.help_line else observed.spot,
            "make both the same: people read it on the page, and in the generated docs",
            metric,
        )
    yield from _labels(metric, observed, contract)
    yield from _values(metric, observed)
    yield from _budget(metric, observed)
    yield from _range(metric, observed)
    yield from _absent_members(metric, observed)
    if isinstance(metric, Histogram):
        yield from _buckets(metric, observed, "le", metric.buckets)
    elif isinstance(metric, Summary) and metric.quantiles:
        yield from _buckets(metric, observed, "quantile", metric.quantiles)


def a_kind(kind: str) -> str:
    """A kind in a sentence."""
    return kind if kind == "untyped" else "of an unknown kind" if kind == "unknown" else f"an {kind}" if kind == "info" else f"a {kind}"


def _help_of_kind(declared: str, family: Family) -> str:
    if family.kind in ("untyped", "unknown"):
        wrote = f"write `# TYPE {family.name} {declared}`" if family.kind_line else "write a line `# TYPE`"
        return f"{wrote}: without it nobody can know how to read the numbers"
    if declared == "counter":
        return "a rate of a gauge is wrong when it falls: declare a Gauge, or record a counter"
    return "declare what the program records, or record what is declared: queries of one kind make nonsense of the other"


def _labels(metric: Metric[Any], observed: Observed, contract: Contract) -> Iterator[Finding]:
    wanted = frozenset(observed.labels)
    absent: dict[str, tuple[int, int]] = {}
    extra: dict[str, tuple[int, int]] = {}
    for names, (line, count) in observed.sets.items():
        for found, each in ((absent, wanted - names), (extra, names - wanted)):
            for name in each:
                first, so_far = found.get(name, (line, 0))
                found[name] = first, so_far + count
    total = sum(count for _, count in observed.sets.values())
    targets = _target_labels(contract)
    if not contract.ours:  # another program leaves out what it does not know
        absent = {name: each for name, each in absent.items() if each[1] == total}
    if contract.shipped:
        needed = contract.needed.get(metric.name, frozenset())
        absent, extra = {name: each for name, each in absent.items() if name in needed}, {}
    for name, (line, count) in sorted(absent.items()):
        which = "its series have" if count == total else f"{count:,} of its {total:,} series have"
        label = observed.labels[name]
        message = f"`{metric.name}` is declared with label `{name}`, but {which} none"
        help_ = "queries that choose by it find none of them" if contract.shipped else _help_of_absent(label)
        yield Finding("absent-label", message, Spot(line, metric.name), help_, metric)
    for name, (line, count) in sorted(extra.items()):
        if name in targets:
            continue  # told as one that is hidden
        which = "" if count == total else f" on {count:,} of its {total:,} series"
        message = f"`{metric.name}` has a label `{name}`{which}, which is not declared"
        help_ = f"declare `{name}: Label[str]`, or do not record it: each of its values is a series of its own"
        yield Finding("undeclared-label", message, Spot(line, f"{name}="), help_, metric)
    yield from _hidden(observed, contract, metric)


def _help_of_absent(label: Label[str]) -> str:
    return "an empty value is no label" + (
        f": record `{label.other}` where nothing else is known"
        if label.other is not None
        else "; record it, or delete it from the declaration"
    )


def _target_labels(contract: Contract) -> dict[str, str]:
    """The labels that the scrape gives, each with the job that gives it; none of them where the metric's own win."""
    found: dict[str, str] = {}
    for job in contract.jobs:
        if not job.honor_labels:
            for name in ("job", "instance", *job.labels):
                found.setdefault(name, job.name)
    return found


def _hidden(observed: Observed, contract: Contract, metric: Metric[Any] | None) -> Iterator[Finding]:
    targets = _target_labels(contract)
    jobs = {job.name: job for job in contract.jobs}
    for name in sorted({*observed.labels} | {label for names in observed.sets for label in names}):
        if name not in targets:
            continue
        line = next((line for names, (line, _) in observed.sets.items() if name in names), observed.family.line)
        job = jobs[targets[name]]
        message = (
            f"label `{name}` of `{observed.name}` is hidden: the scrape gives every series of the job `{job.name}` a label of that name"
        )
        help_ = f"queries find the metric's own as `exported_{name}`: call it something else, or set `honor_labels=True` in the job"
        yield Finding("hidden-label", message, Spot(line, f"{name}="), help_, metric, ((Place(job.origin), "scraped by this job"),))


def _values(metric: Metric[Any], observed: Observed) -> Iterator[Finding]:
    for name, spots in observed.outside.items():
        label = observed.labels[name]
        count = observed.counted["outside", name]
        shown = ", ".join(f"`{each.word.partition('=')[2][1:-1]}`" for each in spots[:_SHOWN])
        more = f" and {count - _SHOWN:,} more" if count > _SHOWN else ""
        allowed = _listed(label.values) if label.values is not None else f"what `{label.pattern}` matches"
        message = f"label `{name}` of `{metric.name}` has the {'value' if count == 1 else 'values'} {shown}{more}, but is declared to be {allowed}"
        yield Finding(
            "undeclared-label-value",
            message,
            spots[0],
            "queries by the declared values miss these series: declare them, or record a declared value",
            metric,
        )


def _listed(values: tuple[str, ...]) -> str:
    from monitoring_as_code.diagnostics.nearest import listed

    return listed(values) if len(values) <= 8 else f"{listed(values[:8], ',')} or {len(values) - 8} others"


def _budget(metric: Metric[Any], observed: Observed) -> Iterator[Finding]:
    over = []
    for name, label in observed.labels.items():
        seen = observed.values.get(name, {})
        if label.at_most is not None and len(seen) > label.at_most:
            over.append((len(seen) / label.at_most, name, len(seen), label.at_most))
    for _, name, count, most in sorted(over, reverse=True):
        line = list(observed.values[name].values())[most]
        message = (
            f"label `{name}` of `{metric.name}` has {count:,} values, but at most {most:,} are declared: {observed.series:,} series in all"
        )
        yield Finding(
            "exceeded-budget",
            message,
            Spot(line, f"{name}="),
            f"this is the first value too many: bound what is recorded as `{name}`, or raise `at_most`",
            metric,
        )
    recorded = len(observed.groups) or observed.series
    if metric.at_most is not None and recorded > metric.at_most and not over:
        counts = sorted(((len(seen), name) for name, seen in observed.values.items() if name in observed.labels), reverse=True)
        most_of = f", most of them by `{counts[0][1]}`, which has {counts[0][0]:,} values" if counts else ""
        message = f"`{metric.name}` has {recorded:,} combinations of label values, but at most {metric.at_most:,} are declared{most_of}"
        yield Finding("exceeded-budget", message, observed.spot, "record fewer labels, or raise `at_most` of the metric", metric)


def _range(metric: Metric[Any], observed: Observed) -> Iterator[Finding]:
    if not observed.out_of_range:
        return
    value, spot = observed.out_of_range[0]
    count = observed.counted["range", ""]
    more = f", and {count - 1:,} more are out of it" if count > 1 else ""
    if isinstance(metric, Gauge):
        bounds = [f"least {metric.least:g}" if metric.least is not None else "", f"most {metric.most:g}" if metric.most is not None else ""]
        words = f"is declared to be at {' and at '.join(filter(None, bounds))}"
    else:
        words = "is an info metric, which is always 1"
    yield Finding(
        "value-out-of-range",
        f"`{metric.name}` {words}, but this is {value:g}{more}",
        spot,
        "thresholds and axes trust the declaration: mend what is recorded, or declare other bounds",
        metric,
    )


def _absent_members(metric: Metric[Any], observed: Observed) -> Iterator[Finding]:
    for name, groups in observed.members.items():
        label = observed.labels[name]
        wanted = frozenset(label.emitted if label.emitted is not None else label.values or ())
        for line, seen in groups.values():
            absent = wanted - seen
            if absent:
                shown = [value for value in (label.emitted or label.values or ()) if value in absent]
                message = f"gauge `{metric.name}` has no series for {_listed(tuple(shown))} of label `{name}`"
                help_ = "write every value, 0 too: one that stops being written keeps an alert firing, or never lets it resolve; values that are never sent are left out by `emitted`"
                yield Finding("absent-member", message, Spot(line, f"{name}="), help_, metric)
                break


def _buckets(metric: Metric[Any], observed: Observed, label: str, declared: tuple[float, ...]) -> Iterator[Finding]:
    if label not in observed.values:
        return
    exposed = {float(text) for text in observed.values[label]} - {float("inf")}
    words = "buckets" if label == "le" else "quantiles"
    wanted = set(declared)
    if exposed == wanted:
        return
    parts = [
        f"lacks {_numbers(wanted - exposed)}" if wanted - exposed else "",
        f"has {_numbers(exposed - wanted)} besides" if exposed - wanted else "",
    ]
    message = f"the {words} of `{metric.name}` are not those declared: the page {' and '.join(filter(None, parts))}"
    line = next(iter(observed.values[label].values()))
    help_ = "the declared buckets are what thresholds and quantiles are checked against" if label == "le" else None
    yield Finding("other-buckets", message, Spot(line, f"{label}="), help_, metric)


def _numbers(values: set[float]) -> str:
    shown = [f"{value:g}" for value in sorted(values)]
    return ", ".join(shown[:8]) + (f" and {len(shown) - 8} more" if len(shown) > 8 else "")


def _thresholds(sighting: Sighting, contract: Contract) -> Iterator[Finding]:
    told = set()
    for threshold in contract.thresholds:
        observed = sighting.of(threshold.metric)
        if observed is None or observed.family.kind != "histogram" or (threshold.alert, threshold.value) in told:
            continue
        told.add((threshold.alert, threshold.value))
        bounds = sorted({float(text) for text in observed.values.get("le", ())} - {float("inf")})
        if not bounds or threshold.value in bounds:
            continue
        places = ((threshold.place, "compared here"),)
        spot = Spot(observed.values["le"][next(iter(observed.values["le"]))], "le=")
        if threshold.value > bounds[-1]:
            message = f"alert `{threshold.alert}` compares a quantile of `{threshold.metric}` with {threshold.text}, but its last bucket ends at {bounds[-1]:g}, and so does every estimate"
            yield Finding("threshold-above-buckets", message, spot, "add a bucket above the threshold", observed.declared, places)
        else:
            above = next(bound for bound in bounds if bound > threshold.value)
            below = max((bound for bound in bounds if bound < threshold.value), default=0.0)
            message = f"alert `{threshold.alert}` compares a quantile of `{threshold.metric}` with {threshold.text}, which is between the buckets {below:g} and {above:g}: what is in between is guessed"
            yield Finding(
                "threshold-between-buckets",
                message,
                spot,
                f"add a bucket {threshold.text}, or compare with {above:g}",
                observed.declared,
                places,
            )


def _undeclared(observed: Observed, contract: Contract) -> Iterator[Finding]:
    if not contract.ours:
        return  # of an exporter, what is used is declared
    family = observed.family
    untyped = "an untyped metric" if family.kind_line else "a metric without a type"
    words = untyped if family.kind in ("untyped", "unknown") else a_kind(family.kind)
    message = f"`{observed.name_in_queries}` is on the page, {words} with {observed.series:,} series, but is not declared"
    if not is_of_runtime(family.name):
        yield Finding("undeclared-metric", message, observed.spot, "declare it, so that it can be used in queries, or stop recording it")
    if len(observed.sets) > 1:
        (names, line), (others, other_line) = [(names, line) for names, (line, _) in list(observed.sets.items())[:2]]
        message = f"the series of `{family.name}` have different labels: {_names(others)} here, {_names(names)} in line {line}"
        yield Finding(
            "uneven-labels",
            message,
            Spot(other_line, family.name),
            "give all series of a metric the same labels: sums over some of them lose the others",
        )
    yield from _hidden(observed, contract, None)


def _names(names: frozenset[str]) -> str:
    from monitoring_as_code.diagnostics.nearest import listed

    return listed(sorted(names), "and") or "none"


def _is_created(observed: Observed, metrics: Mapping[str, Observed]) -> bool:
    """Whether it says when the series of another metric began, which the Python client does in the text format, too."""
    base = observed.family.name.removesuffix("_created")
    return base != observed.family.name and any(name in metrics for name in (base, base + "_total"))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
