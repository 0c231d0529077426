from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def misplaced_secret() -> None:
    """A secret is wanted in a folder that belongs to the system, such as `/` or `/etc`.

    In a container, secrets are written into memory, which is laid over the folder that the configuration names. Over `/etc` it would hide what
    the program needs, its certificates for one. Give secrets a folder of their own: `/run/secrets/slack_webhook_url`.
    """
