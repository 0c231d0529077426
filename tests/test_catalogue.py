"""The catalogue: which series a metric has, with which labels, kinds and units."""

import pytest

from monitoring_as_code import units
from monitoring_as_code.catalogue import Catalogue, Domain, Entry, Job, Metric, Range, bound_texts, united

API = Job("api", {"env": Domain(frozenset({"production"}))}, interval_seconds=15.0, instances=frozenset({"a:1"}))
WEB = Job("web", interval_seconds=60.0)
LATENCY = Metric("latency_seconds", "histogram", {"route": Domain()}, unit=units.seconds, buckets=(0.1, 1), jobs=(API,))


def entry(catalogue: Catalogue, name: str) -> Entry:
    found = catalogue.lookup(name)
    assert found is not None
    return found


def test_a_histogram_is_three_series_and_not_one_of_its_own_name() -> None:
    catalogue = Catalogue([LATENCY])
    bucket, total, count = (entry(catalogue, f"latency_seconds_{suffix}") for suffix in ("bucket", "sum", "count"))
    assert catalogue.lookup("latency_seconds") is None
    assert catalogue.metric("latency_seconds") is LATENCY
    assert [(one.kind, one.part, str(one.unit)) for one in (bucket, total, count)] == [
        ("counter", "bucket", "1"),
        ("counter", "sum", "s"),
        ("counter", "count", "1"),
    ]
    assert bucket.labels["le"].values == frozenset({"0.1", "1", "1.0", "+Inf"})
    assert "le" not in total.labels
    assert {"route", "job", "instance", "env"} == total.labels.keys()


def test_a_sum_may_shrink_unless_it_is_a_time() -> None:
    assert entry(Catalogue([LATENCY]), "latency_seconds_sum").range.low == 0
    heat = LATENCY._replace(name="heat", unit=units.celsius)
    assert entry(Catalogue([heat]), "heat_sum").range == Range()


def test_a_summary_has_quantiles_a_sum_and_a_count() -> None:
    catalogue = Catalogue([Metric("gc_seconds", "summary", unit=units.seconds, jobs=())])
    assert entry(catalogue, "gc_seconds").labels.keys() == {"quantile"}
    assert entry(catalogue, "gc_seconds").kind == "quantile"
    assert entry(catalogue, "gc_seconds_count").labels.keys() == set()


def test_target_labels_are_united_over_the_jobs() -> None:
    both = entry(Catalogue([Metric("up_to_both", "gauge", jobs=(API, WEB))]), "up_to_both")
    assert both.labels["job"].values == frozenset({"api", "web"})
    assert both.labels["instance"].values is None
    assert both.labels["env"].optional
    assert both.closed


def test_an_unknown_scrape_leaves_the_labels_open() -> None:
    found = entry(Catalogue([Metric("m", "gauge", {"a": Domain()})]), "m")
    assert not found.closed
    assert found.labels["job"].optional


def test_a_label_that_a_target_label_hides_is_exported_under_another_name() -> None:
    hidden = Metric("m", "gauge", {"env": Domain(frozenset({"x"}))}, jobs=(API,))
    found = entry(Catalogue([hidden]), "m")
    assert found.shadowed == {"env"}
    assert found.labels["env"].values == frozenset({"production"})
    assert found.labels["exported_env"].values == frozenset({"x"})
    honored = entry(Catalogue([hidden._replace(jobs=(API._replace(honor_labels=True),))]), "m")
    assert honored.labels["env"].values == frozenset({"x"})
    assert "exported_env" not in honored.labels


def test_prometheus_s_own_series_are_always_known() -> None:
    catalogue = Catalogue(jobs=(API,))
    assert entry(catalogue, "up").labels["job"].values == frozenset({"api"})
    assert entry(catalogue, "up").closed
    assert not entry(Catalogue(), "up").closed
    assert str(entry(catalogue, "scrape_duration_seconds").unit) == "s"
    assert entry(catalogue, "ALERTS").labels["alertstate"].values == frozenset({"pending", "firing"})
    assert entry(catalogue, "ALERTS_FOR_STATE").kind == "timestamp"


def test_the_kind_of_a_gauge_follows_its_unit() -> None:
    catalogue = Catalogue(
        [Metric("born", "gauge", unit=units.timestamp), Metric("full", "gauge", unit=units.ratio), Metric("n", "gauge", unit=units.items)]
    )
    assert [entry(catalogue, name).kind for name in ("born", "full", "n")] == ["timestamp", "ratio", "gauge"]


def test_the_nearest_names_come_first_and_a_histogram_s_own_name_leads_to_its_series() -> None:
    catalogue = Catalogue([LATENCY, Metric("requests_total", "counter")])
    assert catalogue.nearest("request_total")[0] == "requests_total"
    assert set(catalogue.nearest("latency_seconds")) == {"latency_seconds_bucket", "latency_seconds_sum", "latency_seconds_count"}
    assert catalogue.nearest("nothing_like_it_at_all") == []


def test_a_metric_that_is_added_later_is_found() -> None:
    catalogue = Catalogue()
    assert catalogue.lookup("late") is None
    catalogue.add(Metric("late", "gauge"))
    assert entry(catalogue, "late").kind == "gauge"


@pytest.mark.parametrize(
    ("bound", "texts"),
    [
        (0.1, {"0.1"}),
        (5, {"5", "5.0"}),
        (1_000_000, {"1000000", "1000000.0", "1e+06"}),
        (2_500_000, {"2500000", "2500000.0", "2.5e+06"}),
        (float("inf"), {"+Inf"}),
    ],
)
def test_a_bound_is_known_by_all_its_spellings(bound: float, texts: set[str]) -> None:
    assert set(bound_texts(bound)) == texts


def test_domains_unite_to_what_holds_for_each() -> None:
    a, b = Domain(frozenset({"a"})), Domain(frozenset({"b"}))
    assert united(a, b).values == frozenset({"a", "b"})
    assert united(a, None).optional
    assert united(a, Domain()).values is None
