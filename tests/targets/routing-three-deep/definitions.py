"""Routes three deep; a receiver that no route leads to; one that is known by its name only in the tree."""

from monitoring_as_code import Receiver, Route, Routing, Webhook


def receiver(name: str) -> Receiver:
    return Receiver(name=name, integrations=(Webhook(url=f"http://bot.shop.example/{name}"),))


everybody = receiver("everybody")
database = receiver("database")
storage = receiver("storage")
night = receiver("night")
# Nobody listens.
silence = Receiver(name="silence")

routing = Routing(
    receiver=everybody,
    group_by=("alertname", "service"),
    group_wait="10s",
    group_interval="2m",
    repeat_interval="12h",
    resolve_timeout="10m",
    routes=(
        Route(
            matchers=('team="database"',),
            receiver=database,
            group_by=("...",),
            routes=(
                Route(
                    matchers=('severity=~"critical|page"', 'env!="test"'),
                    continue_=True,
                    group_wait="1s",
                    routes=(
                        Route(matchers=('component!~"disk.*"',), receiver="night", repeat_interval="1h"),
                        Route(matchers=("component=volume",), receiver=storage),
                    ),
                ),
                Route(matchers=('severity="none"',), receiver=silence, group_interval="1d"),
            ),
        ),
        Route(matchers=('note="a \\"quoted\\" \\\\ one"', 'city="Zürich"')),
    ),
)
