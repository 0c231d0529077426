"""How a running stack is: its services, targets, rules, alerts, channels and disk, and what is wrong with them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.topology import ALERTMANAGER, GLOBAL, PROMETHEUS
from monitoring_as_code.operate.engine import Service
from monitoring_as_code.operate.place import shown_bytes
from monitoring_as_code.operate.targets import Target, ask, page_of, reason, targets_of

if TYPE_CHECKING:
    from monitoring_as_code.operate.engine import Engine
    from monitoring_as_code.operate.place import Place

_NEARLY_FULL = 0.95
_FILLING = 0.85
_SHOWN_LINES = 5


class Problem(NamedTuple):
    """Something that is not as it should be. `look` is where to look, or what to do; `lines` are of a log."""

    weight: Literal["error", "warning"]
    what: str
    look: str
    lines: tuple[str, ...] = ()


class Firing(NamedTuple):
    """An alert that fires now."""

    name: str
    severity: str
    summary: str
    since: str
    labels: dict[str, str]


class Disk(NamedTuple):
    """How full the disk is that the data are on, in bytes."""

    data: int
    free: int
    total: int
    where: str = ""

    @property
    def used(self) -> float:
        """From 0 to 1."""
        return 1 - self.free / self.total if self.total else 0.0


class Health(NamedTuple):
    """All that `mac status` knows."""

    services: tuple[Service, ...]
    targets: tuple[Target, ...] = ()
    rules: int = 0
    firing: tuple[Firing, ...] = ()
    disk: Disk | None = None
    retention: str = ""
    silent: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether all runs, and nothing is wrong with it; a channel that is not configured is no fault of the stack."""
        return bool(self.services) and not any(each.weight == "error" for each in self.problems)


def health(place: Place, engine: Engine, known: tuple[Problem, ...] = ()) -> Health:
    """Ask the services; one that does not answer is a problem and no error. Nothing is asked if nothing was started.

    Problems that are `known` already are told with the others.
    """
    services = engine.services()
    if not services:
        return Health(())
    record = place.record()
    problems = [found for each in services if (found := _of_service(each, engine)) is not None]
    ready = [each for each in services if each.state == "ready"]
    told = [_asked(each, record.get("starters", {})) for each in ready if kind_of(each.name) in (PROMETHEUS, GLOBAL)]
    problems += _together(told)
    notifiers = [each for each in services if kind_of(each.name) == ALERTMANAGER]
    for each in notifiers:
        if each in ready and each.asked_at:
            problems += _of_alertmanager(each, len(notifiers))
    silent = tuple(each["said"] for each in record.get("silent", ()))
    problems += [Problem("warning", said, "`.env` beside the definitions: write it there, and run `mac up`") for said in silent]
    problems += known
    disk = _disk(engine)
    problems += _of_disk(disk)
    # Replicas have the same rules, and see the same.
    groups = next((each.groups for each in told if each.groups), [])
    return Health(
        services,
        next((each.targets for each in told if each.targets), ()),
        sum(len(group["rules"]) for group in groups),
        _firing(groups),
        disk,
        record.get("retention", ""),
        silent,
        tuple(problems),
    )


def kind_of(service: str) -> str:
    """What a service is, whatever its number among its replicas: `prometheus` for `prometheus-2`."""
    kind, _, number = service.rpartition("-")
    return kind if number.isdecimal() else service


def _of_service(service: Service, engine: Engine) -> Problem | None:
    if service.state == "ready":
        return None
    lines = tuple(line.text for line in engine.lines((service.name,), _SHOWN_LINES))
    why = f": {service.why}" if service.why else ""
    if service.state == "ended":
        return Problem("error", f"`{service.name}` has ended{why}", f"`mac logs {service.name}`; `mac up` starts it again", lines)
    return Problem("error", f"`{service.name}` runs, and does not answer that it is ready{why}", f"`mac logs {service.name}`", lines)


class _Told(NamedTuple):
    """What one Prometheus has said."""

    service: Service
    targets: tuple[Target, ...]
    groups: list[dict[str, Any]]
    problems: tuple[Problem, ...]
    """What all replicas may say alike."""
    own: tuple[Problem, ...]


