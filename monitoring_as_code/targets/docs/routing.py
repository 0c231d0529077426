"""docs/routing.md: the route tree, the receivers with the alerts that reach them, and when somebody is not told: also without a channel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.model.alert import Alert
from monitoring_as_code.naming import secret_variables
from monitoring_as_code.routes import declared_receivers, every_branch, route_tree, silence
from monitoring_as_code.targets.docs.markdown import block, code, escaped, table
from monitoring_as_code.targets.docs.pages import Context, alert_link

if TYPE_CHECKING:
    from monitoring_as_code.model.routing import Integration, Receiver, Routing
    from monitoring_as_code.model.time_interval import TimeInterval
    from monitoring_as_code.routes import Branch

# What tells people where a message goes; never a secret's path.
_ADDRESS = {"slack": "channel", "email": "to", "webhook": "url", "telegram": "chat_id"}


def page(context: Context) -> str:
    """Empty if there is no routing."""
    routing = context.analysis.routing
    if routing is None:
        return ""
    root = route_tree(routing)
    sections = [
        "# Routing\n",
        "An alert goes down the tree, and into the first branch that fits; from one marked *and on*, into the next that fits, too.\n",
        block("\n".join(_tree(root)), "text"),
        _receivers(context, root),
        _silence(context, routing, root),
        _inhibitions(routing),
        _intervals(root),
    ]
    return "\n".join(section for section in sections if section)


def _tree(root: Branch) -> Iterator[str]:
    yield f"every alert -> {_line(root.receiver)}"
    yield from _below(root, "")


def _below(parent: Branch, pad: str) -> Iterator[str]:
    every = "every one"
    for branch in parent.branches:
        last = branch is parent.branches[-1]
        words = [", ".join(map(str, branch.matchers)) or every, "->", _line(branch.receiver)]
        if branch.continue_:
            words.append("(and on)")
        else:
            every = "every other"
        words += [f"(mute: {_line(interval.name)})" for interval in branch.mute_time_intervals]
        words += [f"(only: {_line(interval.name)})" for interval in branch.active_time_intervals]
        yield f"{pad}{'└' if last else '├'}─ {' '.join(words)}"
        yield from _below(branch, pad + ("   " if last else "│  "))


def _line(text: str) -> str:
    return " ".join(text.split())


def _receivers(context: Context, root: Branch) -> str:
    declared = declared_receivers(context.analysis, root)
    reached: dict[str, dict[str, str]] = {name: {} for name in declared}
    for branch in every_branch(root):
        reached.setdefault(branch.receiver, {})
    for alert in context.analysis.rules:
        if isinstance(alert, Alert):
            for name, certain in context.audience.of(alert).items():
                reached[name].setdefault(alert_link(alert) + ("" if certain else " (depends on its labels)"), "")
    rows = [
        (
            escaped(name),
            _channels(declared.get(name)),
            ", ".join(alerts) or "no alert",
        )
        for name, alerts in sorted(reached.items())
    ]
    return "## Receivers\n\n" + table(("receiver", "how", "alerts"), rows)


def _silence(context: Context, routing: Routing, root: Branch) -> str:
    """What is lost with each kind of channel: one that is not configured is left out when Alertmanager starts."""
    used: dict[str, str] = {}
    variables: dict[str, dict[str, None]] = {}
    for each in declared_receivers(context.analysis, root).values():
        for way in each.integrations:
            used[way.integration] = type(way).__name__
            variables.setdefault(way.integration, {}).update(dict.fromkeys(_variables(way, routing)))
    rows: list[tuple[str, ...]] = []
    for integration, name in sorted(used.items()):
        lost = silence(context.analysis, (integration,), root)
        alerts = [alert_link(alert) for alert in lost.unheard]
        alerts += [f"{alert_link(alert)} (depends on its labels)" for alert in lost.doubtful]
        needed = ", ".join(map(code, variables[integration]))
        rows.append(
            (name, needed, ", ".join(map(escaped, lost.receivers)) or "no receiver", ", ".join(dict.fromkeys(alerts)) or "no alert")
        )
    return "## Without a channel\n\n" + table(("not configured", "needs", "cannot notify", "nobody hears of"), rows) if rows else ""


def _variables(way: Integration, routing: Routing) -> Iterator[str]:
    """Those that hold its secrets, by the names that people know."""
    smtp = routing.smtp
    if way.integration == "email" and smtp is not None and smtp.username is not None:
        yield secret_variables(smtp.password_file)[-1]
    for key, value in way.settings().items():
        if key.endswith("_file") and isinstance(value, str):
            yield secret_variables(value)[-1]


def _channels(receiver: Receiver | None) -> str:
    if receiver is None:
        return "not declared"
    return "<br>".join(map(_integration, receiver.integrations)) or "no channel: nobody is told"


def _integration(integration: Integration) -> str:
    address = integration.settings().get(_ADDRESS.get(integration.integration, ""))
    return type(integration).__name__ + ("" if address is None else f" {code(str(address))}")


def _inhibitions(routing: Routing) -> str:
    rows = [
        (
            ", ".join(map(code, inhibition.source)),
            ", ".join(map(code, inhibition.target)),
            ", ".join(map(code, inhibition.equal)) or "nothing",
        )
        for inhibition in routing.inhibitions
    ]
    return "## Inhibitions\n\n" + table(("while one like this fires", "these are held back", "if both have the same"), rows) if rows else ""


def _intervals(root: Branch) -> str:
    found: dict[str, TimeInterval] = {}
    for branch in every_branch(root):
        for interval in (*branch.mute_time_intervals, *branch.active_time_intervals):
            found.setdefault(interval.name, interval)
    rows = [
        (
            escaped(name),
            ", ".join(f"{time.start} to {time.end}" for time in interval.times) or "all day",
            escaped(", ".join((*interval.weekdays, *interval.days_of_month, *interval.months, *interval.years))) or "every day",
            escaped(interval.location or "UTC"),
        )
        for name, interval in sorted(found.items())
    ]
    return "## Time intervals\n\n" + table(("name", "hours", "days", "time zone"), rows) if rows else ""
