"""One Prometheus and one Alertmanager of two are killed at random moments around an alert: nobody misses it.

An alert is told twice only if the Alertmanager that has told it is killed before the other one knows. `MAC_PROVE=1` takes all runs.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.operate.pair import Notice, Pair, running_pair, until

pytestmark = pytest.mark.engines("prometheus", "alertmanager")

RUNS = 20
SAMPLE = 2
# An alert is seen by a scrape and an evaluation within two seconds, and notified of a second later, or two more by the other Alertmanager.
# A Prometheus that is started a moment ago knows no Alertmanager for its first five seconds.
PATIENCE_SECONDS = 20.0
# What a gossip takes: every 200 ms to a few peers, and a machine that is busy.
GOSSIP_SECONDS = 1.0


class Run(NamedTuple):
    """What happened to one alert."""

    queue: str
    notices: tuple[Notice, ...]
    killed: int
    """The port of the Alertmanager that was killed."""
    moment: float
    """When it was."""

    @property
    def duplicates(self) -> int:
        """How often the alert was told again."""
        return max(0, len(self.notices) - 1)


@pytest.fixture(scope="module")
def pair(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with running_pair(root, tmp_path_factory.mktemp("pair")) as made:
        yield made


def test_whatever_is_killed_when_each_alert_is_told_and_twice_only_by_a_kill_between_sending_and_gossip(
    pair: Pair, *, prove: bool, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(None if prove else 7)
    runs = []
    for number in range(RUNS if prove else SAMPLE):
        revived(pair)
        runs.append(run(pair, f"run{number}", chance))
    lost = [each.queue for each in runs if not each.notices]
    record_property("runs", len(runs))
    record_property("lost", len(lost))
    record_property("duplicates", sum(each.duplicates for each in runs))
    assert not lost
    for each in runs:
        for before, after in zip(each.notices, each.notices[1:], strict=False):
            assert before.sender == each.killed != after.sender, each
            assert -0.1 < each.moment - before.moment < GOSSIP_SECONDS, each


def test_one_that_is_killed_before_it_knows_that_it_has_told_leaves_a_duplicate(pair: Pair) -> None:
    """So the experiment would see one; better twice than not at all."""
    revived(pair)
    running = pair.shop.running()
    names = {pair.shop.ports[2]: "alertmanager-1", pair.shop.ports[3]: "alertmanager-2"}

    def kill(notice: Notice) -> None:
        if notice.queue == "twice":  # the end of another alert may be told, too
            pair.heard = lambda _: None
            os.kill(running[names[notice.sender]], signal.SIGKILL)

    pair.heard = kill
    pair.backlog["twice"] = 11
    until(lambda: len(pair.of("twice")) == 2, PATIENCE_SECONDS)
    first, second = pair.of("twice")
    assert first.sender != second.sender


def revived(pair: Pair) -> None:
    """Start what was killed, and wait until the Alertmanagers know each other."""
    if len(pair.shop.running()) < len(pair.shop.status()["services"]):
        pair.up("--no-wait")
    until(pair.settled, 60)


def run(pair: Pair, queue: str, chance: random.Random) -> Run:
    """Let an alert fire, kill one of each around that, and see what is told."""
    number = chance.randrange(2)
    victims = {f"prometheus-{chance.randrange(2) + 1}": chance.uniform(-1, 5), f"alertmanager-{number + 1}": chance.uniform(-1, 5)}
    running = pair.shop.running()
    begun = time.time() + 1
    pending = [("fire", begun), *((name, begun + delay) for name, delay in victims.items())]
    moment = 0.0
    for name, when in sorted(pending, key=lambda each: each[1]):
        time.sleep(max(0.0, when - time.time()))
        if name == "fire":
            pair.backlog[queue] = 11
        else:
            os.kill(running[name], signal.SIGKILL)
            if name.startswith("alertmanager"):
                moment = time.time()
    end = max(begun, *(when for _, when in pending)) + PATIENCE_SECONDS
    while not pair.of(queue) and time.time() < end:
        time.sleep(0.05)
    # Whoever else would tell it does so after the wait for its peer.
    time.sleep(5)
    del pair.backlog[queue]
    return Run(queue, tuple(pair.of(queue)), pair.shop.ports[2 + number], moment)
