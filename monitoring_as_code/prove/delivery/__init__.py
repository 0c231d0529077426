"""Every alert handed to a real Alertmanager with the emitted configuration: who is told, over which channel, in which words."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from queue import Empty
from typing import TYPE_CHECKING, Literal, TypeAlias

from monitoring_as_code.engines import alertmanager, require, scratch
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.prove.delivery import texts
from monitoring_as_code.prove.delivery.configuration import Channel, Timing, channels_of, login_of, write
from monitoring_as_code.prove.delivery.endpoints import Message, serving
from monitoring_as_code.prove.delivery.notices import Notice, notices
from monitoring_as_code.prove.notifications import sending
from monitoring_as_code.targets.alertmanager import render

if TYPE_CHECKING:
    from queue import SimpleQueue

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.engines import Server
    from monitoring_as_code.prove.timelines import Played

__all__ = ["Channel", "Delivered", "Delivery", "Failure", "Message", "Notice", "deliver"]

State: TypeAlias = Literal["delivered", "firing only", "muted", "failed"]
"""What became of an alert on a channel. "firing only": the channel is not told that it is over, as `send_resolved` says."""

# A message comes within some milliseconds. Who waits that long waits for one that does not come.
_PATIENCE_SECONDS = 5.0
# What nobody waits for has as long to come, after the last alert.
_SETTLING_SECONDS = 0.1
_LOOK_SECONDS = 0.1


class Failure(NamedTuple):
    """What was expected of a channel, and what came instead; sentences without a full stop."""

    channel: Channel
    expected: str
    happened: str


class Delivered(NamedTuple):
    """What became of one alert."""

    notice: Notice
    states: dict[int, State]
    """By the number of each channel that it should come over, the mute ones included."""
    muted_by: dict[int, str]
    """The interval that mutes a channel now, by its number."""
    failures: tuple[Failure, ...]
    remarks: tuple[str, ...]
    """What is not wrong, and may surprise."""


class Delivery(NamedTuple):
    """The alerts that were tried, and all channels; `why` is what kept it from being tried at all."""

    channels: tuple[Channel, ...]
    delivered: tuple[Delivered, ...]
    version: str = ""
    why: str = ""
    whole: bool = True
    """Whether all alerts were tried."""

    @property
    def failures(self) -> Iterator[tuple[Notice, Failure]]:
        """What was not as expected."""
        return ((each.notice, failure) for each in self.delivered for failure in each.failures)

    @property
    def holds(self) -> bool:
        """Whether everybody got what they should, and nobody anything else."""
        return not any(each.failures for each in self.delivered)

    @property
    def unused(self) -> tuple[Channel, ...]:
        """The channels over which no alert comes."""
        used = {number for each in self.delivered for number in each.states}
        return tuple(channel for channel in self.channels if channel.number not in used)


def deliver(analysis: Analysis, plays: Iterable[Played], alerts: Sequence[Alert] | None = None) -> Delivery:
    """Hand these alerts, or all, to Alertmanager, and look at what comes over each channel, when it fires and when it is over.

    One at a time: so none inhibits another or joins its group, and what comes is its own. `plays` are the scenarios that were played; an
    alert that fires in none of them gets example labels.

    Raises:
        MissingEngine: Alertmanager or promtool is not there.
        ServerFailed: Alertmanager did not start with this configuration.
    """
    engine = require("alertmanager")
    files = dict(render(analysis))
    if not files:
        return Delivery((), (), why="there is no routing, so nobody is told of anything")
    emitted = files["alertmanager/alertmanager.yml"]
    channels = channels_of(emitted)
    with scratch() as folder:
        (folder / "notices").mkdir()
        found = notices(analysis, plays, analysis.project.of(Alert) if alerts is None else alerts, folder / "notices")
        with serving(channels, login_of(emitted)) as fakes:
            config = write(files, folder, fakes.endpoints, Timing())
            with alertmanager(config) as server:
                courier = _Courier(analysis, channels, server, fakes.messages)
                delivered = courier.deliver(found)
    return Delivery(tuple(channels), tuple(delivered), ".".join(map(str, engine.version())), whole=alerts is None)


class _Open(NamedTuple):
    """An alert that is on its way: what may still be said of it."""

    notice: Notice
    muted_by: dict[int, str]
    states: dict[int, State]
    failures: list[Failure]
    remarks: list[str]
    extra: dict[int, list[str]]
    """What came and should not have, by the number of the channel."""


class _Courier:
    """Posts alerts, and takes what comes."""

    def __init__(self, analysis: Analysis, channels: Sequence[Channel], server: Server, messages: SimpleQueue[Message]) -> None:
        self.analysis = analysis
        self.channels = channels
        self.server = server
        self.messages = messages
        self.read = 0  # of the log, in bytes
        self.reasons: dict[str, str] = {}

    def deliver(self, found: Iterable[Notice]) -> list[Delivered]:
        opened: list[_Open] = []
        for notice in found:
            opened.append(self._open(notice))
            self._one(opened)
        time.sleep(_SETTLING_SECONDS)
        while not self.messages.empty():
            self._unexpected(opened, self.messages.get())
        return [self._closed(each) for each in opened]

    def _closed(self, each: _Open) -> Delivered:
        for number, came in each.extra.items():
            if each.states.get(number) == "failed" and any(failure.channel.number == number for failure in each.failures):
                continue  # Alertmanager tries again and again
            channel, name = self.channels[number], each.notice.alert.name
            expected = f"`{name}` comes once over {channel}" if number in each.states else f"`{name}` does not come over {channel}"
            again = f", and {len(came) - 1} more" if len(came) > 1 else ""
            each.failures.append(Failure(channel, expected, came[0] + again))
            each.states[number] = "failed"
        return Delivered(each.notice, each.states, each.muted_by, tuple(each.failures), tuple(each.remarks))

    def _open(self, notice: Notice) -> _Open:
        """Which channels an alert should come over at this moment, and which are mute."""
        moment = datetime.now(UTC).replace(tzinfo=None)
        sent = sending(self.analysis, notice.labels, (), moment)
        receivers = () if sent is None else sent.receivers
        mute = {} if sent is None else {branch.receiver: "" if by is None else by.name for branch, by in sent.muted}
        muted_by = {each.number: mute[each.receiver] for each in self.channels if each.receiver in mute and each.receiver not in receivers}
        states: dict[int, State] = {each.number: "failed" for each in self.channels if each.receiver in receivers}
        return _Open(notice, muted_by, states | dict.fromkeys(muted_by, "muted"), [], [], {})

    def _one(self, opened: list[_Open]) -> None:
        current = opened[-1]
        self.reasons = {}
        begun = datetime.now(UTC)
        wanted = [each for each in self.channels if current.states.get(each.number) == "failed"]
        self._post(current.notice, begun, begun + timedelta(hours=1))
        self._compare_receivers(current)
        firing = self._await(opened, wanted, "firing")
        over = [each for each in wanted if each.send_resolved and each.number in firing]
        self._post(current.notice, begun, datetime.now(UTC))
        resolved = self._await(opened, over, "resolved")
        for channel in wanted:
            first, last = firing.get(channel.number), resolved.get(channel.number)
            if first is None:
                continue
            wrong = self._judge(current, channel, first, resolved=False)
            if last is not None:
                wrong = self._judge(current, channel, last, resolved=True) or wrong
                if first.resolved is None and first.texts == last.texts:
                    current.remarks.append(f"{channel} says the same when it fires and when it is over")
            if not wrong and (last is not None or not channel.send_resolved):
                current.states[channel.number] = "delivered" if channel.send_resolved else "firing only"
            current.remarks.extend(f"{channel}: {remark}" for remark in texts.remarks(first, channel, current.notice))

    def _judge(self, current: _Open, channel: Channel, message: Message, *, resolved: bool) -> bool:
        notice = current.notice
        found: list[str] = [
            *texts.faults(message, channel, notice, resolved=resolved),
            *texts.missing(message, channel, notice),
        ]
        if found:
            self._read_log()
            why = self.reasons.get(_key(channel, self.channels))
            found = found if why is None else [why]
        when = "when it is over" if resolved else "when it fires"
        current.failures.extend(Failure(channel, f"`{notice.alert.name}` is told rightly {when}", each) for each in dict.fromkeys(found))
        return bool(found)

    def _post(self, notice: Notice, begun: datetime, ends: datetime) -> None:
        alert = {
            "labels": dict(notice.labels),
            "annotations": dict(notice.annotations),
            "startsAt": begun.isoformat(),
            "endsAt": ends.isoformat(),
            "generatorURL": self._query(notice),
        }
        self.server.post("/api/v2/alerts", json.dumps([alert]).encode())

    def _query(self, notice: Notice) -> str:
        """The link to the query, as Prometheus makes it."""
        from urllib.parse import quote_plus

        url = "http://prometheus:9090" if self.analysis.stack is None else self.analysis.stack.prometheus_url
        return f"{url.rstrip('/')}/graph?g0.expr={quote_plus(self.analysis.use(notice.alert).text)}&g0.tab=1"

    def _compare_receivers(self, current: _Open) -> None:
        """Whether Alertmanager's own route tree leads an alert where ours does; the mute ways count here, too."""
        found = json.loads(self.server.get("/api/v2/alerts"))
        theirs = {each["name"] for alert in found if alert["labels"] == dict(current.notice.labels) for each in alert["receivers"]}
        ours = {self.channels[number].receiver for number in current.states}
        for channel in self.channels:
            if channel.receiver in theirs - ours:
                expected = f"`{current.notice.alert.name}` does not reach `{channel.receiver}`"
                current.failures.append(Failure(channel, expected, "Alertmanager sends it there"))

    def _await(self, opened: list[_Open], wanted: Sequence[Channel], what: Literal["firing", "resolved"]) -> dict[int, Message]:
        """The first message over each of these channels; who got none in time is told of, and who got more."""
        current = opened[-1]
        came: dict[int, Message] = {}
        open_numbers = {each.number for each in wanted}
        begun = looked = time.monotonic()
        while open_numbers and (now := time.monotonic()) < begun + _PATIENCE_SECONDS:
            if now > looked + _LOOK_SECONDS:
                # Alertmanager gives up at once where trying again is of no use, as with a template that fails.
                looked = now
                self._read_log()
                open_numbers -= {each.number for each in wanted if _key(each, self.channels) in self.reasons}
            with contextlib.suppress(Empty):
                message = self.messages.get(timeout=_LOOK_SECONDS)
                if message.channel in open_numbers:
                    came[message.channel] = message
                    open_numbers.discard(message.channel)
                else:
                    self._unexpected(opened, message)
        missing = [each for each in wanted if each.number not in came]
        if missing:
            self._read_log()
        for channel in missing:
            happened = self.reasons.get(_key(channel, self.channels)) or f"no message has come after {_PATIENCE_SECONDS:g} s"
            told = f"`{current.notice.alert.name}` comes over {channel} when it {'fires' if what == 'firing' else 'is over'}"
            current.failures.append(Failure(channel, told, happened))
        return came

    def _unexpected(self, opened: list[_Open], message: Message) -> None:
        """A message that nobody should get; it is about the last alert that it names."""
        said = " ".join((*message.texts.values(), json.dumps(list(message.alerts))))
        about = next((each for each in reversed(opened) if each.notice.alert.name in said), opened[-1])
        title = next(iter(message.texts.values()), "") or "a message"
        about.extra.setdefault(message.channel, []).append(message.refused or f"it got {title!r}")

    def _read_log(self) -> None:
        """Take what Alertmanager has said since the last look of why it could not notify, by receiver and integration."""
        with contextlib.suppress(OSError), self.server.log.open("rb") as log:
            log.seek(self.read)
            new = log.read()
            self.read += len(new)
            self.reasons |= _reasons(new.decode("utf-8", "replace"))


# `... component=dispatcher msg="Notify for alerts failed" num_alerts=1 err="chat/slack[0]: notify retry canceled ...: <reason>"`
_REASON = re.compile(r'(?:err|error)="(?P<key>(?:[^"\\/]|\\.)*/[a-z]+\[\d+\]): (?P<why>(?:[^"\\]|\\.)*)"')


def _reasons(log: str) -> Iterator[tuple[str, str]]:
    for found in _REASON.finditer(log):
        # One failed flush names all its failures.
        for each in re.split(r"; (?=\S+/[a-z]+\[\d+\]: )", f"{found['key']}: {found['why']}"):
            key, _, why = each.partition(": ")
            yield key, "Alertmanager says: " + re.sub(r"^notify retry canceled .*? attempts?: ", "", why).replace('\\"', '"')


def _key(channel: Channel, channels: Sequence[Channel]) -> str:
    """How Alertmanager's log calls a channel: `chat/slack[0]`."""
    alike = [each for each in channels if each.receiver == channel.receiver and each.integration == channel.integration]
    return f"{channel.receiver}/{channel.integration}[{alike.index(channel)}]"
