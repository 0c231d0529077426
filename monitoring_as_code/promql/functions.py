"""Every function and aggregation of Prometheus 3.14, in one table that the parser checks calls against and inference reads.

Columns:

- `arguments`, `optional`, `returns`: the types. `optional` of the last arguments may be left out; `repeats` is how often the last one may
  be given: once, up to so many times, or any number of times (-1).
- `experimental`: refused without the feature flag.
- `since`: the version in which it is known to be there; (2, 42) was tried with that version's promtool, and stands for older ones too.
- `wants`: what the first vector must be to make sense. "counter" includes buckets, counts and native counter histograms.
- `keeps_name`: whether `__name__` stays.
- `kind`, `unit`: what comes out; "same" is what went in.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from monitoring_as_code.light import NamedTuple

ValueType: TypeAlias = Literal["scalar", "string", "vector", "matrix"]
Wants: TypeAlias = Literal["any", "counter", "gauge", "buckets", "native histogram", "raw"]
Kind: TypeAlias = Literal[
    "same",
    "rate",
    "increase",
    "gauge",
    "count",
    "quantile",
    "timestamp",
    "duration",
    "constant",
    "ratio",
    "observed mean",
    "observed sum",
    "presence",
]
Unit: TypeAlias = Literal[
    "same", "per second", "one", "squared", "square root", "timestamp", "seconds", "observed", "observed squared", "radians", "degrees"
]


class Function(NamedTuple):
    """One function; the columns are explained above."""

    name: str
    arguments: tuple[ValueType, ...]
    returns: ValueType = "vector"
    optional: int = 0
    repeats: int = 1
    experimental: bool = False
    since: tuple[int, int] = (2, 42)
    wants: Wants = "any"
    keeps_name: bool = False
    kind: Kind = "gauge"
    unit: Unit = "same"


class Aggregation(NamedTuple):
    """One aggregation; `param` is the type of the argument before the vector."""

    name: str
    param: ValueType | None = None
    experimental: bool = False
    kind: Kind = "gauge"
    unit: Unit = "same"


_V: tuple[ValueType, ...] = ("vector",)
_M: tuple[ValueType, ...] = ("matrix",)
_S: ValueType = "scalar"
_T: ValueType = "string"

_ROWS: tuple[Function, ...] = (
    # How fast, how much, how often: over a range of a counter.
    Function("rate", _M, wants="counter", kind="rate", unit="per second"),
    Function("irate", _M, wants="counter", kind="rate", unit="per second"),
    Function("increase", _M, wants="counter", kind="increase"),
    Function("resets", _M, wants="counter", kind="count", unit="one"),
    # Over a range of a gauge.
    Function("changes", _M, kind="count", unit="one"),
    Function("delta", _M, wants="gauge"),
    Function("idelta", _M, wants="gauge"),
    Function("deriv", _M, wants="gauge", unit="per second"),
    Function("predict_linear", ("matrix", _S), wants="gauge"),
    Function("double_exponential_smoothing", ("matrix", _S, _S), wants="gauge", experimental=True, since=(3, 0)),
    # One number from all the samples of a range.
    Function("avg_over_time", _M, wants="gauge", kind="same"),
    Function("min_over_time", _M, wants="gauge", kind="same"),
    Function("max_over_time", _M, wants="gauge", kind="same"),
    Function("sum_over_time", _M, wants="gauge"),
    Function("count_over_time", _M, kind="count", unit="one"),
    Function("quantile_over_time", (_S, "matrix"), wants="gauge", kind="quantile"),
    Function("stddev_over_time", _M, wants="gauge"),
    Function("stdvar_over_time", _M, wants="gauge", unit="squared"),
    Function("mad_over_time", _M, wants="gauge", experimental=True, since=(3, 0)),
    Function("last_over_time", _M, keeps_name=True, kind="same"),
    Function("first_over_time", _M, keeps_name=True, kind="same", since=(3, 14)),
    Function("present_over_time", _M, kind="presence", unit="one"),
    Function("absent_over_time", _M, kind="presence", unit="one"),
    Function("ts_of_max_over_time", _M, kind="timestamp", unit="timestamp", experimental=True, since=(3, 14)),
    Function("ts_of_min_over_time", _M, kind="timestamp", unit="timestamp", experimental=True, since=(3, 14)),
    Function("ts_of_first_over_time", _M, kind="timestamp", unit="timestamp", experimental=True, since=(3, 14)),
    Function("ts_of_last_over_time", _M, kind="timestamp", unit="timestamp", experimental=True, since=(3, 14)),
    # Histograms.
    Function("histogram_quantile", (_S, "vector"), wants="buckets", kind="quantile", unit="observed"),
    Function(
        "histogram_quantiles",
        ("vector", _T, _S, _S),
        optional=1,
        repeats=9,
        wants="buckets",
        kind="quantile",
        unit="observed",
        experimental=True,
        since=(3, 14),
    ),
    Function("histogram_count", _V, wants="native histogram", kind="same", unit="one"),
    Function("histogram_sum", _V, wants="native histogram", kind="observed sum", unit="observed"),
    Function("histogram_avg", _V, wants="native histogram", kind="observed mean", unit="observed", since=(3, 0)),
    Function("histogram_fraction", (_S, _S, "vector"), wants="buckets", kind="ratio", unit="one"),
    Function("histogram_stddev", _V, wants="native histogram", unit="observed", since=(3, 0)),
    Function("histogram_stdvar", _V, wants="native histogram", unit="observed squared", since=(3, 0)),
    # Existence, and from one type to another.
    Function("absent", _V, kind="presence", unit="one"),
    Function("scalar", _V, "scalar", kind="same"),
    Function("vector", (_S,), kind="same"),
    # Sample by sample.
    Function("abs", _V, kind="same"),
    Function("ceil", _V, kind="same"),
    Function("floor", _V, kind="same"),
    Function("round", ("vector", _S), optional=1, kind="same"),
    Function("clamp", ("vector", _S, _S), kind="same"),
    Function("clamp_min", ("vector", _S), kind="same"),
    Function("clamp_max", ("vector", _S), kind="same"),
    Function("sgn", _V, unit="one"),
    Function("sqrt", _V, unit="square root"),
    Function("exp", _V, unit="one"),
    Function("ln", _V, unit="one"),
    Function("log2", _V, unit="one"),
    Function("log10", _V, unit="one"),
    Function("sin", _V, unit="one"),
    Function("cos", _V, unit="one"),
    Function("tan", _V, unit="one"),
    Function("asin", _V, unit="radians"),
    Function("acos", _V, unit="radians"),
    Function("atan", _V, unit="radians"),
    Function("sinh", _V, unit="one"),
    Function("cosh", _V, unit="one"),
    Function("tanh", _V, unit="one"),
    Function("asinh", _V, unit="one"),
    Function("acosh", _V, unit="one"),
    Function("atanh", _V, unit="one"),
    Function("deg", _V, unit="degrees"),
    Function("rad", _V, unit="radians"),
    Function("pi", (), "scalar", kind="constant", unit="one"),
    Function("max_of", (_S, _S), "scalar", kind="same", experimental=True, since=(3, 14)),
    Function("min_of", (_S, _S), "scalar", kind="same", experimental=True, since=(3, 14)),
    # Time.
    Function("time", (), "scalar", kind="timestamp", unit="timestamp"),
    Function("timestamp", _V, kind="timestamp", unit="timestamp"),
    Function("start_timestamp", _V, kind="timestamp", unit="timestamp", experimental=True, since=(3, 14)),
    Function("start", (), "scalar", kind="timestamp", unit="timestamp", experimental=True, since=(3, 14)),
    Function("end", (), "scalar", kind="timestamp", unit="timestamp", experimental=True, since=(3, 14)),
    Function("range", (), "scalar", kind="duration", unit="seconds", experimental=True, since=(3, 14)),
    Function("step", (), "scalar", kind="duration", unit="seconds", experimental=True, since=(3, 14)),
    Function("minute", _V, optional=1, unit="one"),
    Function("hour", _V, optional=1, unit="one"),
    Function("day_of_week", _V, optional=1, unit="one"),
    Function("day_of_month", _V, optional=1, unit="one"),
    Function("day_of_year", _V, optional=1, unit="one"),
    Function("days_in_month", _V, optional=1, unit="one"),
    Function("month", _V, optional=1, unit="one"),
    Function("year", _V, optional=1, unit="one"),
    # Labels and order.
    Function("label_replace", ("vector", _T, _T, _T, _T), keeps_name=True, kind="same"),
    Function("label_join", ("vector", _T, _T, _T), optional=1, repeats=-1, keeps_name=True, kind="same"),
    Function("info", ("vector", "vector"), optional=1, keeps_name=True, kind="same", experimental=True, since=(3, 0)),
    Function("sort", _V, keeps_name=True, kind="same"),
    Function("sort_desc", _V, keeps_name=True, kind="same"),
    Function("sort_by_label", ("vector", _T), optional=1, repeats=-1, keeps_name=True, kind="same", experimental=True, since=(3, 0)),
    Function("sort_by_label_desc", ("vector", _T), optional=1, repeats=-1, keeps_name=True, kind="same", experimental=True, since=(3, 0)),
)

FUNCTIONS: dict[str, Function] = {row.name: row for row in _ROWS}

AGGREGATIONS: dict[str, Aggregation] = {
    row.name: row
    for row in (
        Aggregation("sum", kind="same"),
        Aggregation("avg", kind="same"),
        Aggregation("min", kind="same"),
        Aggregation("max", kind="same"),
        Aggregation("count", kind="count", unit="one"),
        Aggregation("group", kind="presence", unit="one"),
        Aggregation("stddev"),
        Aggregation("stdvar", unit="squared"),
        Aggregation("quantile", "scalar", kind="quantile"),
        Aggregation("count_values", "string", kind="count", unit="one"),
        Aggregation("topk", "scalar", kind="same"),
        Aggregation("bottomk", "scalar", kind="same"),
        Aggregation("limitk", "scalar", experimental=True, kind="same"),
        Aggregation("limit_ratio", "scalar", experimental=True, kind="same"),
    )
}

# Functions of earlier versions and other systems, and what to write instead.
REPLACEMENTS: dict[str, str] = {
    "holt_winters": "Prometheus 3 calls it `double_exponential_smoothing()`",
    "median": "write `quantile(0.5, ...)`",
    "mean": "PromQL's word is `avg()`",
    "average": "PromQL's word is `avg()`",
    "derivative": "PromQL's word is `deriv()`",
    "distinct": "write `count(count by (label) (...))`",
    "count_distinct": "write `count(count by (label) (...))`",
    "with": "that is VictoriaMetrics' language, not PromQL",
    "lag": "that is VictoriaMetrics' language, not PromQL",
    "if": "PromQL has no `if`: filter with `and` or a comparison",
}
