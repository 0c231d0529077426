"""How a running stack is: its services, targets, rules, alerts, channels and disk, and what is wrong with them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from monitoring_as_code.engines import Server
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.blueprint import ALERTMANAGER, PROMETHEUS
from monitoring_as_code.operate.engine import Service
from monitoring_as_code.operate.logs import last_lines
from monitoring_as_code.operate.targets import Target, ask, reason, targets_of

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


def health(place: Place, engine: Engine) -> Health:
    """Ask the services; one that does not answer is a problem and no error. Nothing is asked if nothing was started."""
    services = engine.services()
    if not services:
        return Health(())
    record = place.record()
    problems = [found for each in services if (found := _of_service(each)) is not None]
    targets: tuple[Target, ...] = ()
    firing: tuple[Firing, ...] = ()
    rules = 0
    by_name = {each.name: each for each in services if each.state == "ready"}
    prometheus, alertmanager = by_name.get(PROMETHEUS), by_name.get(ALERTMANAGER)
    if prometheus is not None:
        try:
            targets = targets_of(prometheus.url)
            problems += _of_targets(targets, record.get("starters", {}), prometheus)
            groups = ask(prometheus.url, "/api/v1/rules")["groups"]
            rules = sum(len(group["rules"]) for group in groups)
            problems += _of_rules(groups, prometheus)
            firing = _firing(groups)
        except (OSError, ValueError, KeyError) as error:
            problems.append(Problem("error", f"`{PROMETHEUS}` does not answer as it should: {error}", "`mac logs prometheus`"))
    if alertmanager is not None:
        try:
            problems += _of_notifications(alertmanager)
        except (OSError, ValueError) as error:
            problems.append(Problem("error", f"`{ALERTMANAGER}` does not answer as it should: {error}", "`mac logs alertmanager`"))
    silent = tuple(each["said"] for each in record.get("silent", ()))
    problems += [Problem("warning", said, "`.env` beside the definitions: write it there, and run `mac up`") for said in silent]
    disk = _disk(place.folder)
    problems += _of_disk(disk, place.folder)
    return Health(services, targets, rules, firing, disk, record.get("retention", ""), silent, tuple(problems))


def _of_service(service: Service) -> Problem | None:
    if service.state == "ready":
        return None
    lines = tuple(last_lines(service.log, _SHOWN_LINES))
    if service.state == "ended":
        return Problem("error", f"`{service.name}` has ended", f"`mac logs {service.name}`; `mac up` starts it again", lines)
    return Problem("error", f"`{service.name}` runs, and does not answer that it is ready", f"`mac logs {service.name}`", lines)


def _of_targets(targets: tuple[Target, ...], starters: dict[str, str], prometheus: Service) -> Iterator[Problem]:
    for target in targets:
        if target.health == "down":
            yield Problem("error", reason(target, starters), f"{prometheus.url}/targets")


def _of_rules(groups: list[dict[str, Any]], prometheus: Service) -> Iterator[Problem]:
    for group in groups:
        for rule in group["rules"]:
            if rule["health"] == "err":
                yield Problem("error", f"the rule `{rule['name']}` fails: {rule.get('lastError', '')}", f"{prometheus.url}/rules")


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


def _of_notifications(alertmanager: Service) -> Iterator[Problem]:
    """What could not be delivered since Alertmanager started; what it still tries again is a warning."""
    page = Server(alertmanager.url.replace("//localhost:", "//127.0.0.1:"), 0, Path()).get("/metrics", timeout_seconds=5)
    text = page.decode("utf-8", "replace")
    lost = _by_integration(text, "alertmanager_notifications_failed_total")
    tried = _by_integration(text, "alertmanager_notification_requests_failed_total")
    look = f"`mac logs {ALERTMANAGER}`"
    for integration in sorted(lost | tried):
        count = lost.get(integration, 0)
        if count:
            what = "a notification" if count == 1 else f"{count:.0f} notifications"
            yield Problem("error", f"{what} by {integration} could not be delivered since `{ALERTMANAGER}` runs", look)
        elif tried[integration]:
            yield Problem("warning", f"`{ALERTMANAGER}` has tried in vain to notify by {integration}, and may try again", look)


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


def _disk(folder: Path) -> Disk | None:
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return Disk(stored_bytes(folder), usage.free, usage.total)


def stored_bytes(folder: Path) -> int:
    """What the files below a folder take on the disk; those that come and go meanwhile may be missing."""
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                # Prometheus makes files of 128 MB at a time, of which the disk holds what was written.
                total += os.lstat(os.path.join(where, name)).st_blocks * 512
            except OSError:
                continue
    return total


def _of_disk(disk: Disk | None, folder: Path) -> Iterator[Problem]:
    if disk is None or disk.used < _FILLING:
        return
    weight: Literal["error", "warning"] = "error" if disk.used >= _NEARLY_FULL else "warning"
    yield Problem(
        weight,
        f"the disk is {disk.used:.0%} full: {shown_bytes(disk.free)} are free, and the stack's data take {shown_bytes(disk.data)}",
        f"{folder}; a shorter `retention` of the stack, or `mac reset`, makes room",
    )


def shown_bytes(count: int) -> str:
    """In the largest unit that keeps it above one: `12 MB`."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
