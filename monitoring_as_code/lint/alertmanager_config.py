"""What an AlertmanagerConfig of the Prometheus operator, v1alpha1, can say of a receiver: a field without a name in here is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitoring_as_code.model.routing import Integration

# By integration: from Alertmanager's word for a setting to the resource's. A file of a secret becomes a key of a Secret.
FIELDS: Mapping[str, Mapping[str, str]] = {
    "slack": {
        "send_resolved": "sendResolved",
        "channel": "channel",
        "api_url_file": "apiURL",
        "username": "username",
        "icon_emoji": "iconEmoji",
        "color": "color",
        "title": "title",
        "title_link": "titleLink",
        "text": "text",
        "fallback": "fallback",
        "timeout": "timeout",
    },
    "email": {"send_resolved": "sendResolved", "to": "to", "headers": "headers", "text": "text", "html": "html"},
    "pagerduty": {
        "send_resolved": "sendResolved",
        "routing_key_file": "routingKey",
        "description": "description",
        "severity": "severity",
        "component": "component",
        "group": "group",
        "class": "class",
        "details": "details",
        "timeout": "timeout",
    },
    "webhook": {
        "send_resolved": "sendResolved",
        "url": "url",
        "url_file": "urlSecret",
        "max_alerts": "maxAlerts",
        "http_config": "httpConfig",
        "timeout": "timeout",
    },
    "discord": {
        "send_resolved": "sendResolved",
        "webhook_url_file": "apiURL",
        "title": "title",
        "message": "message",
        "content": "content",
        "username": "username",
    },
    "msteamsv2": {"send_resolved": "sendResolved", "webhook_url_file": "webhookURL", "title": "title", "text": "text"},
    "telegram": {
        "send_resolved": "sendResolved",
        "bot_token_file": "botToken",
        "chat_id": "chatID",
        "message": "message",
        "message_thread_id": "messageThreadID",
        "disable_notifications": "disableNotifications",
    },
}
# The operator's own pattern takes these years only.
FIRST_YEAR, LAST_YEAR = 2000, 2999
# What Alertmanager does without a word, and the resource has none.
RESOLVE_TIMEOUT = "5m"


def unsaid(integration: Integration) -> tuple[str, ...]:
    """The settings that an AlertmanagerConfig cannot say, by Alertmanager's words; nothing of an integration that it has not at all."""
    known = FIELDS.get(integration.integration)
    return () if known is None else tuple(name for name in integration.settings() if name not in known)


def secret_files(integration: Integration) -> Iterator[tuple[str, str]]:
    """The arguments that name files of secrets, with their paths."""
    for name in integration.fields():
        path = getattr(integration, name)
        if name.endswith("_file") and isinstance(path, str):
            yield name, path


def secret_key(path: str) -> str:
    """The key of the Secret that holds what a file would: the file's name.

    >>> secret_key("/run/secrets/slack_webhook_url")
    'slack_webhook_url'
    """
    return path.rsplit("/", 1)[1]
