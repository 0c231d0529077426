"""The whole chain on loopback: a backend that exposes what scenarios give, Prometheus, Alertmanager, and the channels."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from queue import Empty
from typing import TYPE_CHECKING

from monitoring_as_code.engines import alertmanager, prometheus, require, scratch
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.scenario import Fires, Firing, Reaches, Resolves, Scenario
from monitoring_as_code.prove.delivery import configuration as notifying
from monitoring_as_code.prove.delivery import endpoints
from monitoring_as_code.prove.smoke import backend, configuration
from monitoring_as_code.prove.smoke.demo import Troubles, plan_of
from monitoring_as_code.prove.smoke.plan import Chosen, plan
from monitoring_as_code.targets.alertmanager import render as render_alertmanager
from monitoring_as_code.targets.prometheus import render as render_prometheus

if TYPE_CHECKING:
    from queue import SimpleQueue

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.engines import Server
    from monitoring_as_code.engines.stand_in import StandIn
    from monitoring_as_code.prove.delivery.configuration import Channel
    from monitoring_as_code.prove.delivery.endpoints import Message
    from monitoring_as_code.prove.smoke.configuration import Target
    from monitoring_as_code.prove.timelines import Played

# Prometheus looks for targets every five seconds, and the rest takes one or two each; a slow machine gets more.
_PATIENCE_SECONDS = 40.0
# How long a scrape without the series, and the evaluation after it, may take.
_SCRAPED_SECONDS = 1.6


class Arrived(NamedTuple):
    """An alert on a channel: how many seconds after the start it came that it fires, and that it is over. None is never."""

    alert: Chosen
    channel: Channel
    firing: float | None
    resolved: float | None
    needs_resolved: bool

    @property
    def complete(self) -> bool:
        """Whether all has come that should."""
        return self.firing is not None and (self.resolved is not None or not self.needs_resolved)


class Smoke(NamedTuple):
    """What came of it. `why` is what kept it from being tried; `untried` are receivers for which no alert could be made to fire."""

    arrived: tuple[Arrived, ...]
    untried: tuple[str, ...] = ()
    versions: tuple[str, str] = ("", "")
    seconds: float = 0.0
    logged: tuple[str, ...] = ()
    """What Prometheus and Alertmanager complained of, if something did not come."""
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether all came that should."""
        return not self.why and bool(self.arrived) and all(each.complete for each in self.arrived)


