"""A registry of prometheus_client is held to declarations in the application's own tests."""

import sys
from pathlib import Path
from typing import Literal

import pytest
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client import Counter as ClientCounter
from prometheus_client import Gauge as ClientGauge
from prometheus_client import Histogram as ClientHistogram

from monitoring_as_code import Counter, Gauge, Histogram, Label, Labels, assert_conforms, instrument


class Http(Labels):
    method: Label[Literal["GET", "POST"]]


requests = Counter(name="requests_total", help="Requests.", labels=Http)
latency = Histogram(name="latency_seconds", help="Latency.", labels=Http, buckets=(0.1, 1))
depth = Gauge(name="depth", help="Depth.", least=0)
METRICS = (requests, latency, depth)


def right() -> tuple[CollectorRegistry, ClientCounter, ClientGauge]:
    registry = CollectorRegistry()
    counter = ClientCounter("requests_total", "Requests.", ["method"], registry=registry)
    ClientHistogram("latency_seconds", "Latency.", ["method"], registry=registry, buckets=(0.1, 1))
    return registry, counter, ClientGauge("depth", "Depth.", registry=registry)


def test_a_registry_without_any_series_conforms() -> None:
    assert_conforms(right()[0], METRICS)


def test_a_registry_with_series_conforms() -> None:
    registry, counter, _ = right()
    counter.labels("GET").inc()
    assert_conforms(registry, METRICS)


def test_what_the_instruments_record_conforms() -> None:
    registry = CollectorRegistry()
    with instrument.use(registry):
        instrument.register(*METRICS)
        requests.inc(method="GET")
        latency.observe(0.5, method="POST")
    assert_conforms(registry, METRICS)


def test_the_message_lists_all_as_the_command_prints_it() -> None:
    registry, counter, gauge = right()
    counter.labels("BREW").inc()
    gauge.set(-1)
    with pytest.raises(AssertionError) as raised:
        assert_conforms(registry, METRICS)
    said = str(raised.value)
    assert said.startswith("the registry does not conform to the declarations:\n\n")
    assert (
        "error[undeclared-label-value]: label `method` of `requests_total` has the value `BREW`, but is declared to be `GET` or `POST`"
        in said
    )
    assert '= text: requests_total{method="BREW"} 1.0\n' in said
    assert "error[value-out-of-range]: `depth` is declared to be at least 0, but this is -1" in said
    assert said.endswith("2 errors\n")


def test_a_finding_that_is_meant_is_ignored_by_its_name() -> None:
    registry, counter, _ = right()
    counter.labels("BREW").inc()
    assert_conforms(registry, METRICS, ignore=["undeclared-label-value"])


def test_labels_and_buckets_of_what_has_no_series_yet_are_seen() -> None:
    registry = CollectorRegistry()
    ClientCounter("requests_total", "Requests.", ["verb"], registry=registry)
    ClientHistogram("latency_seconds", "Latency.", ["method"], registry=registry, buckets=(0.5,))
    with pytest.raises(AssertionError) as raised:
        assert_conforms(registry, METRICS[:2])
    assert "`requests_total` is declared with label `method`, but is registered without it" in str(raised.value)
    assert "`requests_total` is registered with a label `verb`, which is not declared" in str(raised.value)
    assert "the buckets of `latency_seconds` are not those declared: it is registered with (0.5,)" in str(raised.value)


def test_what_is_missing_and_what_is_not_declared_is_told() -> None:
    registry, _, _ = right()
    ClientGauge("other", "Other.", registry=registry)
    more = Gauge(name="more", help="More.")
    with pytest.raises(AssertionError) as raised:
        assert_conforms(registry, (*METRICS, more))
    assert "error[missing-metric]: gauge `more` is declared, but the application does not know it" in str(raised.value)
    assert "warning[undeclared-metric]: `other` is on the page" in str(raised.value)


def test_a_module_stands_for_its_metrics_and_a_package_for_those_of_its_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_conforms(right()[0], sys.modules[__name__])
    package = tmp_path / "parcels_of_this_test"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "late.py").write_text(
        "from monitoring_as_code import Exporter, Gauge\n"
        'gauges = {"late": Gauge(name="late", help="Late.")}\n'
        'host = Gauge(name="load", help="Load.")\n'
        'node = Exporter(name="node", metrics=(host,))\n'
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    import importlib

    declared = importlib.import_module("parcels_of_this_test")
    registry = CollectorRegistry()
    ClientGauge("late", "Late.", registry=registry)
    assert_conforms(registry, declared)
    with pytest.raises(AssertionError, match="gauge `late` is declared"):
        assert_conforms(CollectorRegistry(), declared)


def test_declarations_without_a_metric_are_no_contract() -> None:
    with pytest.raises(AssertionError, match="there is no metric in these declarations"):
        assert_conforms(CollectorRegistry(), ())


def test_one_metric_is_a_declaration_too() -> None:
    with pytest.raises(AssertionError, match="gauge `depth` is declared"):
        assert_conforms(CollectorRegistry(), depth)


def test_what_the_client_library_tells_of_the_process_needs_no_declaration() -> None:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    ClientGauge("depth", "Depth.", registry=registry)
    assert_conforms(registry, depth)


@pytest.mark.parametrize(
    ("registry", "declarations", "ignore", "error", "words"),
    [
        (None, depth, (), TypeError, "the registry is one of prometheus_client, such as `REGISTRY`, and not None"),
        (CollectorRegistry(), 3, (), TypeError, "declarations are metrics, a module or a package, and not 3"),
        (CollectorRegistry(), ["depth"], (), TypeError, "declarations are metrics, a module or a package, and not 'depth'"),
        (CollectorRegistry(), depth, ["undeclared-metrics"], ValueError, "no finding `undeclared-metrics` to ignore: did you mean"),
        (CollectorRegistry(), depth, "undeclared-metric", TypeError, 'write `ignore=["undeclared-metric"]`'),
    ],
)
def test_a_wrong_use_is_said_in_words(registry: object, declarations: object, ignore: object, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as raised:
        assert_conforms(registry, declarations, ignore=ignore)  # type: ignore[arg-type]
    assert words in str(raised.value)
