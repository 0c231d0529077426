"""Functions: what each makes of its arguments. Types, names, kinds and units stand in `functions.FUNCTIONS`; here is what a table cannot say."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, exp, floor, inf, isinf, sqrt
from typing import Final

from monitoring_as_code.catalogue import ANY_NUMBER, AT_LEAST_ZERO, Kind, Part, Range
from monitoring_as_code.promql.ast import Call, Expr, MatrixSelector, Paren, StringLiteral, VectorSelector
from monitoring_as_code.promql.functions import FUNCTIONS, Function
from monitoring_as_code.promql.infer.labelling import label_join, label_replace
from monitoring_as_code.promql.infer.ranges import UNBOUNDED, clamped, exactly
from monitoring_as_code.promql.infer.value import (
    ANYTHING,
    OPEN,
    Arm,
    Emptiness,
    LabelFact,
    Labels,
    Reason,
    Value,
    joined_range,
    smallest,
    whole_key,
)
from monitoring_as_code.units import Unit, one, ratio, seconds, timestamp

_ONE_ELEMENT: Final = (frozenset[str](),)
_METADATA: Final = ("__type__", "__unit__")  # dropped with the name, but only if Prometheus was told to make them


def unwrapped(node: Expr) -> Expr:
    """The node inside of any parentheses."""
    while isinstance(node, Paren):
        node = node.expr
    return node


def nameless(labels: Labels, reason: Reason) -> Labels:
    """These labels after an operation that is not about the metric itself any more."""
    name = labels.get("__name__")
    changes = {} if name.presence == "never" else {"__name__": LabelFact("never", reason=reason)}
    for label in _METADATA:
        fact = labels.facts.get(label)
        if fact is not None and fact.presence == "always":
            changes[label] = LabelFact("maybe", fact.values, fact.pattern, reason)
    return labels.but(changes) if changes else labels


def nameless_by(op: str, labels: Labels, reason: Reason) -> Labels:
    """These labels after arithmetic. Prometheus keeps the name after `atan2` in some versions (2.42 does), and drops it in later ones."""
    name = labels.get("__name__")
    if op != "atan2" or name.presence == "never":
        return nameless(labels, reason)
    return nameless(labels, reason).but({"__name__": LabelFact("maybe", name.values, name.pattern, reason)})


def kept_keys(keys: tuple[frozenset[str], ...], labels: Labels, gone: frozenset[str]) -> tuple[frozenset[str], ...]:
    """The keys that do not need a label that is gone, and all labels that are left."""
    return smallest((*(key for key in keys if not key & gone), *whole_key(labels)))


_LE: Final = frozenset(("le",))
_NAME: Final = frozenset(("__name__",))


def renamed(arm: Arm, reason: Reason, op: str = "") -> Arm:
    """The arm after an operation that drops the name."""
    labels = nameless_by(op, arm.labels, reason)
    if labels is arm.labels:
        return arm
    if arm.keys and not any("__name__" in key for key in arm.keys):
        return arm._replace(labels=labels)
    return arm._replace(labels=labels, keys=kept_keys(arm.keys, labels, _NAME))


def single(kind: Kind, unit: Unit | None, bounds: Range, reason: Reason, empty: Emptiness = "never") -> Arm:
    """One element without labels, or a scalar."""
    labels = Labels({}, LabelFact("never", reason=reason))
    return Arm(
        labels, _ONE_ELEMENT, kind, "", unit, bounds, empty, floats=True, kind_reason=reason, unit_reason=reason, range_reason=reason
    )


def call(node: Call, args: tuple[Value, ...]) -> Value:
    """The value of a function call, its arguments' values given."""
    row = FUNCTIONS.get(node.function)
    if row is None:
        return Value("vector", (Arm(OPEN),))
    special = _SPECIAL.get(node.function)
    if special is not None:
        return special(node, args)
    reason = Reason(f"made by `{node.function}()`", node)
    if row.returns == "scalar":
        return Value("scalar", (single(*_scalar(row, args), reason),), "never")
    source = next((value for value in args if value.type in {"vector", "matrix"}), None)
    if source is None:
        if node.function in _CALENDAR:  # without an argument it is about the time of the evaluation
            return Value("vector", (single("gauge", one, _CALENDAR[node.function], reason),), "never")
        return Value("vector", (Arm(OPEN),))
    gone = reason if row.keeps_name else Reason(f"`__name__` is gone: `{node.function}()` drops it", node)
    arms = tuple(_mapped(row, arm, args, gone, reason) for arm in source.arms)
    empty = source.empty
    if empty == "never" and not (source.type == "vector" and all(arm.floats for arm in source.arms)):
        empty = "data"
    if node.function == "clamp" and empty == "never":
        low, high = args[1].range, args[2].range
        empty = "never" if low.high <= high.low and not low.nan and not high.nan else "filter"
    return Value("vector", arms, empty)


