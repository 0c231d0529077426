from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import matching_place
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.lint.sides import sides
from monitoring_as_code.promql.ast import SET_OPERATORS, Name

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(
    ERROR,
    yields_to=("syntax-error", "grafana-variable-in-rule", "unknown-label", "unknown-label-value", "never-matching-join"),
    of_expressions=True,
)
def missing_group_left(reading: Reading) -> Iterator[Finding]:
    """Several series of one side match one of the other, and the operator does not say so.

    That is allowed only with `group_left` (many on the left) or `group_right` (many on the right). Without it Prometheus refuses the whole
    query at run time, as soon as there are two: "multiple matches for labels: many-to-one matching must be explicit".

    BAD:

        class Http(Labels):
            service: Label[str]
            status: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(
            name="http_requests_share",
            expr="sum by (service, status) (rate(http_requests_total[5m])) / on (service) sum by (service) (rate(http_requests_total[5m]))",
        )

    GOOD:

        class Http(Labels):
            service: Label[str]
            status: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=Http)
        recorded = RecordingRule(
            name="http_requests_share",
            expr="sum by (service, status) (rate(http_requests_total[5m])) / on (service) group_left sum by (service) (rate(http_requests_total[5m]))",
        )
    """
    from monitoring_as_code.diagnostics.nearest import listed

    for use, join in reading.joins:
        node, matching = join.node, join.node.matching
        if node.op in SET_OPERATORS or join.verdict == "never" or matching is None or matching.card != "one-to-one":
            continue
        left, right = sides(reading, use, join)
        if bool(left.several) == bool(right.several):
            continue
        many, other, grouped = ("left", "right", "group_left") if left.several else ("right", "left", "group_right")
        extra = left.several or right.several
        which = listed(extra, "and")
        labels = ", ".join(item.value if isinstance(item, Name) else item.text for item in matching.labels)
        short = node.op + (" bool" if node.bool_modifier else "") + f" {'on' if join.on else 'ignoring'} ({labels}) {grouped}"
        yield Finding(
            f"several series of the {many} side match one of the {other}: {which} {'tells' if len(extra) == 1 else 'tell'} them apart",
            matching_place(use, node),
            f"write `{short}`, or aggregate {which} away on the {many}",
            about=(id(use.part), "label", extra[0]),
            declaration=use.declaration,
        )
