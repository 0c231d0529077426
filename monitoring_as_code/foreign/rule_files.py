"""Prometheus's rule files and PrometheusRule resources as alerts, recording rules and groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from monitoring_as_code.foreign.document import KEY, Document, Path, Unreadable, is_template
from monitoring_as_code.foreign.form import rule_faults, wrong_form
from monitoring_as_code.model.alert import Alert, RecordingRule, RuleGroup
from monitoring_as_code.promql.durations import milliseconds

# From an alert's arguments to the keys of a rule file.
_ALERT: Mapping[str, Path] = {
    "name": ("alert",),
    "for_": ("for",),
    "severity": ("labels", "severity"),
    "summary": ("annotations", "summary"),
    "description": ("annotations", "description"),
    "runbook": ("annotations", "runbook_url"),
}
_RECORD: Mapping[str, Path] = {"name": ("record",)}


def groups_of(document: Document) -> list[Path] | None:
    """Where the rule groups of a document are; None if it is no rule file."""
    lists = list(_lists(document.data, ()))
    found = [(*path, index) for path, groups in lists for index, group in enumerate(groups) if _is_group(group)]
    return found if found or any(not groups for _, groups in lists) else None


def misplaced(document: Document) -> Iterator[Unreadable]:
    """What was meant to be rule groups, and is none: no list, or under another name."""
    data: Any = document.data
    if not isinstance(data, dict):
        return
    path: Path = ()
    if "kind" in data or "apiVersion" in data:
        if data.get("kind") != "PrometheusRule" or not isinstance(data.get("spec"), dict):
            return
        path, data = ("spec",), data["spec"]
    if isinstance(groups := data.get("groups"), list):
        if any(isinstance(group, dict) and _has_rules(group) for group in groups):
            for index, group in enumerate(groups):
                if not _is_group(group):
                    yield wrong_form(document, (*path, "groups", index), "this is no group of rules", "give it a `name` and a list `rules`")
        return
    for key, groups in data.items():
        if isinstance(groups, list) and any(isinstance(group, dict) and _has_rules(group) for group in groups):
            yield wrong_form(document, (*path, key, KEY), f"a rule file has no field `{key}`", "call it `groups`")
    if "groups" in data and (path or len(data) == 1):
        yield wrong_form(document, (*path, "groups", KEY), "`groups` is no list of rule groups")


def _has_rules(group: dict[str, Any]) -> bool:
    rules = group.get("rules")
    return isinstance(rules, list) and any(isinstance(rule, dict) and rule.keys() & {"alert", "record"} for rule in rules)


def _lists(data: Any, path: Path) -> Iterator[tuple[Path, list[Any]]]:  # noqa: ANN401
    """Every list that has the place and the name of a list of groups."""
    if not isinstance(data, dict):
        return
    if data.get("kind") in ("List", "PrometheusRuleList") and isinstance(data.get("items"), list):
        for index, item in enumerate(data["items"]):
            yield from _lists(item, (*path, "items", index))
        return
    inner: Any = data
    if "kind" in data or "apiVersion" in data:
        if data.get("kind") != "PrometheusRule":
            return
        inner, path = data.get("spec"), (*path, "spec")
    if isinstance(inner, dict) and isinstance(inner.get("groups"), list):
        yield (*path, "groups"), inner["groups"]


def _is_group(group: object) -> bool:
    # Other files have groups, too: a contact list, say. Theirs have no rules.
    return isinstance(group, dict) and isinstance(group.get("rules"), list | None)


def read_group(document: Document, path: Path, problems: list[Unreadable]) -> RuleGroup:
    """The group that stands at a path. What is wrong with its form is added to the problems; the rest is read all the same."""
    data = document.at(path)
    rules: list[Alert | RecordingRule] = []
    for index, rule in enumerate(data.get("rules") or ()):
        where = (*path, "rules", index)
        try:
            rules.append(_rule(document, where, rule))
        except Unreadable as problem:
            # That it lacks `expr` follows from `exrp`, which has been told.
            if not isinstance(rule, dict) or next(rule_faults(document, where, rule), None) is None:
                problems.append(problem)
    interval, limit = _text(data.get("interval")), _text(data.get("limit"))
    return RuleGroup.as_read(
        document.anchor(path),
        name=_text(data.get("name")) or "",
        rules=tuple(rules),
        interval=interval if interval and _is_duration(interval) and milliseconds(interval) > 0 else None,
        limit=int(limit) if limit and limit.isdecimal() else None,
    )


def _rule(document: Document, path: Path, data: object) -> Alert | RecordingRule:
    if not isinstance(data, dict):
        raise _wrong(document, path, "a rule is a mapping with `alert` or `record`, and `expr`")
    expr = _text(data.get("expr"))
    names = [key for key in ("alert", "record") if key in data]
    if len(names) != 1:
        said = "both an alert and a recording rule" if names else "neither an alert nor a recording rule"
        raise _wrong(document, path, f"this rule is {said}", "give it one of `alert` and `record`")
    name = _text(data[names[0]])
    if not name:
        raise _wrong(document, (*path, names[0]), f"`{names[0]}` has no name")
    if isinstance(data.get("expr"), dict) and is_template(document.source.text):
        raise _wrong(document, (*path, "expr"), "this is a template of YAML, not YAML", "render it first, such as by `helm template`")
    if expr is None or not expr.strip():
        raise _wrong(document, (*path, "expr") if "expr" in data else (*path, names[0]), f"`{name}` has no expression")
    labels = _texts(data.get("labels"))
    if names[0] == "record":
        return RecordingRule.as_read(document.anchor(path, _RECORD), name=name, expr=expr, labels=labels)
    annotations = _texts(data.get("annotations"))
    # A template says only at run time what the severity is.
    severity = "" if "{{" in labels.get("severity", "") else labels.pop("severity", "")
    return Alert.as_read(
        document.anchor(path, _ALERT),
        name=name,
        expr=expr,
        for_=_duration(data.get("for")),
        keep_firing_for=_duration(data.get("keep_firing_for")),
        severity=severity,
        labels=labels,
        summary=annotations.pop("summary", ""),
        description=annotations.pop("description", ""),
        runbook=annotations.pop("runbook_url", None),
        annotations=annotations,
    )


def _wrong(document: Document, path: Path, message: str, help_: str | None = None) -> Unreadable:
    node = document.node(path)
    start, end = (0, 0) if node is None else (node.start, node.end)
    at = document.location(start, end)
    return Unreadable(message, at if at.end_line == at.line else document.location(start, start + 1), help_)


def _text(value: object) -> str | None:
    """A scalar as Prometheus reads it: a bare number is an expression, too."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _texts(value: object) -> dict[str, str]:
    return {name: text for name, each in value.items() if (text := _text(each)) is not None} if isinstance(value, dict) else {}


def _duration(value: object) -> str:
    text = _text(value) or ""
    return text if _is_duration(text) else "0s"


def _is_duration(text: str) -> bool:
    try:
        milliseconds(text)
    except ValueError:
        return False
    return True
