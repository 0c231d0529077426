"""Slack, by an incoming webhook."""

from typing import ClassVar

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.fields import PositiveDuration, SecretFile, Text
from monitoring_as_code.model.routing import Integration


class Slack(Integration):
    """A message to a Slack channel. The webhook's URL is a secret: it is read from `api_url_file`.

    The texts are templates of Alertmanager; those that are not given come from `alertmanager/templates/mac.tmpl`.
    """

    integration: ClassVar[str] = "slack"

    channel: Text = Field(min_length=1)
    api_url_file: SecretFile = "/run/secrets/slack_webhook_url"
    username: Text | None = None
    icon_emoji: Text | None = None
    color: Text = '{{ template "mac.slack.color" . }}'
    title: Text = '{{ template "mac.slack.title" . }}'
    title_link: Text | None = None
    text: Text = '{{ template "mac.slack.text" . }}'
    fallback: Text = '{{ template "mac.slack.title" . }}'
    timeout: PositiveDuration | None = Field(default=None, since="Alertmanager 0.30")