def _asked(service: Service, starters: dict[str, str]) -> _Told:
    if not service.asked_at:
        return _Told(service, (), [], (), ())
    try:
        targets = targets_of(service.asked_at, service.login)
        groups = ask(service.asked_at, "/api/v1/rules", service.login)["groups"]
        seen = [*_of_targets(targets, starters, service), *_of_rules(groups, service)]
        own = [*_of_scrapes(targets, service), *_of_prometheus(page_of(service.asked_at, service.login), targets, service)]
    except (OSError, ValueError, KeyError) as error:
        return _Told(service, (), [], (), (_unanswered(service, error),))
    return _Told(service, targets, groups, tuple(seen), tuple(own))


def _together(told: list[_Told]) -> Iterator[Problem]:
    """What replicas agree on is said once; what one of them alone sees says something of it."""
    for kind in dict.fromkeys(kind_of(each.service.name) for each in told):
        replicas = [each for each in told if kind_of(each.service.name) == kind and (each.targets or each.groups or not each.own)]
        sees: dict[str, list[tuple[_Told, Problem]]] = {}
        for replica in replicas:
            for problem in replica.problems:
                sees.setdefault(problem.what, []).append((replica, problem))
        for what, seen in sees.items():
            alone = "" if len(seen) == len(replicas) else f" (only {' and '.join(f'`{each.service.name}`' for each, _ in seen)} sees that)"
            yield seen[0][1]._replace(what=what + alone)
        most = max(replicas, key=lambda each: len(each.targets), default=None)
        for replica in replicas:
            if most is not None and len(replica.targets) < len(most.targets):
                count, name = len(replica.targets), replica.service.name
                what = f"`{name}` scrapes {count} of the {len(most.targets)} targets of `{most.service.name}`"
                yield Problem("error", what, f"`mac logs {name}`; `mac up` lets both load the same")
    for each in told:
        yield from each.own


def _unanswered(service: Service, error: Exception) -> Problem:
    return Problem("error", f"`{service.name}` does not answer as it should: {error}", f"`mac logs {service.name}`")


def _of_targets(targets: tuple[Target, ...], starters: dict[str, str], prometheus: Service) -> Iterator[Problem]:
    for target in targets:
        if target.health == "down":
            yield Problem("error", reason(target, starters), prometheus.page("/targets"))


def _of_rules(groups: list[dict[str, Any]], prometheus: Service) -> Iterator[Problem]:
    for group in groups:
        for rule in group["rules"]:
            if rule["health"] == "err":
                yield Problem("error", f"the rule `{rule['name']}` fails: {rule.get('lastError', '')}", prometheus.page("/rules"))


# A scrape may take as long as the interval is, and so may the wait for its turn; and a machine may be busy.
_LATE_INTERVALS = 3
_LATE_SECONDS = 10.0


def _of_scrapes(targets: tuple[Target, ...], prometheus: Service) -> Iterator[Problem]:
    """A Prometheus that is overloaded or was held up lags behind: the most belated scrape tells."""
    now = time.time()
    late = [each for each in targets if each.scraped and now - each.scraped > _LATE_INTERVALS * each.interval_seconds + _LATE_SECONDS]
    if late:
        worst = min(late, key=lambda each: each.scraped)
        what = f"`{prometheus.name}` lags: it has scraped `{worst.job}` at {worst.address} {now - worst.scraped:.0f} s ago"
        yield Problem("error", f"{what}, at an interval of {worst.interval_seconds:g} s", f"`mac logs {prometheus.name}`")


def _of_prometheus(page: str, targets: tuple[Target, ...], prometheus: Service) -> Iterator[Problem]:
    """What a Prometheus says of itself on its page of metrics."""
    look = f"`mac logs {prometheus.name}`"
    yield from _of_reload(_values(page, "prometheus_config_last_reload_successful"), prometheus)
    newest = max(_values(page, "prometheus_tsdb_head_max_time_seconds"), default=0.0)
    slowest = max((each.interval_seconds for each in targets if each.health == "up"), default=0.0)
    age = time.time() - newest
    if newest > 0 and slowest and age > _LATE_INTERVALS * slowest + _LATE_SECONDS:
        yield Problem("error", f"`{prometheus.name}` stores nothing: its newest sample is {age:.0f} s old, and its targets are up", look)
    lost = sum(_values(page, "prometheus_remote_storage_samples_failed_total"))
    if lost:
        yield Problem(
            "error", f"{lost:.0f} samples could not be written elsewhere since `{prometheus.name}` runs, and are lost there", look
        )
    written = max(_values(page, "prometheus_remote_storage_highest_timestamp_in_seconds"), default=0.0)
    sent = min(_values(page, "prometheus_remote_storage_queue_highest_sent_timestamp_seconds"), default=written)
    if written and sent and written - sent > _BEHIND_SECONDS:
        yield Problem("error", f"`{prometheus.name}` is {written - sent:.0f} s behind with what it writes elsewhere", look)


