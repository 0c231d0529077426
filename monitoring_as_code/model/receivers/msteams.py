"""Microsoft Teams, by a workflow that takes messages."""

from typing import ClassVar

from monitoring_as_code.model.fields import SecretFile, Text
from monitoring_as_code.model.routing import Integration


class MSTeams(Integration):
    """A card in a channel or chat of Microsoft Teams. The workflow's URL is a secret: it is read from `webhook_url_file`.

    It is what Alertmanager calls `msteamsv2`; the connectors that came before are gone. The texts are templates of Alertmanager; those that are
    not given come from `alertmanager/templates/mac.tmpl`.
    """

    integration: ClassVar[str] = "msteamsv2"
    since: ClassVar[str] = "Alertmanager 0.28"

    webhook_url_file: SecretFile = "/run/secrets/msteams_webhook_url"
    title: Text = '{{ template "mac.title" . }}'
    text: Text = '{{ template "mac.markdown.text" . }}'
