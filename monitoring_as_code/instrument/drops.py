"""What is not recorded: counted, logged once, and raised only where a test asks for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from monitoring_as_code.instrument.own import Reason
    from monitoring_as_code.model.metric import AnyMetric

# Metrics and reasons that the log has already.
_logged: set[tuple[str, str]] = set()
# How many `strict()` there are at this moment.
_strict = 0


class NotRecorded(ValueError):  # noqa: N818 - it is read by who wrote the test
    """A sample was not recorded as it was given; raised under `strict()` alone."""


class Dropped(Exception):  # noqa: N818 - a way out, which nobody but this package sees
    """A sample that is not recorded; the reason, and the sentence for people."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class strict:  # noqa: N801 - read as a function
    """From now on, or while a `with` block lasts, what is not recorded raises `NotRecorded`: for tests.

    The environment variable `MAC_INSTRUMENT_STRICT=1` does the same for a whole process.

    >>> with strict():
    ...     pass
    """

    def __init__(self) -> None:
        _change(1)

    def __enter__(self) -> None:
        """It holds already."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        _change(-1)


def _change(by: int) -> None:
    global _strict  # noqa: PLW0603 - all threads of the application under test
    _strict += by


def raising() -> bool:
    """Whether what is not recorded raises."""
    return _strict > 0 or os.environ.get("MAC_INSTRUMENT_STRICT", "") not in ("", "0")


def report(metric: AnyMetric, reason: Reason, message: str) -> None:
    """Counts what was dropped, and logs the first of its kind."""
    sentence = f"`{metric.name}`: {message}"
    if raising():
        raise NotRecorded(sentence)
    from monitoring_as_code.instrument.own import dropped

    if metric is not dropped:
        dropped.inc(metric=metric.name, reason=reason)
    if (metric.name, reason) not in _logged:
        _logged.add((metric.name, reason))
        import logging

        logging.getLogger("monitoring_as_code.instrument").warning(
            "%s; further ones are counted in `%s` and not logged", sentence, dropped.name
        )
