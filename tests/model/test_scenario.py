"""What a scenario may say."""

from collections.abc import Callable

import pytest

from monitoring_as_code import Alert, Fires, Firing, Gauge, Inhibited, Quiet, Reaches, Scenario, Series, constant
from monitoring_as_code.model.declaration import InvalidDeclaration
from monitoring_as_code.model.scenario import Expectation

waiting = Gauge(name="jobs_waiting", help="Jobs that wait.")
jam = Alert(name="Jam", expr=waiting > 100, for_="5m", severity="info", summary="Jobs pile up")
flood = Alert(name="Flood", expr=waiting > 1000, severity="info", summary="Jobs pile up")


def scenario(*expect: Expectation, lasts: str | None = None) -> Scenario:
    return Scenario(name="a jam", alert=jam, given=(Series(of=waiting, values=constant(101)),), expect=expect, lasts=lasts)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Quiet(at="5m", until="4m"), "`until` is 4m, which is before 5m"),
        (lambda: Fires(within="4m", after="5m"), "`after` is 5m, which is later than 4m"),
        (lambda: Reaches(at="5m"), "name one receiver at least"),
        (scenario, "at least 1 item"),
        (lambda: Scenario(name="x", alert=jam, expect=(Quiet(),), starts="yesterday"), "`yesterday` is no moment"),
        (lambda: Scenario(name="x", alert=jam, expect=(Quiet(),), starts="2026-01-05T12:00+01:00"), "has a time zone"),
        (lambda: Series(of=5, values=constant(1)), "of"),  # type: ignore[arg-type]
        (lambda: Firing(at="5m", annotations={"summary": ""}), "an empty text is in every annotation: say what `summary` contains"),
        (lambda: Firing(at="5m", count=0), "greater than or equal to 1"),
    ],
)
def test_what_means_nothing_is_refused_at_once(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidDeclaration, match=message):
        make()


@pytest.mark.parametrize(
    ("expect", "lasts", "minutes"),
    [
        ((Firing(at="6m"),), None, 6),
        ((Firing(at="6m"), Quiet(at="1m", until="9m")), None, 9),
        ((Fires(within="7m"), Firing(at="6m")), None, 7),
        ((Quiet(),), None, 15),  # as long as the alert waits, and ten minutes
        ((Quiet(), Firing(at="20m")), None, 20),
        ((Quiet(), Quiet(at="1m", until="2m")), None, 15),
        ((Firing(at="6m"),), "30m", 30),
    ],
)
def test_it_lasts_as_long_as_its_expectations_reach(expect: tuple[Expectation, ...], lasts: str | None, minutes: int) -> None:
    assert scenario(*expect, lasts=lasts).reach_milliseconds == minutes * 60_000


def test_it_speaks_of_its_own_alert_and_of_those_that_its_expectations_name() -> None:
    assert scenario(Quiet(), Firing(alert=flood, at="1m"), Inhibited(by=flood)).alerts == (jam, flood)


def test_an_alert_has_each_scenario_once() -> None:
    assert scenario(Quiet()).identities == (("scenario", "Jam", "a jam"),)
