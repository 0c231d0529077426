from monitoring_as_code import Receiver, Routing, Telegram

team = Receiver(
    name="team",
    integrations=(
        Telegram(chat_id=-1001234567890),
        Telegram(
            chat_id=42,
            bot_token_file="/run/secrets/telegram_duty",
            message="<b>{{ .CommonLabels.alertname }}</b>",
            message_thread_id=7,
            disable_notifications=True,
            send_resolved=False,
        ),
    ),
)

routing = Routing(receiver=team)