def _mapped(row: Function, arm: Arm, args: tuple[Value, ...], gone: Reason, reason: Reason) -> Arm:
    name = row.name
    named = arm if row.keeps_name else renamed(arm, gone)
    if row.keeps_name and row.unit == "same" and name.startswith("sort"):
        return named
    kind, part = _kind(row, arm)
    bounds = _bounds(name, arm.range, args)
    if (
        arm.part == "native"
        and row.wants not in {"counter", "any"}
        and not name.startswith("histogram")
        and not name.endswith("_over_time")
    ):
        bounds = ANY_NUMBER
    return Arm(
        named.labels,
        named.keys,
        kind,
        part,
        _unit(row, arm),
        bounds,
        "data" if arm.empty == "never" else arm.empty,
        arm.entry,
        floats=arm.floats or name not in _OF_HISTOGRAMS,
        empty_reason=arm.empty_reason,
        kind_reason=arm.kind_reason if kind == arm.kind else reason,
        unit_reason=arm.unit_reason if row.unit == "same" else reason,
        range_reason=arm.range_reason if bounds is arm.range else reason,
    )


# Those that give native histograms for native histograms.
_OF_HISTOGRAMS: Final = frozenset(
    {"rate", "irate", "increase", "delta", "idelta", "avg_over_time", "sum_over_time", "last_over_time", "first_over_time"}
)
_WINDOWED: Final = frozenset({"avg_over_time", "min_over_time", "max_over_time", "quantile_over_time", "double_exponential_smoothing"})
_FIXED_KINDS: Final[dict[str, Kind]] = {
    "rate": "rate",
    "increase": "increase",
    "count": "count",
    "timestamp": "timestamp",
    "presence": "bool",
    "ratio": "ratio",
}


def _kind(row: Function, arm: Arm) -> tuple[Kind, Part]:
    name = row.name
    if name in _WINDOWED:  # over a counter: neither a counter any more, nor anything of its own
        return ("agg_counter" if arm.kind == "counter" else arm.kind), (
            "" if arm.part == "native" and name != "avg_over_time" else arm.part
        )
    if name == "sum_over_time":
        return (
            "count"
            if arm.kind in {"bool", "count", "info"}
            else "increase"
            if arm.kind == "increase"
            else "gauge"
            if arm.kind == "gauge"
            else "unknown"
        ), arm.part
    if arm.part == "native" and name.startswith("histogram_"):
        native: tuple[Kind, Part] = {"histogram_count": (arm.kind, "count"), "histogram_sum": (arm.kind, "sum")}.get(name, ("gauge", ""))  # type: ignore[assignment]
        return native
    if row.kind in {"rate", "increase"}:
        return _FIXED_KINDS[row.kind], arm.part
    if row.kind == "same":
        return arm.kind, arm.part
    return _FIXED_KINDS.get(row.kind, "gauge"), ""


def _unit(row: Function, arm: Arm) -> Unit | None:
    how, unit = row.unit, arm.unit
    if how == "one":
        return one / seconds if row.name == "histogram_count" and arm.kind == "rate" else one
    if how in {"timestamp", "seconds"}:
        return timestamp if how == "timestamp" else seconds
    if unit is None:
        return None
    if how == "same":
        if row.kind == "increase" or row.name in {"delta", "idelta", "stddev_over_time", "mad_over_time"}:
            return unit.difference
        return None if unit.affine and row.name == "sum_over_time" else unit
    if how == "per second":
        return unit if arm.part == "native" else unit.difference / seconds
    if how == "squared":
        return unit.difference**2
    if how == "square root":
        return None if unit.affine else unit.power(1, 2)
    if how == "observed":  # of native histograms; classic ones have their own function
        if row.name != "histogram_sum":
            return unit
        return unit / seconds if arm.kind == "rate" else unit
    if how == "observed squared":
        return unit.difference**2
    return None


