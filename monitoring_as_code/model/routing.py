"""Whom an alert reaches: receivers, the route tree, inhibitions and time intervals, in Alertmanager's words."""

from typing import ClassVar, Literal

from pydantic import Field, InstanceOf

from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.fields import PlainName, PositiveDuration, Text


class Integration(Part):
    """One way to notify: Slack, Email, PagerDuty, Webhook. `send_resolved` tells when it is over, too."""

    integration: ClassVar[str]

    send_resolved: bool = True


class Receiver(Declaration):
    """A named group of people, and all the ways to notify them."""

    kind: ClassVar[str] = "receiver"

    name: PlainName
    integrations: tuple[InstanceOf[Integration], ...] = ()


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class TimeRange(Part):
    """From `start` (included) to `end` (excluded), as `HH:MM`; `24:00` is the day's end."""

    start: Text = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    end: Text = Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")


class TimeInterval(Declaration):
    """A span of time by name, such as office hours; a route mutes in it or is active in it.

    A moment belongs to it when every given field has it: `weekdays` as days or ranges (`monday:friday`), `days_of_month` from 1, or
    from -1 backwards, `months` as numbers or names, `location` a time zone's name.
    """

    kind: ClassVar[str] = "time interval"

    name: PlainName
    times: tuple[InstanceOf[TimeRange], ...] = ()
    weekdays: tuple[Text, ...] = ()
    days_of_month: tuple[Text, ...] = ()
    months: tuple[Text, ...] = ()
    years: tuple[Text, ...] = ()
    location: Text | None = None


class Route(Part):
    """A branch of the route tree: an alert that fulfils all `matchers` (`severity="critical"`, Alertmanager's own syntax) goes to
    `receiver`, unless one of the inner `routes` takes it. `continue_` lets the following routes have it too. What is not said is the
    parent's.
    """

    receiver: InstanceOf[Receiver] | Text | None = None
    matchers: tuple[Text, ...] = ()
    group_by: tuple[Text, ...] | None = None
    group_wait: PositiveDuration | None = None
    group_interval: PositiveDuration | None = None
    repeat_interval: PositiveDuration | None = None
    continue_: bool = False
    mute_time_intervals: tuple[InstanceOf[TimeInterval], ...] = ()
    active_time_intervals: tuple[InstanceOf[TimeInterval], ...] = ()
    routes: "tuple[InstanceOf[Route], ...]" = ()


class Inhibition(Part):
    """While an alert that fulfils `source` fires, alerts that fulfil `target` are held back, if both have the same values of `equal`."""

    source: tuple[Text, ...] = Field(min_length=1)
    target: tuple[Text, ...] = Field(min_length=1)
    equal: tuple[Text, ...] = ()


class Routing(Declaration):
    """The root of the route tree, and what holds for all of it. A project has one."""

    kind: ClassVar[str] = "routing"

    name: PlainName = "routing"
    receiver: InstanceOf[Receiver] | Text
    group_by: tuple[Text, ...] = ("alertname",)
    group_wait: PositiveDuration = "30s"
    group_interval: PositiveDuration = "5m"
    repeat_interval: PositiveDuration = "4h"
    resolve_timeout: PositiveDuration = "5m"
    routes: tuple[InstanceOf[Route], ...] = ()
    inhibitions: tuple[InstanceOf[Inhibition], ...] = ()
    # The e-mail server that every Email integration uses.
    smtp: "InstanceOf[Smtp] | None" = None

    @property
    def identities(self) -> tuple[tuple[str, ...], ...]:
        """There is one routing."""
        return ((self.kind,),)


class Smtp(Part):
    """The server that takes e-mail. The password is read from a file; the user name has no such field in Alertmanager."""

    smarthost: Text = Field(pattern=r"^[^\s:]+:[0-9]+$")
    sender: Text
    username: Text | None = None
    password_file: Text = "/run/secrets/smtp_password"  # noqa: S105 - a path, no password
    require_tls: bool = True
