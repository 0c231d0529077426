"""What a Compose file asks for, as Compose itself reads it, and what its services read of this machine."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitoring_as_code.light import NamedTuple, sha256
from monitoring_as_code.model.topology import PROMETHEUS
from monitoring_as_code.operate.engine import StackError
from monitoring_as_code.targets.compose.service import MAC


def secret_variables_of(file: Path) -> list[str]:
    """Those of a file of Compose that we have written: each may name a file, `${X_FILE...}`."""
    import re

    return sorted(set(re.findall(r"\$\{(\w+)_FILE\b", file.read_text("utf-8"))))


class Asked(NamedTuple):
    """What a Compose file asks for, as Compose itself reads it."""

    project: str
    reads: dict[str, Reads]
    inside: dict[str, str]
    """Where a service asks itself whether it is well."""
    once: tuple[str, ...]
    """Services that end when they have done their work."""
    checked: tuple[str, ...]
    """Services whose health Docker looks after."""
    volumes: tuple[str, ...]

    @classmethod
    def of(cls, config: object) -> Asked:
        """Read what `config --format json` prints."""
        tree: dict[str, Any] = config if isinstance(config, dict) else {}
        services = tree.get("services") or {}
        if not tree.get("name") or not services:
            raise StackError("Compose reads no services in the file: `mac build` writes it anew")
        secrets = {name: each.get("file") for name, each in (tree.get("secrets") or {}).items()}
        reads = {name: Reads.of(name, service, secrets) for name, service in services.items()}
        inside = {name: found for name, service in services.items() if (found := _inside(service))}
        once = tuple(name for name, each in services.items() if each.get("restart", "no") in ("no", "on-failure"))
        checked = tuple(name for name, each in services.items() if each.get("healthcheck") and not each["healthcheck"].get("disable"))
        return cls(
            tree["name"], reads, inside, once, checked, tuple(each.get("name", name) for name, each in (tree.get("volumes") or {}).items())
        )


class Reads(NamedTuple):
    """The files and folders of this machine that a service reads: when it starts, and when it is told to."""

    starting: Sequence[str]
    told: Sequence[str]

    @classmethod
    def of(cls, name: str, service: Mapping[str, Any], secrets: Mapping[str, Any]) -> Reads:
        """Those of a service in a file of Compose; `secrets` are the files of all secrets."""
        starting = [secrets[each["source"]] for each in service.get("secrets") or () if secrets.get(each.get("source"))]
        told: list[str] = []
        for each in service.get("volumes") or ():
            if each.get("type") != "bind" or not _is_configuration(each):
                continue
            if each.get("target") == MAC:
                starting += _own(each["source"], service)
            else:
                (told if name.startswith(PROMETHEUS) else starting).append(each["source"])
        return cls(tuple(sorted(set(starting))), tuple(sorted(told)))

    def digests(self, salt: str) -> tuple[str, ...]:
        """Of both, as they are now."""
        return _digest(self.starting, salt), _digest(self.told, salt)


def _own(folder: str, service: Mapping[str, Any]) -> Iterator[str]:
    """What a service reads of the folder that has the entrypoints of all: its own, and what they share."""
    said = json.dumps([service.get("entrypoint"), service.get("command"), service.get("environment"), service.get("healthcheck")])
    with contextlib.suppress(OSError):
        for each in os.scandir(folder):
            if each.is_file() or f"{MAC}/{each.name}/" in said:
                yield each.path


def _inside(service: Mapping[str, Any]) -> str:
    """The address in its health check, without a path: `https://localhost:9090`."""
    import re

    found = re.search(r"https?://localhost:[0-9]+", json.dumps((service.get("healthcheck") or {}).get("test")))
    return found[0] if found else ""


def _is_configuration(mount: Mapping[str, Any]) -> bool:
    """Node Exporter sees the whole machine, which is no configuration of its own."""
    source = mount.get("source", "")
    return not (source == "/" or source.startswith(("/proc", "/sys", "/run", "/var/run", "/dev", "/etc")))


def _digest(mounts: Sequence[str], salt: str) -> str:
    """Of all files of these. A secret cannot be told from it: it is salted, and lies where only its owner reads."""
    found = sha256(salt.encode())
    for mount in mounts:
        for file in _files(mount):
            # Grafana looks after its dashboards by itself.
            if f"{os.sep}dashboards{os.sep}" in file and file.endswith(".json"):
                continue
            found.update(file.encode("utf-8", "surrogateescape"))
            with contextlib.suppress(OSError), open(file, "rb") as content:
                found.update(content.read())
    return found.hexdigest()


def _files(mount: str) -> Iterator[str]:
    if os.path.isfile(mount):
        yield mount
    for where, folders, names in os.walk(mount):
        folders.sort()
        yield from (os.path.join(where, name) for name in sorted(names))
