"""What a running Prometheus says of its targets."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.login import NOBODY, Login, server_at
from monitoring_as_code.promql.durations import milliseconds

_POLL_SECONDS = 0.1


class Target(NamedTuple):
    """One target: its job, what its series call it, where it really is, and how its last scrape went."""

    job: str
    instance: str
    address: str
    health: str
    """`up`, `down`, or `unknown` before its first scrape."""
    error: str = ""
    scraped: float = 0.0
    """When the last scrape began, in seconds since 1970; 0 before the first."""
    interval_seconds: float = 0.0


def targets_of(url: str, login: Login = NOBODY) -> tuple[Target, ...]:
    """All targets of a Prometheus, by job.

    Raises:
        OSError: it does not answer.
    """
    found = [
        Target(
            each["labels"].get("job", ""),
            each["labels"].get("instance", ""),
            urlsplit(each["scrapeUrl"]).netloc,
            each["health"],
            each.get("lastError", ""),
            _moment(each.get("lastScrape", "")),
            milliseconds(each.get("scrapeInterval") or "0s") / 1000,
        )
        for each in ask(url, "/api/v1/targets?state=active", login)["activeTargets"]
    ]
    return tuple(sorted(found))


def scraped_targets(
    url: str, patience_seconds: float, is_own: Callable[[str], bool], alive: Callable[[], None], login: Login = NOBODY
) -> tuple[Target, ...]:
    """All targets, when each has been scraped once and the stack's own are up, or when patience is at its end.

    `alive` is asked again and again, and may raise.

    Raises:
        OSError: Prometheus does not answer.
    """
    until = time.monotonic() + patience_seconds
    while True:
        alive()
        found = targets_of(url, login)
        # Prometheus knows of none before it has looked for them.
        open_ones = [each for each in found if each.health == "unknown" or (each.health != "up" and is_own(each.address))]
        if (found and not open_ones) or time.monotonic() > until:
            return found
        time.sleep(_POLL_SECONDS)


def reason(target: Target, starters: Mapping[str, str]) -> str:
    """Why a target is down, and what to do, in a sentence."""
    called = target.address if target.instance in ("", target.address) else f"{target.address} (`{target.instance}`)"
    what = f"`{target.job}` at {called}"
    if target.health == "unknown":
        return f"{what} has not been scraped yet"
    if "connection refused" in target.error:
        starter = starters.get(target.address)
        return f"{what} does not answer: start {starter}" if starter else f"{what} does not answer: start what listens there"
    if "no such host" in target.error or "server misbehaving" in target.error:
        return f"{what} has a name that this machine does not know: {target.error}"
    return f"{what} is down: {target.error}"


def ask(url: str, path: str, login: Login = NOBODY) -> Any:  # noqa: ANN401 - what an API answers
    """The data of an answer of Prometheus's API.

    Raises:
        OSError: there was none.
    """
    answer = json.loads(server_at(url, login).get(path, timeout_seconds=5))
    return answer["data"] if isinstance(answer, dict) and "data" in answer else answer


def page_of(url: str, login: Login = NOBODY) -> str:
    """What a server says of itself in metrics.

    Raises:
        OSError: it does not answer.
    """
    return server_at(url, login).get("/metrics", timeout_seconds=5).decode("utf-8", "replace")


def _moment(text: str) -> float:
    """Seconds since 1970 of a time in RFC 3339, of which Go writes more digits than Python reads; 0 for none, which Go writes as year 1."""
    from datetime import datetime

    if not text or text.startswith("0001-"):
        return 0.0
    whole, dot, rest = text.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    return datetime.fromisoformat(f"{whole}.{digits[:6]:0<6}{rest[len(digits) :]}" if dot else text).timestamp()
