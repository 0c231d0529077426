from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def invalid_declaration() -> None:
    """An argument of a declaration is wrong: of another type, unknown, missing, or of a value that cannot be.

    The declaration does not exist then, and what depends on it is not checked. Arguments are strict: a number is no text, and a list is no
    tuple. The message says what the argument takes.

    BAD:

        requests = Counter(name="http requests", help="Requests served.", unused="an example")

    GOOD:

        requests = Counter(name="http_requests_total", help="Requests served.", unused="an example")
    """
