"""What is handed to Alertmanager: every alert with labels and annotations as Prometheus sends them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.prove.notifications import sending, with_external_labels
from monitoring_as_code.prove.timelines import firing_in, quoted, tested
from monitoring_as_code.targets.prometheus import rule_group
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.prove.timelines import Played
    from monitoring_as_code.yaml_text import Plain


class Notice(NamedTuple):
    """One alert that fires, as Alertmanager gets it: external labels are among its labels."""

    alert: Alert
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    source: str
    """The name of the scenario in which it fires; "" if its labels are examples."""


def notices(analysis: Analysis, plays: Iterable[Played], alerts: Sequence[Alert], folder: Path) -> list[Notice]:
    """Each of these alerts as it fires in a scenario, once for each set of receivers that it reaches; one that fires in none with example labels.

    `folder` is an empty one, which the caller removes.
    """
    by_alert: dict[int, list[Notice]] = {id(alert): [] for alert in alerts}
    reached: set[tuple[int, tuple[str, ...]]] = set()
    for notice in _played(analysis, plays):
        key = (id(notice.alert), _receivers(analysis, notice.labels))
        if id(notice.alert) in by_alert and key not in reached:
            reached.add(key)
            by_alert[id(notice.alert)].append(notice)
    silent = [alert for alert in alerts if not by_alert[id(alert)]]
    for notice in _examples(analysis, silent, folder):
        by_alert[id(notice.alert)].append(notice)
    return [notice for found in by_alert.values() for notice in found]


def _played(analysis: Analysis, plays: Iterable[Played]) -> Iterator[Notice]:
    for play in plays:
        for timeline in play.timelines.values():
            for instance in timeline.instances:
                index = next((index for index, said in enumerate(instance.annotations) if said is not None), None)
                if index is not None:
                    labels = with_external_labels(analysis, dict(instance.labels))
                    yield Notice(timeline.alert, labels, instance.annotations[index] or {}, play.scenario.name)


def _receivers(analysis: Analysis, labels: Mapping[str, str]) -> tuple[str, ...]:
    found = sending(analysis, labels, (), datetime(2026, 1, 1))  # noqa: DTZ001 - time intervals do not count here
    return () if found is None else tuple(dict.fromkeys(arrival.branch.receiver for arrival in found.arrivals))


# The series that stands for the result of an alert's expression.
_RESULT = "mac_example"


def _examples(analysis: Analysis, alerts: Sequence[Alert], folder: Path) -> Iterator[Notice]:
    """Alerts whose expression gives one example of what it may give: its templates are rendered by the real engine."""
    files: list[str] = []
    for index, alert in enumerate(alerts):
        group = rule_group(analysis, "example", (alert,))
        rules: list[Plain] = [{**rule, "expr": _RESULT, "for": "0s", "keep_firing_for": "0s"} for rule in _mappings(group["rules"])]
        (folder / f"{index}.rules.yml").write_text(to_yaml({"groups": [{**group, "rules": rules}]}), encoding="utf-8")
        (folder / f"{index}.yml").write_text(to_yaml(_test(analysis, alert, index)), encoding="utf-8")
        files.append(f"{index}.yml")
    for alert, told in zip(alerts, tested(files, folder), strict=True):
        _, _, got = told.partition("got:")
        for labels, said in firing_in(got):
            yield Notice(alert, with_external_labels(analysis, dict(labels)), said, "")


def _mappings(rules: Plain) -> Iterator[Mapping[str, Plain]]:
    if isinstance(rules, Sequence):
        yield from (rule for rule in rules if isinstance(rule, Mapping))


def _test(analysis: Analysis, alert: Alert, index: int) -> dict[str, Plain]:
    """A test in which the alert fires, and which expects something else, so that promtool says what it got."""
    labels = ",".join(f"{name}={quoted(value)}" for name, value in sorted(example_labels(analysis, alert).items()))
    test: dict[str, Plain] = {
        "interval": "1m",
        "input_series": [{"series": f"{_RESULT}{{{labels}}}", "values": "1"}],
        "alert_rule_test": [{"alertname": alert.name, "eval_time": "0s", "exp_alerts": [{"exp_labels": {"never": "so"}}]}],
    }
    if analysis.stack is not None and analysis.stack.external_labels:
        test["external_labels"] = analysis.stack.external_labels
    return {"rule_files": [f"{index}.rules.yml"], "evaluation_interval": "1m", "tests": [test]}


def example_labels(analysis: Analysis, alert: Alert) -> dict[str, str]:
    """Labels that the result of an alert's expression may have: the first of the values that are known, or one made from the name."""
    use = analysis.use(alert)
    if use.expr is None:
        return {}
    found: dict[str, str] = {}
    for name, fact in analysis.value(use).labels.facts.items():
        if fact.presence != "never" and name != "__name__":
            found[name] = min((value for value in fact.seen or () if value), default="") or name
    return found
