from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from monitoring_as_code.lint.drawn import drawn
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.drawn import Drawn, Overridden
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.infer.value import Labels


@rule(WARNING)
def unmatched_override(reading: Reading) -> Iterator[Finding]:
    """An override is of a series that the panel does not have.

    Grafana does nothing with it and says nothing: the legend was renamed, or the query has gone. It is found where every legend of the panel
    is known: a text of its own, or labels whose values are declared. Nothing is said of a panel that transforms or renames its answers.
    A query that is not there is found in transformations, too.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(
                        TimeSeries(
                            title="Jobs",
                            queries=(
                                Query(expr="sum(queue_length)", legend="waiting"),
                                Query(expr="max(queue_length)", legend="longest"),
                            ),
                            overrides=(Override(series="wating", color="red"),),
                        ),),
                ),
            ),
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(
                        TimeSeries(
                            title="Jobs",
                            queries=(
                                Query(expr="sum(queue_length)", legend="waiting"),
                                Query(expr="max(queue_length)", legend="longest"),
                            ),
                            overrides=(Override(series="waiting", color="red"),),
                        ),),
                ),
            ),
        )
    """
    yield from _of_steps(reading)
    missing: dict[Place, tuple[Overridden, Drawn, list[str | re.Pattern[str]] | None]] = {}
    found: set[Place] = set()
    for panel in drawn(reading):
        overridden = panel.overridden
        if not overridden:
            continue
        known = panel.as_it_is and "displayName" not in panel.changed and not panel.renames
        names = _names(reading, panel) if known and panel.type in _NAMED else None
        for target in overridden:
            if known and _is_missing(target, panel, names):
                missing[target[2]] = (target, panel, names)
            else:
                found.add(target[2])
    # What several panels share need not be of use on all of them.
    left = [_finding(*each) for place, each in missing.items() if place not in found]
    if not reading.project.foreign:
        yield from left
        return
    # Grafana keeps dozens of them when a panel is copied, so of those of others one stands for all of its panel.
    for _, group in groupby(left, key=lambda finding: finding.about):
        first, *others = group
        more = f", and {len(others)} more of its overrides are of nothing" if others else ""
        yield first._replace(message=first.message + more, about=None)


def _of_steps(reading: Reading) -> Iterator[Finding]:
    """Queries that a declared panel's steps name and that it has not. Grafana gives answers that were joined names of their own."""
    for panel in drawn(reading):
        if "json_data" in panel.panel.__dict__:
            continue
        for step in panel.panel.transformations:
            named: list[tuple[str, tuple[str | int, ...]]] = [(step.query or "", ("query",)), (getattr(step, "config", ""), ("config",))]
            if step.grafana_id == "timeSeriesTable":
                named += [(name, ("calculations", name, "[key]")) for name in getattr(step, "calculations", ())]
            if step.grafana_id == "filterByRefId" and isinstance(queries := getattr(step, "queries", None), str):
                named.append((queries, ("queries",)))
            for name, path in named:
                if name.isalpha() and name.isupper() and len(name) <= _LONGEST_LETTERS and name not in panel.refs:
                    yield _finding(("query", name, Place(step.origin, path)), panel, None)


# Queries are called `A` to `Z`, then `AA` and so on.
_LONGEST_LETTERS = 2


def _is_missing(target: Overridden, panel: Drawn, names: list[str | re.Pattern[str]] | None) -> bool:
    by, text, _ = target
    if by == "query":
        # Grafana itself names queries that have no name.
        return text not in panel.refs and all(panel.refs)
    return names is not None and not (_is_named(names, text) if by == "name" else _is_matched(names, text))


def _finding(target: Overridden, panel: Drawn, names: list[str | re.Pattern[str]] | None) -> Finding:
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    by, text, place = target
    if by == "query":
        return Finding(
            f"the panel has no query `{text}`",
            place,
            f"its queries are {listed(panel.refs, 'and')}",
            (),
            id(panel.panel),
            panel.panel,
        )
    message = f"no series of the panel is called `{text}`"
    if by == "regex":
        message = f"no series of the panel has a name that matches `{text}`"
    names = names or []
    plain = [name for name in names if isinstance(name, str)]
    help_ = did_you_mean(text, plain) or (f"they are called {listed(plain, 'and')}" if plain and len(plain) == len(names) else None)
    return Finding(message, place, help_, (), id(panel.panel), panel.panel)


# What names its series by their legends alone.
_NAMED = frozenset({"timeseries", "stat", "gauge", "bargauge", "piechart", "state-timeline", "status-history"})
# What a series is called beside its legend, whatever that says.
_ALWAYS = ("Time", "Value", "time", "value")


def _names(reading: Reading, panel: Drawn) -> list[str | re.Pattern[str]] | None:
    """What the series can be called: texts, and patterns of legends with labels; None if that is not known."""
    found: list[str | re.Pattern[str]] = []
    for use in panel.uses:  # the hidden ones, too: their eye is a click
        text = getattr(use.part, "legend", None)
        if not isinstance(text, str) or not text or text == "__auto" or use.expr is None:
            return None
        if "{{" not in text and "$" not in text and "[[" not in text:
            found.append(text)
            continue
        labels = reading.analysis.value(use).labels
        pattern = "".join(
            _of_label(labels, part[2:-2].strip()) if part.startswith("{{") else ".*" if part[:1] in ("$", "[") else re.escape(part)
            for part in re.split(r"(\{\{[^{}]*\}\}|\$\{[^{}]*\}|\$\w+|\[\[[^\[\]]*\]\])", text)
        )
        found.append(re.compile(pattern, re.DOTALL))
    return found


def _of_label(labels: Labels, name: str) -> str:
    fact = labels.get(name)
    if fact.presence != "always" or fact.values is None:
        return ".*"
    return f"(?:{'|'.join(re.escape(value) for value in sorted(fact.values))})"


def _is_named(names: list[str | re.Pattern[str]], text: str) -> bool:
    # Of several series with one legend, Grafana calls the second one `legend 2`.
    bare = re.sub(r" \d+$", "", text)
    if text in _ALWAYS or text.startswith("Value #") or "$" in text:
        return True
    return any(name in (text, bare) if isinstance(name, str) else name.fullmatch(text) or name.fullmatch(bare) for name in names)


def _is_matched(names: list[str | re.Pattern[str]], text: str) -> bool:
    """Whether a regular expression of Grafana, with slashes or without, can match a name; true if that is not known."""
    body, flags = text, ""
    if text.startswith("/") and (end := text.rfind("/")) > 0:
        body, flags = text[1:end], text[end + 1 :]
    elif not text.startswith("/"):
        body = f"^(?:{text})$"
    if "$" in body.rstrip("$)") or flags not in ("", "i", "g") or not all(isinstance(name, str) for name in names):
        return True
    try:
        pattern = re.compile(body, re.IGNORECASE if flags == "i" else 0)
    except re.error:
        return True
    return any(pattern.search(name) or pattern.search(f"{name} 1") for name in (*names, *_ALWAYS) if isinstance(name, str))
