"""Any program that takes Alertmanager's JSON by HTTP."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from urllib.parse import urlsplit

from monitoring_as_code.model.checking import Check, Disclosing, Field
from monitoring_as_code.model.fields import PositiveDuration, SecretFile, Text
from monitoring_as_code.model.routing import Integration

if TYPE_CHECKING:
    from monitoring_as_code.yaml_text import Plain


def _plain_url(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        message = f"`{url}` is no address of a webhook: it starts with `http://` or `https://` and a host"
        raise ValueError(message)
    if parts.password is not None:
        message = "a password would be readable in the artifact: put a token into a file and name it in `bearer_token_file`, or the whole address into one and name it in `url_file`"
        raise Disclosing(message)
    return url


class Webhook(Integration):
    """A POST of the whole group of alerts to `url`, which ends up in the artifact and so must be no secret, or to the address in `url_file`.

    A receiver that wants to know who calls gets a token, from `bearer_token_file`. One that has not answered after `timeout` is asked again.
    """

    integration: ClassVar[str] = "webhook"

    url: Annotated[Text | None, Check(_plain_url)] = None
    # 0.26 and 0.27 know it, and fall over when there is something to be told.
    url_file: SecretFile | None = Field(default=None, since="Alertmanager 0.28")
    max_alerts: int | None = Field(default=None, ge=0)
    bearer_token_file: SecretFile | None = None
    timeout: PositiveDuration | None = Field(default=None, since="Alertmanager 0.28")

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if (fields.get("url") is None) == (fields.get("url_file") is None):
            message = "a webhook is at a `url`, or at the address in `url_file`: give one of them"
            raise ValueError(message)

    def settings(self) -> "dict[str, Plain]":
        """The token belongs to the way of calling."""
        given = super().settings()
        if self.bearer_token_file is not None:
            del given["bearer_token_file"]
            given["http_config"] = {"authorization": {"credentials_file": self.bearer_token_file}}
        return given
