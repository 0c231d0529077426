"""Recording rules become metrics with what is inferred of their expressions."""

from monitoring_as_code import units
from monitoring_as_code.catalogue import Catalogue, Domain, Entry, Job, Metric
from monitoring_as_code.promql import parse
from monitoring_as_code.promql.infer import Recording, infer, record

JOB = Job("api")
METRICS = (
    Metric("requests_total", "counter", {"code": Domain(frozenset({"200", "500"})), "service": Domain()}, unit=units.requests, jobs=(JOB,)),
    Metric("latency_seconds", "histogram", {"route": Domain()}, unit=units.seconds, buckets=(1, 2), jobs=(JOB,)),
)


def recorded(*rules: Recording) -> Catalogue:
    catalogue = Catalogue(METRICS)
    record(rules, catalogue)
    return catalogue


def entry(catalogue: Catalogue, name: str) -> Entry:
    found = catalogue.lookup(name)
    assert found is not None
    return found


RATE = Recording("service:requests:rate5m", parse("sum by (service) (rate(requests_total[5m]))"))


def test_labels_keys_kind_unit_and_range_are_carried_on() -> None:
    found = infer(parse("service:requests:rate5m"), recorded(RATE)).value
    assert found.labels.possible == {"__name__", "service"}
    assert found.labels.closed
    assert found.keys == (frozenset({"service"}),)
    assert (found.kind, str(found.unit), found.range.low) == ("rate", "requests/s", 0)


def test_a_label_that_a_rule_removed_says_so() -> None:
    reason = infer(parse("sum by (code) (service:requests:rate5m)"), recorded(RATE)).value.labels.get("code").reason
    assert reason is not None
    assert str(reason) == "removed by `sum by (service)`, in the recording rule `service:requests:rate5m`"


def test_rules_are_looked_at_after_those_that_they_read() -> None:
    total = Recording("total", parse("sum(service:requests:rate5m)"))
    catalogue = Catalogue(METRICS)
    facts = record([total, RATE], catalogue)
    assert [str(one.value.unit) for one in facts] == ["requests/s", "requests/s"]
    assert facts[0].expr is total.expr


def test_nothing_is_known_of_rules_in_a_circle_but_of_what_reads_them_is_what_can_be() -> None:
    a, b, c = Recording("a", parse("b + 1")), Recording("b", parse("a + 1")), Recording("c", parse("sum by (x) (a)"))
    catalogue = recorded(c, a, b)
    assert not entry(catalogue, "a").closed
    assert entry(catalogue, "a").unit is None
    assert entry(catalogue, "c").closed


def test_rules_of_one_name_make_one_metric() -> None:
    catalogue = recorded(
        Recording("both", parse("sum by (service) (requests_total)"), {"from": "x"}),
        Recording("both", parse("count by (code) (requests_total)")),
    )
    labels = entry(catalogue, "both").labels
    assert labels.keys() == {"service", "code", "from"}
    assert all(domain.optional for domain in labels.values())
    assert entry(catalogue, "both").kind == "unknown"


def test_a_rule_s_labels_are_always_there_and_an_empty_one_takes_away() -> None:
    labels = entry(recorded(RATE._replace(labels={"env": "production", "service": ""})), RATE.name).labels
    assert labels.keys() == {"env"}
    assert labels["env"] == Domain(frozenset({"production"}))


def test_recorded_buckets_are_still_of_their_histogram() -> None:
    catalogue = recorded(Recording("route:latency:rate5m", parse("sum by (le, route) (rate(latency_seconds_bucket[5m]))")))
    value = infer(parse("histogram_quantile(0.9, route:latency:rate5m)"), catalogue).value
    assert (str(value.unit), value.range.high) == ("s", 2)
    assert value.labels.possible == {"route"}


def test_a_counter_that_was_summed_is_no_counter_any_more() -> None:
    catalogue = recorded(Recording("total", parse("sum(requests_total)")))
    assert entry(catalogue, "total").kind == "agg_counter"


def test_a_declared_unit_wins() -> None:
    assert entry(recorded(RATE._replace(unit=units.ratio)), RATE.name).unit == units.ratio


def test_what_may_be_a_native_histogram_stays_so() -> None:
    catalogue = recorded(Recording("who_knows", parse("sum(unheard_of)")))
    assert infer(parse("who_knows"), catalogue).value.arm.floats is False
