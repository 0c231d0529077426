"""What is not recorded: counted, logged once, and raised only where a test asks for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from monitoring_as_code.instrument import own

if TYPE_CHECKING:
    from types import TracebackType

    from monitoring_as_code.instrument.own import Reason
    from monitoring_as_code.model.metric import AnyMetric

# Metrics and reasons that the log has already.
_logged: set[tuple[str, str]] = set()
# How many `strict()` there are at this moment; the environment's is one that never ends.
_strict = int(os.environ.get("MAC_INSTRUMENT_STRICT", "") not in ("", "0"))


class NotRecorded(ValueError):  # noqa: N818 - it is read by who wrote the test
    """A sample was not recorded as it was given; raised under `strict()` alone."""


class Dropped(Exception):  # noqa: N818 - a way out, which nobody but this package sees
    """A sample that is not recorded as it was given: the reason, the sentence for people, and the label values that it is about.

    Those values may come from anybody, and be a secret. So a log has them only if they are `public`, which is where the allowed ones are
    enumerated.
    """

    def __init__(self, reason: Reason, message: str, values: tuple[str, ...] = (), *, public: bool = False) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.message = message
        self.values = values
        self.public = public

    def told(self, *, values: bool) -> str:
        """The sentence, with or without the values that it is about."""
        return self.message + (f": {', '.join(map(_quoted, self.values))}" if values and self.values else "")


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
    return _strict > 0


def report(metric: AnyMetric, dropped: Dropped) -> None:
    """Counts what was dropped, and logs the first of its kind."""
    if raising():
        raise NotRecorded(f"`{metric.name}`: {dropped.told(values=True)}") from None
    if metric is not own.dropped:
        own.dropped.inc(metric=metric.name, reason=dropped.reason)
    if (metric.name, dropped.reason) not in _logged:
        _logged.add((metric.name, dropped.reason))
        import logging

        logging.getLogger("monitoring_as_code.instrument").warning(
            "`%s`: %s; further ones are counted in `%s` and not logged", metric.name, dropped.told(values=dropped.public), own.dropped.name
        )


def _quoted(value: str) -> str:
    """A value on one line, whatever is in it."""
    return f"`{ascii(value[:100])[1:-1]}`" + (" and more" if len(value) > 100 else "")
