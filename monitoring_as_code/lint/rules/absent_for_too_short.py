from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.cadence import cadence
from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.ast import Binary, Call, Paren, VectorSelector
from monitoring_as_code.promql.durations import milliseconds, to_text
from monitoring_as_code.promql.infer.calls import unwrapped

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Expr


@rule(WARNING)
def absent_for_too_short(reading: Reading) -> Iterator[Finding]:
    """An alert on `absent()` does not wait for a second scrape.

    When one scrape fails, or Prometheus starts, a series is gone for a moment, and `absent()` says so at once. `for_` of two scrape
    intervals or more tells what is gone from what has stumbled.

    BAD:

        stack = Stack(name="shop", alertmanagers=("alertmanager:9093",), scrape_interval="1m", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),))
        gone = Alert(name="ShopGone", expr='absent(up{job="shop"})', for_="1m", severity="info", summary="nobody scrapes the shop")

    GOOD:

        stack = Stack(name="shop", alertmanagers=("alertmanager:9093",), scrape_interval="1m", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),))
        gone = Alert(name="ShopGone", expr='absent(up{job="shop"})', for_="5m", severity="info", summary="nobody scrapes the shop")
    """
    for alert in reading.alerts:
        use = reading.analysis.use(alert)
        if use.expr is None:
            continue
        for call in _firing(use.expr):
            selector = unwrapped(call.args[0])
            if not isinstance(selector, VectorSelector):
                continue
            arm = reading.facts(use)[selector].arm
            every = cadence(reading.analysis, arm.entry, arm.labels.get("job"))
            if every is None or milliseconds(alert.for_) >= 2 * every.milliseconds:
                continue
            waits = f"`{alert.name}` waits `{alert.for_}`" if milliseconds(alert.for_) else f"`{alert.name}` does not wait"
            at = Place(alert.origin, ("for_",)) if milliseconds(alert.for_) else place(use, call)
            enough = to_text(2 * every.milliseconds)
            help_ = f"write `for: {enough}` or more" if reading.project.foreign else f'write `for_="{enough}"` or more'
            yield Finding(f"{waits}, so one scrape that fails can make it fire: {every.why}", at, help_, declaration=alert)
            break


def _firing(node: Expr) -> Iterator[Call]:
    """The calls of `absent()` whose result is what fires."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Call) and current.function == "absent":
            yield current
        elif isinstance(current, Paren):
            waiting.append(current.expr)
        elif isinstance(current, Binary):
            waiting.append(current.left)
            if current.op not in ("and", "unless"):
                waiting.append(current.right)
