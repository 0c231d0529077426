"""Spans of time by name, in which routes are mute or active."""

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.fields import PlainName, Text

if TYPE_CHECKING:
    from datetime import datetime

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def _after_start(end: str, others: dict[str, Any]) -> str:
    start = others.get("start")
    if isinstance(start, str) and end <= start:
        message = f"`{end}` does not come after `{start}`: over midnight takes two ranges, one up to `24:00` and one from `00:00`"
        raise ValueError(message)
    return end


class TimeRange(Part):
    """From `start` (included) to `end` (excluded), as `HH:MM`; `24:00` is the day's end."""

    start: Text = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", form="a time of day such as `09:30`")
    end: Annotated[Text, Check(_after_start, with_others=True)] = Field(
        pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", form="a time of day such as `17:00`, or `24:00`"
    )


def _range_of(text: str, what: str, low: int, high: int, names: tuple[str, ...] = ()) -> str:
    """Refuses what is neither one of `names` or a number of that range, nor two of those with a colon between, in their order.

    The first of `names` stands for `low`; 0 is never a number of what people count from 1.
    """
    numbers: list[int] = []
    for part in text.split(":"):
        number = names.index(part.lower()) + low if part.lower() in names else int(part) if re.fullmatch("-?[0-9]{1,4}", part) else None
        if number is None or not low <= number <= high or (number == 0 and not names):
            message = f"`{part}` is no {what}"
            raise ValueError(message)
        numbers.append(number)
    if len(numbers) > 2:
        message = f"`{text}` is no range: write it as `first:last`"
        raise ValueError(message)
    # Days from the month's end are compared as in the shortest month, which is what Alertmanager does.
    first, last = (number + 28 if number < 0 else number for number in (numbers[0], numbers[-1]))
    if last < first or numbers[0] < 0 < numbers[-1]:
        message = f"`{text}` ends before it starts: write two ranges"
        raise ValueError(message)
    return text


def _weekday(text: str) -> str:
    if any(character.isdigit() for character in text):
        message = f"`{text}` is no weekday: write `monday`, or `monday:friday`"
        raise ValueError(message)
    return _range_of(text, "weekday: write `monday`, or `monday:friday`", 0, 6, _DAYS)


def _day(text: str) -> str:
    return _range_of(text, "day of a month: write `1`, `1:7`, or `-1` for the last", -31, 31)


def _month(text: str) -> str:
    return _range_of(text, "month: write `december`, `12`, or `1:3`", 1, 12, _MONTHS)


def _year(text: str) -> str:
    return _range_of(text, "year: write `2030`, or `2030:2032`", 1, 9999)


def _location(name: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if name in ("UTC", "Local"):
        return name
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        try:
            ZoneInfo("Europe/Paris")  # a machine without the table of time zones knows none
        except ZoneInfoNotFoundError:
            return name
        message = f"`{name}` is no time zone: write it like `Europe/Paris`"
        raise ValueError(message) from None
    return name


class TimeInterval(Declaration):
    """A span of time by name, such as office hours; a route mutes in it or is active in it.

    A moment belongs to it when every given field has it: `weekdays` as days or ranges (`monday:friday`), `days_of_month` from 1, or
    from -1 backwards, `months` as numbers or names, `location` a time zone's name; without one it is UTC.
    """

    kind: ClassVar[str] = "time interval"

    name: PlainName
    times: tuple[Instance[TimeRange], ...] = ()
    weekdays: tuple[Annotated[Text, Check(_weekday)], ...] = ()
    days_of_month: tuple[Annotated[Text, Check(_day)], ...] = ()
    months: tuple[Annotated[Text, Check(_month)], ...] = ()
    years: tuple[Annotated[Text, Check(_year)], ...] = ()
    location: Annotated[Text, Check(_location)] | None = None

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if not any(fields.get(name) for name in ("times", "weekdays", "days_of_month", "months", "years")):
            message = "says no time, which would be always: give `times`, `weekdays`, `days_of_month`, `months` or `years`"
            raise ValueError(message)

    def contains(self, moment: "datetime") -> bool:
        """Whether a moment, which has no time zone and is in UTC, belongs to it. `Local` is taken for UTC, as in a container."""
        from datetime import UTC
        from zoneinfo import ZoneInfo

        zone = UTC if self.location in (None, "UTC", "Local") else ZoneInfo(self.location or "UTC")
        local = moment.replace(tzinfo=UTC).astimezone(zone)
        clock = f"{local.hour:02}:{local.minute:02}"
        return (
            (not self.times or any(each.start <= clock < each.end for each in self.times))
            and _within(self.weekdays, local.isoweekday() % 7, _DAYS, 0)
            and _within_month(self.days_of_month, local)
            and _within(self.months, local.month, _MONTHS, 1)
            and _within(self.years, local.year)
        )


def _within(ranges: tuple[str, ...], number: int, names: tuple[str, ...] = (), first_name: int = 0) -> bool:
    return not ranges or any(low <= number <= high for low, high in (_ends(text, names, first_name) for text in ranges))


def _within_month(ranges: tuple[str, ...], local: "datetime") -> bool:
    if not ranges:
        return True
    from calendar import monthrange

    days = monthrange(local.year, local.month)[1]
    # -1 is the month's last day. A range that begins after it has no day in this month.
    spans = [[days + 1 + number if number < 0 else number for number in _ends(text)] for text in ranges]
    return any(low <= local.day <= high for low, high in spans)


def _ends(text: str, names: tuple[str, ...] = (), first_name: int = 0) -> tuple[int, int]:
    numbers = [names.index(part) + first_name if part in names else int(part) for part in text.lower().split(":")]
    return numbers[0], numbers[-1]
