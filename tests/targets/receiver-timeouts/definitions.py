from monitoring_as_code import PagerDuty, Receiver, Routing, Slack, Webhook

team = Receiver(
    name="team",
    integrations=(
        Slack(channel="#team", timeout="10s"),
        PagerDuty(timeout="20s"),
        Webhook(url_file="/run/secrets/bot_url", bearer_token_file="/run/secrets/bot_token", timeout="1m"),
        Webhook(url="http://bot.shop.example:8080/", timeout="5s"),
    ),
)

routing = Routing(receiver=team)
