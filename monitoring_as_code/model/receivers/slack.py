"""Slack, by an incoming webhook."""

from typing import ClassVar

from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.routing import Integration


class Slack(Integration):
    """A message to a Slack channel. The webhook's URL is a secret: it is read from `api_url_file`."""

    integration: ClassVar[str] = "slack"

    channel: Text
    api_url_file: Text = "/run/secrets/slack_webhook_url"
    title: Text | None = None
    text: Text | None = None
