"""Whom an alert reaches: receivers, the route tree and inhibitions, in Alertmanager's words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias

from monitoring_as_code.light import override
from monitoring_as_code.matchers import parse_matcher
from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.fields import PlainName, PositiveDuration, SecretFile, Text, check_labels
from monitoring_as_code.model.time_interval import TimeInterval

if TYPE_CHECKING:
    from monitoring_as_code.yaml_text import Plain


# More is a mistake in a loop. Code that walks the tree nests a few calls a level.
_MOST_LEVELS = 50


def _matcher(text: str) -> str:
    parse_matcher(text)
    return text


def _labels(names: tuple[str, ...]) -> tuple[str, ...]:
    check_labels(dict.fromkeys(names, ""))
    twice = next((name for index, name in enumerate(names) if name in names[:index]), None)
    if twice is not None:
        message = f"`{twice}` is there twice"
        raise ValueError(message)
    return names


def _grouping(names: tuple[str, ...]) -> tuple[str, ...]:
    return names if names == ("...",) else _labels(names)


# One of Alertmanager's matchers.
MatcherText: TypeAlias = Annotated[Text, Check(_matcher)]
# Labels whose values alerts must share to come in one notification; `("...",)` groups by all of them, so each alert comes alone.
Grouping: TypeAlias = Annotated[tuple[Text, ...], Check(_grouping)]


class Integration(Part):
    """One way to notify: Slack, Email, PagerDuty and so on. `send_resolved` tells when it is over, too.

    Its fields are named as Alertmanager's. A secret is never among them: only the path of the file that holds it.
    """

    integration: ClassVar[str]
    since: ClassVar[str] = ""
    """The oldest Alertmanager that has it, "Alertmanager 0.28"; nothing if every one has that mac emits for."""

    send_resolved: bool = True

    def settings(self) -> "dict[str, Plain]":
        """What Alertmanager's configuration says of it: every field that is set, under its own name."""
        return {name: value for name in self.fields() if (value := getattr(self, name)) is not None}


class Receiver(Declaration):
    """A named group of people, and all the ways to notify them."""

    kind: ClassVar[str] = "receiver"

    name: PlainName
    integrations: tuple[Instance[Integration], ...] = ()


class Route(Part):
    """A branch of the route tree: an alert that fulfils all `matchers` (`severity="critical"`, Alertmanager's own syntax) goes to
    `receiver`, unless one of the inner `routes` takes it. `continue_` lets the following routes have it too. What is not said is the
    parent's.
    """

    receiver: Instance[Receiver] | Text | None = None
    matchers: tuple[MatcherText, ...] = ()
    group_by: Grouping | None = None
    group_wait: PositiveDuration | None = None
    group_interval: PositiveDuration | None = None
    repeat_interval: PositiveDuration | None = None
    continue_: bool = False
    mute_time_intervals: tuple[Instance[TimeInterval], ...] = ()
    active_time_intervals: tuple[Instance[TimeInterval], ...] = ()
    routes: "tuple[Instance[Route], ...]" = ()


class Inhibition(Part):
    """While an alert that fulfils `source` fires, alerts that fulfil `target` are held back, if both have the same values of `equal`.

    An alert that fulfils both sides is not held back: Alertmanager's versions disagree about it, so it is kept out of the target.
    """

    source: tuple[MatcherText, ...] = Field(min_length=1)
    target: tuple[MatcherText, ...] = Field(min_length=1)
    equal: Annotated[tuple[Text, ...], Check(_labels)] = ()


class Smtp(Part):
    """The server that takes e-mail. The password is read from a file; the user name has no such field in Alertmanager."""

    smarthost: Text = Field(pattern=r"^[^\s:]+:[0-9]+$", form="a host and a port, such as `smtp.example.com:587`")
    sender: Text
    username: Text | None = None
    password_file: SecretFile = "/run/secrets/smtp_password"  # noqa: S105 - a path, no password
    require_tls: bool = True


class Routing(Declaration):
    """The root of the route tree, and what holds for all of it. A project has one."""

    kind: ClassVar[str] = "routing"

    name: PlainName = "routing"
    receiver: Instance[Receiver] | Text
    group_by: Grouping = ("alertname",)
    group_wait: PositiveDuration = "30s"
    group_interval: PositiveDuration = "5m"
    repeat_interval: PositiveDuration = "4h"
    resolve_timeout: PositiveDuration = "5m"
    routes: tuple[Instance[Route], ...] = ()
    inhibitions: tuple[Instance[Inhibition], ...] = ()
    # The e-mail server that every Email integration uses.
    smtp: Instance[Smtp] | None = None

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        level: list[Route] = list(fields.get("routes", ()))
        for _ in range(_MOST_LEVELS):
            level = [inner for route in level for inner in route.routes]
        if level:
            message = f"`routes` are nested more than {_MOST_LEVELS} levels deep: nobody can tell any more whom an alert reaches"
            raise ValueError(message)
        if fields.get("smtp") is not None:
            return
        for receiver in _receivers(fields.get("receiver"), fields.get("routes", ())):
            if any(integration.integration == "email" for integration in receiver.integrations):
                message = f"`{receiver.name}` gets e-mail, but no `smtp` says by which server"
                raise ValueError(message)

    @property
    def identities(self) -> tuple[tuple[str, ...], ...]:
        """There is one routing."""
        return ((self.kind,),)

    @override
    def called(self, identity: tuple[str, ...]) -> str:
        return "the routing, which a project has once,"


def _receivers(receiver: Receiver | str | None, routes: tuple[Route, ...]) -> Iterator[Receiver]:
    """The receivers of a route tree that are given as declarations."""
    if isinstance(receiver, Receiver):
        yield receiver
    for route in routes:
        yield from _receivers(route.receiver, route.routes)
