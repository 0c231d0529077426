"""Telegram, by a bot."""

from typing import Annotated, ClassVar

from monitoring_as_code.model.checking import Check, Field
from monitoring_as_code.model.fields import SecretFile, Text
from monitoring_as_code.model.routing import Integration


def _some_chat(number: int) -> int:
    if number == 0:
        message = "is no chat: groups have a number below zero, people one above"
        raise ValueError(message)
    return number


class Telegram(Integration):
    """A message of a Telegram bot to a chat, and there to the topic `message_thread_id`. The bot's token is read from `bot_token_file`.

    The message is a template of Alertmanager, and is read as HTML, in which values are escaped. What Telegram has no room for is cut off at
    the end. `disable_notifications` makes no sound.
    """

    integration: ClassVar[str] = "telegram"
    # 0.26 and 0.27 escape for HTML, and do not say that it is.
    since: ClassVar[str] = "Alertmanager 0.28"

    chat_id: Annotated[int, Check(_some_chat)]
    bot_token_file: SecretFile = "/run/secrets/telegram_bot_token"  # noqa: S105 - a path, no password
    message: Text = '{{ template "mac.title" . }}\n\n{{ template "mac.text" . }}'
    message_thread_id: int | None = Field(default=None, ge=1)
    disable_notifications: bool = False
