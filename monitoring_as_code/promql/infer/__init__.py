"""What an expression means before anything runs: labels, keys, kinds, units, ranges and emptiness of every node."""

from __future__ import annotations

from monitoring_as_code.promql.infer.facts import Clash, ComparisonFact, Facts, JoinFact, MatcherFact, SelectorFact
from monitoring_as_code.promql.infer.inference import infer
from monitoring_as_code.promql.infer.recordings import Recording, record
from monitoring_as_code.promql.infer.value import Arm, LabelFact, Labels, Reason, Value

__all__ = [
    "Arm",
    "Clash",
    "ComparisonFact",
    "Facts",
    "JoinFact",
    "LabelFact",
    "Labels",
    "MatcherFact",
    "Reason",
    "Recording",
    "SelectorFact",
    "Value",
    "infer",
    "record",
]
