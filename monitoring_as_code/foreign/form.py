"""The form of a rule file: what makes Prometheus refuse all of it.

Fields that only newer versions, Thanos, Mimir or vmalert know are none: who has them in a file reads it with those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from monitoring_as_code.foreign.document import KEY, Document, Path, Unreadable
from monitoring_as_code.promql.durations import milliseconds

RULE = "invalid-rule-file"

_TOP = frozenset({"groups", "namespace"})  # mimirtool reads the namespace


def form_faults(document: Document, groups: list[Path]) -> Iterator[Unreadable]:
    """What is wrong with the form of a document's rule groups, each at its key or value."""
    if not any("rules" in document.at(path) for path in groups):
        return  # a list of other groups: of contacts, say
    for start, end, name in document.repeated():
        message = f"`{name}` stands here for the second time" if name is not None else "this holds itself"
        yield Unreadable(message, document.location(start, end), "Prometheus refuses the whole file", RULE)
    if groups[0][:-1] == ("groups",):
        yield from _unknown(document, (), document.data, _TOP)
    names: dict[tuple[Path, str], Path] = {}
    for path in groups:
        group = document.at(path)
        yield from _checked(document, path, group, _GROUP)
        name = group.get("name")
        if not isinstance(name, str) or not name:
            yield wrong_form(document, (*path, "name") if "name" in group else path, "this group has no name")
        elif names.setdefault((path[:-1], name), path) != path:
            yield wrong_form(
                document, (*path, "name"), f"another group of this file is called `{name}`, too", "give each a name of its own"
            )
        for index, rule in enumerate(group.get("rules") or ()):
            if isinstance(rule, dict):
                yield from rule_faults(document, (*path, "rules", index), rule)


def rule_faults(document: Document, path: Path, rule: Mapping[str, Any]) -> Iterator[Unreadable]:
    """What is wrong with the form of one rule."""
    yield from _checked(document, path, rule, _RULE)
    if "record" not in rule or "alert" in rule:
        return
    name = rule["record"]
    if isinstance(name, str) and name and not _is_metric_name(name):
        yield wrong_form(document, (*path, "record"), f"`{name}` is no name of a metric", "use letters, digits, `_` and `:`")
    for field in ("for", "keep_firing_for", "annotations"):
        value = rule.get(field)
        if value and value not in ("0", "0s"):
            yield wrong_form(document, (*path, field, KEY), f"a recording rule has no `{field}`", "remove it, or make this an alert")


def _checked(document: Document, path: Path, data: Mapping[str, Any], fields: Mapping[str, _Check | None]) -> Iterator[Unreadable]:
    yield from _unknown(document, path, data, fields)
    for field, check in fields.items():
        value = data.get(field)
        if check is not None and value is not None:
            yield from check(document, (*path, field), value)


def _unknown(document: Document, path: Path, data: Mapping[str, Any], known: Mapping[str, object] | frozenset[str]) -> Iterator[Unreadable]:
    for field in data:
        if field not in known:
            from monitoring_as_code.diagnostics.nearest import did_you_mean

            where = "a rule" if "rules" in path else "a group" if path else "a rule file"
            yield wrong_form(document, (*path, field, KEY), f"{where} has no field `{field}`", did_you_mean(field, sorted(known)))


def _duration(document: Document, path: Path, value: object) -> Iterator[Unreadable]:
    text = str(value)
    try:
        if not isinstance(value, dict | list):
            milliseconds(text)
            return
    except ValueError:
        pass
    help_ = "write it like `30s`, `5m` or `1h30m`"
    if "{{" in text or isinstance(value, dict):
        help_ += "; if this is a template, render it first"
    yield wrong_form(document, path, f"`{path[-1]}` is no duration", help_)


def _labels(document: Document, path: Path, value: object) -> Iterator[Unreadable]:
    if not isinstance(value, dict):
        yield wrong_form(document, path, f"`{path[-1]}` must be a mapping of names to texts")
        return
    word = "an annotation" if path[-1] == "annotations" else "a label"
    for name, text in value.items():
        if not _is_label_name(str(name)) or (name == "__name__" and word == "a label"):
            yield wrong_form(document, (*path, name, KEY), f"`{name}` is no name of {word}", "use letters, digits and `_`")
        if isinstance(text, dict | list):
            yield wrong_form(document, (*path, name), f"`{name}` must be a text", "put it into quotes")


def wrong_form(document: Document, path: Path, message: str, help_: str | None = None) -> Unreadable:
    """A finding at what stands at a path, or at its first character if that is longer than a line."""
    node = document.node(path)
    start, end = (0, 0) if node is None else (node.start, node.end)
    at = document.location(start, end)
    return Unreadable(message, at if at.end_line == at.line else document.location(start, start + 1), help_, RULE)


@cache
def _names() -> re.Pattern[str]:
    return re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


def _is_metric_name(name: str) -> bool:
    return _names().fullmatch(name) is not None


def _is_label_name(name: str) -> bool:
    return ":" not in name and _is_metric_name(name)


_Check = Callable[[Document, Path, object], Iterator[Unreadable]]
_GROUP: Mapping[str, _Check | None] = {
    "name": None,
    "rules": None,
    "interval": _duration,
    "limit": None,
    "labels": _labels,
    "query_offset": _duration,
    # Thanos
    "partial_response_strategy": None,
    # Mimir
    "source_tenants": None,
    "evaluation_delay": _duration,
    "align_evaluation_time_on_interval": None,
    # vmalert
    "type": None,
    "concurrency": None,
    "params": None,
    "headers": None,
    "notifier_headers": None,
    "tenant": None,
    "eval_offset": None,
    "eval_delay": None,
    "eval_alignment": None,
    "extra_filter_labels": None,
    "debug": None,
}
_RULE: Mapping[str, _Check | None] = {
    "alert": None,
    "record": None,
    "expr": None,
    "for": _duration,
    "keep_firing_for": _duration,
    "labels": _labels,
    "annotations": _labels,
    # vmalert
    "update_entries_limit": None,
    "debug": None,
}
