"""What a delivery gave, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.prove.delivery import Delivered, Delivery, State

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"


class Marks(NamedTuple):
    """What stands for a state in the table."""

    delivered: str
    firing_only: str
    muted: str
    failed: str

    def of(self, state: State | None) -> str:
        """The mark of a state; of none a blank."""
        known = {"delivered": self.delivered, "firing only": self.firing_only, "muted": self.muted, "failed": self.failed}
        return "" if state is None else known[state]


UNICODE = Marks("✓", "✓¹", "–", "✗")
ASCII = Marks("ok", "ok1", "mute", "FAIL")
_LEGEND = {
    "delivered": "fires and is over",
    "firing only": "fires; the channel is not told when it is over, as `send_resolved` says",
    "muted": "mute at this moment, by a time interval",
    "failed": "not as expected, see below",
}


def as_text(delivery: Delivery, marks: Marks = UNICODE) -> str:
    """A table of alerts and channels, and below it what was not as expected."""
    if delivery.why:
        return f"{delivery.why}\n"
    return "\n".join(_lines(delivery, marks)) + "\n"


def _lines(delivery: Delivery, marks: Marks) -> Iterator[str]:
    used = [channel for channel in delivery.channels if channel not in delivery.unused]
    rows = _named(delivery.delivered)
    width = max(map(len, rows), default=0)
    cell = max(len(mark) for mark in marks)
    # A channel's column has its number; names of channels are too long to stand above a column.
    yield f"{'':{width}}  " + " ".join(f"{index:<{cell}}" for index, _ in enumerate(used, 1)).rstrip()
    for name, each in zip(rows, delivery.delivered, strict=True):
        yield f"{name:{width}}  " + " ".join(f"{marks.of(each.states.get(it.number)):{cell}}" for it in used).rstrip()
    yield ""
    names = [f"{channel.receiver}: {channel}" for channel in used]
    yield from (f"{index}  {name}" for index, name in enumerate(names, 1))
    yield ""
    seen = {state for each in delivery.delivered for state in each.states.values()}
    yield from (f"{marks.of(state):{cell}}  {_LEGEND[state]}" for state in _STATES if state in seen)
    if delivery.whole:
        yield from (f"no alert comes over {channel} of `{channel.receiver}`" for channel in delivery.unused)
    yield from _nobody(delivery.delivered)
    for notice, failure in delivery.failures:
        yield ""
        yield f"{notice.alert.name} over {failure.channel} of `{failure.channel.receiver}`{_source(notice.source)}"
        yield f"  expected: {failure.expected}"
        yield f"  but:      {failure.happened}"
    told = dict.fromkeys(remark for each in delivery.delivered for remark in each.remarks)
    if told:
        yield ""
        yield from (f"note: {remark}" for remark in told)


_STATES: tuple[State, ...] = ("delivered", "firing only", "muted", "failed")


def _nobody(delivered: Sequence[Delivered]) -> Iterator[str]:
    for each in delivered:
        if not each.states:
            yield f"{each.notice.alert.name} reaches a receiver without any channel: nobody is told"


def _named(delivered: Sequence[Delivered]) -> list[str]:
    """Names of alerts, with the severity, and then the scenario, where there are two alike."""
    names = [each.notice.alert.name for each in delivered]
    names = [
        f"{name} ({each.notice.alert.severity})" if names.count(name) > 1 else name for name, each in zip(names, delivered, strict=True)
    ]
    return [
        f"{name}: {each.notice.source}" if names.count(name) > 1 and each.notice.source else name
        for name, each in zip(names, delivered, strict=True)
    ]


def _source(scenario: str) -> str:
    return f", as in the scenario `{scenario}`" if scenario else ", with example labels, as it fires in no scenario"


def summary(delivery: Delivery) -> str:
    """One sentence."""
    if delivery.why:
        return delivery.why
    failed = sum(1 for _ in delivery.failures)
    messages = sum(1 for each in delivery.delivered for state in each.states.values() if state != "muted")
    counted = f"{_count(len(delivery.delivered), 'alert')} over {_count(len(delivery.channels), 'channel')}"
    if failed:
        return f"{counted}: {_count(failed, 'delivery', 'deliveries')} not as expected, by Alertmanager {delivery.version}"
    return f"{counted}: {_count(messages, 'delivery', 'deliveries')} as expected, by Alertmanager {delivery.version}"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one}" if number == 1 else f"{number} {many or one + 's'}"


def findings(delivery: Delivery) -> list[Diagnostic]:
    """What was not as expected, at the alerts."""
    return [
        Diagnostic(
            "delivery",
            Severity.ERROR,
            f"{failure.expected}, but {failure.happened}",
            Place(notice.alert.origin),
            help=f"it is about {failure.channel} of `{failure.channel.receiver}`{_source(notice.source)}",
        )
        for notice, failure in delivery.failures
    ]


def as_data(delivery: Delivery) -> Json:
    """The same for programs."""
    return {
        "alertmanager": delivery.version,
        "holds": delivery.holds,
        "not_tried": delivery.why or None,
        "channels": [
            {
                "receiver": channel.receiver,
                "integration": channel.integration,
                "target": channel.target,
                "used": channel not in delivery.unused,
            }
            for channel in delivery.channels
        ],
        "alerts": [_alert_data(delivery, each) for each in delivery.delivered],
    }


def _alert_data(delivery: Delivery, each: Delivered) -> Json:
    return {
        "alert": each.notice.alert.name,
        "labels": dict(each.notice.labels),
        "scenario": each.notice.source or None,
        "channels": [
            {
                "receiver": delivery.channels[number].receiver,
                "integration": delivery.channels[number].integration,
                "target": delivery.channels[number].target,
                "state": state,
                "muted_by": each.muted_by.get(number),
            }
            for number, state in each.states.items()
        ],
        "failures": [
            {
                "receiver": failure.channel.receiver,
                "channel": str(failure.channel),
                "expected": failure.expected,
                "happened": failure.happened,
            }
            for failure in each.failures
        ],
        "remarks": list(each.remarks),
    }
