"""Text to tokens.

One regular expression cuts the text without knowing where it is: what is in square brackets is one token, which the parser cuts again by
`range_tokens`, because a colon is part of a name outside and a separator inside. A token that is wrong in itself (an open string, a stray
character) is a token like any other; the parser says so when it gets there, so the first mistake of a text is the one that is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import accumulate, compress

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.variables import PATTERN as VARIABLE
from monitoring_as_code.promql.variables import may_hold_variables

# Kinds of tokens. Keywords, operators and punctuation are their own kind, in lower case.
NAME = "NAME"
NUMBER = "NUMBER"  # durations included: since Prometheus 3 each stands wherever the other does
STRING = "STRING"
RANGE = "RANGE"  # [ ... ]
VARIABLE_NAME = "VARIABLE"  # a name with one of Grafana's variables in it
STRAY = "STRAY"
END = "END"
_SPACE = ""

AGGREGATIONS: frozenset[str] = frozenset(
    {
        "sum",
        "avg",
        "count",
        "min",
        "max",
        "group",
        "stddev",
        "stdvar",
        "topk",
        "bottomk",
        "count_values",
        "quantile",
        "limitk",
        "limit_ratio",
    }
)
_NEVER_A_METRIC = ("bool", "on", "ignoring", "group_left", "group_right", "atan2")
_ALSO_A_METRIC = ("and", "or", "unless", "by", "without", "offset", "start", "end", "step", "range", "min_of", "max_of")
_NEW_KEYWORDS = ("anchored", "smoothed", "fill", "fill_left", "fill_right")
KEYWORDS: frozenset[str] = frozenset({*AGGREGATIONS, *_NEVER_A_METRIC, *_ALSO_A_METRIC, *_NEW_KEYWORDS})
METRIC_WORDS: frozenset[str] = KEYWORDS - frozenset(_NEVER_A_METRIC) | {NAME}
LABEL_WORDS: frozenset[str] = KEYWORDS - {"without"} | {NAME}

_KINDS: dict[str, str] = {word: word for word in KEYWORDS}
_KINDS.update(
    (sign, sign)
    for sign in [
        "(",
        ")",
        "{",
        "}",
        ",",
        "=",
        "@",
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "<",
        ">",
        "==",
        "!=",
        "<=",
        ">=",
        "=~",
        "!~",
        "</",
        ">/",
        ":",
    ]
)
_KINDS.update({"inf": NUMBER, "nan": NUMBER, ":": NAME, " ": _SPACE})
_KIND_OF_FIRST: dict[str, str] = dict.fromkeys("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:", NAME)
_KIND_OF_FIRST.update(dict.fromkeys("0123456789.", NUMBER))
_KIND_OF_FIRST.update(dict.fromkeys("\"'`", STRING))
_KIND_OF_FIRST.update({"[": RANGE, " ": _SPACE, "\t": _SPACE, "\n": _SPACE, "\r": _SPACE, "#": _SPACE})

_NAME = r"[a-zA-Z_:][\w:]*"
# An exponent's sign belongs to the number, except in a hexadecimal one, where `e` is a digit.
_NUMBER = r"0[xX]\w*|(?:\d|\.\d)(?:[eE][+-](?=\d)|[\w.])*"
_REST = (
    r"""|"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|'[^'\\\n]*(?:\\.[^'\\\n]*)*'?|`[^`]*`?"""
    r"|[=!<>]=|[=!]~|[<>]/|#[^\r\n]*|."
)
_FLAGS = re.ASCII | re.DOTALL
_cut: Callable[[str], list[str]] = re.compile(rf"[ \t\n\r]+|{_NAME}|{_NUMBER}|\[[^\[\]]*\]?{_REST}", _FLAGS).findall


class Tokens(NamedTuple):
    """Kinds, texts and starts of the tokens in order; the last one has the kind END."""

    kinds: list[str]
    texts: list[str]
    starts: list[int]


def tokens(text: str, *, variables: bool) -> Tokens:
    """The tokens of a text, without spaces and comments."""
    with_variables = variables and may_hold_variables(text)
    words = _cut_with_variables()(text) if with_variables else _cut(text)
    kinds = list(map(_known[with_variables].__getitem__, words))
    starts = compress(accumulate(map(len, words), initial=0), kinds)  # the kind of a space is false
    return Tokens([*filter(None, kinds), END], [*compress(words, kinds), ""], [*starts, len(text)])


class _KindsOfWords(dict[str, str]):
    """The kind of a word; those of words seen lately are kept, because expressions repeat theirs."""

    def __init__(self, *, with_variables: bool) -> None:
        self.with_variables = with_variables

    def __missing__(self, word: str) -> str:
        kind = _KINDS.get(word)
        if kind is None:
            kind = _KIND_OF_FIRST.get(word[0], STRAY)
            if kind is NAME:
                kind = VARIABLE_NAME if self.with_variables and may_hold_variables(word) else _KINDS.get(word.lower(), NAME)
            elif (kind is STRAY and len(word) > 1) or (kind is RANGE and self.with_variables and word[:2] == "[[" and word[2:3] != "["):
                kind = VARIABLE_NAME
        if len(self) > _MOST_WORDS:
            self.clear()
        self[word] = kind
        return kind


_MOST_WORDS = 4096
_known = {False: _KindsOfWords(with_variables=False), True: _KindsOfWords(with_variables=True)}


def range_tokens(text: str, start: int, *, variables: bool) -> Tokens:
    """The tokens between two square brackets; `start` is where the text stands in the whole."""
    kinds: list[str] = []
    texts: list[str] = []
    starts: list[int] = []
    position = start
    for word in _cut_range(variables)(text):
        kind = _RANGE_KINDS.get(word.lower())
        if kind is None:
            kind = _KIND_OF_FIRST.get(word[0], STRAY)
            if len(word) > 1 and variables and may_hold_variables(word):
                kind = VARIABLE_NAME
            elif kind in {NAME, STRING, RANGE}:
                kind = STRAY
        if kind:
            kinds.append(kind)
            texts.append(word)
            starts.append(position)
        position += len(word)
    kinds.append(END)
    texts.append("")
    starts.append(position)
    return Tokens(kinds, texts, starts)


_RANGE_KINDS: dict[str, str] = {
    sign: sign for sign in ("(", ")", "+", "-", "*", "/", "%", "^", ",", ":", "step", "range", "min_of", "max_of")
}


@cache
def _cut_with_variables() -> Callable[[str], list[str]]:
    name = rf"(?:[a-zA-Z_:]|{VARIABLE})(?:[\w:]|{VARIABLE})*"
    return re.compile(rf"[ \t\n\r]+|{name}|{_NUMBER}|\[(?:{VARIABLE}|[^\[\]])*\]?{_REST}", _FLAGS).findall


@cache
def _cut_range(variables: bool) -> Callable[[str], list[str]]:
    glued = rf"\w*(?:{VARIABLE})(?:\w|{VARIABLE})*|" if variables else ""
    return re.compile(rf"[ \t\n\r]+|{glued}{_NUMBER}|[a-zA-Z_]\w*|#[^\r\n]*|.", _FLAGS).findall
