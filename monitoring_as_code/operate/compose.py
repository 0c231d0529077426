"""The stack as containers: Docker Compose runs what `mac build` has written, and Docker keeps the data."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.compose_file import Asked, Reads, secret_variables_of
from monitoring_as_code.operate.engine import Service, StackError, Started, Stored, Tell
from monitoring_as_code.operate.login import NOBODY, Login, as_data
from monitoring_as_code.operate.logs import Line
from monitoring_as_code.operate.place import stored_bytes
from monitoring_as_code.operate.process import undisturbed

if TYPE_CHECKING:
    from monitoring_as_code.operate.blueprint import Blueprint
    from monitoring_as_code.operate.docker import Compose
    from monitoring_as_code.operate.place import Place

ENGINE: Literal["compose"] = "compose"
FILE = "compose.yaml"
# What is remembered of containers that were stopped: their volumes.
_LEFT = "containers.json"
READY_SECONDS = 120.0
_POLL_SECONDS = 0.3
_END_LINES = 8
# An image has some hundred megabytes.
_PULL_SECONDS = 3600.0
_STOP_SECONDS = 180.0
_LOOPBACK = ("", "0.0.0.0", "::", "127.0.0.1", "::1")  # noqa: S104 - where a port is published, not where we listen


class Composed:
    """Runs the containers of a Compose file. What must be known when the definitions are broken, or gone, is in the project's record."""

    def __init__(self, place: Place, compose: Compose, file: Path | None = None) -> None:
        """`file` is what is started; all else works on what was started before."""
        self.place = place
        self._compose = compose
        self._file = file

    @classmethod
    def was_here(cls, place: Place) -> bool:
        """Whether containers of this stack run, or have left volumes, and nothing else runs."""
        record = place.record()
        return record.get("engine") == ENGINE if record else (place.folder / _LEFT).exists()

    def start(self, blueprint: Blueprint, tell: Tell) -> Started:
        """As the interface has it."""
        if self._file is None or not self._file.is_file():
            raise StackError(f"there is no `{self._file or FILE}`: `mac build` writes it")
        with self.place.locked(lambda: tell("another command is at work on this stack: waiting for it")):
            return self._start(self._file, blueprint, tell)

    def stop(self, tell: Tell) -> tuple[str, ...]:
        """As the interface has it."""
        with self.place.locked(lambda: tell("another command is at work on this stack: waiting for it")):
            return self._stop()

    def services(self) -> tuple[Service, ...]:
        """As the interface has it."""
        record = self.place.record()
        return tuple(self._containers(record)) if record.get("services") else ()

    def logs(self) -> tuple[str, ...]:
        """As the interface has it: Docker removes the logs with the containers."""
        return tuple(each.name for each in self.services())

    def lines(self, services: Sequence[str], count: int, *, follow: bool = False) -> Iterator[Line]:
        """As the interface has it."""
        project = self.place.record().get("name", "")
        if not project or not services:
            return
        arguments = ("-p", project, "logs", "--no-color", "--timestamps", "-n", str(count))
        if not follow:
            answer = self._compose.run(*arguments, *services)
            dated = [found for each in answer.output.splitlines() if (found := _dated(each)) is not None]
            dated.sort(key=lambda each: each.moment)
            yield from [each.line for each in dated[-count:]] if count else ()
            return
        with self._compose.running(*arguments, "--follow", *services) as process:
            for text in process.stdout or ():
                found = _dated(text.rstrip("\n"))
                if found is not None:
                    yield found.line

    def is_own(self, address: str) -> bool:
        """As the interface has it: services see each other by their names."""
        host = address.rpartition(":")[0]
        return host in self.place.record().get("services", {}) or host in ("localhost", "127.0.0.1")

    def outdated(self, blueprint: Blueprint) -> tuple[str, ...]:
        """As the interface has it: of the blueprint that is its secrets, since what runs is what was built."""
        record = self.place.record()
        services = record.get("services", {})
        blueprint.secrets.for_containers(record.get("secrets", ()), _kept(blueprint))
        secrets = (*blueprint.secrets.outdated(), *blueprint.secrets.left())
        changed = [name for name, each in services.items() if Reads(each["starting"], each["told"]).digests(each["salt"]) != _digests(each)]
        return (*(f"`{name}`" for name in changed), *(f"the secret `{name}`" for name in secrets))

    def disk(self) -> Path | None:
        """As the interface has it."""
        root = self._docker_root()
        return None if root is None else Path(root)

    def stored(self) -> Sequence[Stored]:
        """As the interface has it."""
        root = self._docker_root()
        volumes = self._remembered().get("volumes", ())
        return tuple(Stored(f"the volume `{name}`", _size(root, name)) for name in volumes)

    def reset(self, tell: Tell) -> None:
        """As the interface has it."""
        with self.place.locked(lambda: tell("another command is at work on this stack: waiting for it")):
            project = self._remembered().get("name", "")
            if project:
                self._compose.asked("-p", project, "down", "--volumes", "--remove-orphans", seconds=_STOP_SECONDS)
            self.place.forget()
            (self.place.folder / _LEFT).unlink(missing_ok=True)
            if not any(self.place.folder.glob("*/data")):  # programs have left nothing either
                import shutil

                shutil.rmtree(self.place.folder)

    def _start(self, file: Path, blueprint: Blueprint, tell: Tell) -> Started:
        secrets = blueprint.secrets
        names = secret_variables_of(file)
        env = secrets.for_containers(names, _kept(blueprint))
        config = self._compose.read("-f", str(file), "config", "--format", "json", env=env)
        wanted = Asked.of(config)
        self._claim(wanted.project, file)
        record: dict[str, Any] = {
            "engine": ENGINE,
            "name": wanted.project,
            "file": str(file),
            "once": wanted.once,
            "checked": wanted.checked,
            "secrets": names,
            "services": {},
            "retention": blueprint.retention,
            # From a container, this machine is called otherwise.
            "starters": {f"host.docker.internal:{address.rpartition(':')[2]}": service for address, service in blueprint.starters.items()},
            "silent": [each._asdict() | {"said": str(each)} for each in blueprint.silent],
        }
        before = self.place.record().get("services", {})
        ran = {name: each for name, each in self._ids(wanted.project).items() if name in before}
        tell("fetching the images that are not here yet")
        pulled = self._compose.run("-f", str(file), "pull", "--quiet", "--policy", "missing", env=env, seconds=_PULL_SECONDS)
        if pulled.code != 0 and "unknown flag" not in pulled.complaint:
            from monitoring_as_code.operate.docker import complaint_of

            raise StackError(f"an image could not be fetched: {complaint_of(pulled)}")
        salt = before[next(iter(before))].get("salt", "") if before else os.urandom(16).hex()
        (self.place.folder / _LEFT).write_text(json.dumps({"name": wanted.project, "volumes": wanted.volumes}), encoding="utf-8")
        logins = {each.name: each.login for each in blueprint.services}
        try:
            # The services do not run as we do; nobody else enters the folder.
            secrets.write(0o444)
            for name, reads in wanted.reads.items():
                login = as_data(logins.get(name, NOBODY))
                entry = {
                    "starting": reads.starting,
                    "told": reads.told,
                    "salt": salt,
                    "inside": wanted.inside.get(name, ""),
                    "login": login,
                }
                record["services"][name] = entry | dict(zip(_DIGESTS, reads.digests(salt), strict=True))
            self.place.write_record(record | {"services": {**before, **record["services"]}})
            self._up(file, env, wanted, ran, tell)
            reloaded = self._load_changes(file, env, wanted, before, record["services"], ran)
        except BaseException:
            # Ctrl-C, too: what this call has started does not stay.
            with undisturbed():
                self._undo(wanted.project, ran, record, before)
            raise
        self.place.write_record(record)
        after = self._ids(wanted.project)
        started = tuple(name for name in wanted.reads if name not in ran or (ran[name] != after.get(name) and name not in reloaded))
        unchanged = tuple(name for name in wanted.reads if name not in started and name not in reloaded)
        return Started(started, reloaded, unchanged, tuple(name for name in before if name not in wanted.reads))

    def _claim(self, project: str, file: Path) -> None:
        """Refuse to take over the containers of another checkout, whose project has the same name."""
        for each in self._compose.read("ls", "--all", "--format", "json"):
            files = str(each.get("ConfigFiles", "")).split(",")
            if each.get("Name") == project and str(file) not in files and "running" in str(each.get("Status", "")):
                raise StackError(
                    f"the containers of `{project}` run already, by `{files[0]}`: "
                    f"`{self._compose.name} -p {project} down` stops them and keeps their data"
                )

    def _up(self, file: Path, env: Mapping[str, str], wanted: Asked, ran: Mapping[str, str], tell: Tell) -> None:
        begun = time.monotonic()
        ready: set[str] = set()
        ending: dict[str, float] = {}
        arguments = ("-f", str(file), "up", "--detach", "--remove-orphans", "--no-color")
        with self._compose.running(*arguments[:-1], env=env) as process:
            said: list[str] = []
            reader = _drained(process, said)
            while True:
                code = process.poll()
                found = {
                    each.name: each for each in self._containers({"name": wanted.project, "once": wanted.once, "checked": wanted.checked})
                }
                for name, service in found.items():
                    if service.state != "ready":
                        ready.discard(name)
                    elif name not in ready:
                        ready.add(name)
                        if ran.get(name) != service.id:
                            tell(f"`{name}` is ready after {time.monotonic() - begun:.1f} s")
                failed = next((each for each in found.values() if _has_failed(each, ending)), None)
                if failed is not None:
                    raise self._refused(failed, wanted.project)
                if code is not None and code != 0:
                    from monitoring_as_code.operate.docker import Answer, complaint_of

                    reader.join(5)
                    raise StackError(f"`{self._compose.name} up` has failed: {complaint_of(Answer(code, '', ''.join(said)))}")
                waiting = [name for name in wanted.reads if name not in ready and name not in wanted.once]
                if code == 0 and not waiting:
                    return
                if time.monotonic() - begun > READY_SECONDS:
                    late = next((found[name] for name in waiting if name in found), None)
                    if late is None:
                        raise StackError(f"`{(waiting or [self._compose.name])[0]}` was not started within {READY_SECONDS:g} s")
                    raise self._refused(late, wanted.project)
                time.sleep(_POLL_SECONDS)

    def _refused(self, service: Service, project: str) -> StackError:
        answer = self._compose.run("-p", project, "logs", "--no-color", "--no-log-prefix", "-n", str(_END_LINES), service.name)
        lines = "".join(f"\n  {line}" for line in answer.output.splitlines()[-_END_LINES:]) or "\n  it logged nothing"
        return StackError(f"`{service.name}` is not ready: {service.why or service.state}{lines}")

    def _load_changes(  # noqa: PLR0917 - what there was, and what there is
        self, file: Path, env: Mapping[str, str], wanted: Asked, before: Mapping[str, Any], now: Mapping[str, Any], ran: Mapping[str, str]
    ) -> tuple[str, ...]:
        """Compose sees a change of a service, but not of the files that are mounted into it: let those read them that went on running."""
        ids = self._ids(wanted.project)
        same = [name for name in wanted.reads if name in ran and ran[name] == ids.get(name)]
        changed = [name for name in same if _digests(before[name]) != _digests(now[name])]
        for name in changed:
            if before[name].get("started") == now[name]["started"]:
                self._reload(name, wanted.project)
            else:  # what it runs is made of the files when it starts, secrets among them
                self._compose.asked(
                    "-f", str(file), "up", "--detach", "--wait", "--no-deps", "--force-recreate", name, env=env, seconds=READY_SECONDS
                )
        return tuple(changed)

    def _reload(self, name: str, project: str) -> None:
        """Let it read its configuration, and take its word in the log for whether it did: a signal has no answer."""
        from datetime import UTC, datetime

        since = datetime.now(UTC).isoformat()
        self._compose.asked("-p", project, "kill", "--signal", "HUP", name)
        until = time.monotonic() + _RELOAD_SECONDS
        text = ""
        while time.monotonic() < until:
            text = self._compose.run("-p", project, "logs", "--no-color", "--no-log-prefix", "--since", since, name).output
            if "Completed loading of configuration file" in text:
                return
            if "Error reloading config" in text or "Loading configuration file failed" in text:
                break
            time.sleep(_POLL_SECONDS)
        lines = "".join(f"\n  {line}" for line in text.splitlines()[-_END_LINES:]) or "\n  it logged nothing"
        raise StackError(f"`{name}` does not take the new configuration, and goes on with the old one{lines}")

    def _undo(self, project: str, ran: Mapping[str, str], record: dict[str, Any], before: Mapping[str, Any]) -> None:
        with contextlib.suppress(StackError):
            if not ran:
                self._compose.run("-p", project, "down", "--remove-orphans", seconds=_STOP_SECONDS)
            else:
                new = [name for name in self._ids(project) if name not in ran]
                if new:
                    self._compose.run("-p", project, "rm", "--stop", "--force", *new, seconds=_STOP_SECONDS)
        if ran:
            self.place.write_record(record | {"services": dict(before)})
        else:
            self.place.forget()

    def _stop(self) -> tuple[str, ...]:
        record = self.place.record()
        if not record.get("name"):
            return ()
        running = tuple(each.name for each in self._containers(record) if each.state != "ended")
        self._compose.asked("-p", record["name"], "down", "--remove-orphans", seconds=_STOP_SECONDS)
        self.place.forget()
        return running

    def _remembered(self) -> dict[str, Any]:
        """What outlives `stop`, so that `reset` finds the volumes."""
        try:
            found = json.loads((self.place.folder / _LEFT).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _containers(self, record: Mapping[str, Any]) -> Iterator[Service]:
        for each in self._ps(record["name"]):
            name, state, health = str(each.get("Service", "")), str(each.get("State", "")), str(each.get("Health", ""))
            if name in record.get("once", ()) and state == "exited" and each.get("ExitCode") == 0:
                continue  # it has done what it was for
            now: Literal["ready", "starting", "ended"] = "ended"
            if state == "running":
                # Docker says nothing of its health in the moment after its start.
                now = "ready" if health == "healthy" or (not health and name not in record.get("checked", ())) else "starting"
            elif state == "created":
                now = "starting"
            entry = record.get("services", {}).get(name, {})
            inside = entry.get("inside", "")
            url = _url(each.get("Publishers") or (), inside)
            login = Login(**entry.get("login", {}))
            if not url and inside:
                login = login._replace(carrier=self._carrier(record["name"], name, inside))
            yield Service(
                name,
                url,
                now,
                started=_created(each),
                login=login,
                why=str(each.get("Status", "")),
                id=str(each.get("ID", "")),
                inside=inside,
            )

    def _carrier(self, project: str, name: str, inside: str) -> tuple[str, ...]:
        """A command that is a connection with a port inside of a container: all images with a shell have BusyBox, which has `nc`."""
        port = inside.rpartition(":")[2]
        return (*self._compose.command, "-p", project, "exec", "-T", name, "nc", "127.0.0.1", port)

    def _ids(self, project: str) -> dict[str, str]:
        """The containers that run, by their services."""
        return {str(each.get("Service")): str(each.get("ID")) for each in self._ps(project) if each.get("State") == "running"}

    def _ps(self, project: str) -> list[dict[str, Any]]:
        found = self._compose.read("-p", project, "ps", "--all", "--format", "json")
        return [each for each in ([found] if isinstance(found, dict) else found) if isinstance(each, dict)]

    def _docker_root(self) -> str | None:
        """Where Docker keeps its data, if that is a folder of this machine."""
        from monitoring_as_code.operate.docker import Compose

        if len(self._compose.command) < 2:
            return None  # Compose alone does not know
        with contextlib.suppress(StackError):
            answer = Compose(self._compose.command[:1]).run("info", "--format", "{{.DockerRootDir}}")
            root = answer.output.strip()
            if answer.code == 0 and os.path.isdir(root):
                return root
        return None


_RELOAD_SECONDS = 30.0


# What a record calls them.
_DIGESTS = ("started", "loaded")


def _digests(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """What a service has read, of its record."""
    return tuple(entry.get(each, "") for each in _DIGESTS)


def _kept(blueprint: Blueprint) -> set[str]:
    """The files of secrets that we log in with."""
    found = {path for each in blueprint.services for path in (each.login.password_file, each.login.ca_file)}
    return {os.path.basename(path) for path in found if path}


# What waits for another service may end once or twice before that is there.
_RESTARTING_SECONDS = 10.0


def _has_failed(service: Service, ending: dict[str, float]) -> bool:
    """Whether it will not become ready; `ending` remembers when each was seen to end first."""
    if service.state == "ended":
        first = ending.setdefault(service.name, time.monotonic())
        return not service.why.startswith("Restarting") or time.monotonic() - first > _RESTARTING_SECONDS
    if service.state == "ready":
        ending.pop(service.name, None)
    return "(unhealthy)" in service.why


def _url(publishers: Sequence[Mapping[str, Any]], inside: str) -> str:
    """Where people find it; empty if it is reached by no port of this machine."""
    ports = sorted({int(each.get("PublishedPort") or 0) for each in publishers if each.get("URL", "") in _LOOPBACK} - {0})
    scheme = "https" if inside.startswith("https:") else "http"
    return f"{scheme}://localhost:{ports[0]}" if ports else ""


def _created(container: Mapping[str, Any]) -> float:
    from datetime import datetime

    try:
        return datetime.strptime(" ".join(str(container.get("CreatedAt", "")).split()[:3]), "%Y-%m-%d %H:%M:%S %z").timestamp()
    except ValueError:
        return 0.0


class _Dated(NamedTuple):
    moment: str
    line: Line


def _dated(text: str) -> _Dated | None:
    """A line of `logs --timestamps`: `prometheus-1  | 2026-11-23T15:53:38.235880262Z what it said`."""
    container, bar, rest = text.partition(" | ")
    if not bar:
        return None
    moment, _, said = rest.partition(" ")
    return _Dated(moment, Line(container.strip().rpartition("-")[0] or container.strip(), said))


def _size(root: str | None, volume: str) -> int | None:
    if root is None:
        return None
    folder = Path(root) / "volumes" / volume
    return stored_bytes(folder) if os.access(folder, os.R_OK | os.X_OK) else None


def _drained(process: Any, into: list[str]) -> Any:  # noqa: ANN401 - subprocess and threading are loaded only here
    """A thread that reads what a process complains of, so that a full pipe does not hold it up."""
    from threading import Thread

    def read() -> None:
        with contextlib.suppress(ValueError):  # closed
            into.extend(process.stderr)

    thread = Thread(target=read, daemon=True)
    thread.start()
    return thread
