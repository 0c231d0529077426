"""How a stack is, for people and as data."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from monitoring_as_code.operate.place import shown_bytes

if TYPE_CHECKING:
    from monitoring_as_code.operate.health import Health
    from monitoring_as_code.operate.place import Place


def as_text(health: Health) -> str:
    """A table of the services, what they know, and what is wrong."""
    lines = []
    wide = max((len(each.name) for each in health.services), default=0)
    far = max((len(each.url) for each in health.services), default=0)
    for each in health.services:
        cells = [f"{each.name:<{wide}}", f"{each.state:<8}", f"{each.url:<{far}}"]
        if each.pid is not None:
            memory = "" if each.memory_bytes is None else f", {shown_bytes(each.memory_bytes)}"
            cells.append(f"process {each.pid}, since {_length(time.time() - each.started)}{memory}")
        elif each.why:
            cells.append(each.why)
        lines.append("  ".join(cells).rstrip())
    lines.append("")
    if health.targets:
        counts = Counter(each.health for each in health.targets)
        states = ", ".join(f"{counts[state]} {state}" for state in ("up", "down", "unknown") if counts[state])
        lines.append(f"targets  {states}")
    if health.rules:
        lines.append(f"rules    {health.rules}")
    if health.disk is not None:
        kept = f", kept for {health.retention}" if health.retention else ""
        lines.append(f"data     {shown_bytes(health.disk.data)} in {health.disk.where}{kept}; {shown_bytes(health.disk.free)} are free")
    lines.append(f"alerts   {len(health.firing) or 'none'} firing")
    lines += [f"  {each.name} ({each.severity}): {each.summary or _labels(each.labels)}" for each in health.firing]
    for problem in health.problems:
        lines += ["", f"{problem.weight}: {problem.what}", *(f"    {line}" for line in problem.lines), f"  look at: {problem.look}"]
    return "\n".join(lines) + "\n"


def as_data(health: Health, place: Place) -> dict[str, object]:
    """For a script; sizes are in bytes, moments in seconds since 1970."""
    return {
        "project": place.root,
        "state": str(place.folder),
        "running": any(each.state != "ended" for each in health.services),
        "ok": health.holds,
        "services": [each._asdict() | {"login": each.login._asdict(), "log": each.log and str(each.log)} for each in health.services],
        "targets": [each._asdict() for each in health.targets],
        "rules": health.rules,
        "firing": [each._asdict() for each in health.firing],
        "disk": None if health.disk is None else health.disk._asdict(),
        "retention": health.retention,
        "silent": list(health.silent),
        "problems": [each._asdict() for each in health.problems],
    }


def _labels(labels: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in labels.items())


def _length(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return f"{max(0, seconds):.0f} s"
