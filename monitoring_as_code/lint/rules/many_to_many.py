from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import matching_place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.lint.sides import sides
from monitoring_as_code.promql.ast import SET_OPERATORS

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.infer import Facts
    from monitoring_as_code.promql.infer.facts import JoinFact


@rule(
    ERROR,
    yields_to=("syntax-error", "grafana-variable-in-rule", "unknown-label", "unknown-label-value", "never-matching-join"),
    of_expressions=True,
)
def many_to_many(reading: Reading) -> Iterator[Finding]:
    """An operator joins series of which several on one side belong to several on the other.

    Arithmetic and comparisons want one series on one side at least for each set of labels that must agree. When there are two, Prometheus
    refuses the whole query at run time: "many-to-many matching not allowed". A rule then gives nothing, and an alert is silent; that
    it works today, while there is one series, does not mean that it will tomorrow.

    BAD:

        class Http(Labels):
            service: Label[str]
            status: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        failures = Counter(name="http_failures_total", help="Requests that failed.", labels=Http)
        recorded = RecordingRule(
            name="service:http_failures:ratio_rate5m",
            expr="sum by (service, status) (rate(http_failures_total[5m])) / on (service) sum by (service, status) (rate(http_requests_total[5m]))",
        )

    GOOD:

        class Http(Labels):
            service: Label[str]
            status: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        failures = Counter(name="http_failures_total", help="Requests that failed.", labels=Http)
        recorded = RecordingRule(
            name="service:http_failures:ratio_rate5m",
            expr="sum by (service) (rate(http_failures_total[5m])) / on (service) sum by (service) (rate(http_requests_total[5m]))",
        )
    """
    from monitoring_as_code.diagnostics.nearest import listed

    for use, join in reading.joins:
        node, matching = join.node, join.node.matching
        if node.op in SET_OPERATORS or join.verdict == "never" or matching is None:
            continue
        left, right = sides(reading, use, join)
        if matching.card == "one-to-one":
            wrong = bool(left.several and right.several)
            extra, side = right.several, "right"
        else:
            extra, side = (right.several, "right") if matching.card == "many-to-one" else (left.several, "left")
            wrong = bool(extra)
        if not wrong:
            continue
        if matching.card == "one-to-one":
            apart = f"{listed(left.several, 'and')} {_verb(left.several)} them apart on the left"
            if left.several == right.several:
                apart = f"{listed(extra, 'and')} {_verb(extra)} them apart"
            elif left.several:
                apart += f", {listed(right.several, 'and')} on the right"
            message = f"several series of the left side match several of the right: {apart}"
        else:
            grouped = "group_left" if matching.card == "many-to-one" else "group_right"
            message = (
                f"`{grouped}` wants one series on the {side}, but there can be several: {listed(extra, 'and')} {_verb(extra)} them apart"
            )
        yield Finding(
            message,
            matching_place(use, node),
            _help(reading.facts(use), join, extra, side),
            about=(id(use.part), "label", extra[0]),
            declaration=use.declaration,
        )


def _help(facts: Facts, join: JoinFact, extra: tuple[str, ...], side: str) -> str:
    from monitoring_as_code.diagnostics.nearest import listed

    which = listed(extra, "and")
    other = facts[join.node.left if side == "right" else join.node.right].labels
    if any(other.get(label).presence == "never" for label in extra):
        return f"aggregate {which} away on the {side}"
    matched = f"match `on` {which} as well" if join.on else f"do not ignore {which}"
    return f"{matched}, or aggregate {'it' if len(extra) == 1 else 'them'} away on the {side}"


def _verb(labels: tuple[str, ...]) -> str:
    return "tells" if len(labels) == 1 else "tell"
