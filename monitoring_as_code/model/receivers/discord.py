"""Discord, by a channel's webhook."""

from typing import ClassVar

from monitoring_as_code.model.fields import SecretFile, Text
from monitoring_as_code.model.routing import Integration


class Discord(Integration):
    """A message to the channel of a Discord webhook, whose URL is a secret: it is read from `webhook_url_file`.

    The texts are templates of Alertmanager; those that are not given come from `alertmanager/templates/mac.tmpl`. `content` stands above them,
    and is the only one that can mention somebody.
    """

    integration: ClassVar[str] = "discord"
    # 0.25 has it with the URL itself in its configuration; 0.27 knows the file, and does not read it.
    since: ClassVar[str] = "Alertmanager 0.28"

    webhook_url_file: SecretFile = "/run/secrets/discord_webhook_url"
    title: Text = '{{ template "mac.title" . }}'
    message: Text = '{{ template "mac.markdown.text" . }}'
    content: Text | None = None
    username: Text | None = None
