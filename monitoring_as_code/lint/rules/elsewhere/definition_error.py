from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def definition_error() -> None:
    """A file of the definitions cannot be loaded: it is no Python, or it raises an exception.

    What it declares is missing then, so checks that need the whole project are left out until it is mended; the other files are checked
    as ever. The place is the innermost line in the definitions.

    BAD:

        threshold = 1 / 0

    GOOD:

        threshold = 1 / 10
        queue_length = Gauge(name="queue_length", help="Jobs that wait.", unused="an example")
    """
