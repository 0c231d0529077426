"""A moment at which all routes are mute is found if there is one: a year is tried hour by hour beside it."""

import random
from datetime import datetime, timedelta

from monitoring_as_code.lint.moments import silent_moment
from monitoring_as_code.model.routing import Route, Routing
from monitoring_as_code.model.time_interval import TimeInterval, TimeRange
from monitoring_as_code.routes import route_tree

HOURS = [datetime(2024, 1, 1) + timedelta(hours=hour) for hour in range(366 * 24)]  # noqa: DTZ001 - in UTC


def random_interval(draw: random.Random, name: str) -> TimeInterval:
    fields = draw.sample(("times", "weekdays", "days_of_month", "months"), draw.choice((1, 1, 2)))
    start = draw.randrange(23)
    end = draw.randrange(start + 1, 25)
    first, last = sorted(draw.sample(range(7), 2))
    days = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
    return TimeInterval(
        name=name,
        times=(TimeRange(start=f"{start:02}:00", end=f"{end:02}:00"),) if "times" in fields else (),
        weekdays=(f"{days[first]}:{days[last]}",) if "weekdays" in fields else (),
        days_of_month=(draw.choice(("1:20", "-3:-1", "29", "15:31")),) if "days_of_month" in fields else (),
        months=(draw.choice(("2", "3:12", "january:june")),) if "months" in fields else (),
        location=draw.choice((None, "Europe/Paris", "America/New_York")),
    )


def test_all_routes_are_mute_at_some_hour_of_a_year_exactly_if_such_a_moment_is_found(prove: bool) -> None:
    draw = random.Random(8)
    found_some = found_none = 0
    for _ in range(200 if prove else 10):
        mute = [random_interval(draw, "a"), random_interval(draw, "b")]
        active = [random_interval(draw, "c"), random_interval(draw, "d")]
        routes = (
            Route(matchers=('a="1"',), mute_time_intervals=tuple(mute[: draw.choice((1, 2))])),
            Route(matchers=('a="2"',), active_time_intervals=tuple(active[: draw.choice((1, 2))])),
            Route(matchers=('a="3"',), mute_time_intervals=(random_interval(draw, "e"),)),
        )
        branches = route_tree(Routing(receiver="r", routes=routes)).branches

        def all_mute(moment: datetime) -> bool:
            return all(
                any(each.contains(moment) for each in route.mute_time_intervals)
                or (bool(route.active_time_intervals) and not any(each.contains(moment) for each in route.active_time_intervals))
                for route in routes  # noqa: B023 - asked at once
            )

        found = silent_moment(branches)
        assert (found is not None) == any(map(all_mute, HOURS))
        if found is None:
            found_none += 1
        else:
            assert all_mute(found)
            found_some += 1
    assert found_some > 1
    assert found_none > 1


def test_a_route_that_is_never_mute_leaves_no_silence() -> None:
    night = random_interval(random.Random(1), "night")
    routes = (Route(mute_time_intervals=(night,)), Route())
    assert silent_moment(route_tree(Routing(receiver="r", routes=routes)).branches) is None
