"""The typed algebra: Python operators that build PromQL's syntax tree.

A counter has a rate, a gauge has not; arithmetic gives a vector; a comparison gives a condition, which is what an alert takes. It is
small on purpose: what it lacks is written as PromQL text, which may stand wherever an expression may.
"""

import math
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from monitoring_as_code.model.labels import LabelName, label_name
from monitoring_as_code.origin import here
from monitoring_as_code.promql.ast import (
    Aggregate,
    AnyDuration,
    Binary,
    BinaryOp,
    Call,
    Card,
    Duration,
    Expr,
    Matcher,
    MatrixSelector,
    Name,
    NumberLiteral,
    Unary,
    Variable,
    VectorMatching,
    VectorSelector,
)
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.height import SELECTOR, Height, height_of
from monitoring_as_code.units import Quantity

Number: TypeAlias = int | float | Quantity
# A label in a grouping or matching list: `Http.service`, or its name.
AnyLabel: TypeAlias = LabelName[Any] | str


class GrafanaDuration:
    """A duration that Grafana fills in; only dashboards can use it."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


rate_interval = GrafanaDuration("__rate_interval")
interval = GrafanaDuration("__interval")
time_range = GrafanaDuration("__range")

# How far back a range selector looks: a duration such as "5m", or one of Grafana's.
Window: TypeAlias = str | GrafanaDuration


class Expression:
    """Something that stands for a PromQL expression."""

    __slots__ = ()

    @property
    def node(self) -> Expr:
        """The syntax tree."""
        raise TypeError(type(self).__name__)

    @property
    def height(self) -> Height:
        """How high the syntax tree is."""
        return SELECTOR

    def __bool__(self) -> bool:
        message = "an expression is neither true nor false; join conditions with `.and_()` and `.or_()`, and compare with `.eq()`"
        raise TypeError(message)


class VectorOperators(Expression):
    """What can be done with an instant vector."""

    __slots__ = ()

    def __add__(self, other: "Operand") -> "Vector":
        return _arithmetic("+", self, other)

    def __radd__(self, other: Number) -> "Vector":
        return _arithmetic("+", other, self)

    def __sub__(self, other: "Operand") -> "Vector":
        return _arithmetic("-", self, other)

    def __rsub__(self, other: Number) -> "Vector":
        return _arithmetic("-", other, self)

    def __mul__(self, other: "Operand") -> "Vector":
        return _arithmetic("*", self, other)

    def __rmul__(self, other: Number) -> "Vector":
        return _arithmetic("*", other, self)

    def __truediv__(self, other: "Operand") -> "Vector":
        return _arithmetic("/", self, other)

    def __rtruediv__(self, other: Number) -> "Vector":
        return _arithmetic("/", other, self)

    def __neg__(self) -> "Vector":
        return Vector(Unary("-", self.node, origin=here()), self.height.around())

    def __gt__(self, other: "Operand") -> "Condition":
        return _comparison(">", self, other)

    def __ge__(self, other: "Operand") -> "Condition":
        return _comparison(">=", self, other)

    def __lt__(self, other: "Operand") -> "Condition":
        return _comparison("<", self, other)

    def __le__(self, other: "Operand") -> "Condition":
        return _comparison("<=", self, other)

    def eq(self, other: "Operand") -> "Condition":
        """`self == other`."""
        return _comparison("==", self, other)

    def ne(self, other: "Operand") -> "Condition":
        """`self != other`."""
        return _comparison("!=", self, other)

    def and_(self, other: "VectorOperators | Matched") -> "Vector":
        """The series of `self` for which `other` has one with the same labels."""
        return Vector(*_binary("and", self, other))

    def or_(self, other: "VectorOperators | Matched") -> "Vector":
        """The series of `self`, and those of `other` whose labels `self` has not."""
        return Vector(*_binary("or", self, other))

    def unless(self, other: "VectorOperators | Matched") -> "Vector":
        """The series of `self` for which `other` has none with the same labels."""
        return Vector(*_binary("unless", self, other))

    def on(self, *labels: AnyLabel) -> "Matched":
        """As the right side of an operator: match on these labels only, `a / b.on(Http.service)`."""
        return Matched(self.node, VectorMatching(labels=_names(labels), on=True), self.height)

    def ignoring(self, *labels: AnyLabel) -> "Matched":
        """As the right side of an operator: match on all labels but these."""
        return Matched(self.node, VectorMatching(labels=_names(labels)), self.height)

    def sum(self, *, by: tuple[AnyLabel, ...] = (), without: tuple[AnyLabel, ...] = ()) -> "Vector":
        """`sum by (...) (self)`."""
        return _aggregate("sum", self, by, without)

    def avg(self, *, by: tuple[AnyLabel, ...] = (), without: tuple[AnyLabel, ...] = ()) -> "Vector":
        """`avg by (...) (self)`."""
        return _aggregate("avg", self, by, without)

    def min(self, *, by: tuple[AnyLabel, ...] = (), without: tuple[AnyLabel, ...] = ()) -> "Vector":
        """`min by (...) (self)`."""
        return _aggregate("min", self, by, without)

    def max(self, *, by: tuple[AnyLabel, ...] = (), without: tuple[AnyLabel, ...] = ()) -> "Vector":
        """`max by (...) (self)`."""
        return _aggregate("max", self, by, without)

    def count(self, *, by: tuple[AnyLabel, ...] = (), without: tuple[AnyLabel, ...] = ()) -> "Vector":
        """`count by (...) (self)`: how many series there are."""
        return _aggregate("count", self, by, without)

    def topk(self, k: int, *, by: tuple[AnyLabel, ...] = ()) -> "Vector":
        """The `k` largest series."""
        return _aggregate("topk", self, by, (), _number(k))

    def bottomk(self, k: int, *, by: tuple[AnyLabel, ...] = ()) -> "Vector":
        """The `k` smallest series."""
        return _aggregate("bottomk", self, by, (), _number(k))

    def clamp_min(self, least: Number) -> "Vector":
        """Values below `least` become `least`: guards a division against a divisor of zero."""
        return Vector(Call("clamp_min", (self.node, _number(least)), origin=here()), self.height.around())


class Vector(VectorOperators):
    """An instant vector: each series has one value at a time."""

    __slots__ = ("_height", "_node")

    def __init__(self, node: Expr, height: Height = SELECTOR) -> None:
        self._node = node
        self._height = height.checked()

    @property
    def height(self) -> Height:
        """How high the syntax tree is."""
        return self._height

    @property
    def node(self) -> Expr:
        """The syntax tree."""
        return self._node

    def __repr__(self) -> str:
        from monitoring_as_code.promql.printer import to_text

        return f"<{type(self).__name__} {to_text(self._node)}>"


class Condition(Vector):
    """A vector that holds only the series for which a comparison is true: what an alert fires on."""

    __slots__ = ()

    def and_(self, other: "VectorOperators | Matched") -> "Condition":
        """Where this holds, and `other` has a series with the same labels."""
        return Condition(*_binary("and", self, other))

    def or_(self, other: "VectorOperators | Matched") -> "Condition":
        """Where this holds, or `other` does."""
        return Condition(*_binary("or", self, other))

    def unless(self, other: "VectorOperators | Matched") -> "Condition":
        """Where this holds, and `other` has no series with the same labels."""
        return Condition(*_binary("unless", self, other))


class Matched:
    """The right side of an operator with its vector matching: `a / b.on("service").group_left("team")`."""

    __slots__ = ("height", "matching", "node")

    def __init__(self, node: Expr, matching: VectorMatching, height: Height = SELECTOR) -> None:
        self.node = node
        self.matching = matching
        self.height = height

    def group_left(self, *include: AnyLabel) -> "Matched":
        """Many series on the left match one on the right, whose labels `include` they take."""
        return self._grouped("many-to-one", include)

    def group_right(self, *include: AnyLabel) -> "Matched":
        """Many series on the right match one on the left, whose labels `include` they take."""
        return self._grouped("one-to-many", include)

    def _grouped(self, card: Card, include: tuple[AnyLabel, ...]) -> "Matched":
        return Matched(self.node, VectorMatching(card, self.matching.labels, self.matching.on, _names(include)), self.height)


Operand: TypeAlias = VectorOperators | Matched | int | float | Quantity


class Selector(Expression):
    """A metric, or some of its series."""

    __slots__ = ()

    @property
    def selector(self) -> VectorSelector:
        """The instant vector selector."""
        raise TypeError(type(self).__name__)

    @property
    def node(self) -> Expr:
        """The syntax tree."""
        return self.selector

    def absent(self) -> Condition:
        """Fires when there is no such series: `absent(self)`."""
        return Condition(Call("absent", (self.selector,), origin=here()))


class _Some:
    """Some of a metric's series, as a selector chooses them."""

    __slots__ = ("_selector",)

    def __init__(self, selector: VectorSelector) -> None:
        self._selector = selector

    @property
    def selector(self) -> VectorSelector:
        """The instant vector selector."""
        return self._selector


