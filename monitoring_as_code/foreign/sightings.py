"""What a run of `mac conform` has seen, as its report says: how many series there were, and examples."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_VERSION = 1


class NoReport(Exception):  # noqa: N818 - what it says
    """There is no report: one sentence."""


class SeenMetric(NamedTuple):
    """One metric. `combinations` are those of its own labels, of each of which a histogram has many series."""

    declared: bool
    series: int
    combinations: int
    values: Mapping[str, int]
    """How many values each label had."""
    examples: Mapping[str, tuple[str, ...]]
    """Some of them."""
    labels: Mapping[str, str]
    """The labels of the example."""
    value: str
    """The value of the example; "" if there was no series."""


def read_report(root: str, path: str) -> dict[str, SeenMetric]:
    """The metrics by name.

    Raises:
        NoReport: the file is not there, or is none of ours.
    """
    try:
        with open(os.path.join(root, path), encoding="utf-8") as file:
            data = json.load(file)
    except OSError as error:
        raise NoReport(f"`{path}` cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise NoReport(f"`{path}` is no report of `mac conform --report`") from None
    try:
        if data["version"] != _VERSION:
            raise NoReport(f"`{path}` is of another version of mac: write it again with `mac conform --report`")
        return metrics_in(data)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise NoReport(f"`{path}` is no report of `mac conform --report`") from None


def metrics_in(data: Mapping[str, Any]) -> dict[str, SeenMetric]:
    """The metrics of a report by name; it is one of this version."""
    return {str(name): _metric(each) for name, each in data["metrics"].items()}


def _metric(data: Mapping[str, Any]) -> SeenMetric:
    example = data.get("example") or {}
    return SeenMetric(
        data["declared"] is True,
        int(data["series"]),
        int(data["combinations"]),
        {str(name): int(each["values"]) for name, each in data["labels"].items()},
        {str(name): tuple(map(str, each["examples"])) for name, each in data["labels"].items()},
        {str(name): str(text) for name, text in example.get("labels", {}).items()},
        str(example.get("value", "")),
    )
