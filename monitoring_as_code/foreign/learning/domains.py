"""What the values seen of a label say about those that it may have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.exposition import Labels


class Domain(NamedTuple):
    """What is known of a label's values: all of them, what they look like, or how many there may be. `open_ended` says why none of that is."""

    values: tuple[str, ...] | None = None
    pattern: str | None = None
    at_most: int | None = None
    open_ended: str = ""


# What differs from host to host, from version to version, or with the configuration, however few values one page shows.
_PLACES = frozenset(
    [
        "address",
        "branch",
        "bucket",
        "chip",
        "cluster",
        "container",
        "cpu",
        "database",
        "datname",
        "db",
        "device",
        "dialer_name",
        "disk",
        "domain",
        "endpoint",
        "environment",
        "file",
        "filename",
        "fstype",
        "group",
        "handler",
        "host",
        "hostname",
        "id",
        "image",
        "ifalias",
        "ifname",
        "index",
        "interface",
        "ip",
        "job_name",
        "kernel",
        "key",
        "listener_name",
        "mountpoint",
        "name",
        "namespace",
        "node",
        "operstate",
        "path",
        "peer",
        "pod",
        "pool",
        "port",
        "queue",
        "region",
        "release",
        "relname",
        "revision",
        "role",
        "route",
        "rule_group",
        "schema",
        "scrape_job",
        "sensor",
        "server",
        "service",
        "shard",
        "slice",
        "state_dir",
        "table",
        "tenant",
        "topic",
        "type_name",
        "uri",
        "url",
        "user",
        "username",
        "uuid",
        "version",
        "vhost",
        "volume",
        "worker",
        "zone",
    ]
)
_WORD = re.compile(r"[A-Za-z][A-Za-z_ -]{0,23}")
_STATUS = re.compile(r"[1-5][0-9]{2}")
_LONG_NUMBER = re.compile(r"[0-9]{5,}")
_HEX = re.compile(r"(?=.*[0-9])(?=.*[a-fA-F])[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,})*")
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]+)?|(?=.*:.*:)[0-9a-fA-F:.\[\]]{4,}(?:/[0-9]+)?")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
# Of one server in a text, such as that of an error; alone it is as above.
_ADDRESS_WITHIN = re.compile(r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9.])")
_MOMENT = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:.*)?")
# The names that Kubernetes makes: its letters are none of which words could be made.
_POD = re.compile(r".+-[bcdfghjklmnpqrstvwxz2456789]{7,10}-[bcdfghjklmnpqrstvwxz2456789]{5}")
_TOKEN = re.compile(r"(?:[A-Za-z]{2,8}[_-])*([0-9A-Za-z]{16,})")
_CHANGE = re.compile(r"[0-9][A-Za-z]|[A-Za-z][0-9]")
_NUMBERED_PATH = re.compile(r"/(?:.*/)?[0-9]+(?:/.*)?")
_OF_PATHS = frozenset({"endpoint", "handler", "path", "route", "uri", "url"})
_PAIRS = ({"true", "false"}, {"yes", "no"}, {"on", "off"}, {"success", "failure"}, {"success", "error"}, {"read", "write"})
_HTTP = frozenset({"code", "status", "status_code", "http_status", "http_status_code"})
# More values than this are no list that somebody keeps.
_MANY = 100


def of_label(name: str, values: frozenset[str], series: Iterable[tuple[Labels, float]], pages: int, most: int) -> Domain:
    """The domain of a label by the values and series of one metric.

    Args:
        name: the label's.
        values: all that were seen, without the empty one.
        series: the labels and the value of each sample.
        pages: on how many pages the same values were seen, if it is on all that have the metric; else 0.
        most: the most values that are written down.
    """
    if name in _HTTP and values and all(map(_STATUS.fullmatch, values)):
        return Domain(pattern="[1-5][0-9]{2}", at_most=60)
    if (
        2 <= len(values) <= most
        and name not in _PLACES
        and all(map(_WORD.fullmatch, values))
        and _looks_closed(name, values, series, pages)
    ):
        return Domain(values=tuple(sorted(values)))
    why = open_ended(values) or ("paths" if name in _OF_PATHS and any(map(_NUMBERED_PATH.fullmatch, values)) else "")
    return Domain(open_ended=why) if why else Domain()


def _looks_closed(name: str, values: frozenset[str], series: Iterable[tuple[Labels, float]], pages: int) -> bool:
    """Whether there is a sign that these are all: other series repeat the same ones, or some stand there although nothing has happened."""
    if pages >= 3 or set(values) in _PAIRS:
        return True
    beside: dict[Labels, set[str]] = {}
    idle: set[str] = set()
    for labels, value in series:
        rest = tuple(each for each in labels if each[0] != name and each[0] not in ("le", "quantile"))
        mine = next((each for key, each in labels if key == name), "")
        beside.setdefault(rest, set()).add(mine)
        if value == 0:
            idle.add(mine)
    repeated = len(beside) > 1 and all(each == values for each in beside.values())
    return repeated or len(idle & values) >= 2


def open_ended(values: Iterable[str]) -> str:
    """What makes a label look as if new values kept coming, in a word; empty if nothing does."""
    listed = list(values)
    looks = (("addresses", _ADDRESS), ("addresses", _MAIL), ("ids", _HEX), ("ids", _POD), ("numbers", _LONG_NUMBER), ("times", _MOMENT))
    for what, pattern in looks:
        if any(map(pattern.fullmatch, listed)):
            return what
    if any(map(_is_token, listed)):
        return "ids"
    if any(" " in each and _ADDRESS_WITHIN.search(each) for each in listed):
        return "texts with addresses"
    if sum("/" in each.strip("/") and each.startswith("/") for each in listed) >= 20:
        return "paths"
    return f"{len(listed)} values" if len(listed) > _MANY else ""


def _is_token(value: str) -> bool:
    """Whether letters and digits change as often as where chance has made them."""
    found = _TOKEN.fullmatch(value)
    return found is not None and len(_CHANGE.findall(found[1])) >= 4


def bound(count: int) -> int:
    """A round number with room for a few times what was seen.

    >>> bound(1), bound(7), bound(30)
    (10, 20, 100)
    """
    steps = (10, 20, 50, 100, 200, 500)
    return next((step for step in steps if step >= 2 * count), 1000)
