"""Two Prometheus servers and two Alertmanagers, as real processes: what happens twice is told once, and what is killed is not missed."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operate.pair import Pair, query, running_pair, until

pytestmark = pytest.mark.engines("prometheus", "alertmanager")


@pytest.fixture(scope="module")
def pair(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with running_pair(root, tmp_path_factory.mktemp("pair")) as made:
        yield made


def test_replicas_have_numbers_and_each_scrapes_all_targets_the_other_one_too(pair: Pair) -> None:
    services = {each["name"]: each["state"] for each in pair.shop.status()["services"]}
    assert services == dict.fromkeys(("prometheus-1", "prometheus-2", "alertmanager-1", "alertmanager-2", "prometheus-global"), "ready")
    instances = {"prometheus-1:9090", "prometheus-2:9090", "alertmanager-1:9093", "alertmanager-2:9093"}
    for port in pair.shop.ports[:2]:
        until(lambda port=port: instances <= {each["instance"] for each in query(port, "up == 1")})  # type: ignore[misc]


def test_an_alert_of_two_replicas_is_notified_of_once(pair: Pair) -> None:
    pair.backlog["once"] = 11
    until(lambda: pair.of("once"))
    time.sleep(4)  # the other Alertmanager waits for two seconds for the first one's word
    assert [each.alerts for each in pair.of("once")] == [1]


def test_the_global_prometheus_has_the_federated_series_of_both_replicas(pair: Pair) -> None:
    port = pair.shop.ports[6]
    until(lambda: len(query(port, "job:backlog_messages:sum")) == 2)
    found = query(port, "job:backlog_messages:sum")
    assert {each["replica"] for each in found} == {"prometheus-1", "prometheus-2"}
    assert {each["cluster"] for each in found} == {"north"}


def test_the_global_prometheus_has_what_both_replicas_write_to_it_and_no_more(pair: Pair) -> None:
    port = pair.shop.ports[6]
    until(lambda: len(query(port, 'backlog_messages{queue="calm"}')) == 2)
    assert {each["replica"] for each in query(port, 'backlog_messages{queue="calm"}')} == {"prometheus-1", "prometheus-2"}
    # Only what `keep` names is written; its own federation's `up` is all that there is of this name.
    assert {each["job"] for each in query(port, "up")} == {"federation"}


def test_a_second_up_changes_nothing_and_a_changed_rule_is_loaded_by_both(pair: Pair) -> None:
    assert "unchanged: prometheus-1, prometheus-2, prometheus-global, alertmanager-1, alertmanager-2" in pair.up("--no-wait")
    file = pair.shop.project / "definitions" / "shop.py"
    file.write_text(file.read_text().replace("backlog > 10", "backlog > 9"))
    said = pair.up("--no-wait")
    assert "`prometheus-1` has loaded the new configuration" in said
    assert "`prometheus-2` has loaded the new configuration" in said
    assert "unchanged: prometheus-global, alertmanager-1, alertmanager-2" in said
