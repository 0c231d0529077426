"""One call records a business operation: counters add, gauges are set."""

from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from definitions.business import record_business
from monitoring_as_code import Business, Counter, Gauge, Histogram, Label, Labels, label
from monitoring_as_code.instrument import use
from monitoring_as_code.model.declaration import InvalidDeclaration


class Operations(Labels):
    operation: Label[str]
    how: Label[str] = label(name="status")


class Status(Labels):
    status: Label[str]


class Figures(Labels):
    metric_name: Label[str]


count = Counter(name="operations_total", help="Operations.", labels=Operations)
newest = Gauge(name="newest", help="Newest value.", labels=Figures)
revenue = Counter(name="revenue_euros_total", help="Money earned.", labels=Status)
stock = Gauge(name="stock", help="Things in stock.")
took = Histogram(name="took_seconds", help="Time.", buckets=(1.0,))
record = Business(operations=count, value=newest, amounts={"revenue": revenue, "counted": stock})


@pytest.fixture
def registry() -> Any:  # noqa: ANN401
    made = CollectorRegistry()
    with use(made):
        yield made


def test_autoweave_records_as_it_is_written_in_its_manual(registry: CollectorRegistry) -> None:
    record_business("user_signup", "success", 1)
    record_business("revenue", "success", 99.99)
    record_business("revenue", "success", 20)
    record_business("revenue", "failure")
    value = registry.get_sample_value
    assert value("business_operations_total", {"operation": "user_signup", "status": "success"}) == 1
    assert value("business_operations_total", {"operation": "revenue", "status": "success"}) == 2
    assert value("business_operations_total", {"operation": "revenue", "status": "failure"}) == 1
    assert value("business_value_current", {"metric_name": "user_signup"}) == 1
    assert value("business_value_current", {"metric_name": "revenue"}) == 20


def test_an_amount_is_added_to_its_counter_or_set_on_its_gauge(registry: CollectorRegistry) -> None:
    record("revenue", "success", 99.5)
    record("revenue", "success", 0.5)
    record("revenue", "refused", 7)
    record("counted", "success", 12)
    record("counted", "success", 11)
    record("counted", "success")
    value = registry.get_sample_value
    assert value("operations_total", {"operation": "revenue", "status": "success"}) == 2
    assert value("operations_total", {"operation": "counted", "status": "success"}) == 3
    assert value("revenue_euros_total", {"status": "success"}) == 100
    assert value("revenue_euros_total", {"status": "refused"}) == 7
    assert value("stock") == 11
    assert value("newest", {"metric_name": "counted"}) == 11


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"operations": revenue}, "`revenue_euros_total` must have the labels `operation` and `status`, and no others"),
        ({"operations": count, "value": stock}, "`stock` must have one label, which says the operation"),
        (
            {"operations": count, "amounts": {"x": took}},
            "`took_seconds` for `x` must be a counter, which adds values up, or a gauge, which is set",
        ),
        ({"operations": count, "amounts": {"x": newest}}, "`newest` for `x` must have no labels, or `status` alone"),
        ({"operations": newest}, "operations"),
    ],
)
def test_metrics_that_cannot_take_it_are_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidDeclaration) as raised:
        Business(**fields)
    assert said in str(raised.value)
