"""No claim of inference is contradicted by what Prometheus 3.14 answers to its own test queries."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from monitoring_as_code.catalogue import Catalogue, Domain, Metric
from monitoring_as_code.promql import parse
from monitoring_as_code.promql.features import ALL_FEATURES
from monitoring_as_code.promql.infer import Arm, Facts, Value, infer

Corpus = Callable[[str], list[dict[str, Any]]]
Series = Mapping[str, str]

# The answer holds an element that is named "eval": the word that begins the next query of the file it was read from.
MISREAD = {"e2134"}


def catalogue_of(series: Iterable[Series]) -> Catalogue:
    """What label sets alone say: names, labels and their values, closed; a label that some series lack is optional."""
    by_name: dict[str, list[Series]] = {}
    for labels in series:
        by_name.setdefault(labels.get("__name__", ""), []).append(labels)
    metrics = []
    for name, alike in by_name.items():
        names = {label for one in alike for label in one if label != "__name__"}
        domains = {
            label: Domain(frozenset(one[label] for one in alike if label in one), optional=any(label not in one for one in alike))
            for label in names
        }
        if name:
            metrics.append(Metric(name, "unknown", domains, jobs=()))
    return Catalogue(metrics)


def fits(element: Series, arm: Arm) -> bool:
    """Whether the arm's claims on labels hold for an element of the result."""
    if not arm.labels.certain <= element.keys():
        return False
    for label, value in element.items():
        fact = arm.labels.get(label)
        if fact.presence == "never" or (fact.values is not None and value not in fact.values):
            return False
    return True


def contradictions(value: Value, row: Mapping[str, Any]) -> list[str]:
    """The claims that the answer shows to be wrong."""
    result: list[Series] = row["expected"]
    kind = "matrix" if row.get("rangevec") else "scalar" if row["scalar"] else "string" if row["string"] else "vector"
    if row["range"] and value.type == "scalar":
        kind = "scalar"  # over a range a scalar is given as a series without labels
    wrong = [] if value.type == kind else [f"{value.type}, and it is a {kind}"]
    if kind != "vector":
        return wrong
    if value.empty == "never" and not result:
        wrong.append("never empty, and it is")
    if value.empty == "always" and result:
        wrong.append("always empty, and it is not")
    wrong += [f"no arm has {element}" for element in result if not any(fits(element, arm) for arm in value.arms)]
    wrong += [f"all arms together lack {element}" for element in result if not fits(element, value.arm)]
    for key in value.keys:
        seen = {tuple(element.get(label, "") for label in sorted(key)) for element in result}
        if len(seen) != len(result):
            wrong.append(f"{sorted(key)} is no key")
    return wrong


def labels_are_exact(facts: Facts, row: Mapping[str, Any]) -> bool:
    """Whether each arm says of every label that it is there always or never, or at least what is so in this answer."""
    arms = facts.value.arms
    if all(arm.labels.closed and arm.labels.possible == arm.labels.certain for arm in arms):
        return True
    return all(
        any(arm.labels.closed and arm.labels.possible == arm.labels.certain == element.keys() for arm in arms)
        for element in row["expected"]
    )


@pytest.fixture(scope="module")
def answered(corpus: Corpus) -> list[tuple[dict[str, Any], Facts]]:
    return [
        (row, infer(parse(row["expr"], features=ALL_FEATURES), catalogue_of(row["loads"])))
        for row in corpus("eval.jsonl")
        if not row["fail"] and row["id"] not in MISREAD
    ]


def test_every_claim_holds_for_every_answer(answered: list[tuple[dict[str, Any], Facts]]) -> None:
    wrong = {f"{row['id']} {row['expr']}": found for row, facts in answered if (found := contradictions(facts.value, row))}
    assert wrong == {}
    assert len(answered) > 1300


def test_the_label_set_is_exact_for_nine_of_ten_queries_over_closed_selectors(answered: list[tuple[dict[str, Any], Facts]]) -> None:
    closed = [
        labels_are_exact(facts, row)
        for row, facts in answered
        if facts.value.type == "vector" and all(one.entry is not None and one.entry.closed for one in facts.selectors)
    ]
    assert len(closed) > 1000
    assert sum(closed) / len(closed) >= 0.9


def test_it_would_see_a_wrong_claim() -> None:
    facts = infer(parse("sum by (a) (m)"), catalogue_of([{"__name__": "m", "a": "1"}]))
    answer = {"expected": [{"a": "1"}], "scalar": False, "string": False, "range": False}
    assert contradictions(facts.value, answer) == []
    assert contradictions(facts.value, {**answer, "expected": [{"a": "2"}]})
    assert contradictions(facts.value, {**answer, "expected": [{}]})
    assert contradictions(facts.value, {**answer, "expected": [{"a": "1", "b": "1"}]})
    assert contradictions(facts.value, {**answer, "expected": [{"a": "1"}, {"a": "1"}]})
    assert contradictions(facts.value, {**answer, "scalar": True})
