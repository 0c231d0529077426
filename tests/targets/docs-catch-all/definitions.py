"""A route without matchers takes every alert that gets to it: all of them, or those that no route before has kept."""

from monitoring_as_code import Receiver, Route, Routing, Webhook

log = Receiver(name="log", integrations=(Webhook(url="http://log.shop.example/"),))
team = Receiver(name="team", integrations=(Webhook(url="http://bot.shop.example/"),))

routing = Routing(
    receiver=team,
    routes=(
        Route(receiver=log, continue_=True),
        Route(matchers=('severity="critical"',), receiver=team, routes=(Route(receiver=log),)),
        Route(receiver=team),
    ),
)
