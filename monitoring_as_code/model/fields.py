"""The types of fields that several declarations share."""

import re
from typing import Annotated, Literal, TypeAlias

from monitoring_as_code.model.checking import Check, Disclosing
from monitoring_as_code.promql.durations import milliseconds

Severity: TypeAlias = Literal["critical", "warning", "info", "none"]

# What every supported Prometheus accepts; UTF-8 names need Prometheus 3.
_METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")


def _duration(text: str) -> str:
    if milliseconds(text) == 0 and text != "0s":
        message = f"`{text}` is no duration here: leave the argument out, or write `0s`"
        raise ValueError(message)
    return text


def _positive_duration(text: str) -> str:
    if milliseconds(text) == 0:
        message = "must be longer than nothing: write it like `30s`, `5m` or `1h30m`"
        raise ValueError(message)
    return text


def _metric_name(name: str) -> str:
    if not _METRIC_NAME.fullmatch(name):
        message = f"`{name}` is no metric name: letters, digits, underscores and colons, not a digit first"
        raise ValueError(message)
    return name


def _plain_name(name: str) -> str:
    if not name.strip() or not name.isprintable():
        message = "a name needs at least one character, and none that cannot be printed"
        raise ValueError(message)
    return name


def check_labels(labels: dict[str, str]) -> dict[str, str]:
    """Labels that Prometheus takes on a rule or a target.

    Raises:
        ValueError: a name that is none, or that Prometheus keeps for itself.
    """
    for name in labels:
        if not _LABEL_NAME.fullmatch(name) or name.startswith("__"):
            message = f"`{name}` is no label name: letters, digits and underscores, not a digit first, not two underscores first"
            raise ValueError(message)
    return labels


def _uid(text: str) -> str:
    if not _UID.fullmatch(text):
        message = f"`{text}` is no uid: at most 40 letters, digits, hyphens and underscores, such as `shop-overview`"
        raise ValueError(message)
    return text


# Of what Python's `re` complains that is wrong in JavaScript just the same; of the rest the two think differently.
_BROKEN = ("missing ), unterminated", "unbalanced parenthesis", "unterminated character set", "nothing to repeat", "multiple repeat")


def javascript_regex(text: str) -> str:
    """A regular expression as Grafana takes it: bare, or between slashes with flags. What is wrong with it for certain is refused.

    Raises:
        ValueError: it does not compile.
    """
    body = text
    if text.startswith("/"):
        body, slash, flags = text[1:].rpartition("/")
        if not slash or not body or not set(flags) <= set("dgimsuvy"):
            message = f"`{text}` is no regular expression: write it like `/^prod-/`, or without slashes"
            raise ValueError(message)
    try:
        re.compile(body.replace("(?<", "(?P<").replace("(?P<=", "(?<=").replace("(?P<!", "(?<!"))
    except re.error as error:
        if error.msg.startswith(_BROKEN):
            message = f"`{text}` is no regular expression: {error.msg}"
            raise ValueError(message) from None
    return text


def _secret_file(path: str) -> str:
    if "://" in path or not path.startswith("/"):
        message = "a secret would be readable in the artifact: write the path of the file that holds it, `/run/secrets/...`"
        raise Disclosing(message)
    last = path.rsplit("/", 1)[1]
    if not last or not path.isprintable():
        message = "is no path of a file: write it like `/run/secrets/...`"
        raise Disclosing(message)
    if path.startswith("/services/") or (len(last) >= 20 and last.isalnum() and any(each.isdigit() for each in last)):
        message = "looks like the secret itself, which would be readable in the artifact: put it into a file, and write that file's path"
        raise Disclosing(message)
    return path


def _share(value: float) -> float:
    if not 0 <= value <= 1:
        message = f"{value:g} is no share: it must be from 0 to 1"
        raise ValueError(message)
    return value


# A duration such as `5m`, in Prometheus's own words. `DurationText` may be `0s`.
DurationText: TypeAlias = Annotated[str, Check(_duration)]
PositiveDuration: TypeAlias = Annotated[str, Check(_positive_duration)]
MetricName: TypeAlias = Annotated[str, Check(_metric_name)]
PlainName: TypeAlias = Annotated[str, Check(_plain_name)]
# The path of a file that holds a secret, inside of the container that reads it.
SecretFile: TypeAlias = Annotated[str, Check(_secret_file)]
# Text that people read; any script, quotes and line breaks included.
Text: TypeAlias = str
LabelSet: TypeAlias = Annotated[dict[Text, Text], Check(check_labels)]
Uid: TypeAlias = Annotated[str, Check(_uid)]
# A regular expression that Grafana itself evaluates, in JavaScript.
JavaScriptRegex: TypeAlias = Annotated[Text, Check(javascript_regex)]
Share: TypeAlias = Annotated[float, Check(_share)]
