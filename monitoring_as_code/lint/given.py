"""What is given in scenarios: the selectors that name series, the labels of each one, and the times of its samples.

The rules about scenarios read it, and so do the proofs, which make plain series of it.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from monitoring_as_code.analysis import Use, once
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.cadence import evaluated_every
from monitoring_as_code.lint.places import matcher_place
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.model.metric import Metric
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.model.shapes import Observations
from monitoring_as_code.origin import Place
from monitoring_as_code.promql import PromQLSyntaxError, parse
from monitoring_as_code.promql.ast import VectorSelector
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.infer.patterns import tester
from monitoring_as_code.promql.infer.selectors import described, metric_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.catalogue import Domain, Entry, Job
    from monitoring_as_code.model.scenario import Series
    from monitoring_as_code.promql.ast import Expr, Matcher
    from monitoring_as_code.promql.infer.facts import MatcherFact, SelectorFact

# Of one `Series`; a pattern that names more of them is a mistake.
MOST_SERIES = 1000
# Of a scenario: promtool takes a millisecond for an evaluation, and holds all samples at once.
MOST_EVALUATIONS = 50_000
MOST_SAMPLES = 2_000_000


class ImpossibleSeries(ValueError):  # noqa: N818 - what it says, not that it is an error
    """What is given cannot be made into series; `argument` of `part` is at fault, and `place` says it to the character."""

    def __init__(self, message: str, part: Series, argument: str, place: Place | None = None, help: str | None = None) -> None:  # noqa: A002
        super().__init__(message)
        self.part = part
        self.argument = argument
        self.place = Place(part.origin, (argument,)) if place is None else place
        self.help = help


class Given(NamedTuple):
    """A series of a scenario, with its selector as an expression.

    `fact` is missing if it is no selector. Of a histogram as a whole it is that of its counts: a histogram has no series of its own name.
    """

    scenario: Scenario
    series: Series
    use: Use
    fact: SelectorFact | None

    @property
    def observed(self) -> Observations | None:
        """What a histogram observes, if that is what is given."""
        return self.series.values if isinstance(self.series.values, Observations) else None

    @property
    def entry(self) -> Entry | None:
        """What the catalogue knows of the series."""
        return None if self.fact is None else self.fact.entry

    @property
    def name(self) -> str:
        """The metric's name as it is given; "" if there is none."""
        expr = self.use.expr
        return metric_name(expr) if isinstance(expr, VectorSelector) else ""

    @property
    def is_histogram(self) -> bool:
        """Whether it names a whole histogram."""
        return self.entry is not None and self.entry.name != self.name


@once
def given(analysis: Analysis) -> Mapping[int, Given]:
    """All that is given in the scenarios of a project, by the `id()` of the `Series`; one that several scenarios share stands in the first."""
    found: dict[int, Given] = {}
    for scenario in analysis.project.of(Scenario):
        for series in scenario.given:
            if id(series) not in found:
                found[id(series)] = read(analysis, scenario, series)
    return found


def read_again(analysis: Analysis, scenario: Scenario, series: Series) -> Given:
    """One series of a scenario, as it was read before if it is one of the project's."""
    known = given(analysis).get(id(series))
    if known is None or known.series is not series:  # it was made for a proof
        return read(analysis, scenario, series)
    return known if known.scenario is scenario else known._replace(scenario=scenario)


def label_sets_again(analysis: Analysis, found: Given) -> list[dict[str, str]]:
    """The labels of each series that is given, as they were read before if it is one of the project's.

    Raises:
        ImpossibleSeries: it names no series.
    """
    known = given(analysis).get(id(found.series))
    if known is None or known.series is not found.series:
        return label_sets(analysis, found)
    labels = labels_given(analysis)[id(found.series)]
    if isinstance(labels, ImpossibleSeries):
        raise labels
    return labels


