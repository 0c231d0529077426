"""What recording costs, beside Prometheus's own client in the same run, and what an application's import takes: instrument.py

Times are CPU time of a call, the least of several turns: whatever else the machine does can only add to it.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import repeat
from statistics import median
from typing import Literal

import prometheus_client

from monitoring_as_code import Counter, Gauge, Histogram, Label, Labels, label, seconds
from monitoring_as_code.instrument import use

BOUNDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5)


class Http(Labels):
    method: Label[Literal["GET", "POST", "OTHER"]] = label(other="OTHER")
    route: Label[str] = label(at_most=200, other="unmatched")
    status: Label[str] = label(pattern="[1-5][0-9]{2}", at_most=60)
    service: Label[str] = label(at_most=50)


class Service(Labels):
    service: Label[str] = label(at_most=50)


served = Counter(name="bench_requests_total", help="Requests served.", labels=Http)
latency = Histogram(name="bench_request_duration_seconds", help="Time to last byte.", unit=seconds, labels=Http, buckets=BOUNDS)
active = Gauge(name="bench_requests_active", help="Requests in flight.", labels=Service)

NAMES = ("method", "route", "status", "service")
their_served = prometheus_client.Counter("their_requests_total", "Requests served.", NAMES, registry=None)
their_latency = prometheus_client.Histogram("their_duration_seconds", "Time to last byte.", NAMES, registry=None, buckets=BOUNDS)
their_active = prometheus_client.Gauge("their_active", "Requests in flight.", ("service",), registry=None)


def ours_inc() -> None:
    served.inc(method="GET", route="/orders", status="200", service="billing")


def theirs_inc() -> None:
    their_served.labels(method="GET", route="/orders", status="200", service="billing").inc()


def ours_observe() -> None:
    latency.observe(0.2, method="GET", route="/orders", status="200", service="billing")


def theirs_observe() -> None:
    their_latency.labels(method="GET", route="/orders", status="200", service="billing").observe(0.2)


def ours_set() -> None:
    active.set(3, service="billing")


def theirs_set() -> None:
    their_active.labels(service="billing").set(3)


def ours_time() -> None:
    with latency.time(method="GET", route="/orders", status="200", service="billing"):
        pass


def theirs_time() -> None:
    with their_latency.labels(method="GET", route="/orders", status="200", service="billing").time():
        pass


def refused() -> None:
    served.inc(method="GET", route="/orders", status="hostile", service="billing")


def replaced() -> None:
    served.inc(method="HOSTILE", route="/orders", status="200", service="billing")  # type: ignore[arg-type]


def empty() -> None:
    pass


# What it is, ours, theirs if they have it, and the most that ours may take, in microseconds.
CALLS: tuple[tuple[str, Callable[[], None], Callable[[], None] | None, float | None], ...] = (
    ("counter, 4 labels", ours_inc, theirs_inc, 0.6),
    ("histogram, 4 labels, 9 buckets", ours_observe, theirs_observe, 1.2),
    ("gauge, 1 label", ours_set, theirs_set, None),
    ("timer, 4 labels", ours_time, theirs_time, None),
    ("a value outside of its domain", refused, None, None),
    ("the same, with another one that stands for it", replaced, None, None),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--turns", type=int, default=15)
    options = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, us CPU a call")
    import logging

    logging.disable()  # of what is refused, the first is logged
    with use(prometheus_client.CollectorRegistry()):
        for what, ours, theirs, most in CALLS:
            pairs = [(_cpu(ours), 0.0 if theirs is None else _cpu(theirs)) for _ in range(options.turns)]
            ours_us, theirs_us = (min(of) - _around() for of in zip(*pairs, strict=True))
            verdict = "" if most is None else f"   {'reached' if ours_us <= most else 'missed'}: at most {most}"
            print(f"{what:46} {ours_us:6.3f}" + ("" if theirs is None else f"   their idiom {theirs_us:6.3f}") + verdict)
    for statement in (
        "pass",
        "import definitions.requests",
        "import prometheus_client",
        "from definitions.requests import http_requests as m; m.inc(method='GET', route='/', status='200', service='a')",
    ):
        print(f"{median(_start(statement) for _ in range(options.turns)):6.1f} ms CPU: python -c {statement!r}")


def _cpu(call: Callable[[], None], calls: int = 50_000) -> float:
    began = time.process_time()
    for _ in repeat(None, calls):
        call()
    return (time.process_time() - began) / calls * 1e6


def _around() -> float:
    """What the loop and the call of a function around it cost."""
    return min(_cpu(empty) for _ in range(5))


def _start(statement: str) -> float:
    said = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport time; print(time.process_time())"], capture_output=True, text=True, check=True
    )
    return float(said.stdout) * 1000


if __name__ == "__main__":
    main()
