"""What an expression gives once straight courses have gone on for long enough: a guess that the engine is asked about afterwards.

It is exact for what alerts are usually made of. Where it knows nothing it says so, and the engine decides alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import (
    COMPARISONS,
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Duration,
    Expr,
    MatrixSelector,
    Name,
    NumberLiteral,
    Paren,
    Subquery,
    Unary,
    VectorMatching,
    VectorSelector,
)
from monitoring_as_code.promql.infer.patterns import grouped, tester
from monitoring_as_code.promql.infer.selectors import metric_name
from monitoring_as_code.prove.witnesses.courses import Observed, State, bound_text
from monitoring_as_code.prove.witnesses.functions import (
    CLOCK,
    OVER_RANGES,
    SAMPLE_BY_SAMPLE,
    Element,
    Unsure,
    Vector,
    arithmetic,
    bucket_quantile,
    holds,
    rank_of,
)


class Recorded(NamedTuple):
    """A recording rule: what it records, and the labels that it adds."""

    expr: Expr
    labels: Mapping[str, str]


class World(NamedTuple):
    """What there is besides the series: recording rules by name, and how often samples are taken, in seconds."""

    recorded: Mapping[str, tuple[Recorded, ...]]
    sampled_seconds: float


def vector(world: World, node: Expr, state: State, at: float) -> Vector:
    """The elements of a vector at a moment, in seconds from the start.

    Raises:
        Unsure: nobody here knows.
    """
    found = _Evaluation(world, state).value(node, at)
    return [Element({}, found)] if isinstance(found, float) else found


def scalar(world: World, node: Expr, state: State, at: float) -> float | None:
    """A number; None if the expression is a vector.

    Raises:
        Unsure: nobody here knows.
    """
    found = _Evaluation(world, state).value(node, at)
    return found if isinstance(found, float) else None


class _Evaluation:
    def __init__(self, world: World, state: State) -> None:
        self.world = world
        self.state = state
        self.depth = 0

    def value(self, node: Expr, at: float) -> Vector | float:
        match node:
            case Paren(expr=inner):
                return self.value(inner, at)
            case NumberLiteral(value=value):
                return value
            case Unary(op=op, expr=inner):
                sign = -1 if op == "-" else 1
                found = self.value(inner, at)
                if isinstance(found, float):
                    return sign * found
                return [each.plain(sign * each.value, sign * each.slope) for each in found]
            case VectorSelector():
                return self.selected(node, at - _seconds(node.offset))
            case Aggregate():
                return self.aggregated(node, at)
            case Call():
                return self.called(node, at)
            case Binary():
                return self.combined(node, at)
            case _:
                raise Unsure

    def vector(self, node: Expr, at: float) -> Vector:
        found = self.value(node, at)
        return [Element({}, found)] if isinstance(found, float) else found

    def number(self, node: Expr, at: float) -> float:
        found = self.value(node, at)
        if isinstance(found, float):
            return found
        raise Unsure

    def selected(self, node: VectorSelector, at: float) -> Vector:
        tests = [(matcher.name, matcher_test(matcher.op, matcher.value)) for matcher in node.matchers]
        name = metric_name(node)
        found = self._series(name, at)
        for rule in self.world.recorded.get(name, ()):
            self.depth += 1
            if self.depth > 12:
                raise Unsure
            for each in self.vector(rule.expr, at):
                labels = {**each.labels, **rule.labels, "__name__": name}
                found.append(each._replace(labels=labels))
            self.depth -= 1
        return [each for each in found if all(test(each.labels.get(label, "")) for label, test in tests)]

    def _series(self, name: str, at: float) -> Vector:
        found: Vector = []
        for (series, labels), course in self.state.items():
            named = {**dict(labels), "__name__": series}
            if not isinstance(course, Observed):
                if not name or series == name:
                    found.append(Element(named, course.at(at), course.slope or 0.0, course.every, course.jump))
            elif name.startswith(series):
                part = name[len(series) :]
                if part == "_bucket":
                    for bound, share in course.shares.items():
                        rate = course.rate * share
                        found.append(Element({**named, "__name__": name, "le": bound_text(bound)}, rate * at, rate))
                elif part in ("_count", "_sum"):
                    rate = course.rate * (1 if part == "_count" else course.mean)
                    found.append(Element({**named, "__name__": name}, rate * at, rate))
        return found

    def matrix(self, node: Expr, at: float) -> tuple[Vector, float, float]:
        """The elements at the end of a range, its length, and the time between two samples."""
        if isinstance(node, Paren):
            return self.matrix(node.expr, at)
        if isinstance(node, MatrixSelector):
            return self.value(node.selector, at), _seconds(node.range), self.world.sampled_seconds  # type: ignore[return-value]
        if isinstance(node, Subquery):
            return self.vector(node.expr, at - _seconds(node.offset)), _seconds(node.range), _seconds(node.step) or 60.0
        raise Unsure

    def called(self, node: Call, at: float) -> Vector | float:
        name = node.function
        if name == "time":
            return float(at)
        if name == "pi":
            return math.pi
        if name == "vector":
            return [Element({}, self.number(node.args[0], at))]
        if name == "scalar":
            found = self.vector(node.args[0], at)
            return found[0].value if len(found) == 1 else math.nan
        if name in ("absent", "absent_over_time"):
            elements = self.matrix(node.args[0], at)[0] if name != "absent" else self.vector(node.args[0], at)
            return [] if elements else [Element(absent_labels(node.args[0]), 1.0)]
        if name in OVER_RANGES:
            ranged = next(each for each in node.args if isinstance(_inside(each), MatrixSelector | Subquery))
            elements, length, step = self.matrix(ranged, at)
            keeps = name in ("last_over_time", "first_over_time")
            if name == "predict_linear":
                ahead = self.number(node.args[1], at)
                return [each.plain(each.value + each.slope * ahead, each.slope) for each in elements]
            found = []
            for each in elements:
                value, slope = OVER_RANGES[name](each, length, step)
                found.append(each._replace(value=value, slope=slope) if keeps else each.plain(value, slope))
            return found
        if name in SAMPLE_BY_SAMPLE:
            function = SAMPLE_BY_SAMPLE[name]
            numbers = [self.number(each, at) for each in node.args[1:]]
            try:
                return [each.plain(function(each.value, *numbers)) for each in self.vector(node.args[0], at)]
            except (ValueError, OverflowError):
                raise Unsure from None
        if name in ("sort", "sort_desc", "sort_by_label", "sort_by_label_desc"):
            return self.value(node.args[0], at)
        if name == "label_replace":
            return self._label_replaced(node, at)
        if name == "label_join":
            return self._label_joined(node, at)
        if name == "timestamp":
            return [each.plain(at) for each in self.vector(node.args[0], at)]
        if name == "histogram_quantile":
            return self._quantiles(node, at)
        if name in CLOCK:
            times = [Element({}, float(at))] if not node.args else self.vector(node.args[0], at)
            return [each.plain(CLOCK[name](each.value)) for each in times]
        raise Unsure

    def _quantiles(self, node: Call, at: float) -> Vector:
        phi = self.number(node.args[0], at)
        groups: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
        for each in self.vector(node.args[1], at):
            if "le" in each.labels:
                labels = tuple(sorted((label, value) for label, value in each.labels.items() if label not in ("le", "__name__")))
                groups.setdefault(labels, []).append((float(each.labels["le"]), each.value))
        return [Element(dict(labels), bucket_quantile(phi, sorted(buckets))) for labels, buckets in groups.items()]

    def _label_replaced(self, node: Call, at: float) -> Vector:
        target, replacement, source, pattern = (_text(each) for each in node.args[1:5])
        match = grouped(pattern)
        if match is None:
            raise Unsure
        found = []
        for each in self.vector(node.args[0], at):
            matched = match(each.labels.get(source, ""))
            labels = {**each.labels, target: expanded(replacement, matched)} if matched else dict(each.labels)
            found.append(each._replace(labels={label: value for label, value in labels.items() if value}))
        return found

    def _label_joined(self, node: Call, at: float) -> Vector:
        target, separator, *sources = (_text(each) for each in node.args[1:])
        return [
            each._replace(labels={**each.labels, target: separator.join(each.labels.get(source, "") for source in sources)})
            for each in self.vector(node.args[0], at)
        ]

    def aggregated(self, node: Aggregate, at: float) -> Vector:
        groups: dict[tuple[tuple[str, str], ...], list[Element]] = {}
        for each in self.vector(node.expr, at):
            groups.setdefault(tuple(sorted(group_labels(node, each.labels).items())), []).append(each)
        found: Vector = []
        for labels, elements in groups.items():
            if node.op in ("topk", "bottomk", "limitk"):
                assert node.param is not None  # noqa: S101 - the parser asks for it
                most = self.number(node.param, at)
                ordered = sorted(elements, key=lambda each: each.value, reverse=node.op == "topk")
                found += ordered[: max(int(most), 0)]
                continue
            values = [each.value for each in elements]
            slopes = [each.slope for each in elements]
            count = len(values)
            if node.op == "sum":
                found.append(Element(dict(labels), sum(values), sum(slopes)))
            elif node.op == "avg":
                found.append(Element(dict(labels), sum(values) / count, sum(slopes) / count))
            elif node.op in ("min", "max"):
                best = (min if node.op == "min" else max)(elements, key=lambda each: each.value)
                found.append(Element(dict(labels), best.value, best.slope))
            elif node.op in ("count", "group"):
                found.append(Element(dict(labels), float(count) if node.op == "count" else 1.0))
            elif node.op in ("stddev", "stdvar"):
                mean = sum(values) / count
                variance = sum((value - mean) ** 2 for value in values) / count
                found.append(Element(dict(labels), variance if node.op == "stdvar" else math.sqrt(variance)))
            elif node.op == "quantile":
                assert node.param is not None  # noqa: S101 - the parser asks for it
                found.append(Element(dict(labels), rank_of(self.number(node.param, at), values)))
            elif node.op == "count_values":
                assert node.param is not None  # noqa: S101 - the parser asks for it
                for value in dict.fromkeys(values):
                    found.append(Element({**dict(labels), _text(node.param): f"{value:g}"}, float(values.count(value))))
            else:
                raise Unsure
        return found

    def combined(self, node: Binary, at: float) -> Vector | float:
        left, right = self.value(node.left, at), self.value(node.right, at)
        op = node.op
        if isinstance(left, float) and isinstance(right, float):
            return float(holds(op, left, right)) if op in COMPARISONS else arithmetic(op, left, right)
        if isinstance(left, float) or isinstance(right, float):
            return self._with_number(node, left, right)
        matching = node.matching or VectorMatching()
        if op in SET_OPERATORS:
            return _set_operation(op, left, right, matching)
        many, one = (right, left) if matching.card == "one-to-many" else (left, right)
        by_signature: dict[tuple[tuple[str, str], ...], Element] = {}
        for each in one:
            by_signature.setdefault(signature(each.labels, matching), each)
        found: Vector = []
        for each in many:
            other = by_signature.get(signature(each.labels, matching))
            if other is None:
                continue
            first, second = (other, each) if matching.card == "one-to-many" else (each, other)
            element = _pair(node, first, second, _joined_labels(node, matching, each, other))
            if element is not None:
                found.append(element)
        return found

    def _with_number(self, node: Binary, left: Vector | float, right: Vector | float) -> Vector:
        elements = right if isinstance(left, float) else left
        assert not isinstance(elements, float)  # noqa: S101 - one of them is a vector
        found: Vector = []
        for each in elements:
            first = Element({}, left) if isinstance(left, float) else each
            second = Element({}, right) if isinstance(right, float) else each
            keeps = node.op in COMPARISONS and not node.bool_modifier
            labels = each.labels if keeps else {name: value for name, value in each.labels.items() if name != "__name__"}
            element = _pair(node, first, second, labels)
            if element is not None:
                found.append(each if keeps else element)
        return found


def _pair(node: Binary, left: Element, right: Element, labels: Mapping[str, str]) -> Element | None:
    if node.op in COMPARISONS:
        if node.bool_modifier:
            return Element(labels, float(holds(node.op, left.value, right.value)))
        return Element(labels, left.value, left.slope) if holds(node.op, left.value, right.value) else None
    slope = 0.0
    if node.op == "+":
        slope = left.slope + right.slope
    elif node.op == "-":
        slope = left.slope - right.slope
    elif node.op == "*":
        slope = left.slope * right.value + right.slope * left.value
    elif node.op == "/" and right.value:
        slope = left.slope / right.value
    return Element(labels, arithmetic(node.op, left.value, right.value), slope)


def _joined_labels(node: Binary, matching: VectorMatching, many: Element, one: Element) -> dict[str, str]:
    labels = dict(many.labels)
    if node.op not in COMPARISONS or node.bool_modifier:
        labels.pop("__name__", None)
    if matching.card == "one-to-one":
        kept = names(matching.labels)
        return {name: value for name, value in labels.items() if name == "__name__" or ((name in kept) == matching.on)}
    for name in names(matching.include):
        labels[name] = one.labels.get(name, "")
    return {name: value for name, value in labels.items() if value}


def _set_operation(op: str, left: Vector, right: Vector, matching: VectorMatching) -> Vector:
    theirs = {signature(each.labels, matching) for each in right}
    if op == "and":
        return [each for each in left if signature(each.labels, matching) in theirs]
    if op == "unless":
        return [each for each in left if signature(each.labels, matching) not in theirs]
    ours = {signature(each.labels, matching) for each in left}
    return left + [each for each in right if signature(each.labels, matching) not in ours]


def signature(labels: Mapping[str, str], matching: VectorMatching) -> tuple[tuple[str, str], ...]:
    """The labels that must agree."""
    said = names(matching.labels)
    if matching.on:
        return tuple(sorted((name, labels.get(name, "")) for name in said))
    return tuple(sorted((name, value) for name, value in labels.items() if name != "__name__" and name not in said))


def names(labels: Iterable[object]) -> frozenset[str]:
    """The names in a list of labels."""
    return frozenset(label.value for label in labels if isinstance(label, Name))


def group_labels(node: Aggregate, labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that an aggregation leaves."""
    said = names(node.grouping)
    if node.op in ("topk", "bottomk", "limitk", "limit_ratio"):
        return {}  # they leave all, and what is compared is the whole
    return {name: value for name, value in labels.items() if name != "__name__" and (name in said) != node.without}