class NoOperators:
    """What is no operand yet says so, and what to do; type checkers see that there is no such operator."""

    __slots__ = ()

    if not TYPE_CHECKING:

        def __add__(self, _other: object) -> NoReturn:
            _refused(self)

        __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __gt__ = __ge__ = __lt__ = __le__ = __add__

        def __neg__(self) -> NoReturn:
            _refused(self)


class CounterOperators(NoOperators, Selector):
    """What can be done with a counter: its own value says nothing, so it is a rate before it is a vector."""

    __slots__ = ()

    def where(self, *matchers: Matcher) -> "CounterSelector":
        """Only the series that match: `requests.where(Http.status.matches("5.."))`."""
        return CounterSelector(narrowed(self.selector, matchers))

    def rate(self, window: Window) -> Vector:
        """`rate(self[window])`: how much a second, on average over the window."""
        return over_time("rate", self.selector, window)

    def increase(self, window: Window) -> Vector:
        """`increase(self[window])`: how much in the window."""
        return over_time("increase", self.selector, window)


class CounterSelector(_Some, CounterOperators):
    """Some of a counter's series."""

    __slots__ = ()


class GaugeOperators(Selector, VectorOperators):
    """What can be done with a gauge: it is a vector as it stands."""

    __slots__ = ()

    def where(self, *matchers: Matcher) -> "GaugeSelector":
        """Only the series that match."""
        return GaugeSelector(narrowed(self.selector, matchers))

    def avg_over_time(self, window: Window) -> Vector:
        """The mean of each series over the window."""
        return over_time("avg_over_time", self.selector, window)

    def max_over_time(self, window: Window) -> Vector:
        """The largest value of each series in the window."""
        return over_time("max_over_time", self.selector, window)

    def min_over_time(self, window: Window) -> Vector:
        """The smallest value of each series in the window."""
        return over_time("min_over_time", self.selector, window)

    def delta(self, window: Window) -> Vector:
        """How much each series changed over the window."""
        return over_time("delta", self.selector, window)

    def deriv(self, window: Window) -> Vector:
        """The change a second of each series, by linear regression over the window."""
        return over_time("deriv", self.selector, window)

    def predict_linear(self, window: Window, ahead: Number) -> Vector:
        """The value of each series `ahead` seconds from now, by linear regression over the window."""
        ranged = MatrixSelector(self.selector, _window(window))
        return Vector(Call("predict_linear", (ranged, _number(ahead)), origin=here()))


