"""The way of one alert as `mac routes --alert` shows it: every route that is asked, where it ends, and what can hold it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from monitoring_as_code.cli.drawing import channel, span
from monitoring_as_code.diagnostics.display import visible, width
from monitoring_as_code.diagnostics.nearest import did_you_mean, listed
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.prove.notifications import muting, with_external_labels
from monitoring_as_code.routes import Values, alert_labels, holds_back, route_tree, same_value, sure_receivers, way

if TYPE_CHECKING:
    from datetime import datetime

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.cli.drawing import Pen, Style
    from monitoring_as_code.model.routing import Inhibition, Receiver, Routing
    from monitoring_as_code.routes import Branch, Step

_MISSING = frozenset(("",))
_MOST_VALUES = 3


class Traveller(NamedTuple):
    """An alert on its way; `labels` and `others_unknown` as `arrivals` takes them. `odd` are labels that it never has as they were given."""

    name: str
    labels: Mapping[str, Values]
    others_unknown: bool
    odd: tuple[str, ...] = ()


class Holder(NamedTuple):
    """An inhibition that may hold the alert back: by which alerts, whether their labels are sure to fit, and on which labels it depends."""

    inhibition: Inhibition
    alerts: tuple[tuple[str, bool], ...]
    open_labels: tuple[str, ...]


class Journey(NamedTuple):
    """The way of an alert."""

    traveller: Traveller
    steps: list[Step]
    ends: tuple[tuple[Branch, bool, bool], ...]
    """The branches in which it ends, whether that is sure, and whether their receivers are told for sure, on this way or another."""
    holders: tuple[Holder, ...]


def travellers(analysis: Analysis, name: str | None, given: Mapping[str, str]) -> list[Traveller]:
    """The alerts of that name, with these labels instead of what is inferred; without a name one that has just these.

    Raises:
        click.UsageError: no alert has that name.
    """
    if name is None:
        labels = with_external_labels(analysis, given)
        return [Traveller(given.get("alertname", "an alert"), {each: frozenset((value,)) for each, value in labels.items()}, False)]
    alerts = [alert for alert in analysis.project.of(Alert) if alert.name == name]
    if not alerts:
        names = [alert.name for alert in analysis.project.of(Alert)]
        where = "give the rule file of it by `--file`, too" if analysis.project.foreign else "`mac list alerts` shows all"
        advice = did_you_mean(name, names) or f"{where}; `--labels` shows the way of any labels"
        message = f"there is no alert `{name}`: {advice}"
        raise click.UsageError(message, click.get_current_context())
    found: list[Traveller] = []
    for alert in alerts:
        labels_known, others_unknown = alert_labels(analysis, alert)
        odd = tuple(
            f'{each}="{value}"'
            for each, value in given.items()
            if (values := labels_known.get(each, None if others_unknown else _MISSING)) is not None and value not in values
        )
        known = {**labels_known, **{each: frozenset((value,)) for each, value in given.items()}}
        found.append(Traveller(name, known, others_unknown, odd))
    # Of several with this name, those that the labels speak of.
    return [each for each in found if not each.odd] or found


def as_text(receivers: Mapping[str, Receiver], pen: Pen, journeys: list[Journey], moment: datetime | None) -> str:
    """One section for each."""
    return "\n".join("\n".join(_lines(receivers, pen, each, moment)) + "\n" for each in journeys)


def as_json(journeys: list[Journey], moment: datetime | None) -> str:
    """The same for programs."""
    from pydantic_core import to_json

    return to_json([_json(each, moment) for each in journeys], indent=2).decode() + "\n"


def journey(analysis: Analysis, routing: Routing, traveller: Traveller) -> Journey:
    """Where an alert goes, and what may hold it back."""
    root = route_tree(routing)
    labels, others_unknown = traveller.labels, traveller.others_unknown
    steps = way(root, labels, others_unknown=others_unknown)
    sure = sure_receivers(root, labels, others_unknown=others_unknown)
    ends = tuple((step.branch, step.ends is True, step.branch.receiver in sure) for step in steps if step.ends is not False)
    holders: list[Holder] = []
    own = (labels, others_unknown)
    others = [(alert.name, alert_labels(analysis, alert)) for alert in analysis.project.of(Alert)]
    for inhibition in routing.inhibitions:
        answers = [(name, other, holds_back(inhibition, other, own)) for name, other in others]
        holding = [(name, other, answer is True) for name, other, answer in answers if answer is not False]
        if holding:
            open_labels = tuple(
                name for name in inhibition.equal if any(same_value(name, inhibition, other, own) is None for _, other, _ in holding)
            )
            holders.append(Holder(inhibition, tuple((name, sure) for name, _, sure in holding), open_labels))
    return Journey(traveller, steps, ends, tuple(holders))


def _lines(receivers: Mapping[str, Receiver], pen: Pen, journey: Journey, moment: datetime | None) -> Iterator[str]:
    traveller = journey.traveller
    yield pen(visible(traveller.name), "bold")
    known = [_label(name, values) for name, values in sorted(traveller.labels.items()) if name != "alertname" and values != _MISSING]
    yield from pen.wrapped([*known, *(("perhaps others",) if traveller.others_unknown else ())], "  ", "  ", "dim")
    for each in traveller.odd:
        yield from pen.filled(f"this alert never has {visible(each)}", "  ", "  ", "yellow")
    yield ""
    yield from _tree(pen, journey.steps, traveller)
    yield ""
    for branch, certain, sure in journey.ends:
        declared = receivers.get(branch.receiver)
        channels = ", ".join(map(channel, declared.integrations)) if declared is not None else "not declared"
        start = f"{pen.arrow} {pen(visible(branch.receiver), 'bold')}{'' if certain else ', this way or another' if sure else ' perhaps'}"
        yield f"{start}  {channels}" if channels else f"{start}  {pen('no channel: nobody is told', 'red')}"
        yield from pen.filled(_grouping(branch, traveller), "    ", "    ", "dim")
        timing = f"first after {branch.group_wait}, changes after {branch.group_interval}, again after {branch.repeat_interval}"
        yield from pen.filled(timing, "    ", "    ", "dim")
        yield from _mute(pen, branch, moment)
    if journey.holders:
        yield ""
        yield pen("held back", "bold")
    for holder in journey.holders:
        names = [name if sure else f"{name}?" for name, sure in holder.alerts]
        yield from pen.wrapped(names, "  while this fires: " if len(names) == 1 else "  while one of these fires: ", "    ")
        if holder.open_labels:
            yield from pen.wrapped(holder.open_labels, "    if it has the same ", "      ", "dim")


def _tree(pen: Pen, steps: list[Step], traveller: Traveller) -> Iterator[str]:
    """A line for each branch, with what became of the alert beside it."""
    paths = {step.branch.path for step in steps}
    rows: list[tuple[str, str, Step]] = []
    for step in steps:
        path = step.branch.path
        before = ""
        for depth in range(1, len(path) + 1):
            more = (*path[: depth - 1], path[depth - 1] + 1) in paths
            fork, below = pen.fork(last=not more)
            before += fork if depth == len(path) else below
        said = ", ".join(visible(str(matcher)) for matcher in step.branch.matchers) or ("every alert" if not path else "every one")
        rows.append((before, said, step))
    column = min(max(width(before + said) for before, said, _ in rows) + 3, pen.columns // 2)
    for before, said, step in rows:
        outcome = _outcome(pen, step, traveller)
        style: Style = "green" if step.outcome == "taken" else "yellow" if step.outcome == "open" else "dim"
        line = before + said
        drawn = before + pen(said, "dim" if step.outcome == "unasked" else "cyan")
        if width(line) < column and column + width(outcome) <= pen.columns:
            yield f"{drawn}{' ' * (column - width(line))}{pen(outcome, style)}"
        else:
            yield drawn
            indent = before.replace("├─ ", "│  ").replace("└─ ", "   ").replace("|- ", "|  ").replace("`- ", "   ")
            yield from pen.filled(outcome, f"{indent}    ", f"{indent}    ", style)


def _outcome(pen: Pen, step: Step, traveller: Traveller) -> str:
    match step.outcome:
        case "passed":
            return "no: " + ", and ".join(_why(name, traveller) for name in dict.fromkeys(matcher.name for matcher in step.refusing))
        case "unasked":
            return "not asked"
    words = "yes" if step.outcome == "taken" else f"depends on {listed([matcher.name for matcher in step.unknown], 'and')}".replace("`", "")
    if step.ends is not False:
        words += f"{'' if step.ends or step.outcome == 'open' else ', perhaps'} {pen.arrow} {visible(step.branch.receiver)}"
    return words + (", and on" if step.branch.continue_ else "")


def _why(name: str, traveller: Traveller) -> str:
    values = traveller.labels.get(name, None if traveller.others_unknown else _MISSING)
    if not values or values == _MISSING:
        return f"it has no {name}"
    said = sorted(f'"{visible(value)}"' if value else "missing" for value in values)
    if len(said) > _MOST_VALUES:
        return f"{name} is one of {len(said)} others"
    return f"{name} is {' or '.join(said)}"


def _label(name: str, values: Values) -> str:
    if values is None:
        return f"{name}=?"
    if len(values) > _MOST_VALUES:
        return f"{name}={len(values)} values"
    return f"{name}=" + "|".join(f'"{visible(value)}"' if value else "missing" for value in sorted(values))


def _grouping(branch: Branch, traveller: Traveller) -> str:
    if branch.group_by == ("...",):
        return "a notification of its own"
    words: list[str] = []
    for name in branch.group_by:
        values = traveller.labels.get(name, None if traveller.others_unknown else _MISSING)
        if values == _MISSING:
            continue
        words.append(f'{name}="{visible(next(iter(values)))}"' if values is not None and len(values) == 1 else f"the same {name}")
    return f"in one notification with all of {', '.join(words)}" if words else "in one notification with all alerts of this route"


def _mute(pen: Pen, branch: Branch, moment: datetime | None) -> Iterator[str]:
    if not branch.mute_time_intervals and not branch.active_time_intervals:
        return
    if moment is not None:
        mute, interval = muting(branch, moment)
        reason = f"mute at {moment:%Y-%m-%d %H:%M}"
        if mute:
            reason += f": {visible(interval.name)}" if interval is not None else ": outside of the times in which it is active"
            yield "    " + pen(reason, "red")
        else:
            yield "    " + pen(f"not {reason}", "green")
    for each in branch.mute_time_intervals:
        yield from pen.filled(f"mute in {visible(each.name)}, {span(each)}", "    ", "      ", "yellow")
    for each in branch.active_time_intervals:
        yield from pen.filled(f"only in {visible(each.name)}, {span(each)}", "    ", "      ", "yellow")


def _json(journey: Journey, moment: datetime | None) -> dict[str, Any]:
    traveller = journey.traveller
    labels = [(name, values) for name, values in sorted(traveller.labels.items()) if values != _MISSING]
    ends: list[dict[str, Any]] = []
    for branch, certain, sure in journey.ends:
        end: dict[str, Any] = {
            "receiver": branch.receiver,
            "certain": certain,
            "receiver_certain": sure,
            "group_by": branch.group_by,
            "group_wait": branch.group_wait,
            "group_interval": branch.group_interval,
            "repeat_interval": branch.repeat_interval,
            "mute_time_intervals": [each.name for each in branch.mute_time_intervals],
            "active_time_intervals": [each.name for each in branch.active_time_intervals],
        }
        if moment is not None:
            end["mute"] = muting(branch, moment)[0]
        ends.append(end)
    return {
        "alert": traveller.name,
        "labels": {name: None if values is None else sorted(values) for name, values in labels},
        "other_labels": traveller.others_unknown,
        "routes": [
            {
                "path": step.branch.path,
                "matchers": list(map(str, step.branch.matchers)),
                "outcome": step.outcome,
                "refusing": list(map(str, step.refusing)),
                "unknown": list(map(str, step.unknown)),
                "receiver": None if step.ends is False else step.branch.receiver,
            }
            for step in journey.steps
        ],
        "ends": ends,
        "held_back": [
            {
                "source": holder.inhibition.source,
                "target": holder.inhibition.target,
                "equal": holder.inhibition.equal,
                "by": [name for name, sure in holder.alerts if sure],
                "perhaps_by": [name for name, sure in holder.alerts if not sure],
            }
            for holder in journey.holders
        ],
    }
