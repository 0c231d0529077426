"""What the pages share: the analysis, and what is worked out from it once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.alert import RecordingRule
from monitoring_as_code.model.metric import Exporter, Metric
from monitoring_as_code.naming import metric_path, runbook_path
from monitoring_as_code.targets.docs.known import NOTHING, Known
from monitoring_as_code.targets.docs.markdown import code, escaped, link
from monitoring_as_code.targets.docs.reached import Audience
from monitoring_as_code.targets.shown import Views

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.declaration import Declaration


class Context(NamedTuple):
    """A project as its pages need it."""

    analysis: Analysis
    audience: Audience
    views: Views
    known: Known

    def told(self, alert: Alert) -> str:
        """The receivers of an alert as a table's cell."""
        names = [escaped(name) + ("" if certain else " (depends on its labels)") for name, certain in self.audience.of(alert).items()]
        return ", ".join(names) or "nobody"

    def read_by(self, alert: Alert) -> tuple[str, ...]:
        """The metrics that an alert reads, also through what is recorded from them, in the order of its expression."""
        found: dict[str, None] = {}
        waiting: list[Alert | RecordingRule] = [alert]
        recorded = _recorded(self.analysis)
        done: set[str] = set()
        for rule in waiting:
            for selector in self.analysis.selectors(self.analysis.use(rule)):
                name = selector.name
                if name in done or not name:
                    continue
                done.add(name)
                if name in recorded:
                    waiting += recorded[name]
                else:
                    entry = self.analysis.catalogue.lookup(name)
                    found[name if entry is None else entry.metric.name] = None
        return tuple(found)

    @property
    def used(self) -> dict[str, list[Declaration]]:
        """What names each series, in order, each once."""
        return _used(self.analysis)


@lru_cache(maxsize=1)
def _recorded(analysis: Analysis) -> dict[str, list[RecordingRule]]:
    found: dict[str, list[RecordingRule]] = {}
    for rule in analysis.project.of(RecordingRule):
        found.setdefault(rule.name, []).append(rule)
    return found


@lru_cache(maxsize=1)
def _used(analysis: Analysis) -> dict[str, list[Declaration]]:
    found: dict[str, dict[int, Declaration]] = {}
    for use in analysis.uses:
        for selector in analysis.selectors(use):
            found.setdefault(selector.name, {})[id(use.declaration)] = use.declaration
    return {name: list(declarations.values()) for name, declarations in found.items()}


def alert_link(alert: Alert, *, up: str = "") -> str:
    """An alert's name, leading to its page; `up` leads from the page that has the link to the docs' folder."""
    return link(alert.name, up + runbook_path(alert.name))


def metric_link(name: str, context: Context, *, up: str = "") -> str:
    """A metric's name, leading to its page if it has one, and where it is recorded."""
    own = context.known is not NOTHING and name in own_metrics(context.analysis)
    shown = link(name, up + metric_path(name)) if own else code(name)
    sites = [recorded_in(path, function) for path, function in context.known.recorded_in(name)]
    return shown + (f", recorded in {', '.join(sites)}" if sites else "")


def recorded_in(path: str, function: str) -> str:
    """A place in the application's code."""
    return f"{code(path)}, {code(f'{function}()')}" if function else code(path)


@lru_cache(maxsize=1)
def own_metrics(analysis: Analysis) -> frozenset[str]:
    """The names of the application's own metrics."""
    of_exporters = {id(metric) for exporter in analysis.project.of(Exporter) for metric in exporter.metrics}
    return frozenset(metric.name for metric in analysis.project.of(Metric) if id(metric) not in of_exporters)


def condition(alert: Alert, context: Context) -> str:
    """An alert's condition as a code span."""
    return code(context.analysis.use(alert).text)


def lasting(alert: Alert) -> str:
    """How long the condition must hold, in words of a table."""
    text = "at once" if alert.for_ == "0s" else alert.for_
    return text if alert.keep_firing_for == "0s" else f"{text}, keeps firing for {alert.keep_firing_for}"
