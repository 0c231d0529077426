"""Rule files of others as worlds: their rules, over metrics that are declared to match what the rules say of them.

A name's suffix and the functions around it give kind and unit; matchers, groupings and templates give labels; values that `=` asks for, and
two more, are a label's values. So it is closed, and as plausible as nobody's declarations can be.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from monitoring_as_code import (
    Alert,
    Counter,
    Gauge,
    Histogram,
    Info,
    Label,
    Labels,
    RecordingRule,
    RuleGroup,
    ScrapeJob,
    Stack,
    bytes_,
    celsius,
    label,
    percent,
    ratio,
    seconds,
    timestamp,
)
from monitoring_as_code.config import Config
from monitoring_as_code.model.declaration import Declaration, InvalidDeclaration
from monitoring_as_code.model.metric import AnyMetric
from monitoring_as_code.origin import Anchor, Location, Place
from monitoring_as_code.project import Declared, Module, Project
from monitoring_as_code.promql import PromQLSyntaxError, parse
from monitoring_as_code.promql.ast import Aggregate, Binary, Call, Expr, MatrixSelector, Name, VectorSelector, children
from monitoring_as_code.units import Unit
from tests.power.world import World

_OF_COUNTERS = {"rate", "irate", "increase", "resets"}
_SCRAPED = {"job", "instance", "le", "quantile"}
_OWN = {"up", "ALERTS", "ALERTS_FOR_STATE"}
_UNITS: tuple[tuple[str, Unit], ...] = (
    ("_timestamp_seconds", timestamp),
    ("_time_seconds", timestamp),
    ("_seconds", seconds),
    ("_bytes", bytes_),
    ("_celsius", celsius),
    ("_ratio", ratio),
    ("_percent", percent),
)
_READ = re.compile(r"(?:\$labels|\.Labels)\.([a-zA-Z_]\w*)")
_PLAIN_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


class _Line(Anchor):
    """Stands for the line of a file that has a rule on each."""

    def __init__(self, number: int) -> None:
        self.number = number

    def locate(self, place: Place) -> Location:
        column = 1 if place.span is None else place.span[0] + 1
        return Location("others.yml", self.number, column, self.number, column + 1)


class _Seen(NamedTuple):
    """What the rules say of one name of series."""

    labels: set[str]
    values: dict[str, set[str]]
    functions: set[str]


class _Reader:
    """Goes through expressions and notes what they say of each name."""

    def __init__(self) -> None:
        self.seen: dict[str, _Seen] = defaultdict(lambda: _Seen(set(), defaultdict(set), set()))
        self.patterned: set[tuple[str, str]] = set()
        self.alike: list[set[str]] = []
        """Names whose series are joined by all their labels, so that they must have the same ones."""

    def read(self, node: Expr, labels: frozenset[str], function: str = "") -> None:
        """`labels` are those that everything around the node wants of it."""
        match node:
            case VectorSelector(name=name, matchers=matchers) if name:
                seen = self.seen[name]
                seen.labels.update(labels)
                seen.functions.add(function)
                for matcher in matchers:
                    seen.labels.add(matcher.name)
                    if matcher.op in {"=", "!="}:
                        seen.values[matcher.name].add(matcher.value)
                    else:
                        self.patterned.add((name, matcher.name))
            case Aggregate(grouping=grouping, without=without):
                named = frozenset(each.value for each in grouping if isinstance(each, Name))
                for inner in children(node):
                    self.read(inner, labels | named if without else named)
            case Binary(left=left, right=right, matching=matching) if matching is not None:
                named = frozenset(each.value for each in matching.labels if isinstance(each, Name)) if matching.on else frozenset()
                included = frozenset(each.value for each in matching.include if isinstance(each, Name))
                from_right = matching.card == "many-to-one"
                if not matching.on and node.op not in {"or", "unless"}:
                    self.alike.append(_bare_names(node))
                self.read(left, (labels - included if from_right else labels | included) | named)
                self.read(right, named | included if from_right else named)
            case Call(function=name, args=args):
                made = frozenset(getattr(args[1], "value", "")) if name in {"label_replace", "label_join"} else frozenset()
                for inner in args:
                    self.read(inner, labels - made, name)
            case MatrixSelector(selector=selector):
                self.read(selector, labels, function)
            case _:
                for inner in children(node):
                    self.read(inner, labels)


def _bare_names(node: Expr) -> set[str]:
    """The names of the selectors that no aggregation stands around."""
    if isinstance(node, Aggregate):
        return set()
    own = {node.name} if isinstance(node, VectorSelector) else set()
    return own.union(*(_bare_names(inner) for inner in children(node)))


def of_rule_files(folder: Path) -> list[World]:
    """A world for each file that has rules which can be declared."""
    worlds = []
    for path in sorted(folder.iterdir()):
        try:
            documents = [each for each in yaml.safe_load_all(path.read_text(encoding="utf-8")) if isinstance(each, dict)]
        except yaml.YAMLError:
            continue
        groups = [group for each in documents for group in (each.get("spec") or each).get("groups") or []]
        world = _world(path.stem, groups)
        if world is not None:
            worlds.append(world)
    return worlds


def _world(name: str, groups: list[dict[str, Any]]) -> World | None:
    reader = _Reader()
    declared: list[Declaration] = []
    exprs: dict[str, Expr] = {}
    for group in groups:
        rules = []
        for rule in group.get("rules") or []:
            text = str(rule.get("expr"))
            try:
                exprs[text] = parse(text)
                made = _rule(rule, text)
            except (PromQLSyntaxError, InvalidDeclaration):
                continue
            read = frozenset(_READ.findall(" ".join(map(str, (rule.get("annotations") or {}).values()))))
            reader.read(exprs[text], read)
            rules.append(made.made_at(_Line(len(exprs))))  # type: ignore[arg-type]  # as rules of files have it
        if rules:
            declared += [*rules, RuleGroup(name=f"{group['name']} {len(declared)}", rules=tuple(rules))]
    if not declared:
        return None
    records = {each.name for each in declared if isinstance(each, RecordingRule)}
    for _ in range(3):  # a joins b, and b joins c
        for names in reader.alike:
            labels = set().union(*(reader.seen[each].labels for each in names))
            for each in names:
                reader.seen[each].labels.update(labels)
    metrics = list(_metrics(reader, records))
    jobs = sorted({value for seen in reader.seen.values() for value in seen.values["job"] if value} | {"app"})
    scrapes = tuple(ScrapeJob(name=job, targets=(f"{index}.example.org:9100",)) for index, job in enumerate(jobs))
    stack = Stack(name="others", scrape_interval="10s", evaluation_interval="10s", retention="30d", jobs=scrapes)
    module = Module("others", "others.py")
    whole = [*metrics, *scrapes, stack, *declared]
    return World(name, Project("/", Config(), whole, declared={each: Declared(module, each.name) for each in whole}))


def _rule(rule: dict[str, Any], text: str) -> Alert | RecordingRule:
    labels = {key: str(value) for key, value in (rule.get("labels") or {}).items()}
    if "record" in rule:
        return RecordingRule(name=rule["record"], expr=text, labels=labels)
    annotations = {key: str(value) for key, value in (rule.get("annotations") or {}).items()}
    labels.pop("alertname", None)
    return Alert(
        name=str(rule["alert"]),
        expr=text,
        for_=str(rule.get("for", "0s")) or "0s",
        keep_firing_for=str(rule.get("keep_firing_for", "0s")),
        severity=_severity(labels.pop("severity", "warning")),
        labels=labels,
        summary=annotations.get("summary") or annotations.get("message") or "Something is wrong",
        description=annotations.get("description") or "",
        runbook="https://runbooks.example.org/page",
    )


def _severity(said: str) -> Literal["critical", "warning", "info"]:
    return "critical" if said == "critical" else "info" if said == "info" else "warning"


def _metrics(reader: _Reader, records: set[str]) -> Iterator[Declaration]:
    seen = {name: each for name, each in reader.seen.items() if name not in records and name not in _OWN}
    histograms = {name.removesuffix("_bucket") for name in seen if name.endswith("_bucket")}
    made: dict[str, set[str]] = defaultdict(set)
    for name in seen:
        base = next((name.removesuffix(suffix) for suffix in ("_bucket", "_sum", "_count") if name.endswith(suffix)), name)
        made[base if base in histograms else name].add(name)
    for name, parts in made.items():
        if not _PLAIN_NAME.fullmatch(name):
            continue
        labels = _labels(reader, parts)
        functions = {function for part in parts for function in seen[part].functions}
        unit = next((unit for suffix, unit in _UNITS if name.removesuffix("_total").endswith(suffix)), None)
        yield _metric(name, labels, functions, unit, histogram=name in histograms)


def _metric(name: str, labels: type[Labels], functions: set[str], unit: Unit | None, *, histogram: bool) -> AnyMetric:
    if histogram:
        return Histogram(name=name, help=name, unit=unit, labels=labels, buckets=(0.005, 0.05, 0.5, 5, 50))
    if name.endswith("_total") or functions & _OF_COUNTERS:
        return Counter(name=name, help=name, unit=unit, labels=labels)
    if name.endswith("_info"):
        return Info(name=name, help=name, labels=labels)
    return Gauge(name=name, help=name, unit=unit, labels=labels)


def _labels(reader: _Reader, parts: set[str]) -> type[Labels]:
    fields: dict[str, Label[str]] = {}
    for name in sorted({name for part in parts for name in reader.seen[part].labels} - _SCRAPED):
        if not _PLAIN_NAME.fullmatch(name) or name.startswith("__"):
            continue
        asked = {value for part in parts for value in reader.seen[part].values[name] if value}
        known = asked and not any((part, name) in reader.patterned for part in parts)
        fields[f"l_{name}"] = label(name=name, values=(*sorted(asked), "other", "third") if known else None, at_most=20)
    return type("Theirs", (Labels,), {**fields, "__annotations__": dict.fromkeys(fields, Label[str])})
