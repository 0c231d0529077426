"""Prometheus: a rule file for each module of the definitions, and the configuration of each server. Both run on Prometheus 2.42."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.naming import runbook_url
from monitoring_as_code.targets.prometheus.configuration import configurations
from monitoring_as_code.targets.provenance import generated
from monitoring_as_code.targets.shown import Views
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis, Group
    from monitoring_as_code.model.stack import Stack
    from monitoring_as_code.yaml_text import Plain


def render(analysis: Analysis) -> Iterator[tuple[str, str]]:
    """`prometheus/rules/<module>.yml` for each module with rules, and `prometheus/prometheus.yml` if there is a stack.

    Replicas have `prometheus/prometheus-1.yml` and so on instead, and the global Prometheus has `prometheus/global/prometheus.yml`.
    """
    for file, groups, made_of in rule_files(analysis):
        yield f"prometheus/rules/{file}.yml", to_yaml({"groups": groups}, header=generated(analysis, made_of))
    stack = analysis.stack
    if stack is not None:
        for path, tree in configurations(stack):
            yield path, to_yaml(tree, header=generated(analysis, (stack,)))


def rule_files(analysis: Analysis) -> Iterator[tuple[str, list[dict[str, Plain]], list[Alert | RecordingRule]]]:
    """Each rule file's name without its ending, its groups as they are emitted, and the rules that these are made of."""
    views = Views(analysis)
    files: dict[str, list[Group]] = {}
    for group in analysis.groups:
        files.setdefault(group.file, []).append(group)
    for file, groups in files.items():
        rendered = [found for group in groups if (found := _group(analysis, group, views)) is not None]
        if rendered:
            yield file, rendered, [rule for group in groups for rule in group.rules]


def rule_group(analysis: Analysis, name: str, rules: Iterable[Alert | RecordingRule], views: Views | None = None) -> dict[str, Plain]:
    """Rules as they are emitted, as a group of this name; those that are no PromQL, which lint reports, are not in it."""
    views = views or Views(analysis)
    found: list[Plain] = []
    for rule in rules:
        use = analysis.use(rule)
        if use.error is None:
            found.append(_alert(analysis.stack, rule, use.text, views) if isinstance(rule, Alert) else _recording(rule, use.text))
    return {"name": name, "rules": found}


def _group(analysis: Analysis, group: Group, views: Views) -> dict[str, Plain] | None:
    rules = rule_group(analysis, group.name, group.rules, views)["rules"]
    if not rules:
        return None
    found: dict[str, Plain] = {"name": group.name}
    if group.interval is not None:
        found["interval"] = group.interval
    if group.limit is not None:
        found["limit"] = group.limit
    if group.query_offset is not None:
        found["query_offset"] = group.query_offset
    found["rules"] = rules
    return found


def _alert(stack: Stack | None, alert: Alert, expr: str, views: Views) -> dict[str, Plain]:
    found: dict[str, Plain] = {"alert": alert.name, "expr": expr}
    if alert.for_ != "0s":
        found["for"] = alert.for_
    if alert.keep_firing_for != "0s":
        found["keep_firing_for"] = alert.keep_firing_for
    found["labels"] = {"severity": alert.severity, **alert.labels}
    found["annotations"] = _annotations(stack, alert, views)
    return found


def _annotations(stack: Stack | None, alert: Alert, views: Views) -> dict[str, str]:
    """What an alert says to whom it reaches; the declaration's own `annotations` overrule what is made."""
    made = {
        "summary": alert.summary,
        "description": alert.description,
        "runbook_url": runbook_url(stack, alert),
        "dashboard_url": views.link(alert),
    }
    return {name: text for name, text in made.items() if text} | alert.annotations


def _recording(rule: RecordingRule, expr: str) -> dict[str, Plain]:
    found: dict[str, Plain] = {"record": rule.name, "expr": expr}
    if rule.labels:
        found["labels"] = rule.labels
    return found
