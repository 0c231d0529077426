"""Every form of a time interval."""

from monitoring_as_code import Receiver, Route, Routing, TimeInterval, TimeRange, Webhook

office_hours = TimeInterval(
    name="office hours",
    times=(TimeRange(start="09:00", end="12:00"), TimeRange(start="13:00", end="17:30")),
    weekdays=("monday:thursday", "friday"),
    location="Europe/Zurich",
)
night = TimeInterval(name="night", times=(TimeRange(start="22:00", end="24:00"), TimeRange(start="00:00", end="06:00")))
holidays = TimeInterval(
    name="holidays", days_of_month=("24:26", "-1", "1"), months=("december", "1:2", "july:august"), years=("2026:2030", "2035")
)
weekend = TimeInterval(name="weekend", weekdays=("saturday", "sunday"))
unused = TimeInterval(name="unused", months=("5",))

team = Receiver(name="team", integrations=(Webhook(url="http://bot.shop.example/"),))

routing = Routing(
    receiver=team,
    routes=(
        Route(matchers=('severity="info"',), active_time_intervals=(office_hours,)),
        Route(matchers=('severity="warning"',), mute_time_intervals=(night, holidays, weekend)),
    ),
)