_CALENDAR: Final = {
    "minute": Range(0, 59, nan=False, inf=False),
    "hour": Range(0, 23, nan=False, inf=False),
    "day_of_week": Range(0, 6, nan=False, inf=False),
    "day_of_month": Range(1, 31, nan=False, inf=False),
    "day_of_year": Range(1, 366, nan=False, inf=False),
    "days_in_month": Range(28, 31, nan=False, inf=False),
    "month": Range(1, 12, nan=False, inf=False),
    "year": UNBOUNDED,
}
_WAVE: Final = Range(-1, 1, inf=False)
_AT_LEAST_ONE: Final = Range(1, inf, nan=False, inf=False)
_CONSTANT: Final = {
    **_CALENDAR,
    "count_over_time": _AT_LEAST_ONE,
    "present_over_time": exactly(1),
    "changes": AT_LEAST_ZERO,
    "resets": AT_LEAST_ZERO,
    "timestamp": UNBOUNDED,
    "start_timestamp": UNBOUNDED,
    "ts_of_first_over_time": UNBOUNDED,
    "ts_of_last_over_time": UNBOUNDED,
    "ts_of_max_over_time": UNBOUNDED,
    "ts_of_min_over_time": UNBOUNDED,
    "sin": _WAVE,
    "cos": _WAVE,
    "tanh": _WAVE,
    "sgn": _WAVE,
    "histogram_count": Range(0, inf),
    "histogram_stddev": Range(0, inf),
    "histogram_stdvar": Range(0, inf),
    "stddev_over_time": Range(0, inf),
    "stdvar_over_time": Range(0, inf),
    "mad_over_time": Range(0, inf),
}
_SAME: Final = frozenset({"avg_over_time", "min_over_time", "max_over_time", "last_over_time", "first_over_time"})


def _bounds(name: str, of: Range, args: tuple[Value, ...]) -> Range:
    fixed = _CONSTANT.get(name)
    if fixed is not None:
        return fixed
    if name in _SAME or name.startswith("sort"):
        return of
    if of.low > of.high:
        return ANY_NUMBER
    if name in {"rate", "irate", "increase"}:
        return Range(0, inf, of.nan or of.inf, of.inf) if of.low >= 0 else ANY_NUMBER
    if name == "sum_over_time":
        return Range(0 if of.low >= 0 else -inf, 0 if of.high <= 0 else inf, of.nan or (of.inf and of.low < 0), of.inf)
    if name == "quantile_over_time":
        return of if _is_share(args[0].range) else ANY_NUMBER
    if name == "abs":
        low = 0.0 if of.low <= 0 <= of.high else min(abs(of.low), abs(of.high))
        return Range(low, max(abs(of.low), abs(of.high)), of.nan, of.inf)
    if name in {"ceil", "floor"}:
        rounding = ceil if name == "ceil" else floor
        low, high = (bound if isinf(bound) else float(rounding(bound)) for bound in (of.low, of.high))
        return Range(low, high, of.nan, of.inf)
    if name == "round":
        step = 1.0 if len(args) == 1 else max(abs(args[1].range.low), abs(args[1].range.high))
        low = 0.0 if of.low >= 0 else of.low - step  # what is not negative does not become so
        return Range(low, of.high + step, of.nan or len(args) > 1, of.inf) if not isinf(step) else ANY_NUMBER
    if name in {"clamp", "clamp_min", "clamp_max"}:
        unlimited = Range(-inf, -inf, nan=False, inf=False), Range(inf, inf, nan=False, inf=False)
        return clamped(of, args[1].range if name != "clamp_max" else unlimited[0], args[-1].range if name != "clamp_min" else unlimited[1])
    if name == "sqrt":
        return Range(
            sqrt(max(of.low, 0.0)) if not isinf(of.low) else 0.0,
            inf if isinf(of.high) else sqrt(max(of.high, 0.0)),
            of.nan or of.low < 0,
            of.inf,
        )
    if name == "exp":
        return Range(0.0 if of.low < -700 else exp(min(of.low, 700.0)), inf if of.high > 700 else exp(of.high), of.nan)
    return ANY_NUMBER


