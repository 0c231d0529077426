"""What templates are about: the functions, variables and data of Prometheus's alerts and of Alertmanager's notifications.

A type is a word: `string`, `float`, `labels`; `any` is one that nobody knows before the template is filled in. The tables hold for
Prometheus 2.42 and Alertmanager 0.25; a function that came later is known by name only.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from monitoring_as_code.light import NamedTuple

ANY: Final = "any"

WORDS: Final = {
    "string": "a text",
    "float": "a number with a fraction",
    "int": "a whole number",
    "bool": "a truth value",
    "number": "a number",
    "html": "HTML",
    "labels": "a set of labels",
    "external": "a set of labels",
    "kv": "a set of names and values",
    "map": "a map",
    "samples": "the result of a query",
    "sample": "one sample",
    "texts": "a list of texts",
    "alerts": "a list of alerts",
    "alert": "one alert",
    "pairs": "a list of pairs",
    "pair": "a pair",
    "root": "all that is known of the alert",
    "data": "all that is known of the notification",
    "time": "a time",
}
# Sets of names and values: a field is a name.
MAPS: Final = frozenset({"labels", "external", "kv"})
# What a `range` walks over, and what a number indexes.
ELEMENTS: Final = {
    "samples": "sample",
    "alerts": "alert",
    "pairs": "pair",
    "texts": "string",
    "labels": "string",
    "external": "string",
    "kv": "string",
}
# What the comparing functions compare.
BASIC: Final = frozenset({"string", "float", "int", "bool"})


class Signature(NamedTuple):
    """The types of a function's parameters, of which the last may be there any number of times, and that of its result."""

    parameters: tuple[str, ...]
    variadic: bool
    result: str


class Dialect(NamedTuple):
    """Go's templates as one program uses them. `later` are functions of newer versions; `elsewhere` those of the other program."""

    program: str
    root: str
    functions: Mapping[str, str]
    variables: Mapping[str, str]
    fields: Mapping[str, Mapping[str, str]]
    later: frozenset[str]
    elsewhere: str


@cache
def signature(text: str) -> Signature:
    """A function's line of the table.

    >>> signature("string string -> bool")
    Signature(parameters=('string', 'string'), variadic=False, result='bool')
    """
    taken, _, result = text.partition("->")
    names = taken.split()
    variadic = bool(names) and names[-1].endswith("*")
    return Signature(tuple(name.rstrip("*") for name in names), variadic, result.strip())


# Go's own: those that say more than their types do are read by name.
BUILTINS: Final = {
    "and": "any any* -> any",
    "or": "any any* -> any",
    "not": "any -> bool",
    "eq": "any any any* -> bool",
    "ne": "any any -> bool",
    "lt": "any any -> bool",
    "le": "any any -> bool",
    "gt": "any any -> bool",
    "ge": "any any -> bool",
    "index": "any any* -> any",
    "slice": "any any* -> any",
    "len": "any -> int",
    "call": "any any* -> any",
    "print": "any* -> string",
    "printf": "string any* -> string",
    "println": "any* -> string",
    "html": "any* -> string",
    "js": "any* -> string",
    "urlquery": "any* -> string",
}

_SHARED = {
    "title": "string -> string",
    "toUpper": "string -> string",
    "toLower": "string -> string",
    "match": "string string -> bool",
    "reReplaceAll": "string string string -> string",
    "safeHtml": "string -> html",
}

PROMETHEUS: Final = Dialect(
    program="Prometheus",
    root="root",
    functions=_SHARED
    | {
        "args": "any* -> map",
        "externalURL": "-> string",
        "first": "samples -> sample",
        "graphLink": "string -> string",
        "humanize": "number -> string",
        "humanize1024": "number -> string",
        "humanizeDuration": "number -> string",
        "humanizePercentage": "number -> string",
        "humanizeTimestamp": "number -> string",
        "label": "string sample -> string",
        "parseDuration": "string -> float",
        "pathPrefix": "-> string",
        "query": "string -> samples",
        "sortByLabel": "string samples -> samples",
        "stripDomain": "string -> string",
        "stripPort": "string -> string",
        "strvalue": "sample -> string",
        "tableLink": "string -> string",
        "toTime": "number -> time",
        "value": "sample -> float",
    },
    variables={"$": "root", "$labels": "labels", "$externalLabels": "external", "$externalURL": "string", "$value": "float"},
    fields={
        "root": {"Labels": "labels", "ExternalLabels": "external", "ExternalURL": "string", "Value": "float"},
        "sample": {"Labels": "kv", "Value": "float"},
    },
    later=frozenset({"now", "toDuration", "urlQueryEscape"}),
    elsewhere="Alertmanager",
)

_ALERTMANAGER_KV = {"SortedPairs": "pairs", "Remove": "kv", "Names": "texts", "Values": "texts"}

ALERTMANAGER: Final = Dialect(
    program="Alertmanager",
    root="data",
    functions=_SHARED | {"join": "string texts -> string", "stringSlice": "string* -> texts"},
    variables={"$": "data"},
    fields={
        "data": {
            "Receiver": "string",
            "Status": "string",
            "Alerts": "alerts",
            "GroupLabels": "kv",
            "CommonLabels": "kv",
            "CommonAnnotations": "kv",
            "ExternalURL": "string",
        },
        "alerts": {"Firing": "alerts", "Resolved": "alerts"},
        "alert": {
            "Status": "string",
            "Labels": "kv",
            "Annotations": "kv",
            "StartsAt": "time",
            "EndsAt": "time",
            "GeneratorURL": "string",
            "Fingerprint": "string",
        },
        "pairs": {"Names": "texts", "Values": "texts"},
        "pair": {"Name": "string", "Value": "string"},
        "kv": _ALERTMANAGER_KV,
    },
    later=frozenset({"append", "date", "dict", "humanizeDuration", "list", "safeUrl", "since", "toJson", "trimSpace", "tz", "urlUnescape"}),
    elsewhere="Prometheus",
)


def other(dialect: Dialect) -> Dialect:
    """The other program's."""
    return ALERTMANAGER if dialect is PROMETHEUS else PROMETHEUS