def absent_labels(node: Expr) -> dict[str, str]:
    """The labels that `absent()` makes up from the matchers of its selector."""
    inner = _inside(node)
    if isinstance(inner, MatrixSelector):
        inner = inner.selector
    if not isinstance(inner, VectorSelector):
        return {}
    equal = [matcher for matcher in inner.matchers if matcher.op == "=" and matcher.name != "__name__"]
    counted = [matcher.name for matcher in inner.matchers]
    return {matcher.name: matcher.value for matcher in equal if matcher.value and counted.count(matcher.name) == 1}


def matcher_test(op: str, value: str) -> Callable[[str], bool]:
    """Whether a label's value passes a matcher."""
    if op == "=":
        return lambda other: other == value
    if op == "!=":
        return lambda other: other != value
    test = tester(value) or (lambda _: False)
    return test if op == "=~" else lambda other: not test(other)


def expanded(replacement: str, matched: object) -> str:
    """The text that `label_replace` puts in place: `$1` and `${1}` stand for groups."""
    import re

    def group(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        try:
            value = matched.group(int(name) if name.isdecimal() else name)  # type: ignore[attr-defined]
        except (IndexError, KeyError):
            return ""
        return value.decode() if isinstance(value, bytes) else value or ""

    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", group, replacement)


def _text(node: Expr) -> str:
    value = getattr(node, "value", None)
    if not isinstance(value, str):
        raise Unsure
    return value


def _inside(node: Expr) -> Expr:
    while isinstance(node, Paren):
        node = node.expr
    return node


def _seconds(duration: object) -> float:
    if duration is None:
        return 0.0
    if not isinstance(duration, Duration):
        raise Unsure
    return duration.milliseconds / 1000
