"""Random expressions over random data that keeps to a catalogue: what the real Prometheus answers contradicts no claim."""

import json
import math
import random
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitoring_as_code import units
from monitoring_as_code.catalogue import Catalogue, Domain, Job, Metric
from monitoring_as_code.promql import parse
from monitoring_as_code.promql.ast import Binary, Expr, Paren
from monitoring_as_code.promql.infer import Arm, Facts, infer
from monitoring_as_code.promql.printer import to_text

METHODS, KINDS, SERVICES, INSTANCES = ("GET", "POST"), ("heap", "rss"), ("a", "b"), ("i:1", "i:2")
BOUNDS = ("0.1", "1", "5", "+Inf")
JOB = Job("app", instances=frozenset(INSTANCES))


def _of(*values: str, optional: bool = False) -> Domain:
    return Domain(frozenset(values), optional=optional)


CATALOGUE = Catalogue(
    [
        Metric("hits_total", "counter", {"method": _of(*METHODS), "service": _of(*SERVICES)}, unit=units.requests, jobs=(JOB,)),
        Metric("memory_bytes", "gauge", {"kind": _of(*KINDS)}, unit=units.bytes_, jobs=(JOB,)),
        Metric("temperature", "gauge", {"zone": Domain(optional=True)}, unit=units.celsius, jobs=(JOB,)),
        Metric("latency_seconds", "histogram", {"service": _of(*SERVICES)}, unit=units.seconds, buckets=(0.1, 1, 5), jobs=(JOB,)),
        Metric("build_info", "info", {"version": Domain()}, jobs=(JOB,)),
    ],
    jobs=(JOB,),
)
LABELS = ("job", "instance", "method", "service", "kind", "zone", "le", "version", "other")
NAMES = (
    "hits_total",
    "memory_bytes",
    "temperature",
    "latency_seconds_bucket",
    "latency_seconds_sum",
    "latency_seconds_count",
    "build_info",
    "up",
)
MATCHERS = (
    *('method="GET"', 'method!="GET"', 'method=~"G.*|PUT"', 'service="a"', 'service=~".+"', 'service!~"a|b"', 'kind="rss"', 'kind!~"r.."'),
    *('zone=""', 'zone!=""', 'zone=~"n.*"', 'instance="i:1"', 'le="1"', 'le=~"0.*"', 'other=""', 'other="x"', 'job=~"app|x"'),
)
NUMBERS = ("0", "1", "-1", "2", "0.5", "100", "1000", "NaN", "Inf", "-Inf", "60")
ARITHMETIC = ("+", "-", "*", "/", "%", "^", "atan2")
COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")