def read(analysis: Analysis, scenario: Scenario, series: Series) -> Given:
    """One series of a scenario."""
    expr: Expr
    if isinstance(series.of, str):
        try:
            expr = parse(series.of)
        except PromQLSyntaxError as error:
            return Given(scenario, series, Use(scenario, series, "of", False, series.of, None, series.of, error), None)
        use = Use(scenario, series, "of", False, series.of, expr, series.of, None)
    else:
        expr = series.of.selector
        use = Use(scenario, series, "of", False, None, expr, expr.name, None)
    if not isinstance(expr, VectorSelector) or expr.offset is not None or expr.at is not None:
        return Given(scenario, series, use, None)
    name = metric_name(expr)
    metric = analysis.catalogue.metric(name)
    if metric is not None and metric.kind == "histogram" and expr.name:
        expr = _renamed(expr, name + "_count")
    fact = described(expr, analysis.catalogue)
    if fact.entry is not None and any(each.outside for each in fact.matchers):
        fact = fact._replace(matchers=tuple(_like_a_target(each, fact.entry) for each in fact.matchers))
    return Given(scenario, series, use, fact)


def _like_a_target(fact: MatcherFact, entry: Entry) -> MatcherFact:
    """A matcher's facts, where an instance is as good as one of the stack's if it has the port of one: what several targets do is proven
    before there are several.
    """
    if fact.matcher.name != "instance":
        return fact
    ports = {port for job in entry.metric.jobs or () for port in _ports(job)}
    return fact._replace(outside=tuple(value for value in fact.outside if value.rpartition(":")[2] not in ports))


def _ports(job: Job) -> set[str]:
    return {instance.rpartition(":")[2] for instance in job.instances or ()}


def _renamed(selector: VectorSelector, name: str) -> VectorSelector:
    return VectorSelector(name, selector.matchers, span=selector.span, name_span=selector.name_span, origin=selector.origin)


def label_sets(analysis: Analysis, found: Given) -> list[dict[str, str]]:
    """The labels of each series that is given, those included that are not said, in the order of the values.

    A matcher `=~` stands for each of the values that it names, or, where the values are declared, for each that it matches.

    Raises:
        ImpossibleSeries: it names no series.
    """
    selector, series = found.use.expr, found.series
    if found.use.error is not None:
        error = found.use.error
        place = Place(series.origin, ("of",), error.span, found.use.written)
        raise ImpossibleSeries(error.message, series, "of", place, error.help or None)
    if not isinstance(selector, VectorSelector) or found.fact is None:
        message = f"`{found.use.text}` is no series"
        raise ImpossibleSeries(message, series, "of", None, 'write a metric and its labels: `jobs_waiting{queue="mail"}`')
    if not found.name:
        message = f"`{found.use.text}` does not say which metric it is of"
        raise ImpossibleSeries(message, series, "of", None, 'write a metric and its labels: `jobs_waiting{queue="mail"}`')
    ordered = _declared_values(analysis, found.name if found.entry is None else found.entry.metric.name)
    said: dict[str, tuple[str, ...]] = {}
    for matcher in selector.matchers:
        if matcher.name in said:
            message = f"`{matcher.name}` is said twice"
            place = matcher_place(found.use, selector, matcher, matcher.span)
            raise ImpossibleSeries(message, series, "of", place, "a series has one value of a label: say it once")
        if matcher.name != "__name__":
            said[matcher.name] = _named(found, matcher, ordered.get(matcher.name, ()))
    count = 1
    for values in said.values():
        count *= len(values)
    if count > MOST_SERIES:
        message = f"these are {count:,} series"
        raise ImpossibleSeries(message, series, "of", None, f"give at most {MOST_SERIES:,}: name fewer values")
    sets = (dict(zip(said, values, strict=True)) for values in product(*said.values()))
    return [_completed(found, labels, ordered) for labels in sets]


