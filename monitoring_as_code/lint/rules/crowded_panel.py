from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.counting import most_series, repeated
from monitoring_as_code.lint.drawn import drawn_by
from monitoring_as_code.lint.rule import WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, yields_to=("series-budget", "syntax-error", "unknown-label"), of_expressions=True)
def crowded_panel(reading: Reading) -> Iterator[Finding]:
    """A panel of single numbers can get more of them than anybody can read.

    Every series is a number of a `Stat`, a dial of a gauge, a slice of a pie. Beyond 8 slices, 16 dials, 24 numbers or 50 bars they are too small to
    be read. Group by fewer labels, take the first with `topk`, or show a table or a graph. How many there can be is declared of the labels: the
    number of their values, or `at_most`. Where that is not known, nothing is said.

    BAD:

        class Http(Labels):
            route: Label[str] = label(at_most=200)

        served = Counter(name="http_requests_total", help="Requests served.", unit=requests, labels=Http)
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Stat(title="Requests", expr="sum by (route) (rate(http_requests_total[$__rate_interval]))"),),
                ),
            ),
        )

    GOOD:

        class Http(Labels):
            route: Label[str] = label(at_most=200)

        served = Counter(name="http_requests_total", help="Requests served.", unit=requests, labels=Http)
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Stat(title="Requests", expr="topk(5, sum by (route) (rate(http_requests_total[$__rate_interval])))"),),
                ),
            ),
        )
    """
    for use in reading.uses:
        if not use.in_dashboard or use.expr is None or getattr(use.part, "hidden", False):
            continue
        panel = drawn_by(reading, use)
        limit = None if panel is None or not panel.as_it_is else _LIMITS.get(panel.type)
        if panel is None or limit is None:
            continue
        found = most_series(use, reading.facts(use), use.expr, repeated(reading, use))
        if found is not None and found[0] > limit[0]:
            factors = " × ".join(f"{count:,} of `{name}`" for name, count in found[1])
            message = f"this can give {found[0]:,} series, {factors}: more than the {limit[0]} {limit[1]} that can be read"
            help_ = "group by fewer labels, show the first with `topk`, or show a table"
            yield Finding(message, use.place(), help_, (), (id(use.part), "series"), use.declaration)


_LIMITS = {"stat": (24, "numbers"), "gauge": (16, "dials"), "bargauge": (50, "bars"), "piechart": (8, "slices")}
