import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring_as_code.instrument.scrape import TEXT, scrape, takes_gzip, wanted_form
from tests.instrument.served import recorded

OPEN = "application/openmetrics-text; version=1.0.0"
# What Prometheus 2.42 and 3.5 send.
PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)

FORMS = [
    ("", TEXT),
    ("*/*", TEXT),
    ("text/html", TEXT),
    ("text/plain", TEXT),
    ("application/openmetrics-text", OPEN),
    (PROMETHEUS_2, OPEN),
    (PROMETHEUS_3, OPEN + "; escaping=allow-utf-8"),
    ("text/plain;version=1.0.0;escaping=underscores", "text/plain; version=1.0.0; escaping=underscores"),
    ("text/plain;q=0.5, application/openmetrics-text;q=0.4", TEXT),
    ("text/plain;q=0.4, application/openmetrics-text;q=0.5", OPEN),
    ("text/plain, application/openmetrics-text", TEXT),
    ("application/openmetrics-text;q=0", TEXT),
    ("application/openmetrics-text;q=0, text/plain;q=0", TEXT),
    ("application/openmetrics-text;version=9.9.9", TEXT),
    ("application/openmetrics-text;version=0.0.1", TEXT),
    ("application/openmetrics-text;version=1.0.0;q=nan", TEXT),
    ("application/openmetrics-text;version=1.0.0;q=1e3", TEXT),
    ("APPLICATION/OpenMetrics-Text; VERSION=1.0.0", OPEN),
    ('application/openmetrics-text; version="1.0.0"', OPEN),
    ("application/openmetrics-text;version=1.0.0;escaping=evil", OPEN),
]


@pytest.mark.parametrize("accept, form", FORMS)
def test_the_form_is_the_best_of_those_that_are_taken(accept: str, form: str) -> None:
    assert wanted_form(accept) == form


@pytest.mark.parametrize(
    "encodings, taken",
    [
        ("gzip", True), ("", False), ("br", False), ("gzip;q=0", False), ("gzip;q=0.000", False), ("*", True), ("*;q=0", False),
        ("*, gzip;q=0", False), ("GZIP;q=0.1", True), ("gzip;q=many", False), ("xgzip", False),
    ],
)  # fmt: skip
def test_gzip_is_for_those_who_take_it(encodings: str, taken: bool) -> None:
    assert takes_gzip(encodings) is taken


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_sent_a_page_is_answered(accept: str, encodings: str) -> None:
    with recorded():
        answer = scrape("GET", accept, encodings)
    headers = dict(answer.headers)
    body = gzip.decompress(answer.body) if "Content-Encoding" in headers else answer.body
    assert answer.status == 200
    assert int(headers["Content-Length"]) == len(answer.body)
    assert headers["Content-Type"].startswith(("text/plain; version=", "application/openmetrics-text; version="))
    assert body.endswith(b"\n")


def test_the_same_page_is_the_same_bytes() -> None:
    with recorded():
        assert scrape("GET", "", "gzip") == scrape("GET", "", "gzip")


def test_head_says_how_long_the_page_is() -> None:
    with recorded():
        whole, head = scrape("GET", "", ""), scrape("HEAD", "", "")
    assert head.headers == whole.headers
    assert head.body == b""