def _named(found: Given, matcher: Matcher, declared: Sequence[str]) -> tuple[str, ...]:
    """The values that a matcher names."""
    if matcher.op == "=":
        return (matcher.value,)
    place = matcher_place(found.use, _selector(found), matcher, matcher.span)
    if matcher.op != "=~":
        message = f"a series has a value of `{matcher.name}`, and `{matcher.op}` says only what it is not"
        raise ImpossibleSeries(message, found.series, "of", place, "say its value, by `=`")
    named = _literally(matcher.value)
    if named:
        return named
    domain = None if found.entry is None else found.entry.labels.get(matcher.name)
    values = declared or (tuple(sorted(domain.values)) if domain is not None and domain.values is not None else ())
    test = tester(matcher.value)
    chosen = tuple(value for value in values if test is not None and test(value))
    if not chosen:
        message = f"nobody knows which values of `{matcher.name}` match `{matcher.value}`"
        raise ImpossibleSeries(message, found.series, "of", place, f'say one, `{matcher.name}="a"`, or name some: `{matcher.name}=~"a|b"`')
    return chosen


def _literally(pattern: str) -> tuple[str, ...]:
    """The values that a pattern names one by one, in its order; none if it is no such list."""
    found = [""]
    characters = iter(pattern)
    for character in characters:
        if character == "|":
            found.append("")
            continue
        if character == "\\":
            escaped = next(characters, "")
            if not escaped or escaped.isalnum():
                return ()
            found[-1] += escaped
        elif character in ".+*?()[]{}^$":
            return ()
        else:
            found[-1] += character
    return tuple(dict.fromkeys(found))


def _selector(found: Given) -> VectorSelector:
    assert isinstance(found.use.expr, VectorSelector)  # noqa: S101 - where there are matchers
    return found.use.expr


