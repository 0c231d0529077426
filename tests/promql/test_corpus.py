"""What Prometheus 3.14's own parser says of many expressions, and what ours says of them."""

import math
from collections.abc import Callable
from typing import Any

from monitoring_as_code.promql import PromQLSyntaxError, parse
from monitoring_as_code.promql.ast import (
    Aggregate,
    AnyDuration,
    At,
    Binary,
    Call,
    Duration,
    DurationExpr,
    Expr,
    MatrixSelector,
    Name,
    NumberLiteral,
    Paren,
    StringLiteral,
    Subquery,
    Unary,
    VectorMatching,
    VectorSelector,
)
from monitoring_as_code.promql.features import ALL_FEATURES
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.promql.second_opinion import disagreement

Corpus = Callable[[str], list[dict[str, Any]]]

# Prometheus forgets to ask for its flag in this one; printed as it prints it, it would not be accepted again.
PRINTED_OTHERWISE = {"foo offset +(5)"}
# A quirk of Prometheus: the end of this node is that of the call around it.
SPAN_OTHERWISE = {"sum_over_time(metric1_total[29s+1s:20*500ms] offset (20*(((((8 - 2) / 3) * 7s) % 4) + 8000ms)))"}


def features_of(row: dict[str, Any]) -> frozenset[str]:
    return frozenset() if row["opt"] == "stock" else ALL_FEATURES


def test_what_is_valid_is_accepted_and_prints_as_prometheus_prints_it(corpus: Corpus) -> None:
    for row in corpus("valid.jsonl"):
        tree = parse(row["expr"], features=features_of(row))
        text = to_text(tree)
        assert text == row["canonical"] or row["expr"] in PRINTED_OTHERWISE
        assert parse(text, features=features_of(row)) == tree
        assert disagreement(text, tree) is None


def test_what_is_experimental_is_refused_without_its_flag(corpus: Corpus) -> None:
    for row in corpus("valid.jsonl"):
        if row["opt"] == "stock":
            continue
        try:
            parse(row["expr"])
        except PromQLSyntaxError as error:
            said = error.message
        else:
            said = "accepted"
        assert "is experimental and needs" in said, row["expr"]


def test_what_is_invalid_is_refused(corpus: Corpus) -> None:
    for row in corpus("invalid.jsonl"):
        if row["expr"] is None:  # not UTF-8
            continue
        try:
            parse(row["expr"], features=ALL_FEATURES)
        except PromQLSyntaxError:
            continue
        raise AssertionError(row["expr"])


def test_mutations_are_accepted_where_prometheus_accepts_them(corpus: Corpus) -> None:
    different: list[tuple[str, str]] = []
    rows = corpus("mutants.jsonl")
    for row in rows:
        for key, features in (("stock", frozenset[str]()), ("all", ALL_FEATURES)):
            try:
                parse(row["expr"], features=features)
            except PromQLSyntaxError:
                accepted = False
            else:
                accepted = True
            if accepted != row[key]:
                different.append((key, row["expr"]))
    assert len(different) <= 0.0005 * 2 * len(rows), different


def test_trees_and_spans_are_those_of_prometheus(corpus: Corpus) -> None:
    for row in corpus("trees.jsonl"):
        text = row["expr"]
        if text in PRINTED_OTHERWISE | SPAN_OTHERWISE:
            continue
        theirs = normal(row["ast"], text.encode())
        assert encoded(parse(text, features=features_of(row))) == theirs, text


def normal(value: Any, raw: bytes) -> Any:  # noqa: ANN401
    """Their tree with characters for bytes, and numbers as numbers."""
    if isinstance(value, list):
        return [normal(item, raw) for item in value]
    if not isinstance(value, dict):
        return value
    out = {key: normal(item, raw) for key, item in value.items()}
    out["pos"] = [len(raw[:offset].decode()) for offset in value["pos"]] if "pos" in value else []
    if value.get("k") == "num":
        out["v"] = repr(float(value["v"]))
    return out


def encoded(node: Expr) -> dict[str, Any]:
    """Our tree in the form of theirs."""
    out: dict[str, Any] = {"pos": list(node.span)}
    match node:
        case NumberLiteral(value=value):
            out |= {"k": "num", "v": "nan" if math.isnan(value) else repr(value)}
        case StringLiteral(value=value):
            out |= {"k": "str", "v": value.encode(errors="surrogateescape").decode(errors="replace")}
        case VectorSelector():
            matchers = [[matcher.name, matcher.op, matcher.value] for matcher in node.matchers]
            out |= {"k": "vec", "m": matchers + ([["__name__", "=", node.name]] if node.name else [])}
            out |= duration("off", node.offset) | at_of(node.at) | ({node.anchoring: True} if node.anchoring else {})
        case MatrixSelector(selector=selector, range=length):
            out |= {"k": "mat", "e": encoded(selector)} | duration("range", length)
        case Subquery():
            out |= {"k": "subq", "e": encoded(node.expr)} | duration("range", node.range) | duration("step", node.step)
            out |= duration("off", node.offset) | at_of(node.at)
        case Call(function=function, args=args):
            out |= {"k": "call", "f": function, "a": [encoded(argument) for argument in args]}
        case Aggregate():
            out |= {"k": "agg", "op": node.op, "e": encoded(node.expr), "g": names(node.grouping), "wo": node.without}
            out |= {} if node.param is None else {"p": encoded(node.param)}
        case Binary():
            out |= {"k": "bin", "op": node.op, "l": encoded(node.left), "r": encoded(node.right), "bool": node.bool_modifier}
            out |= {} if node.matching is None else {"vm": matching_of(node.matching)}
        case Unary(op=op, expr=inside):
            out |= {"k": "unary", "op": op, "e": encoded(inside)}
        case Paren(expr=inside):
            out |= {"k": "paren", "e": encoded(inside)}
        case _:
            raise AssertionError(node)
    return out


def duration(key: str, value: AnyDuration | None) -> dict[str, Any]:
    match value:
        case None:
            return {key: 0}
        case Duration(milliseconds=milliseconds):
            return {key: milliseconds}
        case DurationExpr(expr=expr):
            return {key: 0, f"{key}x": to_text(expr)}
        case _:
            raise AssertionError(value)


def at_of(at: At | None) -> dict[str, Any]:
    return {} if at is None else {"at": at.value}


def names(labels: tuple[Any, ...]) -> list[str]:
    return [label.value for label in labels if isinstance(label, Name)]


def matching_of(matching: VectorMatching) -> dict[str, Any]:
    out: dict[str, Any] = {
        "card": matching.card,
        "labels": names(matching.labels),
        "on": matching.on,
        "inc": names(matching.include),
        "pos": [],
    }
    for key, value in (("fl", matching.fill_left), ("fr", matching.fill_right)):
        if value is not None:
            out[key] = "NaN" if math.isnan(value) else "-Inf" if value == -math.inf else f"{value:g}"
    return out
