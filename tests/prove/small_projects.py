"""Small projects by chance: metrics, recording rules that may read each other, alerts with `for` and `keep_firing_for`, and histories.

Each part of a case is named after it, so that hundreds of them fit into one server and none sees another one's series.
"""

import random
from collections.abc import Iterator
from typing import NamedTuple

from monitoring_as_code import (
    Alert,
    Counter,
    Gauge,
    Histogram,
    Label,
    Labels,
    Quiet,
    RecordingRule,
    Scenario,
    Series,
    constant,
    listed,
    noise,
    observed,
    per_second,
    ramp,
    restarted,
    spike,
    step,
)
from monitoring_as_code.model.declaration import Declaration
from monitoring_as_code.model.shapes import Shape
from monitoring_as_code.promql.durations import to_text

TICK = 500
"""Milliseconds between two scrapes, and between two evaluations."""
TICKS = 24
"""Evaluations of a case after the first one."""


class Queues(Labels):
    """What tells the series of a metric apart."""

    queue: Label[str]


class Case(NamedTuple):
    """One small project with one scenario, whose alert is the one that is compared.

    `rules` are a group. The last one, `c1:tick`, always has a sample: those say when the group was evaluated.
    """

    name: str
    scenario: Scenario
    rules: tuple[Alert | RecordingRule, ...]
    declarations: tuple[Declaration, ...]


def ticks(count: float) -> str:
    """So many ticks as a duration."""
    return to_text(int(count * TICK))


def case(number: int) -> Case:
    """The case of a number, always the same."""
    return _Drawn(number).case()