class GaugeSelector(_Some, GaugeOperators):
    """Some of a gauge's series."""

    __slots__ = ()


class UntypedOperators(GaugeOperators):
    """What can be done with a metric whose kind nobody knows: whatever a counter or a gauge allows."""

    __slots__ = ()

    def where(self, *matchers: Matcher) -> "UntypedSelector":
        """Only the series that match."""
        return UntypedSelector(narrowed(self.selector, matchers))

    def rate(self, window: Window) -> Vector:
        """`rate(self[window])`: how much a second, on average over the window, if it is a counter."""
        return over_time("rate", self.selector, window)

    def increase(self, window: Window) -> Vector:
        """`increase(self[window])`: how much in the window, if it is a counter."""
        return over_time("increase", self.selector, window)


class UntypedSelector(UntypedOperators, GaugeSelector):
    """Some of the series of a metric whose kind nobody knows."""

    __slots__ = ()


class HistogramOperators(NoOperators):
    """What can be done with a histogram, or with some of its series."""

    __slots__ = ()

    @property
    def selector(self) -> VectorSelector:
        """The instant vector selector, under the histogram's own name, which no series of a classic histogram has."""
        raise TypeError(type(self).__name__)

    def where(self, *matchers: Matcher) -> "HistogramSelector":
        """Only the series that match."""
        return HistogramSelector(narrowed(self.selector, matchers))

    @property
    def count(self) -> CounterSelector:
        """How many observations there were."""
        return suffixed(self.selector, "_count")

    @property
    def sum(self) -> CounterSelector:
        """The sum of all observations; a counter as long as none is negative."""
        return suffixed(self.selector, "_sum")

    @property
    def bucket(self) -> CounterSelector:
        """How many observations were at most `le`."""
        return suffixed(self.selector, "_bucket")

    def quantile(self, phi: float, window: Window, *, by: tuple[AnyLabel, ...] = ()) -> Vector:
        """The value that a share `phi`, from 0 to 1, of the observations in the window does not exceed, one for each `by`."""
        buckets = _aggregate("sum", self.bucket.rate(window), (*_labels(by, "by"), "le"), ())
        return Vector(Call("histogram_quantile", (_number(phi), buckets.node), origin=here()), buckets.height.around())

    def average(self, window: Window, *, by: tuple[AnyLabel, ...] = ()) -> Vector:
        """The mean of the observations in the window, one for each `by`."""
        return self.sum.rate(window).sum(by=by) / self.count.rate(window).sum(by=by)


