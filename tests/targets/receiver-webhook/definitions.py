from monitoring_as_code import Receiver, Routing, Webhook

bot = Receiver(
    name="bot",
    integrations=(
        Webhook(url="http://bot.shop.example:8080/alerts?team=db"),
        Webhook(url="https://bot.shop.example/", max_alerts=20, bearer_token_file="/run/secrets/bot_token", send_resolved=False),
    ),
)

routing = Routing(receiver=bot)
