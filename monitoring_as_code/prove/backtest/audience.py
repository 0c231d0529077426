"""Whom alerts would have reached when they began to fire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitoring_as_code.prove.notifications import sending

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.prove.backtest.result import Firing, Result


def with_receivers(analysis: Analysis, results: Sequence[Result]) -> list[Result]:
    """The same results, each firing with its receivers; what else fires then is what the results say, and nothing else."""
    if analysis.routing is None:
        return list(results)
    every = [each for result in results for each in result.firings]
    inhibitions = bool(analysis.routing.inhibitions)
    return [
        result._replace(firings=tuple(_sent(analysis, each, every if inhibitions else ()) for each in result.firings)) for result in results
    ]


def _sent(analysis: Analysis, firing: Firing, every: Iterable[Firing]) -> Firing:
    moment = datetime.fromtimestamp(firing.start / 1000, UTC).replace(tzinfo=None)
    others = [dict(other.labels) for other in every if other is not firing and other.start <= firing.start < other.end]
    found = sending(analysis, dict(firing.labels), others, moment)
    if found is None:
        return firing
    held_back = "inhibited" if found.inhibited_by is not None else "muted" if found.arrivals and not found.receivers else ""
    return firing._replace(receivers=found.receivers, held_back=held_back)
