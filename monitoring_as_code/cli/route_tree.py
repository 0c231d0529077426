"""The route tree as `mac routes` shows it: matchers, receivers, and the alerts that end in each branch."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from monitoring_as_code.cli.drawing import channel, span
from monitoring_as_code.diagnostics.display import visible
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.prove.notifications import muting
from monitoring_as_code.routes import alert_labels, arrivals, declared_receivers, every_branch, route_tree, silence

if TYPE_CHECKING:
    from datetime import datetime

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.cli.drawing import Pen
    from monitoring_as_code.model.routing import Inhibition, Receiver, Routing
    from monitoring_as_code.model.time_interval import TimeInterval
    from monitoring_as_code.routes import Branch


class Forest(NamedTuple):
    """What is shown: the tree, with the alerts by the path of the branch in which they end, and whether they do so for sure."""

    analysis: Analysis
    routing: Routing
    root: Branch
    receivers: Mapping[str, Receiver]
    without: Collection[str]
    moment: datetime | None
    ending: Mapping[tuple[int, ...], Mapping[str, bool]]


def forest_of(analysis: Analysis, routing: Routing, without: Collection[str], moment: datetime | None) -> Forest:
    """All that the picture shows; channels of `without` are left out."""
    root = route_tree(routing)
    ending: dict[tuple[int, ...], dict[str, bool]] = {}
    for alert in analysis.project.of(Alert):
        labels, others_unknown = alert_labels(analysis, alert)
        for arrival in arrivals(root, labels, others_unknown=others_unknown):
            names = ending.setdefault(arrival.branch.path, {})
            # Several alerts may have one name; one that is sure to come makes the name certain.
            names[alert.name] = names.get(alert.name, False) or arrival.certain
    return Forest(analysis, routing, root, declared_receivers(analysis, root), without, moment, ending)


def as_text(forest: Forest, pen: Pen) -> str:
    """The picture, then what is held back, the time intervals, and who hears nothing without some channels."""
    sections = [
        [*_branch(forest, pen, forest.root, None, ("", "")), *_legend(forest, pen)],
        list(_inhibitions(forest.routing.inhibitions, pen)),
        list(_intervals(forest, pen)),
        list(_silence(forest, pen)) if forest.without else [],
    ]
    return "\n".join("\n".join(section) + "\n" for section in sections if section)


def as_json(forest: Forest) -> str:
    """The same for programs."""
    from pydantic_core import to_json

    found: dict[str, Any] = {
        "tree": _branch_json(forest, forest.root),
        "receivers": {
            name: [
                {"integration": way.integration, "channel": channel(way), "configured": way.integration not in forest.without}
                for way in receiver.integrations
            ]
            for name, receiver in sorted(forest.receivers.items())
        },
        "inhibitions": [{"source": each.source, "target": each.target, "equal": each.equal} for each in forest.routing.inhibitions],
        "time_intervals": {interval.name: span(interval) for interval in _every_interval(forest)},
    }
    if forest.without:
        silent = silence(forest.analysis, forest.without, forest.root)
        found["without"] = {
            "channels": sorted(forest.without),
            "silent_receivers": silent.receivers,
            "unheard_alerts": [alert.name for alert in silent.unheard],
            "perhaps_unheard_alerts": [alert.name for alert in silent.doubtful],
        }
    return to_json(found, indent=2).decode() + "\n"


def _branch(forest: Forest, pen: Pen, branch: Branch, parent: Branch | None, margin: tuple[str, str]) -> Iterator[str]:
    """The lines of a branch and of all below it; the `margin` stands before its first line, and before the others."""
    first, rest = margin
    said = ", ".join(visible(str(matcher)) for matcher in branch.matchers) or _everything(branch, parent)
    tail = ", and on" if branch.continue_ else ""
    plain = f"{first}{said} {pen.arrow} {visible(branch.receiver)}{tail}"
    arrow = f"{pen.arrow} {pen(visible(branch.receiver), 'bold')}{tail}"
    stem = rest + pen.stem(more=bool(branch.branches))
    if len(plain) <= pen.columns:
        yield f"{first}{pen(said, 'cyan')} {arrow}"
    else:
        yield from pen.filled(said, first, stem, "cyan")
        yield f"{stem}{arrow}"
    receiver = forest.receivers.get(branch.receiver)
    if receiver is None:
        yield f"{stem}{pen('not declared', 'red')}"
    else:
        live = [channel(way) for way in receiver.integrations if way.integration not in forest.without]
        gone = [f"{channel(way)} (not configured)" for way in receiver.integrations if way.integration in forest.without]
        yield from pen.wrapped(live, stem, stem)
        yield from pen.wrapped(gone, stem, stem, "dim")
        if not live:
            yield f"{stem}{pen('no channel: nobody is told', 'red')}"
    yield from pen.wrapped(_timing(branch, parent), stem, stem, "dim")
    for interval in branch.mute_time_intervals:
        yield from pen.filled(f"mute in {visible(interval.name)}", stem, stem, "yellow")
    if branch.active_time_intervals:
        yield from pen.wrapped(
            [visible(each.name) for each in branch.active_time_intervals], f"{stem}only in ", f"{stem}        ", "yellow"
        )
    if forest.moment is not None and (branch.mute_time_intervals or branch.active_time_intervals):
        yield stem + (pen("mute at that moment", "red") if muting(branch, forest.moment)[0] else pen("not mute at that moment", "green"))
    alerts = forest.ending.get(branch.path, {})
    yield from pen.wrapped((name if certain else f"{name}?" for name, certain in sorted(alerts.items())), stem, stem)
    if not alerts and not branch.branches and forest.ending:
        yield f"{stem}{pen('no alert', 'dim')}"
    for inner in branch.branches:
        fork, below = pen.fork(last=inner is branch.branches[-1])
        yield from _branch(forest, pen, inner, branch, (rest + fork, rest + below))


def _everything(branch: Branch, parent: Branch | None) -> str:
    if parent is None:
        return "every alert"
    before = parent.branches[: branch.path[-1]]
    return "every other" if any(not each.continue_ for each in before) else "every one"


def _timing(branch: Branch, parent: Branch | None) -> Iterator[str]:
    """Grouping and timing, as far as they are not the parent's."""
    if parent is None or branch.group_by != parent.group_by:
        yield "each alert by itself" if branch.group_by == ("...",) else f"grouped by {' and '.join(branch.group_by) or 'nothing'}"
    if parent is None or branch.group_wait != parent.group_wait:
        yield f"first after {branch.group_wait}"
    if parent is None or branch.group_interval != parent.group_interval:
        yield f"changes after {branch.group_interval}"
    if parent is None or branch.repeat_interval != parent.repeat_interval:
        yield f"again after {branch.repeat_interval}"


