"""Which labels a series gets: those that its matchers, its metric and the other side of a join ask for, alike wherever it can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import Matcher, VectorSelector
from monitoring_as_code.promql.infer.patterns import literals, tester
from monitoring_as_code.promql.shortest import shortest
from monitoring_as_code.prove.witnesses.evaluation import matcher_test

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.catalogue import Domain, Entry

_NOTHING: Mapping[str, str] = {}
_FEW = 12
# What labels often say, so that an example reads like one: of `5..` it is 500 and not 5aa.
_FAILURES = frozenset({"failure", "failed", "error", "fail"})
_FAMILIAR = ("200", "500", "404", "503", "/", "/data", "eth0", "sda")


class Demand(NamedTuple):
    """What is asked of the labels of an element.

    It has these `labels`, an empty one being none; it has those `wanted`, where it may. When it is `closed` there are no others, but for
    those `allowed`. A `fresh` one is made of series that were not there before.
    """

    labels: Mapping[str, str] = _NOTHING
    wanted: frozenset[str] = frozenset()
    closed: bool = False
    allowed: frozenset[str] = frozenset()
    fresh: bool = False

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Whether an element has what is demanded."""
        if any(labels.get(name, "") != value for name, value in self.labels.items()):
            return False
        return not self.closed or all(name in self.labels or name in self.allowed or name == "__name__" for name in labels)


class Values:
    """The values that labels get, in the order in which they are tried: those that the alert itself names first."""

    def __init__(self, analysis: Analysis, selectors: Sequence[VectorSelector]) -> None:
        self._analysis = analysis
        self._named: dict[str, list[str]] = {}
        for op in ("=", "=~"):
            for selector in selectors:
                for matcher in selector.matchers:
                    if matcher.op == op and matcher.name != "__name__":
                        self._named.setdefault(matcher.name, []).extend(_examples(matcher))
        # A series without a label passes `code!="200"`; so where one is left out by some selector, the others of the metric say it.
        self._tests: dict[str, dict[str, list[Callable[[str], bool]]]] = {}
        self._left_out: dict[str, dict[str, list[str]]] = {}
        for selector in selectors:
            for matcher in selector.matchers:
                self._tests.setdefault(selector.name, {}).setdefault(matcher.name, []).append(matcher_test(matcher.op, matcher.value))
                if matcher.op in ("!=", "!~") and matcher.value:
                    positive = matcher_like(matcher)
                    self._left_out.setdefault(selector.name, {}).setdefault(matcher.name, []).extend(_examples(positive))

    def name_of(self, selector: VectorSelector) -> str | None:
        """A metric that a selector without a name may choose."""
        for matcher in selector.matchers:
            if matcher.name == "__name__" and matcher.op in ("=", "=~"):
                return next(_examples(matcher), None)
        return None

    def choices(self, selector: VectorSelector, name: str, demand: Demand) -> Iterator[dict[str, str]]:
        """Sets of labels for a series that the selector chooses, the most natural first; none if there cannot be one."""
        entry = self._analysis.catalogue.lookup(name)
        matchers: dict[str, list[Matcher]] = {}
        for matcher in selector.matchers:
            if matcher.name != "__name__":
                matchers.setdefault(matcher.name, []).append(matcher)
        needed = [label for label, value in demand.labels.items() if value]
        needed += sorted(demand.wanted - set(needed))
        needed += [label for label, each in matchers.items() if label not in needed and not all(_accepts_nothing(one) for one in each)]
        if entry is not None:
            needed += [label for label, domain in entry.labels.items() if not domain.optional and label not in needed]
        left_out = self._left_out.get(name, {})
        if entry is None and not demand.closed:
            needed += [label for label in left_out if label not in needed and label not in matchers and label not in demand.labels]
        chosen: dict[str, str] = {}
        varied: dict[str, list[str]] = {}
        for label in needed:
            tests = matchers.get(label, [])
            obliged = bool(tests) or bool(demand.labels.get(label))
            domain = None if entry is None else entry.labels.get(label)
            if entry is not None and domain is None and entry.closed:
                if not obliged or (all(_accepts_nothing(one) for one in tests) and not demand.labels.get(label)):
                    continue
                return
            if demand.closed and label not in demand.labels and label not in demand.allowed and not tests and domain is None:
                continue
            candidates = self._candidates(label, tests, domain, entry, demand)
            found = next(candidates, None)
            if found is None:
                return
            chosen[label] = found
            if not demand.labels.get(label):
                varied[label] = [found, *(value for value, _ in zip(candidates, range(_FEW), strict=False))]
        if any(chosen.get(label) for label, value in demand.labels.items() if not value):
            return
        yield chosen
        # Others differ first in what some selector asks for, so that they are of the whole, but not of the part.
        asked = self._tests.get(name, {})
        for label in sorted(varied, key=lambda each: each not in asked):
            theirs = asked.get(label, [])
            for value in sorted(varied[label][1:], key=lambda each, theirs=theirs: sum(test(each) for test in theirs)):  # type: ignore[misc]
                yield {**chosen, label: value}
        if (entry is None or not entry.closed) and not demand.closed:
            for number in range(1, 400):
                if "instance" not in chosen and "instance" not in matchers and demand.labels.get("instance") is None:
                    yield {**chosen, "instance": f"instance-{number}"}
        for number in range(2, 400):
            for label in varied:
                value = f"{chosen[label]}-{number}"
                domain = None if entry is None else entry.labels.get(label)
                if _allowed(value, domain) and all(matcher_test(one.op, one.value)(value) for one in matchers.get(label, ())):
                    yield {**chosen, label: value}

    def _candidates(
        self, label: str, matchers: Sequence[Matcher], domain: Domain | None, entry: Entry | None, demand: Demand
    ) -> Iterator[str]:
        tests = [matcher_test(matcher.op, matcher.value) for matcher in matchers]
        seen: set[str] = set()
        for value in self._tried(label, matchers, domain, entry, demand):
            if value and value not in seen and all(test(value) for test in tests) and _allowed(value, domain):
                seen.add(value)
                yield value

    def _tried(self, label: str, matchers: Sequence[Matcher], domain: Domain | None, entry: Entry | None, demand: Demand) -> Iterator[str]:
        demanded = demand.labels.get(label)
        if demanded:
            yield demanded
            return
        for matcher in matchers:
            if matcher.op in ("=", "=~"):
                yield from _examples(matcher)
        if entry is not None:
            yield from self._usual(label, entry)
        if not matchers and entry is None:
            for each in self._left_out.values():
                yield from each.get(label, ())
        yield from self._named.get(label, ())
        if domain is not None:
            yield from sorted(domain.emitted or domain.values or ())
            if domain.pattern is not None:
                from monitoring_as_code.lint.finite_pattern import all_values

                yield from _FAMILIAR
                example = shortest(domain.pattern)
                if example:
                    yield example
                yield from sorted(all_values(domain.pattern) or ())
        yield from _opposites(self._named.get(label, ()))
        yield label
        for example in ("a", "b", "1", "2", "100", "main", f"{label}-a"):
            yield example

    def _usual(self, label: str, entry: Entry) -> Iterator[str]:
        """What a scenario takes for a label that it does not say."""
        jobs = entry.metric.jobs
        if jobs and label == "job":
            yield jobs[0].name
        elif jobs and label == "instance" and jobs[0].instances:
            yield min(jobs[0].instances)
        else:
            from monitoring_as_code.model.metric import Metric

            for metric in self._analysis.project.of(Metric):
                if metric.name == entry.metric.name:
                    for declared in metric.label_declarations:
                        if declared.name == label:
                            yield from declared.emitted or declared.values or ()