def _completed(found: Given, said: Mapping[str, str], ordered: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The labels that are said, and for the others values that the metric may have; an empty one is none."""
    entry = found.entry
    labels: dict[str, str] = {}
    if entry is not None:
        needed = {"bucket": "le", "": "quantile"}.get(entry.part) if entry.metric.kind in ("histogram", "summary") else None
        if needed is not None and needed not in said:
            what = "a bucket" if needed == "le" else "a quantile"
            message = f"`{entry.name}` is {what} only with its label `{needed}`"
            help_ = f"say `{needed}`, or give `{entry.metric.name}` what it `observed(...)`" if needed == "le" else f"say `{needed}`"
            raise ImpossibleSeries(message, found.series, "of", None, help_)
        for label, domain in entry.labels.items():
            if label not in said and not domain.optional:
                labels[label] = _example(found, label, domain, ordered.get(label, ()))
        labels |= _target(found, entry.metric.jobs or (), said)
    return {name: value for name, value in {**labels, **said}.items() if value}


def _target(found: Given, jobs: Sequence[Job], said: Mapping[str, str]) -> dict[str, str]:
    """The labels of the first target that has the labels which are said."""
    for job in jobs:
        target = {"job": job.name, **{name: min(domain.values) for name, domain in job.labels.items() if domain.values}}
        instances = sorted(job.instances or ())
        instance = said.get("instance")
        if instance is not None and instances:
            if instance not in instances and (any(instance in (other.instances or ()) for other in jobs) or not _like(instance, job)):
                continue
            instances = [instance]
        if all(said.get(name, value) == value for name, value in target.items()):
            return {**target, "instance": instances[0]} if instances else target
    known = {job.name for job in jobs}
    if said.get("job") in known and any(said.get("instance") in (job.instances or ()) for job in jobs):
        message = f"job `{said['job']}` has no target `{said['instance']}`"
        raise ImpossibleSeries(message, found.series, "of", None, "say one of the two, and the other follows from the stack")
    return {}


def _like(instance: str, job: Job) -> bool:
    return instance.rpartition(":")[2] in _ports(job)


def _example(found: Given, label: str, domain: Domain, ordered: Sequence[str]) -> str:
    if ordered:
        return ordered[0]
    values = domain.emitted or domain.values
    if values:
        return min(values)
    if domain.pattern is None:
        return label
    from monitoring_as_code.promql.shortest import shortest

    test = tester(domain.pattern)
    example = label if test is not None and test(label) else shortest(domain.pattern)
    if not example:
        message = f"`{label}` needs a value that matches `{domain.pattern}`, and none comes to mind"
        raise ImpossibleSeries(message, found.series, "of", None, f"say the value of `{label}`")
    return example


@once
def _declarations(analysis: Analysis) -> Mapping[str, Metric[...]]:
    return {metric.name: metric for metric in analysis.project.of(Metric)}


def _declared_values(analysis: Analysis, name: str) -> dict[str, tuple[str, ...]]:
    """The values of a metric's labels in the order of their declaration."""
    metric = _declarations(analysis).get(name)
    return {} if metric is None else {label.name: label.emitted or label.values or () for label in metric.label_declarations}


def sample_times(analysis: Analysis, scenario: Scenario) -> tuple[int, ...]:
    """The times of a scenario's samples, from 0 to its end, in milliseconds."""
    return tuple(range(0, scenario.reach_milliseconds + 1, _sampled_every(analysis, scenario)))


def _sampled_every(analysis: Analysis, scenario: Scenario) -> int:
    return milliseconds(scenario.interval or (analysis.stack.scrape_interval if analysis.stack is not None else "1m"))


def count_of_samples(analysis: Analysis, scenario: Scenario) -> int:
    """How many samples a scenario gives of all of its series."""
    labels = labels_given(analysis)
    series = sum(len(sets) for each in scenario.given if isinstance(sets := labels[id(each)], list))
    return max(series, 1) * (scenario.reach_milliseconds // _sampled_every(analysis, scenario) + 1)


def count_of_evaluations(analysis: Analysis, scenario: Scenario) -> int:
    """How many times a scenario's alert is evaluated."""
    return scenario.reach_milliseconds // alert_evaluated_every(analysis, scenario.alert) + 1


def alert_evaluated_every(analysis: Analysis, alert: Alert) -> int:
    """The interval of an alert in milliseconds: as its group says, or the stack, or Prometheus where nobody does."""
    return evaluated_every(analysis, analysis.group_of(alert)) or 60_000


def is_endless(analysis: Analysis, scenario: Scenario) -> bool:
    """Whether a scenario is too long to be sampled, of which a rule tells."""
    return count_of_samples(analysis, scenario) > MOST_SAMPLES or count_of_evaluations(analysis, scenario) > MOST_EVALUATIONS


@once
def labels_given(analysis: Analysis) -> Mapping[int, list[dict[str, str]] | ImpossibleSeries]:
    """The labels of all series of a project that are given, by the `id()` of the `Series`, or why there are none."""
    found: dict[int, list[dict[str, str]] | ImpossibleSeries] = {}
    for key, each in given(analysis).items():
        try:
            found[key] = label_sets(analysis, each)
        except ImpossibleSeries as fault:
            found[key] = fault
    return found


def recordings_for(analysis: Analysis, rules: Iterable[Alert | RecordingRule]) -> tuple[RecordingRule, ...]:
    """The recording rules that rules need, those that these need included, in the order of their evaluation."""
    by_name = _recording_rules(analysis)
    needed: set[int] = set()
    unread = list(rules)
    while unread:
        for selector in analysis.selectors(analysis.use(unread.pop())):
            for rule in by_name.get(metric_name(selector), ()):
                if id(rule) not in needed:
                    needed.add(id(rule))
                    unread.append(rule)
    if not needed:
        return ()
    return tuple(rule for rule in analysis.rules if isinstance(rule, RecordingRule) and id(rule) in needed)


@once
def _recording_rules(analysis: Analysis) -> Mapping[str, list[RecordingRule]]:
    """The recording rules by what they record."""
    found: dict[str, list[RecordingRule]] = {}
    for rule in analysis.rules:
        if isinstance(rule, RecordingRule):
            found.setdefault(rule.name, []).append(rule)
    return found


def read_by(analysis: Analysis, rules: Iterable[Alert | RecordingRule]) -> tuple[VectorSelector, ...]:
    """Every selector that rules read, by way of recording rules included."""
    own = tuple(rules)
    every = {id(rule): rule for rule in (*own, *recordings_for(analysis, own))}
    return tuple(selector for rule in every.values() for selector in analysis.selectors(analysis.use(rule)))
