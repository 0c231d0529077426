"""Whatever a page says, holding it to declarations ends in findings: it never raises, and says the same twice."""

import random
from typing import Literal

import pytest

from monitoring_as_code import Counter, Gauge, Histogram, Info, Label, Labels, Summary, label
from monitoring_as_code.conform import conformance, contract_from, diagnostics, wanted_lines
from monitoring_as_code.conform.report import as_data
from monitoring_as_code.diagnostics import render


class Http(Labels):
    method: Label[Literal["GET", "POST"]]
    route: Label[str] = label(pattern="/.*", at_most=2)


METRICS = (
    Counter(name="requests_total", help="Requests.", labels=Http, at_most=3),
    Gauge(name="depth", help="Depth.", labels=Http, least=0, most=9),
    Histogram(name="latency_seconds", help="Latency.", labels=Http, buckets=(0.1, 1)),
    Summary(name="wait_seconds", help="Wait.", quantiles=(0.5,)),
    Info(name="build_info", help="Build."),
)
SEED = """\
# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{method="GET",route="/"} 5
requests_total{method="POST",route="/"} 6
# TYPE depth gauge
depth{method="GET",route="/"} 1
depth{route="/",method="POST"} NaN
# TYPE latency_seconds histogram
latency_seconds_bucket{method="GET",route="/",le="0.1"} 1
latency_seconds_bucket{method="GET",route="/",le="1.0"} 1
latency_seconds_bucket{method="GET",route="/",le="+Inf"} 2
latency_seconds_sum{method="GET",route="/"} 3
latency_seconds_count{method="GET",route="/"} 2
# TYPE wait_seconds summary
wait_seconds{quantile="0.5"} 1
wait_seconds_sum 1
wait_seconds_count 1
# TYPE build_info gauge
build_info 1
"""
PIECES = (
    "",
    "",
    "le",
    "method",
    '"',
    "\\",
    "{",
    "}",
    ",",
    " ",
    "\n",
    "NaN",
    "-1",
    '="',
    "_sum",
    "_created",
    "# EOF\n",
    "é",
    "\udcff",
    "# {} 1",
    'le="NaN"',
    " 17",
    "0",
)


@pytest.mark.parametrize("openmetrics", [False, True])
def test_damaged_pages_end_in_findings(*, openmetrics: bool, prove: bool) -> None:
    chance = random.Random(3)
    contract = contract_from(METRICS)
    for _ in range(20_000 if prove else 600):
        lines = SEED.split("\n")
        if chance.random() < 0.5:
            chance.shuffle(lines)
        text = "\n".join(line for line in lines if chance.random() < 0.9)
        for _ in range(chance.randrange(6)):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice(PIECES) + text[at + chance.randrange(4) :]
        page = text.split("\n")
        found = conformance(page, contract, openmetrics=openmetrics)
        texts = {number: page[number - 1] for number in wanted_lines(found.findings)}
        told = render(diagnostics(found.findings, "page", texts, is_file=False), "json", root="/")
        again = conformance(page, contract, openmetrics=openmetrics)
        assert told == render(diagnostics(again.findings, "page", texts, is_file=False), "json", root="/")
        as_data(found.sighting, found.findings, "page")


def test_what_is_kept_does_not_grow_with_the_faults() -> None:
    lines = [f'requests_total{{method="M{number}",route="/"}} -1' for number in range(5000)]
    found = conformance(["# TYPE requests_total counter", *lines, *lines, *["garbage"] * 5000, ""], contract_from(METRICS))
    assert len(found.sighting.page.faults) == 1000
    assert found.sighting.page.refused == 5000
    observed = found.sighting.metrics["requests_total"]
    assert (len(observed.duplicates), len(observed.negative), len(observed.outside["method"])) == (5, 5, 5)
    assert observed.counted == {("duplicates", ""): 5000, ("negative", ""): 10000, ("outside", "method"): 5000}
