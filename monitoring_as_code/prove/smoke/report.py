"""What a run through the whole chain gave, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from monitoring_as_code.prove.smoke import Arrived, Smoke

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | bool | None"


def as_text(smoke: Smoke) -> str:
    """A line for each alert and channel, and what is to be said of the whole."""
    return "\n".join(_lines(smoke)) + "\n"


def _lines(smoke: Smoke) -> Iterator[str]:
    if smoke.why:
        yield f"nothing was run: {smoke.why}"
        return
    rows = [("alert", "receiver", "channel", "fires", "is over"), *(_row(each) for each in smoke.arrived)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        name, receiver, channel = (f"{text:{width}}" for text, width in zip(row[:3], widths, strict=True))
        yield f"{name}  {receiver}  {channel}  {row[3]:>8}  {row[4]:>8}".rstrip()
    yield ""
    for name in smoke.untried:
        yield f"not tried: `{name}`, for which no scenario makes an alert fire within some seconds"
    if smoke.logged:
        yield "what Prometheus and Alertmanager said last:"
        yield from (f"  {line}" for line in smoke.logged)
    prometheus, alertmanager = smoke.versions
    missing = sum(not each.complete for each in smoke.arrived)
    found = "all as expected" if smoke.holds else f"{missing} of {len(smoke.arrived)} not as expected"
    yield f"{found}, by Prometheus {prometheus} and Alertmanager {alertmanager}, in {smoke.seconds:.1f} s"


def _row(each: Arrived) -> tuple[str, str, str, str, str]:
    fires = "never" if each.firing is None else f"{each.firing:.1f} s"
    over = f"{each.resolved:.1f} s" if each.resolved is not None else "never" if each.needs_resolved else "-"
    return each.alert.called, each.channel.receiver, str(each.channel), fires, over


def as_data(smoke: Smoke) -> Json:
    """The same for programs."""
    prometheus, alertmanager = smoke.versions
    return {
        "holds": smoke.holds,
        "prometheus": prometheus,
        "alertmanager": alertmanager,
        "seconds": round(smoke.seconds, 3),
        "not_run": smoke.why or None,
        "untried_receivers": list(smoke.untried),
        "alerts": [
            {
                "alert": each.alert.alert.name,
                "scenario": each.alert.scenario,
                "labels": dict(each.alert.labels),
                "receiver": each.channel.receiver,
                "integration": each.channel.integration,
                "target": each.channel.target,
                "fires_after_seconds": None if each.firing is None else round(each.firing, 3),
                "is_over_after_seconds": None if each.resolved is None else round(each.resolved, 3),
                "complete": each.complete,
            }
            for each in smoke.arrived
        ],
        "logged": list(smoke.logged),
    }
