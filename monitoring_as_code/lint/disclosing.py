"""Which values of labels may be written into a file that is kept: a page of metrics may hold what it should not."""

from __future__ import annotations

import re

from monitoring_as_code.lint.secret_shapes import secrets_in

HIDDEN = "(hidden)"

# What a label is called whose values are secrets, or say who somebody is.
_NAMES = re.compile(
    r"(?i)(?:^|_)(?:(?:password|passwd|passphrase|secret|token|credentials?|cookie|session)(?:_(?:id|key|hash|value))?"
    r"|authorization|(?:auth|api|private|access)_?key|e?mail|user_?name)$"
)
_MAIL = re.compile(r"[^\s@/]+@[^\s@/]+\.[a-zA-Z]{2,}")
# Letters and digits in no order: a token, a hash, an id of one thing that nobody needs as an example.
_WORD = re.compile(r"[A-Za-z0-9+=_-]{20,}")


def disclosable(label: str, value: str) -> str:
    """The value, or that it is hidden.

    >>> disclosable("route", "/orders/{id}"), disclosable("api_key", "abc"), disclosable("user", "ann@example.org")
    ('/orders/{id}', '(hidden)', '(hidden)')
    """
    if not value or (not _NAMES.search(label) and not _looks_secret(value)):
        return value
    return HIDDEN


def _looks_secret(value: str) -> bool:
    if _MAIL.search(value) or next(iter(secrets_in(value)), None) is not None:
        return True
    return any(_is_random(found.group()) for found in _WORD.finditer(value))


def _is_random(word: str) -> bool:
    """Whether letters and digits take turns often; words, versions and dates are a few runs of each."""
    turns = len(re.findall(r"[0-9]+|[a-z]+|[A-Z][a-z]+|[A-Z]+", word))
    return any(each.isdigit() for each in word) and any(each.isalpha() for each in word) and turns * 3 >= len(word)
