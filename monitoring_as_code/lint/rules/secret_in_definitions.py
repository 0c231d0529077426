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
    from monitoring_as_code.lint.secret_shapes import secrets_at

    for module in reading.project.modules:
        for secret, location in secrets_at(module.path):
            yield Finding(
                f"{secret.what} stands here for everybody to read",
                location,
                "revoke it, since the history keeps it; put the new one into `.env`, and name a file of it here: `/run/secrets/...`",
                secret=True,
            )
