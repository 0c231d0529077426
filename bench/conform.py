"""CPU time and memory of holding 50,000 series to their declarations, and whether both grow linearly: conform.py [SERIES ...]

A third is counters, a third gauges, a third histograms with ten buckets, all with four labels. Least of five runs in one process; prometheus_client's
own parser reads the same page beside it, and checks nothing.
"""

import argparse
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal

from monitoring_as_code import Counter, Gauge, Histogram, Label, Labels, label, seconds
from monitoring_as_code.conform import conformance, contract_from
from monitoring_as_code.exposition import Page

BOUNDS = (0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
GOAL_SECONDS = 0.5


class Http(Labels):
    method: Label[str] = label(values=("GET", "POST", "PUT"))
    route: Label[str] = label(pattern="/[a-z0-9/]+", at_most=200)
    status: Label[str] = label(pattern="[1-5][0-9]{2}", at_most=60)
    service: Label[str] = label(at_most=500)


class Pool(Labels):
    pool: Label[str]
    state: Label[Literal["idle", "busy"]]


METRICS = (
    Counter(name="requests_total", help="Requests.", labels=Http),
    Gauge(name="connections", help="Connections.", labels=Pool, least=0),
    Histogram(name="latency_seconds", help="Latency.", unit=seconds, labels=Http, buckets=BOUNDS),
)


def labels() -> Iterator[str]:
    for service in range(500):
        for route in range(100):
            for status in ("200", "404", "500"):
                for method in ("GET", "POST", "PUT"):
                    yield f'method="{method}",route="/api/v1/things{route}",status="{status}",service="service-{service}"'


def page(series: int) -> str:
    chance = random.Random(7)
    share = series // 3
    combinations = labels()
    lines = ["# HELP requests_total Requests.", "# TYPE requests_total counter"]
    lines += [f"requests_total{{{next(combinations)}}} {chance.randrange(10**7)}.0" for _ in range(share)]
    lines += ["# HELP connections Connections.", "# TYPE connections gauge"]
    lines += [
        f'connections{{pool="{number // 2}",state="{("idle", "busy")[number % 2]}"}} {chance.random() * 50}'
        for number in range(share // 2 * 2)
    ]
    lines += ["# HELP latency_seconds Latency.", "# TYPE latency_seconds histogram"]
    combinations = labels()
    for _ in range(share // 12):
        these, count, total = next(combinations), 0, 0.0
        for bound, largest in (*zip(BOUNDS, BOUNDS, strict=True), ("+Inf", BOUNDS[-1])):
            seen = chance.randrange(100)
            count, total = count + seen, total + seen * largest
            lines.append(f'latency_seconds_bucket{{{these},le="{bound}"}} {count}.0')
        lines += [f"latency_seconds_sum{{{these}}} {total}", f"latency_seconds_count{{{these}}} {count}.0"]
    return "\n".join(lines) + "\n"


def least(work: Callable[[], object]) -> float:
    found = []
    for _ in range(5):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def held(text: str) -> None:
    findings = conformance(text.split("\n"), contract_from(METRICS)).findings
    assert not findings, findings[:3]


def read(text: str) -> None:
    for _ in Page().samples(text.split("\n")):
        pass


def clients(text: str) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    for _ in text_string_to_metric_families(text):
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("series", type=int, nargs="*", default=[12_500, 25_000, 50_000, 100_000])
    print(f"{'series':>10}{'read, ms':>12}{'held, ms':>12}{'us a series':>14}{'client reads, ms':>20}{'page, MiB':>12}{'peak, MiB':>12}")
    for series in parser.parse_args().series:
        text = page(series)
        lines = sum(not line.startswith("#") for line in text.split("\n")) - 1
        reading, holding, theirs = (least(partial(work, text)) for work in (read, held, clients))
        parts = text.split("\n")
        tracemalloc.start()
        conformance(iter(parts), contract_from(METRICS))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        size = len(text) / 2**20
        print(
            f"{lines:10,}{reading * 1000:12.0f}{holding * 1000:12.0f}{holding / lines * 1e6:14.2f}{theirs * 1000:20.0f}{size:12.1f}{peak / 2**20:12.1f}"
        )
        if series == 50_000:
            verdict = "reached" if holding <= GOAL_SECONDS else f"missed by {holding / GOAL_SECONDS - 1:.0%}"
            print(f"{'':10}50,000 series in at most {GOAL_SECONDS * 1000:.0f} ms: {verdict}")


if __name__ == "__main__":
    main()
