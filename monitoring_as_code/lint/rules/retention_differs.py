from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.durations import milliseconds

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading

_VARIABLE = "PROMETHEUS_RETENTION"


@rule(WARNING, definitions_only=True)
def retention_differs(reading: Reading) -> Iterator[Finding]:
    """`.env` says how long samples are kept, and something else than the stack.

    What the stack's `retention` says is what Prometheus is started with, what the docs say, and what queries are held to that look far
    back. A `PROMETHEUS_RETENTION` beside it is read by nobody, and who changes it there believes that something has changed. Remove it.

    BAD:

        # .env: PROMETHEUS_RETENTION=90d
        stack = Stack(
            name="shop", retention="30d", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),), alertmanagers=("alertmanager:9093",)
        )

    GOOD:

        # .env: PROMETHEUS_RETENTION=720h
        stack = Stack(
            name="shop", retention="30d", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),), alertmanagers=("alertmanager:9093",)
        )
    """
    stack = reading.analysis.stack
    if stack is None:
        return
    said = _said(reading.project.root)
    if said is None or said == stack.retention or _length(said) == milliseconds(stack.retention):
        return
    message = f"`{_VARIABLE}` in `.env` is `{said}`, but the stack declares `{stack.retention}`, and that is what holds"
    yield Finding(message, Place(stack.origin, ("retention",)), "remove it from `.env`; how long samples are kept is said here")


def _said(root: str) -> str | None:
    """What the last line says that sets it, as in a shell."""
    try:
        with open(os.path.join(root, ".env"), encoding="utf-8-sig") as file:
            text = file.read()
    except (OSError, ValueError):
        return None  # whoever reads all of it says what is wrong with it
    found = None
    for line in text.splitlines():
        name, _, value = line.strip().removeprefix("export ").partition("=")
        if name.strip() == _VARIABLE:
            found = value.partition(" #")[0].strip().strip("'\"")
    return found or None


def _length(text: str) -> int | None:
    try:
        return milliseconds(text)
    except ValueError:
        return None