def _is_share(phi: Range) -> bool:
    return phi.low >= 0 and phi.high <= 1 and not phi.nan


def _scalar(row: Function, args: tuple[Value, ...]) -> tuple[Kind, Unit | None, Range]:
    if row.name in {"max_of", "min_of"} and len(args) == 2:
        bounds = joined_range(value.range for value in args)
        units = {value.unit for value in args if not value.arm.literal}
        return "gauge", units.pop() if len(units) == 1 else None, bounds._replace(nan=True)
    if row.name == "pi":
        return "gauge", one, Range(3.14, 3.15, nan=False, inf=False)
    if row.unit == "timestamp":
        return "timestamp", timestamp, UNBOUNDED
    if row.unit == "seconds":
        return "gauge", seconds, AT_LEAST_ZERO
    return "unknown", None, ANY_NUMBER


def _scalar_of(node: Call, args: tuple[Value, ...]) -> Value:
    arm = args[0].arm
    reason = Reason("made by `scalar()`", node)
    alone = args[0].empty == "never" and args[0].arm.keys == _ONE_ELEMENT and arm.floats
    made = single(arm.kind, arm.unit, arm.range if alone else arm.range._replace(nan=True), reason)
    return Value("scalar", (made._replace(entry=arm.entry, part=arm.part, literal=arm.literal),), "never")


def _vector(node: Call, args: tuple[Value, ...]) -> Value:
    arm = args[0].arm
    reason = Reason("`vector()` has no labels", node)
    made = single(arm.kind, arm.unit, arm.range, reason)
    return Value("vector", (made._replace(entry=arm.entry, part=arm.part, literal=arm.literal),), "never")


def _absent(node: Call, args: tuple[Value, ...]) -> Value:
    source = unwrapped(node.args[0])
    if isinstance(source, MatrixSelector):
        source = source.selector
    reason = Reason(f"`{node.function}()` has the labels that `=` matchers give it", node)
    facts: dict[str, LabelFact] = {}
    if isinstance(source, VectorSelector):
        seen = set()
        for matcher in source.matchers:
            name = matcher.name
            if name == "__name__":
                continue
            if matcher.op != "=" or name in seen:
                facts[name] = LabelFact(
                    "never", reason=Reason(f"`{node.function}()` gives no label that is matched twice, or not by `=`", matcher)
                )
            elif matcher.variables:
                facts[name] = LabelFact("maybe", reason=Reason("as the variable says", matcher))
            else:
                facts[name] = (
                    LabelFact("always", frozenset((matcher.value,)), None, reason) if matcher.value else LabelFact("never", reason=reason)
                )
            if matcher.op == "=":
                seen.add(name)
    of: Emptiness = args[0].empty
    empty: Emptiness = "always" if of == "never" else "never" if of == "always" else "data"
    labels = Labels(facts, LabelFact("never", reason=reason))
    because = Reason("the argument is never empty", node.args[0]) if empty == "always" else None
    arm = Arm(labels, _ONE_ELEMENT, "bool", "", one, exactly(1), empty, None, False, True, because, reason, reason, reason)
    return Value("vector", (arm,), empty)


def _histogram_quantile(node: Call, args: tuple[Value, ...]) -> Value:
    phi, source = (args[0], args[1]) if node.function == "histogram_quantile" else (None, args[0])
    reason = Reason(f"made by `{node.function}()`", node)
    label = unwrapped(node.args[1]) if phi is None else None
    shares = [value.range for value in args[2:]] if phi is None else [phi.range]
    arms = []
    for arm in source.arms:
        named = renamed(arm, Reason(f"`__name__` is gone: `{node.function}()` drops it", node))
        changes = _le_used_up(node, arm.part, named.labels)
        if label is not None:
            if isinstance(label, StringLiteral):
                changes[label.value] = LabelFact("always", reason=reason)
            else:
                changes = dict.fromkeys(named.labels.facts, ANYTHING)
        labels = named.labels.but(changes)
        if label is not None and not isinstance(label, StringLiteral):
            labels = OPEN
        metric = arm.entry.metric if arm.entry is not None and arm.part in {"bucket", "native"} else None
        if metric is not None and metric.observed is not None:
            metric = metric.observed.metric
        bounds = ANY_NUMBER
        if metric is not None and arm.part == "bucket" and metric.buckets and all(map(_is_share, shares)):
            finite = [bound for bound in metric.buckets if not isinf(bound)]
            bounds = Range(min(0.0, *finite, 0.0), max(finite), nan=True, inf=False) if finite else ANY_NUMBER
        empty: Emptiness = "data" if arm.empty == "never" else arm.empty
        unit = None if metric is None else metric.unit
        arms.append(
            Arm(
                labels, kept_keys(named.keys, labels, frozenset(changes)), "quantile", "", unit, bounds, empty, arm.entry, False, True,
                arm.empty_reason, reason, reason, Reason("no estimate is above the highest finite bucket", node),
            )
        )  # fmt: skip
    return Value("vector", tuple(arms), "data" if source.empty == "never" else source.empty)


