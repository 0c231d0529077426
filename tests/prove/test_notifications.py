"""Grouping, inhibition and time intervals are Alertmanager's: a real one is asked about many random cases at once."""

import itertools
import json
import random
import struct
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest
import yaml

from monitoring_as_code import engines
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.matchers import Matcher, MatchOp
from monitoring_as_code.model.routing import Inhibition
from monitoring_as_code.model.time_interval import TimeInterval
from monitoring_as_code.project import load_project
from monitoring_as_code.prove.notifications import inhibitor_of, sending
from monitoring_as_code.routes import Values, groups, holds_back, route_tree
from monitoring_as_code.targets.alertmanager import render

Labels = dict[str, str]
PATTERNS = ("a|b", "a.*", ".+", "", "[^a]", "(?i)A", ".*")


def project(folder: Path, definitions: str) -> Analysis:
    (folder / "definitions").mkdir()
    (folder / "definitions" / "routing.py").write_text(f"from monitoring_as_code import *\n{definitions}")
    found = load_project(folder, Config())
    assert not found.problems, found.problems[0].message
    return Analysis(found)


def emitted(analysis: Analysis) -> dict[str, Any]:
    text = dict(render(analysis))["alertmanager/alertmanager.yml"]
    config: dict[str, Any] = yaml.safe_load(text)
    del config["templates"]
    return config