class _Drawn:
    def __init__(self, number: int) -> None:
        self.name = f"c{number}"
        self.draw = random.Random(number)  # the same in every run

    def case(self) -> Case:
        name = self.name
        level = Gauge(name=f"{name}_level", help="A level.", labels=Queues)
        done = Counter(name=f"{name}_done_total", help="Jobs done.", labels=Queues)
        took = Histogram(name=f"{name}_took_seconds", help="Time that a job took.", labels=Queues, buckets=(0.5, 1, 4))
        records = tuple(self.records())
        alert = Alert(
            name=f"{name.upper()}Alert",
            expr=self.condition(records),
            for_=ticks(self.draw.choice((0, 0, 1, 2, 3, 5, 2.5))),
            keep_firing_for=ticks(self.draw.choice((0, 0, 0, 1, 2, 4, 1.5))),
            severity=self.draw.choice(("critical", "warning")),
            labels=self.draw.choice(({}, {"team": "a"}, {"copy": "{{ $labels.queue }}"})),
            summary='{{ $labels.queue }} is at {{ printf "%.4f" $value }} in {{ $externalLabels.site }}',
        )
        given = [
            *(Series(of=level.where(Queues.queue.eq(queue)), values=self.gauge()) for queue in self.queues()),
            *(Series(of=done.where(Queues.queue.eq(queue)), values=self.counter()) for queue in self.queues()),
        ]
        if self.draw.random() < 0.3:
            given.append(Series(of=took.where(Queues.queue.eq("a")), values=observed(self.rate(), {0.9: self.draw.choice((0.45, 0.8, 3))})))
        scenario = Scenario(name=name, alert=alert, given=tuple(given), expect=(Quiet(),), lasts=ticks(TICKS))
        tick = RecordingRule(name=f"{name}:tick", help="One more evaluation.", expr="vector(1)")
        rules: tuple[Alert | RecordingRule, ...] = (*records, alert, tick)
        return Case(name, scenario, rules, (level, done, took, *rules, scenario))

    def queues(self) -> tuple[str, ...]:
        return self.draw.choice((("a",), ("a", "b"), ("a", "b"), ("b",)))

    def moment(self) -> str:
        return ticks(self.draw.randint(1, TICKS - 2))

    def length(self) -> str:
        return ticks(self.draw.randint(1, 8))

    def value(self) -> float:
        return self.draw.choice((0, 1, 2, 3, 4, 5, 6, 0.1, 2.5))

    def plain(self) -> Shape:
        match self.draw.randrange(6):
            case 0:
                return constant(self.value())
            case 1:
                return ramp(self.value(), self.value(), over=self.length())
            case 2:
                return step(self.value(), self.value(), at=self.moment())
            case 3:
                return spike(self.value(), self.value(), at=self.moment(), lasts=self.length())
            case 4:
                return noise(3, 2.5, seed=self.draw.randrange(1000))
            case _:
                return listed(*(self.draw.choice((None, 1, 2, 4, 6)) for _ in range(self.draw.randint(4, TICKS + 1))))

    def rate(self) -> Shape:
        return self.draw.choice(
            (constant(4), step(0, 6, at=self.moment()), spike(0, 5, at=self.moment(), lasts=self.length()), noise(4, 2))
        )

    def gauge(self) -> Shape:
        return self.gaps(self.plain() if self.draw.random() < 0.7 else self.plain().then(self.plain(), at=self.moment()))

    def counter(self) -> Shape:
        rising = per_second(self.rate(), start=self.draw.choice((0, 100)))
        return self.gaps(restarted(rising, at=self.moment()) if self.draw.random() < 0.3 else rising)

    def gaps(self, shape: Shape) -> Shape:
        if self.draw.random() < 0.6:
            return shape
        since = self.draw.randint(0, TICKS - 2)
        return shape.missing(since=ticks(since), until=self.draw.choice((None, ticks(since + self.draw.randint(1, 6)))))

    def vector(self) -> str:
        """An expression of the metrics, with one series for each queue."""
        level, done, window = f"{self.name}_level", f"{self.name}_done_total", ticks(self.draw.randint(2, 8))
        return self.draw.choice(
            (
                level,
                level,
                f"sum by (queue) ({level})",
                f"{level} * 2 - 1",
                f"max_over_time({level}[{window}])",
                f"avg_over_time({level}[{window}])",
                f"count_over_time({level}[{window}])",
                f"changes({level}[{window}])",
                f"deriv({level}[{window}])",
                f"rate({done}[{window}])",
                f"increase({done}[{window}])",
                f"irate({done}[{window}])",
                f"resets({done}[{window}])",
                f"sum by (queue) (rate({done}[{window}]))",
                f"{level} - {level} offset {ticks(2)}",
                f"rate({done}[{window}]) / on (queue) {level}",
                f"histogram_quantile(0.9, sum by (queue, le) (rate({self.name}_took_seconds_bucket[{window}])))",
            )
        )

    def records(self) -> Iterator[RecordingRule]:
        count = self.draw.choice((0, 1, 2, 3))
        for index in range(count):
            before = f"{self.name}:record{index - 1}"
            read = (
                self.vector()
                if index == 0 or self.draw.random() < 0.3
                else self.draw.choice((f"{before} + 1", f"avg_over_time({before}[{ticks(4)}])", f"max by (queue) ({before})"))
            )
            yield RecordingRule(name=f"{self.name}:record{index}", help="A record.", expr=read)

    def condition(self, records: tuple[RecordingRule, ...]) -> str:
        read = records[-1].name if records and self.draw.random() < 0.8 else self.vector()
        compared = f"{read} {self.draw.choice(('>', '>=', '<', '<=', '==', '!='))} {self.value()}"
        match self.draw.randrange(8):
            case 0:
                return f"({compared}) and on (queue) {self.name}_level > 1"
            case 1:
                return f"({compared}) unless on (queue) rate({self.name}_done_total[{ticks(4)}]) > 4"
            case 2:
                # Before the start nothing is there, and so not the other side either.
                return f'absent({self.name}_level{{queue="b"}}) and on () {self.name}_level{{queue="a"}}'
            case 3:
                return f"({compared}) or on (queue) {self.name}_level > 5"
            case _:
                return compared
