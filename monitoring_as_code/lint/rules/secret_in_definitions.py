from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def secret_in_definitions(reading: Reading) -> Iterator[Finding]:
    """A secret stands in the definitions.

    What is committed is read by everybody who can read the repository, now and later: the address of a Slack webhook, a token, a private key, a
    password in an address, the hash of a password. Revoke it: who has the history has it. Then put the new one into a file that the
    definitions name, or into `.env` beside them, and keep that out of version control; comments are no place for it either.

    What is plainly an example or a word to be replaced is none: `https://hooks.slack.com/services/T000/B000/XXXX`,
    `postgres://user:password@db`. No finding shows the secret. `.env` is not looked at, nor whether it is committed: `git check-ignore .env`
    says whether it cannot be.

    BAD:

        stack = Stack(
            name="shop",
            jobs=(ScrapeJob(name="shop", targets=("shop:8000",)),),
            grafana_url="https://reader:h4z-tulip-92@grafana.shop.example",
        )

    GOOD:

        stack = Stack(
            name="shop",
            jobs=(ScrapeJob(name="shop", targets=("shop:8000",)),),
            grafana_url="https://grafana.shop.example",
        )
    """
    if not reading.rest:
        return
    from monitoring_as_code.lint.secret_shapes import may_hold_any, secrets_in
    from monitoring_as_code.origin import Location
    from monitoring_as_code.origin.source import read

    for module in reading.project.modules:
        if not may_hold_any(_content(module.path)) or (source := read(module.path)) is None:
            continue
        for secret in secrets_in(source.text):
            yield Finding(
                f"{secret.what} stands here for everybody to read",
                Location(module.path, *source.line_and_column(secret.start), *source.line_and_column(secret.end)),
                "revoke it, since the history keeps it; put the new one into `.env`, and name a file of it here: `/run/secrets/...`",
                secret=True,
            )


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError):
        return b""
