"""The rules of a scenario as they are played: in the order and with the intervals and limits of their groups, at the scenario's own time.

promtool evaluates all groups at one interval, and its clock starts in 1970. So a recording rule whose group is evaluated less often keeps
what it recorded in between, and functions of the clock are told how late it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitoring_as_code.lint.given import recordings_for
from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.promql.ast import Binary, Call, NumberLiteral
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.promql.rewriting import rewritten
from monitoring_as_code.targets.prometheus import rule_group
from monitoring_as_code.targets.promtool_tests.inputs import CLOCK, evaluation_interval, quoted, reads_clock

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis, Group
    from monitoring_as_code.promql.ast import Expr
    from monitoring_as_code.yaml_text import Plain

# The moment at which promtool's own clock starts.
PROMTOOL_START = "1970-01-01 00:00"
# How long Prometheus looks back for a sample.
_LOOKBACK_SECONDS = 300


def staged(analysis: Analysis, alert: Alert, starts: str, alerts: Sequence[Alert]) -> list[dict[str, Plain]]:
    """The groups of a rule file with these alerts and the recording rules that they need, in the order of their evaluation.

    All are evaluated as often as `alert` is; minute 0 is the moment `starts`.
    """
    step = evaluation_interval(analysis, alert)
    position = {id(rule): index for index, rule in enumerate(analysis.rules)}
    needed: list[Alert | RecordingRule] = sorted((*recordings_for(analysis, alerts), *alerts), key=lambda rule: position[id(rule)])
    homes = {id(rule): group for group in analysis.groups for rule in group.rules}
    found: list[dict[str, Plain]] = []
    last: Group | None = None
    rules: list[Plain] = []
    for rule in needed:
        home = homes[id(rule)]
        if home is not last:
            last = home
            rules = []
            limit: dict[str, Plain] = {} if home.limit is None else {"limit": home.limit}
            found.append({"name": f"proof {len(found)}", **limit, "rules": rules})
        emitted = rule_group(analysis, "", (rule,))["rules"]
        assert isinstance(emitted, list)  # noqa: S101 - as it is made
        for each in emitted:
            assert isinstance(each, dict)  # noqa: S101 - the same
            rules.append({**each, "expr": _played(analysis, rule, home, step, starts)})
    return found


def _played(analysis: Analysis, rule: Alert | RecordingRule, home: Group, step: int, starts: str) -> str:
    expr = analysis.use(rule).expr
    assert expr is not None  # noqa: S101 - what is no PromQL is not played
    text = to_text(_at_its_time(expr, starts)) if reads_clock(expr) else analysis.use(rule).text
    interval = step if home.interval is None else milliseconds(home.interval)
    if interval <= step or isinstance(rule, Alert):
        return text
    every, tick = f"{interval / 1000:g}", f"{step / 1000:g}"
    if analysis.value(analysis.use(rule)).type == "scalar":
        text = f"vector({text})"
    kept = "{" + ", ".join(f"{name}={quoted(value)}" for name, value in rule.labels.items()) + "}"
    # What was recorded stays visible up to the next evaluation, but not for longer than anybody looks back.
    seen = min(interval // 1000, _LOOKBACK_SECONDS)
    age = f"vector(time()) % {every}"
    return f"({text}) and on () ({age} < {tick}) or {rule.name}{kept} and on () ({age} >= {tick}) and on () ({age} < {seen})"


def _at_its_time(expr: Expr, start: str) -> Expr:
    """The expression with its clock set to the scenario's start."""
    starts = NumberLiteral(datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp())

    def later(node: Expr) -> Expr:
        return Binary("+", node, starts) if isinstance(node, Call) and node.function == "time" else node

    def told(node: Expr) -> Expr:
        if not isinstance(node, Call) or node.function not in CLOCK:
            return node
        if not node.args:
            return Call(node.function, (Call("vector", (later(Call("time", ())),)),))
        return Call(node.function, tuple(rewritten(each, later) for each in node.args))

    return rewritten(expr, told)
