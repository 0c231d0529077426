from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import board_of
from monitoring_as_code.lint.panels import is_hidden, panel_of
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.variables import QueryVariable

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Use
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import VectorSelector
    from monitoring_as_code.promql.infer.facts import SelectorFact

_OF_THE_SCRAPE = frozenset({"job", "instance"})
# Prometheus makes them, so they are of no scrape.
_OF_PROMETHEUS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})


@rule(WARNING, definitions_only=True, yields_to=("syntax-error", "unknown-metric"), of_expressions=True)
def ignored_variable(reading: Reading) -> Iterator[Finding]:
    """A panel shows all of what a variable of its dashboard narrows.

    People choose a service and read the page as that service's. A panel whose metric has the label, and whose query adds all of its values up,
    is about the others as well, and nothing on it says so. Add the matcher, `service=~"$service"`; or group by the label, so that everybody
    sees whose number is whose. Of `job` and `instance`, which every metric has, each selector is asked; recorded metrics are not. Of
    dashboards of others it is asked only if `enable` names this rule.

    BAD:

        class InService(Labels):
            service: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=InService)
        errors = Counter(name="http_errors_total", help="Requests that failed.", labels=InService)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(QueryVariable(name="service", metric=requests, values_of=InService.service),),
            rows=(
                Row(
                    title="$service",
                    panels=(
                        TimeSeries(title="Requests", expr='sum(rate(http_requests_total{service=~"$service"}[$__rate_interval]))'),
                        TimeSeries(title="Errors", expr="sum(rate(http_errors_total[$__rate_interval]))"),
                    ),
                ),
            ),
        )

    GOOD:

        class InService(Labels):
            service: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=InService)
        errors = Counter(name="http_errors_total", help="Requests that failed.", labels=InService)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(QueryVariable(name="service", metric=requests, values_of=InService.service),),
            rows=(
                Row(
                    title="$service",
                    panels=(
                        TimeSeries(title="Requests", expr='sum(rate(http_requests_total{service=~"$service"}[$__rate_interval]))'),
                        TimeSeries(title="Errors", expr='sum(rate(http_errors_total{service=~"$service"}[$__rate_interval]))'),
                    ),
                ),
            ),
        )
    """
    from monitoring_as_code.model.labels import label_name

    asked: dict[tuple[int, str], bool] = {}
    for use in reading.uses:
        if not use.in_dashboard or is_hidden(use) or panel_of(reading.analysis, use) is None:
            continue
        for variable in getattr(use.declaration, "variables", ()):
            if not isinstance(variable, QueryVariable):
                continue
            key = (id(use.declaration), variable.name)
            if key not in asked:
                asked[key] = _narrows_something(reading, use, variable.name)
            if not asked[key]:
                continue
            label = label_name(variable.values_of)
            for node in _ignoring(reading, use, variable.name, label):
                message = f"this takes no notice of `${variable.name}`, and shows every `{label}`"
                help_ = f'add `{label}=~"${variable.name}"`'
                yield Finding(message, place(use, node), help_, about=(id(use.part), "ignored", label), declaration=use.declaration)


def _narrows_something(reading: Reading, use: Use, name: str) -> bool:
    """Whether a query uses the variable; one that nothing uses is another rule's matter."""
    board = board_of(reading, use)
    return board is not None and any(each.name == name for said in board.texts if said.role == "query" for each in said.variables)


def _ignoring(reading: Reading, use: Use, variable: str, label: str) -> Iterator[VectorSelector]:
    """The selectors of a query that ought to be narrowed."""
    selectors = reading.facts(use).selectors
    having = [each for each in selectors if _has(each, label)]
    without = [each.node for each in having if not _narrows(each, label)]
    if not without:
        return
    if label in _OF_THE_SCRAPE:
        yield from without
    elif (
        len(without) == len(having)
        and not any(each.name == variable for selector in selectors for matcher in selector.node.matchers for each in matcher.variables)
        and reading.analysis.value(use).labels.get(label).presence == "never"
    ):
        yield without[0]


def _has(selector: SelectorFact, label: str) -> bool:
    """Whether a metric has the label; those of the scrape are on all that nobody has recorded."""
    entry = selector.entry
    if entry is None or (label in _OF_THE_SCRAPE and not entry.closed):
        return label in _OF_THE_SCRAPE and selector.name not in _OF_PROMETHEUS and ":" not in selector.name and bool(selector.name)
    return entry.metric.kind != "recorded" and label in entry.labels


def _narrows(selector: SelectorFact, label: str) -> bool:
    return bool(selector.node.stand_ins) or any(matcher.name == label for matcher in selector.node.matchers)