@contextmanager
def running(folder: Path, config: Mapping[str, Any], alerts: list[Labels]) -> Iterator[engines.Server]:
    """An Alertmanager that has got these alerts."""
    (folder / "alertmanager.yml").write_text(json.dumps(config))
    with engines.alertmanager(folder / "alertmanager.yml") as server:
        body = json.dumps([{"labels": labels} for labels in alerts]).encode()
        request = urllib.request.Request(f"{server.url}/api/v2/alerts", body, {"Content-Type": "application/json"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30):
            yield server


def once_settled(asked: Callable[[], Any], expected: object, seconds: float = 20) -> Any:  # noqa: ANN401 - whatever is asked
    """The answer, as soon as it is what is expected: Alertmanager takes alerts in one after the other."""
    until = time.monotonic() + seconds
    while (answer := asked()) != expected and time.monotonic() < until:
        time.sleep(0.1)
    return answer


def random_matcher(draw: random.Random, names: tuple[str, ...] = ("severity", "team", "x")) -> str:
    op: MatchOp = draw.choice(("=", "=", "=~", "!=", "!~"))
    return str(Matcher(draw.choice(names), op, draw.choice(PATTERNS if "~" in op else ("a", "b", "c", ""))))


def random_labels(draw: random.Random, case: int) -> Labels:
    labels = {name: draw.choice("abc") for name in ("severity", "team", "x", "y") if draw.random() < 0.7}
    return {"alertname": draw.choice(("One", "Two", "Three")), "case": str(case), **labels}


@pytest.mark.engines("alertmanager")
def test_alertmanager_holds_back_the_same_alerts(tmp_path: Path, prove: bool) -> None:
    draw = random.Random(3)
    count = 500 if prove else 50
    parts: list[str] = []
    alerts: list[Labels] = []
    for case in range(count):
        own = f'case="{case}"'
        source = tuple(random_matcher(draw) for _ in range(draw.choice((1, 1, 2))))
        target = tuple(random_matcher(draw) for _ in range(draw.choice((1, 1, 2))))
        equal = tuple(draw.sample(("team", "x", "y"), draw.choice((0, 0, 1, 2))))
        parts.append(f"Inhibition(source={(own, *source)!r}, target={(own, *target)!r}, equal={equal!r}),")
        for labels in (random_labels(draw, case) for _ in range(4)):
            if labels not in alerts:
                alerts.append(labels)
    analysis = project(tmp_path, f'routing = Routing(receiver=Receiver(name="r"), inhibitions=({"".join(parts)}))')
    assert analysis.routing is not None
    inhibitions: tuple[Inhibition, ...] = analysis.routing.inhibitions

    def others(labels: Labels) -> list[Labels]:
        return [each for each in alerts if each["case"] == labels["case"]]

    held = [inhibitor_of(inhibitions[int(labels["case"])], labels, others(labels)) is not None for labels in alerts]
    with running(tmp_path, emitted(analysis), alerts) as server:

        def inhibitors() -> dict[frozenset[tuple[str, str]], list[Labels]]:
            answer = json.loads(server.get("/api/v2/alerts"))
            names = {alert["fingerprint"]: alert["labels"] for alert in answer}
            return {frozenset(alert["labels"].items()): [names[each] for each in alert["status"]["inhibitedBy"]] for alert in answer}

        def held_there() -> list[bool | None]:
            found = inhibitors()
            return [bool(found[key]) if (key := frozenset(labels.items())) in found else None for labels in alerts]

        assert once_settled(held_there, held) == held
        for held_one, by in inhibitors().items():
            for each in by:
                assert inhibitor_of(inhibitions[int(each["case"])], dict(held_one), [each]) == each
    assert count / 5 < sum(held) < len(alerts) - count / 5  # the cases are worth it


def test_what_is_said_of_alerts_whose_labels_are_not_all_known_holds_for_each_that_there_may_be(prove: bool) -> None:
    draw = random.Random(7)
    answers = {True: 0, False: 0, None: 0}
    for _ in range(5000 if prove else 500):
        source = tuple(random_matcher(draw) for _ in range(draw.choice((1, 1, 2))))
        target = tuple(random_matcher(draw) for _ in range(draw.choice((1, 1, 2))))
        inhibition = Inhibition(
            source=source, target=target, equal=tuple(draw.sample(("severity", "team", "x"), draw.choice((0, 0, 1, 2))))
        )
        known: list[tuple[dict[str, Values], bool]] = []
        for _ in range(2):
            choices = (None, *[frozenset(each) for each in "abcabc"], frozenset(("b", "")), frozenset("ab"))
            known.append(({name: draw.choice(choices) for name in ("severity", "team", "x") if draw.random() < 0.7}, draw.random() < 0.1))
        said = holds_back(inhibition, *known)
        answers[said] += 1
        held = {inhibitor_of(inhibition, theirs, [mine]) is not None for mine in every_one(*known[0]) for theirs in every_one(*known[1])}
        assert said is None or held == {said}
    assert min(answers.values()) > 3


def every_one(labels: Mapping[str, Values], others_unknown: bool) -> list[Labels]:
    """The alerts that these may be, of values that make a difference."""
    everything = ("", "a", "b", "ab")
    values = [
        everything if (found := labels.get(name, None if others_unknown else frozenset(("",)))) is None else sorted(found)
        for name in ("severity", "team", "x")
    ]
    return [dict(zip(("severity", "team", "x"), each, strict=True)) for each in itertools.product(*values)]


def random_routes(draw: random.Random, depth: int) -> str:
    routes = ""
    for _ in range(draw.randint(0, 3) if depth else 0):
        matchers = tuple(random_matcher(draw) for _ in range(draw.choice((0, 0, 1, 2))))
        by = draw.choice((None, None, ("...",), ("alertname",), ("team", "x"), ("severity", "missing")))
        receiver = draw.choice((None, "r", "s", "t"))
        routes += (
            f"Route(receiver={receiver!r}, matchers={matchers!r}, group_by={by!r},"
            f" continue_={draw.random() < 0.4}, routes=({random_routes(draw, depth - 1)})),"
        )
    return routes


@pytest.mark.engines("alertmanager")
def test_alertmanager_puts_the_same_alerts_into_one_notification(tmp_path: Path, prove: bool) -> None:
    draw = random.Random(4)
    count = 500 if prove else 50
    trees = [f"Route(matchers=('case=\"{case}\"',), routes=({random_routes(draw, 2)}))," for case in range(count)]
    alerts: list[Labels] = []
    for case in range(count):
        alerts += [dict(each) for each in {tuple(random_labels(draw, case).items()) for _ in range(4)}]
    alerts = [each for index, each in enumerate(alerts) if each not in alerts[:index]]
    receivers = "".join(f'{name} = Receiver(name="{name}")\n' for name in "rst")
    analysis = project(tmp_path, f'{receivers}routing = Routing(receiver="r", routes=({"".join(trees)}))')
    assert analysis.routing is not None

    def comparable(receiver: str, labels: Labels, grouped: list[Labels]) -> tuple[object, ...]:
        return receiver, frozenset(labels.items()), frozenset(frozenset(each.items()) for each in grouped)

    ours = Counter(
        comparable(group.branch.receiver, dict(group.labels), list(map(dict, group.alerts)))
        for group in groups(route_tree(analysis.routing), alerts)
    )
    with running(tmp_path, emitted(analysis), alerts) as server:

        def theirs() -> Counter[tuple[object, ...]]:
            answer = json.loads(server.get("/api/v2/alerts/groups"))
            return Counter(
                comparable(each["receiver"]["name"], each["labels"], [one["labels"] for one in each["alerts"]]) for each in answer
            )

        assert once_settled(theirs, ours) == ours
    assert len(ours) > count


class Inbox(ThreadingHTTPServer):
    """Takes webhooks, and keeps the paths."""

    request_queue_size = 512
    daemon_threads = True

    def __init__(self) -> None:
        self.paths: list[str] = []
        super().__init__(("127.0.0.1", 0), _Post)

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Post(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, Inbox)
        self.server.paths.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
        """Nothing is said."""


def always(offset_seconds: int) -> bytes:
    """A table of a time zone that is always so far from UTC, in the binary form that zic(8) writes."""
    return b"TZif" + bytes(16) + struct.pack(">6l", 0, 0, 0, 0, 1, 4) + struct.pack(">lBB", offset_seconds, 0, 0) + b"MAC\0"


def random_range(draw: random.Random, around: int, low: int, high: int, names: tuple[str, ...] = ()) -> str:
    """One or two numbers, from near one on."""
    first = min(high, max(low, around + draw.choice((-2, -1, 0, 0, 0, 1))))
    last = min(high, first + draw.choice((0, 0, 1, 2, 5)))
    said = [names[number - low] if names and draw.random() < 0.7 else str(number) for number in (first, last)]
    return said[0] if first == last else ":".join(said)


DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")


def random_interval(draw: random.Random, name: str, moment: datetime) -> str:
    fields: dict[str, str] = {}
    minute = moment.hour * 60 + moment.minute
    start = max(0, min(1439, minute + draw.choice((-90, -1, 0, 0, 1))))
    end = max(start + 1, min(1440, minute + draw.choice((0, 0, 1, 60, 1440))))
    fields["times"] = f'(TimeRange(start="{start // 60:02}:{start % 60:02}", end="{end // 60:02}:{end % 60:02}"),)'
    weekday = moment.isoweekday() % 7
    first = max(0, min(6, weekday + draw.choice((-1, 0, 0, 1))))
    last = min(6, first + draw.choice((0, 1, 3)))
    fields["weekdays"] = repr((DAYS[first] if first == last else f"{DAYS[first]}:{DAYS[last]}", draw.choice(DAYS)))
    in_month = (moment.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    from_end = moment.day - in_month.day - 1
    ranges = (
        random_range(draw, moment.day, 1, 31),
        random_range(draw, from_end, -31, -1),
        random_range(draw, from_end, -31, -1),
        "29:31",
        "-31:-20",
    )
    fields["days_of_month"] = repr((draw.choice(ranges),))
    fields["months"] = repr((random_range(draw, moment.month, 1, 12, MONTHS),))
    fields["years"] = repr((random_range(draw, moment.year, 1, 9999),))
    chosen = draw.sample(sorted(fields), draw.choice((1, 1, 1, 2)))
    return f"TimeInterval(name={name!r}, {', '.join(f'{field}={fields[field]}' for field in chosen)})"


@pytest.mark.engines("alertmanager")
def test_alertmanager_is_mute_at_the_same_moments(tmp_path: Path, prove: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clock cannot be set, but its table of time zones can: in a zone of our own it is any moment that we like."""
    draw = random.Random(5)
    count = 500 if prove else 200
    moments: list[datetime] = []
    for _ in range(count):
        moment = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(minutes=draw.randrange(70 * 365 * 1440))
        if draw.random() < 0.3:  # where months end
            moment = moment.replace(day=1) - timedelta(minutes=draw.choice((1, 1440, 4000, 0)))
        moments.append(moment)
    text = "".join(f"i{case} = {random_interval(draw, f'i{case}', moment)}\n" for case, moment in enumerate(moments))
    for case in range(count):
        text += f'm{case} = Receiver(name="m{case}", integrations=(Webhook(url="http://127.0.0.1:1/m{case}"),))\n'
        text += f'a{case} = Receiver(name="a{case}", integrations=(Webhook(url="http://127.0.0.1:1/a{case}"),))\n'
    routes = "".join(
        f"Route(matchers=('case=\"{case}\"',), receiver=m{case}, mute_time_intervals=(i{case},), continue_=True),"
        f"Route(matchers=('case=\"{case}\"',), receiver=a{case}, active_time_intervals=(i{case},)),"
        for case in range(count)
    )
    analysis = project(tmp_path, f"{text}routing = Routing(receiver=m0, group_wait='1ms', routes=({routes}))")
    found = {interval.name: interval for interval in analysis.project.of(TimeInterval)}
    inside = [found[f"i{case}"].contains(moment.replace(tzinfo=None)) for case, moment in enumerate(moments)]
    alerts: list[Labels] = [{"alertname": "One", "case": str(case)} for case in range(count)]
    for labels, moment, within in zip(alerts, moments, inside, strict=True):
        said = sending(analysis, labels, (), moment.replace(tzinfo=None))
        assert said is not None
        assert said.receivers == (f"{'a' if within else 'm'}{labels['case']}",)
    config = emitted(analysis)
    with Inbox() as inbox:
        for receiver in config["receivers"]:
            receiver["webhook_configs"][0]["url"] = f"http://127.0.0.1:{inbox.server_port}/{receiver['name']}"
        (tmp_path / "zones").mkdir()
        # The first second of the minute in question, so that there is a minute left for the rest.
        now = datetime.now(UTC)
        for interval in config["time_intervals"]:
            moment = moments[int(interval["name"][1:])]
            (tmp_path / "zones" / interval["name"]).write_bytes(always(int((moment - now).total_seconds()) + 1))
            interval["time_intervals"][0]["location"] = interval["name"]
        monkeypatch.setenv("ZONEINFO", str(tmp_path / "zones"))
        expected = sorted(f"/{'a' if within else 'm'}{case}" for case, within in enumerate(inside))
        with running(tmp_path, config, alerts):
            assert once_settled(lambda: sorted(inbox.paths), expected, 40) == expected
    assert count / 5 < sum(inside) < count * 4 / 5