class _Writer:
    """Writes random expressions; `depth` bounds their height."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def some(self, *choices: str) -> str:
        return self.random.choice(choices)

    def names(self) -> str:
        return ", ".join(self.random.sample(LABELS, self.random.randint(0, 3)))

    def selector(self) -> str:
        matchers = self.random.sample(MATCHERS, self.random.choice((0, 0, 0, 1, 1, 2)))
        return self.some(*NAMES) + ("{" + ", ".join(matchers) + "}" if matchers else "")

    def scalar(self, depth: int) -> str:
        if depth <= 0 or self.random.random() < 0.7:
            return self.some(*NUMBERS, "time()", "pi()")
        if self.random.random() < 0.5:
            return f"scalar({self.vector(depth - 1)})"
        return f"({self.scalar(depth - 1)} {self.some(*ARITHMETIC)} {self.scalar(depth - 1)})"

    def matrix(self, depth: int) -> str:
        if depth <= 0 or self.random.random() < 0.7:
            return f"{self.selector()}[{self.some('1m', '5m', '10m')}]"
        return f"({self.vector(depth - 1)})[10m:{self.some('1m', '3m')}]"

    def matching(self) -> str:
        said = self.some("", "", f"on({self.names()})", f"on({self.names()})", f"ignoring({self.names()})")
        if said and self.random.random() < 0.4:
            matched = said.partition("(")[2]
            include = [label for label in self.random.sample(LABELS, self.random.randint(0, 2)) if label not in matched]
            said += f" {self.some('group_left', 'group_right')}({', '.join(include)})"
        return said

    def vector(self, depth: int) -> str:
        if depth <= 0:
            return self.selector()
        kind = self.random.randrange(12)
        inner = depth - 1
        if kind == 0:
            return self.selector()
        if kind in {1, 2}:
            op = self.some("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "topk", "bottomk", "quantile", "count_values")
            first = {"topk": "2, ", "bottomk": "1, ", "quantile": self.some("0.5, ", "2, "), "count_values": '"other", '}.get(op, "")
            return f"{op} {self.some('by', 'by', 'without')} ({self.names()}) ({first}{self.vector(inner)})"
        if kind in {3, 4}:
            name = self.some(
                *("rate", "increase", "irate", "delta", "deriv", "changes", "resets", "avg_over_time", "min_over_time", "max_over_time"),
                *("sum_over_time", "count_over_time", "last_over_time", "present_over_time", "stddev_over_time", "absent_over_time"),
            )
            return f"{name}({self.matrix(inner)})"
        if kind == 5:
            name = self.some(
                "abs",
                "ceil",
                "floor",
                "sgn",
                "sqrt",
                "exp",
                "ln",
                "round",
                "absent",
                "timestamp",
                "hour",
                "sort",
                "sin",
                "day_of_week",
                "-",
            )
            return f"{name}({self.vector(inner)})"
        if kind == 6:
            return self.some(
                f"clamp_max({self.vector(inner)}, {self.scalar(inner)})",
                f"clamp({self.vector(inner)}, 0, {self.scalar(inner)})",
                f"histogram_quantile({self.some('0.5', '0.9', '1.5')}, {self.some('', 'sum by (le, service) ')}(rate(latency_seconds_bucket[5m])))",
                f"histogram_quantile(0.9, {self.vector(inner)})",
                f"vector({self.scalar(inner)})",
                f'label_replace({self.vector(inner)}, "{self.some(*LABELS)}", "{self.some("$1", "x", "", "a$1")}", '
                f'"{self.some(*LABELS)}", "{self.some("(.*)", "(.+)", "(.).*", "a", "", "i:(.)")}")',
                f'label_join({self.vector(inner)}, "{self.some(*LABELS)}", "{self.some("", "-")}", "{self.some(*LABELS)}", "{self.some(*LABELS)}")',
            )
        if kind == 7:
            return f"({self.vector(inner)} {self.some(*ARITHMETIC)} {self.scalar(inner)})"
        if kind == 8:
            return f"({self.vector(inner)} {self.some(*COMPARISONS)} {self.some('', '', 'bool')} {self.scalar(inner)})"
        if kind == 9:
            return f"({self.scalar(inner)} {self.some(*ARITHMETIC, *COMPARISONS)} {self.vector(inner)})"
        if kind == 10:
            if self.random.random() < 0.15:  # beside what is never empty
                always = self.some(f"vector({self.scalar(inner)})", "absent(nothing)", f"(count({self.vector(inner)}) or vector(0))")
                return self.some(f"({always} or on () {self.vector(inner)})", f"({self.vector(inner)} unless on () {always})")
            on = self.matching().partition(" group")[0]
            return f"({self.vector(inner)} {self.some('and', 'or', 'unless', 'or')} {on} {self.vector(inner)})"
        same = self.vector(inner)
        return f"({same} {self.some(*ARITHMETIC, '/', '/', *COMPARISONS)} {self.matching()} {self.some(same, self.vector(inner))})"


def _data(rand: random.Random) -> Iterator[dict[str, str]]:
    """Series that keep to the catalogue: counters grow from zero or start anew, gauges are anything."""

    def counter(steepest: float = 9) -> str:
        return f"0+{rand.uniform(0, steepest):.2f}x{rand.randint(3, 15)} 0+{rand.randint(0, 3)}x20"

    def gauge() -> str:
        return " ".join(rand.choice(("0", "1", "-1", "2.5", "-7", "NaN", "Inf", "-Inf", "1000", "_", "3")) for _ in range(31))

    for instance in INSTANCES:
        here = f'job="app",instance="{instance}"'
        yield {"series": f"up{{{here}}}", "values": rand.choice(("1x30", "0x30", "1x10 0x20"))}
        yield {"series": f'build_info{{{here},version="v{rand.randint(1, 2)}"}}', "values": "1x30"}
        for zone in ("", ',zone="north"', ',zone="south"'):
            yield {"series": f"temperature{{{here}{zone}}}", "values": gauge()}
        for kind in KINDS:
            yield {"series": f'memory_bytes{{{here},kind="{kind}"}}', "values": gauge()}
        for service in SERVICES:
            for method in METHODS:
                if rand.random() < 0.8:
                    yield {"series": f'hits_total{{{here},method="{method}",service="{service}"}}', "values": counter()}
            steps = sorted(rand.randint(0, 9) for _ in BOUNDS)
            for bound, step in zip(BOUNDS, steps, strict=True):
                yield {"series": f'latency_seconds_bucket{{{here},service="{service}",le="{bound}"}}', "values": f"0+{step}x30"}
            yield {"series": f'latency_seconds_count{{{here},service="{service}"}}', "values": f"0+{steps[-1]}x30"}
            yield {"series": f'latency_seconds_sum{{{here},service="{service}"}}', "values": counter()}


# Prometheus 2.42 loses labels of `count_values by (...)` from its second step on, so what it says of a subquery of one is wrong.
_LOSES_LABELS = re.compile(r"count_values by .*\[10m:")

Answer = list[tuple[dict[str, str], float]]
_PROBLEM = re.compile(r'^    expr: ("(?:[^"\\]|\\.)*"), time: \S+?,(?: err: (.*)|)$', re.MULTILINE)
_SAMPLE = re.compile(r'(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\}) (\S+?)(?:, |$)')
_LABEL = re.compile(r'([a-zA-Z_]\w*)=("(?:[^"\\]|\\.)*")')


def answers(exprs: list[str], seed: int, folder: Path) -> dict[str, Answer | str]:
    """What promtool says of each expression that gives anything: its samples, or why it fails."""
    tests = {
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": list(_data(random.Random(seed))),
                "promql_expr_test": [{"expr": expr, "eval_time": "20m"} for expr in exprs],
            }
        ],
    }
    path = folder / "tests.yml"
    path.write_text(json.dumps(tests), encoding="utf-8")
    said = subprocess.run(["promtool", "test", "rules", str(path)], capture_output=True, text=True, check=False)
    text = said.stdout + said.stderr
    found: dict[str, Answer | str] = {}
    for match in _PROBLEM.finditer(text):
        expr = json.loads(match[1])
        if match[2] is not None:
            found[expr] = match[2]
            continue
        got = text[match.end() :].partition("got: ")[2].partition("\n")[0]
        found[expr] = [
            ({label: json.loads(value) for label, value in _LABEL.findall(labels)}, float(number))
            for labels, number in _SAMPLE.findall(got)
        ]
    return found


def _wrong(facts: Facts, answer: Answer | str) -> list[str]:
    value = facts.value
    if isinstance(answer, str):
        if "many-to-many" in answer or "many-to-one" in answer or "multiple matches" in answer:
            unproven = any(join.left_extra != frozenset() or join.right_extra != frozenset() for join in facts.joins)
            return [] if unproven else [f"each side has one element per signature, and {answer}"]
        return []
    if value.empty == "never" and not answer:
        return ["never empty, and it is"]
    if value.empty == "always" and answer:
        return ["always empty, and it is not"]
    wrong = [f"no arm has {labels} {number}" for labels, number in answer if not any(_fits(labels, number, arm) for arm in value.arms)]
    wrong += [f"all arms together lack {labels} {number}" for labels, number in answer if not _fits(labels, number, value.arm)]
    for key in value.keys:
        if len({tuple(labels.get(name, "") for name in sorted(key)) for labels, _ in answer}) != len(answer):
            wrong.append(f"{sorted(key)} is no key")
    for comparison in facts.comparisons:
        if comparison.node is facts.expr and comparison.verdict == "never" and answer and not comparison.node.bool_modifier:
            wrong.append("the comparison never holds, and it does")
    return wrong


def _wrong_of_sides(facts: Facts, answer: Answer | str, left: Answer | str, right: Answer | str) -> list[str]:
    """Claims about an operator that its two sides must be asked for to check: what it lets through, and what it adds or takes away."""
    node = facts.expr
    if not isinstance(node, Binary) or isinstance(answer, str) or isinstance(left, str) or isinstance(right, str):
        return []
    wrong = []
    for comparison in facts.comparisons:
        if comparison.node is node and not node.bool_modifier and node.matching is None:
            vector = left if facts[node.left].type == "vector" else right
            if comparison.verdict == "always" and len(answer) != len(vector):
                wrong.append("the comparison always holds, and it does not")
    join = facts.join_at(node)
    if join is not None and node.op == "unless":
        if join.drops_all and answer:
            wrong.append("all elements of the left side are dropped, and one is not")
        if join.verdict == "never" and len(answer) != len(left):
            wrong.append("no element of the left side is dropped, and one is")
    elif join is not None and node.op == "or":
        if join.right_is_dead and len(answer) != len(left):
            wrong.append("the right side adds nothing, and it does")
        if join.verdict == "never" and len(answer) != len(left) + len(right):
            wrong.append("no elements of the two sides match, and two do")
    elif join is not None and join.verdict == "never" and answer and join.node.matching is not None:
        matching = join.node.matching
        if matching.fill_left is None and matching.fill_right is None:
            wrong.append("no elements of the two sides match, and two do")
    return wrong


def _fits(labels: dict[str, str], number: float, arm: Arm) -> bool:
    if not arm.labels.certain <= labels.keys():
        return False
    for label, text in labels.items():
        fact = arm.labels.get(label)
        if fact.presence == "never" or (fact.values is not None and text not in fact.values):
            return False
    low, high, nan, infinite = arm.range
    if math.isnan(number):
        return nan
    if math.isinf(number):
        return infinite and low <= number <= high
    slack = 1e-9 * max(1.0, abs(number))
    return low - slack <= number <= high + slack


def _opened(expr: Expr) -> Expr:
    return _opened(expr.expr) if isinstance(expr, Paren) else expr


def _sides(expr: Expr) -> tuple[Expr, ...]:
    """The two sides of an operator, which are asked for by themselves."""
    expr = _opened(expr)
    return (expr.left, expr.right) if isinstance(expr, Binary) else ()


@pytest.mark.engines("promtool")
def test_prometheus_contradicts_no_claim(tmp_path: Path, *, prove: bool) -> None:
    wrong: dict[str, list[str]] = {}
    answered = 0
    for seed in range(400 if prove else 8):
        writer = _Writer(seed)
        exprs = list(dict.fromkeys(writer.vector(writer.random.randint(1, 4)) for _ in range(250)))
        sides = [to_text(side) for expr in exprs for side in _sides(parse(expr))]
        found = answers(list(dict.fromkeys([*exprs, *sides])), seed, tmp_path)
        for expr in exprs:
            answer = found.get(expr, [])
            answered += bool(answer) and not isinstance(answer, str)
            if _LOSES_LABELS.search(expr):
                continue
            facts = infer(_opened(parse(expr)), CATALOGUE)
            contradiction = _wrong(facts, answer)
            if isinstance(facts.expr, Binary):
                contradiction += _wrong_of_sides(facts, answer, *(found.get(to_text(side), []) for side in _sides(facts.expr)))
            if contradiction:
                wrong[f"{seed}: {expr}"] = contradiction
    assert wrong == {}
    assert answered > 500