# Remote write sends batches, and waits five seconds at most for a full one.
_BEHIND_SECONDS = 60.0


def _of_reload(values: list[float], service: Service) -> Iterator[Problem]:
    if values == [0.0]:
        what = f"`{service.name}` did not take its last configuration, and goes on with the one before"
        yield Problem("error", what, f"`mac logs {service.name}`; `mac up` says what is wrong with it")


def _of_alertmanager(service: Service, count: int) -> Iterator[Problem]:
    try:
        page = page_of(service.asked_at, service.login)
        yield from _of_reload(_values(page, "alertmanager_config_last_reload_successful"), service)
        yield from _of_notifications(page, service)
        yield from _of_cluster(ask(service.asked_at, "/api/v2/status", service.login)["cluster"], service, count)
    except (OSError, ValueError, KeyError) as error:
        yield _unanswered(service, error)


def _of_cluster(cluster: dict[str, Any], service: Service, count: int) -> Iterator[Problem]:
    """Alertmanagers that do not know each other all notify, and a silence on one holds on that one alone."""
    if count < 2:
        return
    peers = len(cluster.get("peers", ()))
    if cluster["status"] == "disabled" or peers < count:
        what = f"`{service.name}` sees {peers} of the {count} Alertmanagers of its cluster, so what it notifies of may come twice"
        yield Problem("error", what, service.page("/#/status"))
    elif cluster["status"] != "ready":
        what = f"`{service.name}` is not settled in its cluster yet ({cluster['status']}): until it is, it may notify late"
        yield Problem("warning", what, service.page("/#/status"))


def _firing(groups: list[dict[str, Any]]) -> tuple[Firing, ...]:
    found = [
        Firing(
            rule["name"],
            alert["labels"].get("severity", ""),
            alert["annotations"].get("summary", ""),
            alert["activeAt"],
            {name: value for name, value in alert["labels"].items() if name not in ("alertname", "severity")},
        )
        for group in groups
        for rule in group["rules"]
        for alert in rule.get("alerts", ())
        if alert["state"] == "firing"
    ]
    return tuple(sorted(found, key=lambda each: (each.name, sorted(each.labels.items()))))


def _of_notifications(page: str, alertmanager: Service) -> Iterator[Problem]:
    """What could not be delivered since Alertmanager started; what it still tries again is a warning."""
    lost = _by_integration(page, "alertmanager_notifications_failed_total")
    tried = _by_integration(page, "alertmanager_notification_requests_failed_total")
    look = f"`mac logs {alertmanager.name}`"
    for integration in sorted(lost | tried):
        count = lost.get(integration, 0)
        if count:
            what = "a notification" if count == 1 else f"{count:.0f} notifications"
            yield Problem("error", f"{what} by {integration} could not be delivered since `{alertmanager.name}` runs", look)
        elif tried[integration]:
            yield Problem("warning", f"`{alertmanager.name}` has tried in vain to notify by {integration}, and may try again", look)


def _by_integration(page: str, metric: str) -> dict[str, float]:
    """The sums of a metric by the label `integration`."""
    found: dict[str, float] = {}
    for line in page.splitlines():
        name, _, rest = line.partition("{")
        if name == metric:
            labels, _, value = rest.rpartition("} ")
            integration = labels.partition('integration="')[2].partition('"')[0]
            found[integration] = found.get(integration, 0) + float(value)
    return found


def _values(page: str, metric: str) -> list[float]:
    """The values of a metric, of all its series."""
    return [float(line.rpartition(" ")[2]) for line in page.splitlines() if line.startswith((f"{metric} ", f"{metric}{{"))]


def _disk(engine: Engine) -> Disk | None:
    folder = engine.disk()
    if folder is None:
        return None
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return Disk(sum(each.size_bytes or 0 for each in engine.stored()), usage.free, usage.total, str(folder))


def _of_disk(disk: Disk | None) -> Iterator[Problem]:
    if disk is None or disk.used < _FILLING:
        return
    weight: Literal["error", "warning"] = "error" if disk.used >= _NEARLY_FULL else "warning"
    yield Problem(
        weight,
        f"the disk is {disk.used:.0%} full: {shown_bytes(disk.free)} are free, and the stack's data take {shown_bytes(disk.data)}",
        f"{disk.where}; a shorter `retention` of the stack, or `mac reset`, makes room",
    )
