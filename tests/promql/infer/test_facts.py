"""What is said of expressions, case by case: each file holds expressions with all that inference knows of them.

Regenerate with MAC_REGENERATE=1, and read the difference.
"""

import os
from pathlib import Path

import pytest

from monitoring_as_code import units
from monitoring_as_code.catalogue import Catalogue, Domain, Job, Kind, Metric, MetricKind, Range
from monitoring_as_code.promql import parse
from monitoring_as_code.promql.features import ALL_FEATURES
from monitoring_as_code.promql.infer import Arm, Facts, LabelFact, Labels, infer

HERE = Path(__file__).parent
UNITS = {str(unit): unit for unit in vars(units).values() if isinstance(unit, units.Unit)}
JOB = Job("app", instances=frozenset({"a:1", "b:1"}), interval_seconds=15.0)


def catalogue() -> Catalogue:
    metrics = []
    for line in (HERE / "metrics.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            kind, name, *rest = line.split()
            metrics.append(_metric(kind, name, rest))  # type: ignore[arg-type]
    return Catalogue(metrics, jobs=(JOB,))


def _metric(kind: MetricKind, name: str, words: list[str]) -> Metric:
    labels: dict[str, Domain] = {}
    unit: units.Unit | None = None
    buckets: tuple[float, ...] = ()
    for word in words:
        if word.startswith("unit="):
            unit = UNITS[word.removeprefix("unit=")]
        elif word.startswith("buckets="):
            buckets = tuple(map(float, word.removeprefix("buckets=").split(",")))
        elif "=" in word:
            label, _, values = word.partition("=")
            labels[label] = Domain(frozenset(values.split("|")))
        elif "~" in word:
            label, _, pattern = word.partition("~")
            labels[label] = Domain(pattern=pattern)
        else:
            labels[word.removesuffix("?")] = Domain(optional=word.endswith("?"))
    return Metric(name, kind, labels, unit=unit, buckets=buckets, jobs=(JOB,))


def shown(facts: Facts) -> list[str]:
    """All that is known, a line each; what is not known, or as it mostly is, is left out."""
    value = facts.value
    lines = [f"type {value.type}"] if value.type != "vector" else []
    lines.append(f"empty {value.empty}")
    for index, arm in enumerate(value.arms):
        if len(value.arms) > 1:
            lines.append(f"arm {index + 1}")
        lines += _arm(arm, value.type)
    for selector in facts.selectors:
        if selector.unknown:
            lines.append(f"selector {selector.name} is unknown")
        lines += [
            f"matcher {fact.matcher.name}{fact.matcher.op}{fact.matcher.value}: {fact.share}"
            f"{'' if fact.known else ', no such label' if fact.known is False else ', perhaps no such label'}"
            f"{', outside: ' + ' '.join(fact.outside) if fact.outside else ''}"
            for fact in selector.matchers
        ]
    for join in facts.joins:
        lines.append(
            f"join {join.node.op} {join.verdict}, signature {_names(join.signature)}, left {_names(join.left_extra)}, right {_names(join.right_extra)}"
        )
        lines += [f"clash on {clash.label}: {_fact(clash.left)} and {_fact(clash.right)}" for clash in join.clashes]
        lines += [f"{what} {' '.join(names)}" for what, names in _lists(join.absent, join.overwritten, join.missing) if names]
        if join.right_is_dead or join.drops_all:
            lines.append("right is dead" if join.right_is_dead else "drops all")
    lines += [f"comparison {comparison.node.op} {comparison.verdict}" for comparison in facts.comparisons]
    return lines


def _lists(absent: tuple[str, ...], overwritten: tuple[str, ...], missing: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [("absent", absent), ("overwritten", overwritten), ("missing", missing)]


def _arm(arm: Arm, type_: str) -> list[str]:
    lines = []
    if type_ in {"vector", "matrix"}:
        lines = [f"labels {_labels(arm.labels)}", *(f"key {_names(key)}" for key in arm.keys)]
    unknown: Kind = "unknown"
    if arm.kind != unknown:
        lines.append(f"kind {arm.kind}{' of ' + arm.part if arm.part else ''}")
    if arm.unit is not None or arm.literal:
        lines.append(f"unit {'any' if arm.literal else arm.unit}")
    if arm.range != Range():
        lines.append(f"range {arm.range.low:g} to {arm.range.high:g}{', nan' * arm.range.nan}{', inf' * arm.range.inf}")
    return lines


def _labels(labels: Labels) -> str:
    parts = [f"{name}{_fact(fact)}" for name, fact in sorted(labels.facts.items()) if fact.presence != "never"]
    return " ".join([*parts, *([] if labels.closed else ["..."])]) or "none"


def _fact(fact: LabelFact) -> str:
    if fact.presence == "never":
        return f" gone ({fact.reason})"
    values = "" if fact.values is None else "=" + "|".join(sorted(fact.values))
    return ("?" if fact.presence == "maybe" else "") + (values or (f"~{fact.pattern}" if fact.pattern else ""))


def _names(names: frozenset[str] | None) -> str:
    return "open" if names is None else "(" + " ".join(sorted(names)) + ")"


def _cases() -> list[tuple[str, str, list[str]]]:
    found = []
    for path in sorted((HERE / "cases").glob("*.txt")):
        for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
            expr, *lines = block.splitlines()
            found.append((path.stem, expr, [line.strip() for line in lines]))
    return found


CASES = _cases()
CATALOGUE = catalogue()


@pytest.mark.parametrize(("subject", "expr", "expected"), CASES, ids=[f"{subject}: {expr}" for subject, expr, _ in CASES])
def test_what_is_known(subject: str, expr: str, expected: list[str]) -> None:
    found = shown(infer(parse(expr, features=ALL_FEATURES, variables=subject == "variables"), CATALOGUE))
    if not os.environ.get("MAC_REGENERATE"):
        assert found == expected


def test_cases_are_regenerated_on_demand() -> None:
    """Not a claim but the way to write the files; without MAC_REGENERATE it says that they are complete."""
    assert all(lines for _, _, lines in CASES) or os.environ.get("MAC_REGENERATE")
    if os.environ.get("MAC_REGENERATE"):
        for path in sorted((HERE / "cases").glob("*.txt")):
            blocks = [
                "\n".join(
                    [
                        expr,
                        *(
                            f"  {line}"
                            for line in shown(infer(parse(expr, features=ALL_FEATURES, variables=subject == "variables"), CATALOGUE))
                        ),
                    ]
                )
                for subject, expr, _ in CASES
                if subject == path.stem
            ]
            path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