class HistogramSelector(_Some, HistogramOperators):
    """Some of a histogram's series."""

    __slots__ = ()


def expression(text: str) -> Vector:
    """PromQL text as a part of the algebra.

    Raises:
        PromQLSyntaxError: the text is no PromQL.

    >>> expression("time()") - expression("process_start_time_seconds")
    <Vector time() - process_start_time_seconds>
    """
    from monitoring_as_code.promql import parse
    from monitoring_as_code.promql.ast import walk

    origin = here()
    tree = parse(text, variables=True)
    for node in walk(tree):
        node.origin = origin
    return Vector(tree, height_of(tree))


def over_time(function: str, selector: VectorSelector, window: Window) -> Vector:
    """`function(selector[window])`."""
    origin = here()
    return Vector(Call(function, (MatrixSelector(selector, _window(window), origin=origin),), origin=origin))


def narrowed(selector: VectorSelector, matchers: tuple[Matcher, ...]) -> VectorSelector:
    """The selector with more matchers."""
    wrong = next((matcher for matcher in matchers if type(matcher) is not Matcher), None)
    if wrong is not None:
        _no_matcher(wrong)
    return VectorSelector(selector.name, selector.matchers + matchers, origin=here())


def _no_matcher(given: object) -> NoReturn:
    if isinstance(given, LabelName):
        message = f"`where()` takes matchers: say which values of `{given.name}`, with its `.eq(...)`, `.ne(...)`, `.one_of(...)` or `.matches(...)`"
    elif isinstance(given, str):
        message = (
            "`where()` takes matchers made of labels, such as `Http.status.eq(...)`, but not text: text is for `expression(...)`, all of it"
        )
    else:
        message = f"`where()` takes matchers, such as `Http.status.eq(...)`, but not a `{type(given).__name__}`"
    raise TypeError(message)


def suffixed(selector: VectorSelector, suffix: str) -> CounterSelector:
    """One of the counters that a histogram or a summary consists of."""
    return CounterSelector(VectorSelector(selector.name + suffix, selector.matchers, origin=here()))


