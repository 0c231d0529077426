"""Which passwords are no protection: those that products start with, those that everybody tries first, and short ones."""

from __future__ import annotations

from itertools import pairwise

SHORTEST = 12
"""A shorter one is found by trying."""

KNOWN = (
    "prom-operator",
    "hunter2",
    "correcthorsebatterystaple",
    "iloveyou",
    "trustno1",
    "starwars",
    "dragon",
    "sunshine",
    "princess",
    "football",
)
"""Default passwords and favourites that are not made of `WORDS`."""

WORDS = (
    "administrator",
    "alertmanager",
    "monitoring",
    "prometheus",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "changeit",
    "changeme",
    "password",
    "passwort",
    "passw0rd",
    "p@ssw0rd",
    "postgres",
    "default",
    "example",
    "grafana",
    "letmein",
    "service",
    "welcome",
    "yxcvbnm",
    "zxcvbnm",
    "access",
    "autumn",
    "change",
    "docker",
    "herbst",
    "insert",
    "master",
    "please",
    "qwerty",
    "qwertz",
    "secret",
    "sommer",
    "spring",
    "summer",
    "winter",
    "admin",
    "guest",
    "hello",
    "local",
    "login",
    "super",
    "alert",
    "asdf",
    "demo",
    "here",
    "mail",
    "pass",
    "root",
    "smtp",
    "test",
    "user",
    "yxcv",
    "your",
    "zxcv",
    "abc",
    "api",
    "key",
    "pwd",
    "the",
    "me",
    "my",
    "to",
)
"""What default passwords are made of, longest first: `grafana-admin`, `ChangeMe123!`, `your_password_here`."""

# What is left of such a one when its words and digits are gone.
_LEFT = 4


def weakness(password: str, *own: str) -> str | None:
    """Why a password protects nothing, behind `it`; None if nothing speaks against it. `own` are words that suggest themselves here.

    >>> weakness("grafana-admin-2026")
    'is one that is tried first'
    >>> weakness("shop-grafana-1", "shop")
    'is one that is tried first'
    >>> weakness("tr0ub4dor")
    'has fewer than 12 characters'
    >>> weakness("veritable-oxide-27-mumbles")
    """
    plain = password.strip().lower()
    if not plain:
        return "is empty"
    left = plain
    for word in (*(each.lower() for each in own if len(each) > 2), *WORDS):
        left = left.replace(word, " ")
    letters = sum(each.isalpha() for each in left)
    digits = "".join(each for each in left if each.isdigit())
    # Words alone, with a year or a row of digits: a long number may be a good one.
    if plain in KNOWN or (letters < _LEFT and (len(digits) <= 4 or _row(digits))) or len(set(plain)) <= 3 or _row(plain):
        return "is one that is tried first"
    if len(password.strip()) < SHORTEST:
        return f"has fewer than {SHORTEST} characters"
    return None


def _row(text: str) -> bool:
    """Whether each character is the next one, or the last but one, or the same: `123456789012`, `aaaa1111`, `abcdefghijkl`."""
    steps = [ord(right) - ord(left) for left, right in pairwise(text)]
    return bool(steps) and sum(step in (-1, 0, 1, -9) for step in steps) >= 0.8 * len(steps)
