"""Alerts over a recorded history: when each would have fired, for how long, whom it would have reached, and how near it came otherwise.

The history is asked for the condition at every evaluation, in pieces; what `for` and `keep_firing_for` make of the answers is worked out here.
Recorded series are replaced by what they are made of, since the history may be older than the rules.
"""

from monitoring_as_code.engines.access import Access
from monitoring_as_code.prove.backtest.history import History, HistoryUnreachable
from monitoring_as_code.prove.backtest.imported import NoHistory, imported
from monitoring_as_code.prove.backtest.result import Firing, Period, Result, Trial
from monitoring_as_code.prove.backtest.running import Wish, backtest, comparison_of

__all__ = [
    "Access",
    "Firing",
    "History",
    "HistoryUnreachable",
    "NoHistory",
    "Period",
    "Result",
    "Trial",
    "Wish",
    "backtest",
    "comparison_of",
    "imported",
]