def _window(window: object) -> AnyDuration:
    if isinstance(window, GrafanaDuration):
        return Variable(window.name, f"${window.name}", origin=here())
    if isinstance(window, str):
        return Duration(milliseconds(window))
    message = f'a window is a duration as text, such as `"5m"`, and not {_in_words(window)}'
    raise TypeError(message)


def _number(number: object) -> NumberLiteral:
    if not isinstance(number, Quantity | int | float) or isinstance(number, bool):
        message = f"this takes a number or a quantity, and not {_in_words(number)}"
        raise TypeError(message)
    try:
        value = float(number.base if isinstance(number, Quantity) else number)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        message = f"this takes a finite number, and not `{value}`: no value is above infinity, and none compares with NaN"
        raise ValueError(message)
    return NumberLiteral(value, origin=here(), quantity=number if isinstance(number, Quantity) else None)


def _in_words(value: object) -> str:
    return f"`{value}`" if isinstance(value, int | float) or value is None else f"a `{type(value).__name__}`"


def _names(labels: tuple[AnyLabel, ...]) -> tuple[Name, ...]:
    return tuple(Name(label_name(label)) for label in labels)


def _labels(given: object, argument: str) -> tuple[AnyLabel, ...]:
    """The labels of a grouping list; text would be taken for the labels that its letters are."""
    if isinstance(given, tuple | list):
        return tuple(given)
    alone = f'"{given}"' if isinstance(given, str) else f"Http.{given.name}" if isinstance(given, LabelName) else "Http.status"
    message = f"`{argument}` takes a tuple of labels: write `{argument}=({alone},)`"
    raise TypeError(message)


def _aggregate(
    op: str, vector: VectorOperators, by: tuple[AnyLabel, ...], without: tuple[AnyLabel, ...], param: Expr | None = None
) -> Vector:
    by, without = _labels(by, "by"), _labels(without, "without")
    if by and without:
        message = "an aggregation keeps labels with `by` or drops them with `without`, not both"
        raise TypeError(message)
    node = Aggregate(op, vector.node, param, _names(by or without), bool(without), bool(by or without), origin=here())
    return Vector(node, vector.height.around())


def _arithmetic(op: BinaryOp, left: "Operand", right: "Operand") -> Vector:
    return Vector(*_binary(op, left, right))


def _comparison(op: BinaryOp, left: "Operand", right: "Operand") -> Condition:
    return Condition(*_binary(op, left, right))


def _binary(op: BinaryOp, left: "Operand", right: "Operand") -> tuple[Binary, Height]:
    matching = right.matching if isinstance(right, Matched) else None
    if op in ("and", "or", "unless"):
        matching = matching or VectorMatching()
        matching = VectorMatching("many-to-many", matching.labels, matching.on)
    elif matching is None and isinstance(left, VectorOperators) and isinstance(right, VectorOperators):
        matching = VectorMatching()
    (left_node, left_height), (right_node, right_height) = _operand(left), _operand(right)
    node = Binary(op, left_node, right_node, matching=matching, origin=here())
    return node, left_height.joined(right_height, node)


def _operand(operand: object) -> tuple[Expr, Height]:
    if isinstance(operand, VectorOperators | Matched):
        return operand.node, operand.height
    if isinstance(operand, Quantity | int | float) and not isinstance(operand, bool):
        return _number(operand), SELECTOR
    return _refused(operand)


def _refused(operand: object) -> NoReturn:
    if isinstance(operand, CounterOperators):
        message = "a counter's own value says nothing: take its `.rate(...)` or `.increase(...)` first"
    elif isinstance(operand, HistogramOperators):
        message = "a histogram is no single value: take its `.quantile(...)`, its `.average(...)` or its `.count.rate(...)` first"
    elif isinstance(operand, Selector):
        message = "a summary is no single value: take its `.quantile(...)` or its `.count.rate(...)` first"
    else:
        message = f"this takes a vector, a number or a quantity, and not {_in_words(operand)}"
    raise TypeError(message)