def smoke(analysis: Analysis, plays: Iterable[Played], tell: Callable[[str], None], stand_ins: Sequence[StandIn] = ()) -> Smoke:
    """Let one alert for each way through the route tree fire and be over, and watch the channels; `tell` takes a sentence on the progress.

    With `stand_ins` for applications alerts fire because something goes wrong in the first of them, and not because of scenarios.

    Raises:
        MissingEngine: Prometheus, Alertmanager or promtool is not there.
        ServerFailed: one of them or a stand-in did not start.
    """
    engines = (require("prometheus"), require("alertmanager"))
    files = {**_of_one(dict(render_prometheus(analysis))), **dict(render_alertmanager(analysis))}
    why = _hindrance(files)
    if why:
        return Smoke((), why=why)
    begun = time.monotonic()
    targets = configuration.targets_of(files["prometheus/prometheus.yml"])
    emitted = files["alertmanager/alertmanager.yml"]
    channels = notifying.channels_of(emitted)
    ours = {path: text for path, text in files.items() if path.startswith("alertmanager/")}
    versions = (".".join(map(str, engines[0].version())), ".".join(map(str, engines[1].version())))
    shown = backend.Backend()
    with (
        scratch() as folder,
        endpoints.serving(channels, notifying.login_of(emitted)) as fakes,
        backend.serving(shown, targets) as unserved,
        _serving(stand_ins) as standing_in,
        alertmanager(notifying.write(ours, folder, fakes.endpoints, notifying.Timing(group_interval="100ms"))) as notifier,
        prometheus(
            configuration.write(files, folder, _led(unserved, standing_in), notifier.url.removeprefix("http://")), *_QUICK
        ) as server,
    ):
        tell(f"Prometheus {versions[0]} and Alertmanager {versions[1]} run; the first scrape takes about five seconds")
        if standing_in:
            try:
                troubles = Troubles(next(iter(standing_in.values())))
            except (OSError, ValueError) as error:
                return Smoke((), why=f"`{next(iter(standing_in))}` does not say what can go wrong: {error}")
            tell("something goes wrong in what stands in for the application; alerts fire when Prometheus has seen enough of it")
            troubles.begin()
            planned = plan_of(analysis, troubles, server)
            why = "no alert fires of what goes wrong in the stand-in"
        else:
            troubles = None
            # Meanwhile there is time to choose what to show.
            (folder / "plan").mkdir()
            planned = plan(analysis, plays, configuration.quick_rules(files), targets, folder / "plan")
            why = "no scenario makes an alert fire that somebody is told of"
        if not planned.chosen:
            return Smoke((), planned.untried, why=why)
        tell("alerts that will fire: " + ", ".join(each.called for each in planned.chosen))
        shown.expose(planned.courses, planned.down)
        watch = _Watch(planned.chosen, channels, fakes.messages, begun, tell)
        watch.until_all_fire()
        if watch.all_fire:
            shown.recover()
            matches = [f'{{__name__="{course.name}"}}' for some in planned.courses.values() for course in some]
            if troubles is not None:
                troubles.end()
                matches = [f'{{job="{name}"}}' for name in standing_in]
            if planned.windows:
                _forget(server, set(matches), tell)
            watch.until_all_over()
        arrived = watch.arrived()
        complete = all(each.complete for each in arrived)
        logged = () if complete else (*_complaints(server), *_complaints(notifier))
    return Smoke(arrived, planned.untried, versions, time.monotonic() - begun, logged)


def worth_playing(analysis: Analysis) -> list[Scenario]:
    """Some scenarios of each alert in which it fires, as far as their expectations say: those that only keep it quiet are of no use."""
    found: dict[int, list[Scenario]] = {}
    for scenario in analysis.project.of(Scenario):
        if any(each.alert in (None, scenario.alert) and isinstance(each, _LOUD) for each in scenario.expect):
            found.setdefault(id(scenario.alert), []).append(scenario)
    return [scenario for some in found.values() for scenario in some[:_PLAYED]]


_LOUD = (Firing, Fires, Reaches, Resolves)
_PLAYED = 2


# An alert is sent at once, and again every second; deleting samples wants the admin API, on loopback.
_QUICK = ("--rules.alert.resend-delay=1s", "--rules.alert.for-grace-period=0s", "--web.enable-admin-api")


def _of_one(files: dict[str, str]) -> dict[str, str]:
    """Of several replicas the first, as if it were the only one: they differ in a label alone, which no alert has."""
    first = files.get("prometheus/prometheus-1.yml")
    return files if first is None else {**files, "prometheus/prometheus.yml": first}


def _hindrance(files: dict[str, str]) -> str:
    if "prometheus/prometheus.yml" not in files:
        return "there is no stack, so Prometheus has no configuration"
    if "alertmanager/alertmanager.yml" not in files:
        return "there is no routing, so nobody is told of anything"
    if "alerting" not in notifying.read(files["prometheus/prometheus.yml"]):
        return "the stack has no `alertmanagers`, so Prometheus sends its alerts to nobody"
    return ""


@contextlib.contextmanager
def _serving(stand_ins: Sequence[StandIn]) -> Iterator[dict[str, Server]]:
    """What stands in for applications, by the names of their jobs."""
    with contextlib.ExitStack() as stack:
        yield {each.name: stack.enter_context(each.serving()) for each in stand_ins}


