"""OpenMetrics is read as Prometheus reads it: a page that is refused here is a target that is down there."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitoring_as_code import engines
from monitoring_as_code.exposition import ExpositionError, parse

if TYPE_CHECKING:
    from tests.conform.conftest import Served

# A page of OpenMetrics, and the first line that is refused, or None; by its specification, and as Prometheus reads it.
OPENMETRICS = {
    "all kinds": (
        '# TYPE a counter\na_total 1\na_created 1.5\n# TYPE i info\ni_info{v="1"} 1\n# TYPE s stateset\ns{s="on"} 1\n'
        '# TYPE g gaugehistogram\ng_bucket{le="+Inf"} 1\ng_gcount 1\ng_gsum 2\n# TYPE u unknown\nu 1\n# EOF\n',
        None,
    ),
    "no line break behind the end": ("a 1\n# EOF", None),
    "a time in parts of a second": ("a 1 1.5\n# EOF\n", None),
    "a time that is none": ("a 1 now\n# EOF\n", 1),
    "an exemplar": ('# TYPE a counter\na_total 1 # {trace_id="x"} 1\n# EOF\n', None),
    "an exemplar of a gauge": ('# TYPE a gauge\na 1 # {trace_id="x"} 1\n# EOF\n', 2),
    "an exemplar without a value": ('# TYPE a counter\na_total 1 # {trace_id="x"}\n# EOF\n', 2),
    "an exemplar with more than 128 characters": ('# TYPE a counter\na_total 1 # {t="' + "x" * 128 + '"} 1\n# EOF\n', None),
    "a type twice": ("# TYPE a gauge\n# TYPE a gauge\na 1\n# EOF\n", None),
    "a type behind samples": ("a 1\n# TYPE a gauge\n# EOF\n", None),
    "a help twice": ("# HELP a b\n# HELP a b\na 1\n# EOF\n", None),
    "a help with an escape that is none": ("# HELP a \\q\na 1\n# EOF\n", None),
    "a value with an escape that is none": ('a{b="\\q"} 1\n# EOF\n', None),
    "a comment": ("# that is one\na 1\n# EOF\n", 1),
    "blanks before a type": ("#  TYPE a gauge\na 1\n# EOF\n", 1),
    "blanks before a value": ("a  1\n# EOF\n", 1),
    "blanks between labels": ('a{ b="1" , c="2" } 1\n# EOF\n', 1),
    "a comma behind the last label": ('a{b="1",} 1\n# EOF\n', 1),
    "a label twice": ('a{b="1",b="2"} 1\n# EOF\n', 1),
    "a bound that is no number": ('# TYPE h histogram\nh_bucket{le="x"} 1\n# EOF\n', None),
    "a blank at the end": ("a 1 \n# EOF\n", 1),
    "no value": ("a\n# EOF\n", 1),
    "a number in hexadecimal": ("a 0x1p3\n# EOF\n", 1),
    "a number that is too large": ("a 1e400\n# EOF\n", 1),
    "a carriage return": ("a 1\r\n# EOF\n", 1),
    "a type without a word": ("# TYPE a\na 1\n# EOF\n", 1),
    "a type in capitals": ("# TYPE a GAUGE\na 1\n# EOF\n", 1),
    "a help without words": ("# HELP a\na 1\n# EOF\n", 1),
    "an exemplar of a count": ('# TYPE h histogram\nh_count 1 # {t="x"} 1\n# EOF\n', 2),
    "a series twice": ("a 1\na 1\n# EOF\n", None),
    "a counter without its suffix": ("# TYPE a counter\na 1\n# EOF\n", None),
    "a type of the text format": ("# TYPE a untyped\n# EOF\n", 1),
    "a unit that the name does not end in": ("# TYPE a gauge\n# UNIT a seconds\n# EOF\n", 2),
    "an empty line": ("a 1\n\nb 1\n# EOF\n", 2),
    "something behind the end": ("a 1\n# EOF\nb 1\n# EOF\n", 3),
}


@pytest.mark.parametrize("name", OPENMETRICS)
def test_openmetrics_is_read_or_refused_at_its_line(name: str) -> None:
    page, line = OPENMETRICS[name]
    if line is None:
        parse(page)
        return
    with pytest.raises(ExpositionError) as refused:
        parse(page)
    assert refused.value.line == line


@pytest.mark.engines("prometheus")
def test_prometheus_takes_and_refuses_the_same(served: "Served", tmp_path: Path) -> None:
    jobs = []
    for number, (page, _) in enumerate(OPENMETRICS.values()):
        served.page(page, f"/{number}", "application/openmetrics-text; version=1.0.0; charset=utf-8")
        static = [{"targets": [served.address]}]
        jobs.append(
            {
                "job_name": str(number),
                "metrics_path": f"/{number}",
                "scrape_interval": "2s",
                "scrape_timeout": "2s",
                "static_configs": static,
            }
        )
    config = tmp_path / "prometheus.yml"
    config.write_text(json.dumps({"scrape_configs": jobs}))
    health: dict[str, tuple[str, str]] = {}
    with engines.prometheus(config) as server:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            targets = json.loads(server.get("/api/v1/targets"))["data"]["activeTargets"]
            health = {each["scrapePool"]: (each["health"], each["lastError"]) for each in targets}
            if len(health) == len(jobs) and all(state != "unknown" for state, _ in health.values()):
                break
            time.sleep(0.1)
    theirs = {name: health[str(number)] for number, name in enumerate(OPENMETRICS)}
    assert {name: state == "up" for name, (state, _) in theirs.items()} == {
        name: line is None for name, (_, line) in OPENMETRICS.items()
    }, theirs