def _legend(forest: Forest, pen: Pen) -> Iterator[str]:
    if any(not certain for alerts in forest.ending.values() for certain in alerts.values()):
        yield ""
        yield from pen.filled("? it depends on labels whose values are not known", "", None, "dim")


def _inhibitions(inhibitions: tuple[Inhibition, ...], pen: Pen) -> Iterator[str]:
    if inhibitions:
        yield pen("held back", "bold")
    for each in inhibitions:
        words = f"{visible(', '.join(each.target))} while {visible(', '.join(each.source))} fires"
        yield from pen.filled(words, "  ", "    ")
        if each.equal:
            yield from pen.wrapped(each.equal, "    if both have the same ", "      ", "dim")


def _every_interval(forest: Forest) -> list[TimeInterval]:
    found = {
        interval.name: interval
        for branch in every_branch(forest.root)
        for interval in (*branch.mute_time_intervals, *branch.active_time_intervals)
    }
    return [found[name] for name in sorted(found)]


def _intervals(forest: Forest, pen: Pen) -> Iterator[str]:
    intervals = _every_interval(forest)
    if intervals:
        yield pen("time intervals", "bold")
        yield from pen.columned([(visible(each.name), span(each)) for each in intervals])


def _silence(forest: Forest, pen: Pen) -> Iterator[str]:
    found = silence(forest.analysis, forest.without, forest.root)
    yield pen(f"without {', '.join(sorted(forest.without))}", "bold")
    if not found.receivers:
        yield "  every receiver still has a channel"
        return
    yield from pen.wrapped(found.receivers, "  silent receivers   ")
    if found.unheard:
        yield from pen.wrapped((alert.name for alert in found.unheard), "  nobody hears of    ", None, "red")
    if found.doubtful:
        yield from pen.wrapped((alert.name for alert in found.doubtful), "  perhaps unheard    ", None, "yellow")
    if not found.unheard and not found.doubtful:
        yield "  every alert is still heard of"


def _branch_json(forest: Forest, branch: Branch) -> dict[str, Any]:
    alerts = sorted(forest.ending.get(branch.path, {}).items())
    found: dict[str, Any] = {
        "matchers": list(map(str, branch.matchers)),
        "receiver": branch.receiver,
        "continue": branch.continue_,
        "group_by": branch.group_by,
        "group_wait": branch.group_wait,
        "group_interval": branch.group_interval,
        "repeat_interval": branch.repeat_interval,
        "mute_time_intervals": [each.name for each in branch.mute_time_intervals],
        "active_time_intervals": [each.name for each in branch.active_time_intervals],
        "alerts": [name for name, certain in alerts if certain],
        "possible_alerts": [name for name, certain in alerts if not certain],
        "routes": [_branch_json(forest, inner) for inner in branch.branches],
    }
    if forest.moment is not None:
        found["mute"] = muting(branch, forest.moment)[0]
    return found