def _opposites(named: Sequence[str]) -> Iterator[str]:
    """What is well where these are not: beside status 500 there is 200."""
    if any(len(value) == 3 and value.isdecimal() for value in named):
        yield "200"
    if not _FAILURES.isdisjoint(named):
        yield "success"


def matcher_like(matcher: Matcher) -> Matcher:
    """The matcher that chooses what this one leaves out."""
    return Matcher(matcher.name, "=" if matcher.op == "!=" else "=~", matcher.value)


def _allowed(value: str, domain: Domain | None) -> bool:
    if domain is None:
        return True
    if domain.values is not None:
        return value in domain.values
    test = None if domain.pattern is None else tester(domain.pattern)
    return test is None or test(value)


def _accepts_nothing(matcher: Matcher) -> bool:
    return matcher_test(matcher.op, matcher.value)("")


def _examples(matcher: Matcher) -> Iterator[str]:
    if matcher.op == "=":
        yield matcher.value
        return
    named = literals(matcher.value)
    if named is not None:
        yield from matcher.value.strip("()").removeprefix("?:").replace("\\.", ".").split("|")
        return
    if matcher.value in (".*", ".+"):
        return
    test = matcher_test("=~", matcher.value)
    yield from (each for each in _FAMILIAR if test(each))
    example = shortest(matcher.value)
    if example:
        yield example
        # A value that begins alike reads better than the shortest.
    for text in ("", matcher.name):
        longer = f"{example or ''}{text}"
        if longer and test(longer):
            yield longer