def _led(addresses: Mapping[Target, str], standing_in: Mapping[str, Server]) -> dict[Target, str]:
    """Where each target is: the first of an application's is its stand-in."""
    found = dict(addresses)
    for name, server in standing_in.items():
        first = next((target for target in found if target.job == name), None)
        if first is not None:
            found[first] = server.url.removeprefix("http://")
    return found


def _forget(server: Server, matchers: Iterable[str], tell: Callable[[str], None]) -> None:
    """Delete what was scraped, as if it were long ago: an expression over minutes would hold the alerts for as long."""
    from urllib.parse import urlencode

    tell("the targets have recovered; what was scraped is deleted, so that no range of an expression holds it")
    time.sleep(_SCRAPED_SECONDS)
    matches = urlencode([("match[]", each) for each in sorted(matchers)])
    server.post(f"/api/v1/admin/tsdb/delete_series?{matches}")


def _complaints(server: Server) -> Iterator[str]:
    """The last lines that a server has logged; it only logs what is wrong."""
    yield from server.log.read_text("utf-8", "replace").splitlines()[-5:]


class _Watch:
    """Takes what comes over the channels, and knows what is still to come."""

    def __init__(
        self,
        chosen: Sequence[Chosen],
        channels: Sequence[Channel],
        messages: SimpleQueue[Message],
        begun: float,
        tell: Callable[[str], None],
    ) -> None:
        self.chosen = chosen
        self.channels = channels
        self.messages = messages
        self.begun = begun
        self.tell = tell
        self.wanted = [
            (index, channel.number) for index, each in enumerate(chosen) for channel in channels if channel.receiver in each.receivers
        ]
        self.firing: dict[tuple[int, int], float] = {}
        self.resolved: dict[tuple[int, int], float] = {}

    @property
    def all_fire(self) -> bool:
        return all(each in self.firing for each in self.wanted)

    @property
    def all_over(self) -> bool:
        return all(each in self.resolved for each in self.wanted if self._needs_resolved(*each))

    def until_all_fire(self) -> None:
        self._take(lambda: self.all_fire, over=False)

    def until_all_over(self) -> None:
        self._take(lambda: self.all_over, over=True)

    def arrived(self) -> tuple[Arrived, ...]:
        return tuple(
            Arrived(
                self.chosen[index],
                self.channels[number],
                self.firing.get((index, number)),
                self.resolved.get((index, number)),
                self._needs_resolved(index, number),
            )
            for index, number in self.wanted
        )

    def _needs_resolved(self, index: int, number: int) -> bool:
        return self.chosen[index].ends and self.channels[number].send_resolved

    def _take(self, enough: Callable[[], bool], *, over: bool) -> None:
        until = time.monotonic() + _PATIENCE_SECONDS
        while not enough() and time.monotonic() < until:
            try:
                message = self.messages.get(timeout=0.2)
            except Empty:
                continue
            self._note(message, over=over)

    def _note(self, message: Message, *, over: bool) -> None:
        channel = self.channels[message.channel]
        says_over = _says_over(message, channel, over=over)
        known = self.resolved if says_over else self.firing
        for index, each in enumerate(self.chosen):
            key = (index, channel.number)
            if key in self.wanted and key not in known and not message.refused and _is_about(message, each):
                known[key] = message.moment - self.begun
                self.tell(f"{known[key]:4.1f} s  {each.called} {'is over' if says_over else 'fires'}: {channel} of `{channel.receiver}`")


def _says_over(message: Message, channel: Channel, *, over: bool) -> bool:
    if message.resolved is not None:
        return message.resolved
    if channel.own_text:  # nobody knows its words
        return over
    return "[RESOLVED]" in " ".join(message.texts.values())


def _is_about(message: Message, chosen: Chosen) -> bool:
    if message.alerts:
        return any(alert.get("labels") == dict(chosen.labels) for alert in message.alerts)
    return chosen.alert.name in " ".join(message.texts.values())
