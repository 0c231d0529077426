"""Any program that takes Alertmanager's JSON by HTTP."""

from typing import TYPE_CHECKING, Annotated, ClassVar
from urllib.parse import urlsplit

from monitoring_as_code.model.checking import Check, Field
from monitoring_as_code.model.fields import SecretFile, Text
from monitoring_as_code.model.routing import Integration

if TYPE_CHECKING:
    from monitoring_as_code.yaml_text import Plain


def _plain_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        message = f"`{url}` is no address of a webhook: it starts with `http://` or `https://` and a host"
        raise ValueError(message)
    if parts.password is not None:
        message = "a password would be readable in the artifact: put a token into a file and name it in `bearer_token_file`"
        raise ValueError(message)
    return url


class Webhook(Integration):
    """A POST of the whole group of alerts to `url`, which ends up in the artifact and so must be no secret.

    A receiver that wants to know who calls gets a token, from `bearer_token_file`.
    """

    integration: ClassVar[str] = "webhook"

    url: Annotated[Text, Check(_plain_url)]
    max_alerts: int | None = Field(default=None, ge=0)
    bearer_token_file: SecretFile | None = None

    def settings(self) -> "dict[str, Plain]":
        """The token belongs to the way of calling."""
        given = super().settings()
        if self.bearer_token_file is not None:
            del given["bearer_token_file"]
            given["http_config"] = {"authorization": {"credentials_file": self.bearer_token_file}}
        return given
