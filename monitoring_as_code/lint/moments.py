"""Moments at which routes are mute: found by trying those at which that can change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitoring_as_code.model.time_interval import TimeInterval
    from monitoring_as_code.routes import Branch

# A leap year in which every day of a month falls on a weekday: intervals that name no year are the same in all.
_ANY_YEAR = 2024


def silent_moment(branches: Sequence[Branch]) -> datetime | None:
    """A moment, in UTC and without a zone, at which all of these branches are mute; None if there is none, or if it is too rare to find.

    It tries every day of the years that are named, or of one year, at the times of day at which an interval starts or ends.
    """
    if not all(branch.mute_time_intervals or branch.active_time_intervals for branch in branches):
        return None
    intervals = [each for branch in branches for each in (*branch.mute_time_intervals, *branch.active_time_intervals)]
    return next((moment for moment in _moments(intervals) if all(_mute(branch, moment) for branch in branches)), None)


def _mute(branch: Branch, moment: datetime) -> bool:
    if any(interval.contains(moment) for interval in branch.mute_time_intervals):
        return True
    active = branch.active_time_intervals
    return bool(active) and not any(interval.contains(moment) for interval in active)


def _moments(intervals: Sequence[TimeInterval]) -> Iterator[datetime]:
    clocks = {(each.location, clock) for each in intervals for clock in _clocks(each)}
    years = sorted({_ANY_YEAR, *(int(text.split(":")[0]) for each in intervals for text in each.years)})
    for year in years:
        day = datetime(year, 1, 1)  # noqa: DTZ001 - a day, in each of the zones
        while day.year == year:
            yield from sorted(_in_utc(day, clock, location) for location, clock in clocks)
            day += timedelta(days=1)


def _clocks(interval: TimeInterval) -> Iterator[str]:
    """When a day's part begins: after midnight, with each range, and behind each."""
    yield "00:00"
    for each in interval.times:
        yield each.start
        if each.end != "24:00":
            yield each.end


def _in_utc(day: datetime, clock: str, location: str | None) -> datetime:
    from zoneinfo import ZoneInfo

    zone = UTC if location in (None, "UTC", "Local") else ZoneInfo(location or "UTC")
    local = datetime.combine(day, time.fromisoformat(clock), zone)
    return local.astimezone(UTC).replace(tzinfo=None)
