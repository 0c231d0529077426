"""A sample that is missing in a scenario is what a live Prometheus makes of a scrape without it: the series ends, at once."""

import itertools
import json
import threading
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeAlias

import pytest
from typing_extensions import override

from monitoring_as_code import Alert, Gauge, Label, Labels, Quiet, Scenario, Series, Stack, constant, engines
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.project import Project
from monitoring_as_code.promql.durations import milliseconds
from monitoring_as_code.prove.timelines import played
from monitoring_as_code.targets.prometheus import rule_group
from monitoring_as_code.yaml_text import to_yaml
from tests.prove.shop import analysed, proved

TICK = 250
TICKS = 28
GONE = range(8, 20)
"""The ticks at which a series, or a whole target, is away."""
Course: TypeAlias = list[tuple[str, int]]
"""States, and for how many evaluations each lasts."""


class Queues(Labels):
    """Which queue."""

    queue: Label[str]


stack = Stack(name="live", scrape_interval=f"{TICK}ms", evaluation_interval=f"{TICK}ms")
level = Gauge(name="live_level", help="A level.", labels=Queues)
gap = constant(5).missing(since=f"{GONE.start * TICK}ms", until=f"{GONE.stop * TICK}ms")
high = Alert(name="High", expr="live_level > 1", for_=f"{3 * TICK}ms", severity="warning", summary="High")
kept = Alert(name="Kept", expr="live_level > 1", keep_firing_for=f"{4 * TICK}ms", severity="warning", summary="High")
missing = 'absent(live_level{queue="leaves"}) and on () live_level{queue="stays"}'  # and not before the first scrape
missed = Alert(name="Missed", expr=missing, for_=f"{3 * TICK}ms", severity="warning", summary="None")
given = (
    Series(of='live_level{queue="stays"}', values=constant(5)),
    Series(of='live_level{queue="leaves"}', values=gap),
    Series(of='live_level{queue="target_fails"}', values=gap),
)
ALERTS = (high, kept, missed)


@contextmanager
def exporter(whole_target: bool, scraped: threading.Event) -> Iterator[int]:
    """The port of one whose series leaves for a while after it was first scraped, or that fails as a whole for as long."""
    began: list[float] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            began.append(time.monotonic())
            scraped.set()
            away = int((began[-1] - began[0]) * 1000 / TICK) in GONE
            queues = ["target_fails"] if whole_target else ["stays"] if away else ["stays", "leaves"]
            self.send_response(503 if whole_target and away else 200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write("".join(f'live_level{{queue="{queue}"}} 5\n' for queue in queues).encode())

        @override
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def course(states: Sequence[str]) -> Course:
    found = [(state, len(list(same))) for state, same in itertools.groupby(states)]
    return found[1:] if found[0][0] == "inactive" else found


def lived(analysis: Analysis, folder: Path) -> dict[tuple[str, str], Course]:
    (folder / "rules.yml").write_text(to_yaml({"groups": [rule_group(analysis, "live", ALERTS)]}))
    scraped = threading.Event(), threading.Event()
    with exporter(False, scraped[0]) as first, exporter(True, scraped[1]) as second:
        targets = [{"targets": [f"127.0.0.1:{port}"]} for port in (first, second)]
        config = {
            "global": {"scrape_interval": f"{TICK}ms", "scrape_timeout": f"{TICK}ms", "evaluation_interval": f"{TICK}ms"},
            "rule_files": ["rules.yml"],
            "scrape_configs": [{"job_name": "live", "static_configs": targets}],
        }
        (folder / "prometheus.yml").write_text(json.dumps(config))  # which is YAML, too
        with engines.prometheus(folder / "prometheus.yml") as server:
            assert all(each.wait(30) for each in scraped), "the server scrapes nothing"  # it begins within 5 s
            time.sleep((TICKS + 4) * TICK / 1000)
            query = urllib.parse.urlencode({"query": "ALERTS[1m]"})
            found = json.loads(server.get(f"/api/v1/query?{query}"))["data"]["result"]
    states: dict[tuple[str, str], dict[int, str]] = {}
    for each in found:
        labels = each["metric"]
        own = states.setdefault((labels["alertname"], labels["queue"]), {})
        own.update({round(at * 1000) // TICK: labels["alertstate"] for at, _ in each["values"]})
    first_tick = min(min(own) for own in states.values())
    return {key: course([own.get(at, "inactive") for at in range(first_tick, first_tick + TICKS)]) for key, own in states.items()}


@pytest.mark.engines("promtool", "prometheus")
def test_a_series_that_leaves_ends_on_a_live_server_as_it_does_in_a_proof(tmp_path: Path) -> None:
    scenarios = [Scenario(name="gap", alert=alert, given=given, expect=(Quiet(),), lasts=f"{(TICKS - 1) * TICK}ms") for alert in ALERTS]
    analysis = Analysis(Project("", Config(), (stack, level, *ALERTS, *scenarios)))
    (tmp_path / "proofs").mkdir()
    proofs = {
        (timeline.alert.name, dict(each.labels)["queue"]): course(each.states)
        for proof in played(analysis, scenarios, tmp_path / "proofs")
        for timeline in proof.timelines.values()
        for each in timeline.instances
    }
    server = lived(analysis, tmp_path)
    shown = f"proof:  {proofs}\nserver: {server}"
    assert ("High", "leaves") in proofs, shown
    for key in set(proofs) | set(server):
        proof, real = (each.get(key, []) for each in (proofs, server))
        assert [state for state, _ in proof] == [state for state, _ in real], shown
        # Scrapes and evaluations do not begin at the same moment, and neither does the gap.
        for (state, expected), (_, length) in zip(proof[:-1], real[:-1], strict=True):
            assert abs(expected - length) <= 3, f"{key} is {state} for {length} evaluations, not {expected}\n{shown}"


# What is given of the jobs that wait, and when the last alert of them is over: samples are taken at 0s to 3m.
ENDS = {
    "listed(*(500,) * 7)": ("3m30s",),
    "constant(500).missing(since='3m30s')": ("3m30s",),
    "'500x6 stale'": ("3m30s",),
    "'500x6'": ("8m", "8m30s"),  # the last sample is five minutes old at 8m: Prometheus 3 no longer takes it
}


@pytest.mark.engines("promtool")
@pytest.mark.parametrize("values", ENDS)
def test_a_series_that_ends_is_seen_for_as_long_as_the_page_about_proofs_says(values: str, tmp_path: Path) -> None:
    text = f'ended = Scenario(name="ended", alert=jam, given=(Series(of=waiting, values={values}),), expect=(Fires(within="2m"),), lasts="10m")\n'
    (proof,) = proved(analysed(tmp_path, text))
    (timeline,) = proof.verdict.played.timelines.values()
    (jam,) = timeline.instances
    last = max(time for time, state in zip(timeline.times, jam.states, strict=True) if state == "firing")
    assert last + 30_000 in map(milliseconds, ENDS[values])