def _histogram_fraction(node: Call, args: tuple[Value, ...]) -> Value:
    reason = Reason("made by `histogram_fraction()`", node)
    source = args[-1]
    arms = []
    for arm in source.arms:
        named = renamed(arm, Reason("`__name__` is gone: `histogram_fraction()` drops it", node))
        labels = named.labels.but(_le_used_up(node, arm.part, named.labels))
        empty: Emptiness = "data" if arm.empty == "never" else arm.empty
        keys = kept_keys(named.keys, labels, _LE)
        arms.append(
            Arm(
                labels,
                keys,
                "ratio",
                "",
                ratio,
                Range(0, 1, inf=False),
                empty,
                arm.entry,
                floats=True,
                kind_reason=reason,
                unit_reason=reason,
                range_reason=reason,
            )
        )
    return Value("vector", tuple(arms), "data" if source.empty == "never" else source.empty)


def _le_used_up(node: Call, part: Part, labels: Labels) -> dict[str, LabelFact]:
    """What a function over buckets does to `le`: classic buckets become one element, a native histogram is one and keeps its labels."""
    gone = Reason(f"`{node.function}()` uses `le` up", node)
    le = labels.get("le")
    if part == "bucket":
        return {"le": LabelFact("never", reason=gone)}
    if part != "native" and le.presence != "never":
        return {"le": LabelFact("maybe", le.values, le.pattern, gone)}
    return {}


def _info(node: Call, args: tuple[Value, ...]) -> Value:
    arms = []
    for arm in args[0].arms:
        reason = Reason("may come from an info metric", node)
        facts = {
            name: LabelFact("maybe", reason=reason) if fact.presence != "always" else LabelFact("always", None, None, fact.reason)
            for name, fact in arm.labels.facts.items()
            if name != "__name__"
        }
        facts["__name__"] = arm.labels.get("__name__")
        arms.append(arm._replace(labels=Labels(facts, ANYTHING), keys=(), empty="data" if arm.empty == "never" else arm.empty))
    return Value("vector", tuple(arms), "data" if args[0].empty == "never" else args[0].empty)


def _label_replace(node: Call, args: tuple[Value, ...]) -> Value:
    words = [_string(arg) for arg in node.args[1:]]
    return Value("vector", tuple(label_replace(node, arm, words) for arm in args[0].arms), args[0].empty)


def _label_join(node: Call, args: tuple[Value, ...]) -> Value:
    words = [_string(arg) for arg in node.args[1:]]
    return Value("vector", tuple(label_join(node, arm, words) for arm in args[0].arms), args[0].empty)


def _string(node: Expr) -> str | None:
    inner = unwrapped(node)
    return inner.value if isinstance(inner, StringLiteral) else None


_SPECIAL: Final[dict[str, Callable[[Call, tuple[Value, ...]], Value]]] = {
    "absent": _absent,
    "absent_over_time": _absent,
    "scalar": _scalar_of,
    "vector": _vector,
    "histogram_quantile": _histogram_quantile,
    "histogram_quantiles": _histogram_quantile,
    "histogram_fraction": _histogram_fraction,
    "info": _info,
    "label_replace": _label_replace,
    "label_join": _label_join,
}
__all__ = ["call", "kept_keys", "nameless", "ratio", "renamed", "single", "unwrapped"]
