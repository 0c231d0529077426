"""The stack as processes of this machine: the programs themselves, on loopback alone, which outlive the command that starts them."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitoring_as_code.engines import missing, require
from monitoring_as_code.light import NamedTuple, sha256
from monitoring_as_code.model.topology import GLOBAL, NODE_EXPORTER
from monitoring_as_code.operate import ports
from monitoring_as_code.operate.blueprint import LOOPBACK
from monitoring_as_code.operate.engine import Service, StackError, Started, Stored, Tell
from monitoring_as_code.operate.login import Login, as_data, refusal, server_at
from monitoring_as_code.operate.logs import Tail, merged
from monitoring_as_code.operate.place import stored_bytes
from monitoring_as_code.operate.process import Process, memory_of, undisturbed
from monitoring_as_code.targets.flags import Where

if TYPE_CHECKING:
    import subprocess

    from monitoring_as_code.operate.blueprint import Blueprint, Wanted
    from monitoring_as_code.operate.logs import Line
    from monitoring_as_code.operate.place import Place

READY_SECONDS = 30.0
_POLL_SECONDS = 0.02
_LARGEST_LOG = 8 << 20
_END_LINES = 8


class Native:
    """Runs the programs that are installed here; state, data and logs lie in the project's place."""

    def __init__(self, place: Place) -> None:
        """`place` may be empty: nothing is made before something is started."""
        self.place = place

    def start(self, blueprint: Blueprint, tell: Tell) -> Started:
        """As the interface has it."""
        absent = missing(*blueprint.programs)
        if absent is not None:
            raise absent
        with self.place.locked(lambda: tell("another command is at work on this stack: waiting for it")):
            return self._start(blueprint, tell)

    def stop(self, tell: Tell) -> tuple[str, ...]:
        """As the interface has it."""
        if not self.place.folder.exists():
            return ()
        with self.place.locked(lambda: tell("another command is at work on this stack: waiting for it")):
            return self._stop_all(tell)

    def services(self) -> tuple[Service, ...]:
        """As the interface has it."""
        record = self.place.record().get("services", {})
        found = []
        for name, entry in record.items():
            pid = self._process(name).pid()
            login = Login(**entry.get("login", {}))
            why = "" if pid is None else _unready(name, entry["url"], login)
            found.append(
                Service(
                    name,
                    entry["url"],
                    "ended" if pid is None else "ready" if why is None else "starting",
                    self.place.log_of(name),
                    pid,
                    entry.get("started", 0.0),
                    None if pid is None else memory_of(pid),
                    login,
                    why or "",
                )
            )
        return tuple(found)

    def logs(self) -> tuple[str, ...]:
        """As the interface has it."""
        return tuple(self._logs())

    def lines(self, services: Sequence[str], count: int, *, follow: bool = False) -> Iterator[Line]:
        """As the interface has it."""
        logs = {name: file for name, file in self._logs().items() if name in services}
        tail = Tail(logs)
        yield from merged(logs, count)
        if follow:
            yield from tail.follow()

    def is_own(self, address: str) -> bool:
        """As the interface has it."""
        return address in {f"{LOOPBACK}:{each['port']}" for each in self.place.record().get("services", {}).values()}

    def outdated(self, blueprint: Blueprint) -> tuple[str, ...]:
        """As the interface has it."""
        before: dict[str, Any] = self.place.record().get("services", {})
        wanted = {each.name: each for each in blueprint.services}
        found = []
        for name in (*wanted, *(name for name in before if name not in wanted)):
            entry, plan = before.get(name, {}), wanted.get(name)
            if plan is None or (entry.get("command"), entry.get("loaded")) != (self._command(plan), _digest(plan)):
                found.append(f"`{name}`")
        return (*found, *(f"the secret `{name}`" for name in blueprint.secrets.outdated()))

    def disk(self) -> Path | None:
        """As the interface has it."""
        return self.place.folder

    def stored(self) -> Sequence[Stored]:
        """As the interface has it."""
        return (Stored(str(self.place.folder), stored_bytes(self.place.folder)),) if self.place.folder.exists() else ()

    def reset(self, tell: Tell) -> None:
        """As the interface has it."""
        import shutil

        if not self.place.folder.exists():
            return
        with self.place.locked(lambda: tell("another command is at work on this stack: waiting for it")):
            self._stop_all(tell)
            shutil.rmtree(self.place.folder)

    def _logs(self) -> Mapping[str, Path]:
        return {file.stem: file for file in sorted(self.place.folder.glob("logs/*.log"))}

    def _process(self, name: str) -> Process:
        return Process(self.place.process_of(name))

    def _known(self) -> list[str]:
        """Every service that may run, also when the command that started it was killed before it could write that down."""
        return sorted(file.name for file in self.place.folder.glob("processes/*"))

    def _stop_all(self, tell: Tell) -> tuple[str, ...]:
        stopped = self._stop(self._known(), tell)
        self.place.forget()
        return stopped

    def _stop(self, names: Iterable[str], tell: Tell) -> tuple[str, ...]:
        stopped: list[str] = []
        wanted = list(names)
        # What others write to must take their last samples before it ends.
        for part in ([name for name in wanted if name != GLOBAL], [name for name in wanted if name == GLOBAL]):
            running = [name for name in part if self._process(name).send(signal.SIGTERM)]
            for name in running:  # all are at it by now
                if self._process(name).stop():
                    tell(f"`{name}` did not end in time and was killed")
            stopped += running
        return tuple(stopped)

    def _start(self, blueprint: Blueprint, tell: Tell) -> Started:
        before: dict[str, Any] = self.place.record().get("services", {})
        plans = [_Plan(each, self._command(each), _digest(each)) for each in blueprint.services]
        running = {name for name in self._known() if self._process(name).pid() is not None}
        same: list[_Plan] = []
        anew: list[_Plan] = []
        for plan in plans:
            entry = before.get(plan.wanted.name, {})
            known = plan.wanted.name in running and entry.get("command") == plan.command and entry.get("loaded")
            (same if known else anew).append(plan)
        names = {plan.wanted.name for plan in plans}
        ours = {port for entry in before.values() for port in (entry.get("port"), entry.get("cluster_port"))} if running else set()
        for plan in anew:
            _claim(plan.wanted, ours)
        # A service that runs otherwise than it should gives way, so that its port is free; one that nobody wants any more, too.
        stopped = self._stop((name for name in running if name not in {plan.wanted.name for plan in same}), tell)
        for plan in anew:
            _claim(plan.wanted)
        renewed = self._renewed(same, blueprint)
        kept = blueprint.secrets.written()
        blueprint.secrets.write()
        record = {plan.wanted.name: before[plan.wanted.name] for plan in same}
        offsets = {plan.wanted.name: _size(self.place.log_of(plan.wanted.name)) for plan in same}
        children: dict[str, subprocess.Popen[bytes]] = {}
        try:
            _refuse_unfit(same, "; the secrets are as they were before" if renewed else "")
            for plan in plans:
                self._configure(plan.wanted)
            for plan in anew:
                name = plan.wanted.name
                record[name] = _entry(plan)
                self._write(record, blueprint)
                offsets[name] = self._rotate(name)
                self._inherit(name)
                _folder(self.place.data_of(name))
                children[name] = self._process(name).spawn(plan.command, self.place.log_of(name), self.place.folder)
            self._wait(children, {plan.wanted.name: plan.wanted for plan in anew}, offsets, tell)
            for plan in anew:
                record[plan.wanted.name]["loaded"] = plan.digest
            self._write(record, blueprint)
        except BaseException:
            # Ctrl-C, too: what this call has started does not stay.
            with undisturbed():
                for plan in anew:
                    self._stop((plan.wanted.name,), tell)
                    record.pop(plan.wanted.name, None)
                self._write(record, blueprint)
                blueprint.secrets.restore(kept)  # what still runs goes on with those that it had
                if not record:
                    self.place.forget()
            raise
        reloaded = []
        for plan in same:
            entry = record[plan.wanted.name]
            if entry["loaded"] != plan.digest:
                self._reload(plan.wanted, offsets[plan.wanted.name])
                entry["loaded"] = plan.digest
                self._write(record, blueprint)
                reloaded.append(plan.wanted.name)
        self._write(record, blueprint)
        unchanged = tuple(plan.wanted.name for plan in same if plan.wanted.name not in (*reloaded, *renewed))
        return Started(tuple(children), tuple(reloaded), unchanged, tuple(name for name in stopped if name not in names), renewed)

    def _renewed(self, plans: Iterable[_Plan], blueprint: Blueprint) -> dict[str, tuple[str, ...]]:
        """Which new secrets there will be for services that run, by the services: they read them again by themselves."""
        secrets = blueprint.secrets
        new = secrets.outdated()
        found: dict[str, tuple[str, ...]] = {}
        for plan in plans:
            web = plan.wanted.web_config
            text = "\n".join((*plan.wanted.files.values(), *plan.wanted.login[2:4], web, secrets.content(web) if web else ""))
            read = [name for name in new if str(secrets.folder / name) in text]
            # The file with the hashes is made of the users, whose variable people know.
            users = {Path(plan.wanted.web_config).name: f"{plan.wanted.login.password_file.removesuffix('_password')}_users"}
            names = tuple(sorted({Path(users.get(name, name)).name.upper() for name in read}))
            if names:
                found[plan.wanted.name] = names
        return found

    def _write(self, record: dict[str, Any], blueprint: Blueprint) -> None:
        self.place.write_record(
            {
                "services": record,
                "ports": dict(blueprint.ports),
                "admin_api": blueprint.admin_api,
                "demo": blueprint.demo,
                "retention": blueprint.retention,
                "starters": dict(blueprint.starters),
                "silent": [each._asdict() | {"said": str(each)} for each in blueprint.silent],
            }
        )

    def _command(self, wanted: Wanted) -> list[str]:
        config, data = self.place.config_of(wanted.name), self.place.data_of(wanted.name)
        # Without a word Prometheus lets the scripts of every web page read all there is.
        where = Where(
            str(config / wanted.config), str(data), f"{LOOPBACK}:{wanted.port}", wanted.url, wanted.web_config, cors_origin=wanted.url
        )
        program = sys.executable if wanted.program is None else str(require(wanted.program).path)
        return [program, *wanted.flags(where)]

    def _configure(self, wanted: Wanted) -> None:
        """Make the folder of its configuration exactly that; it is read at the start, and when it is told to."""
        import shutil

        folder = self.place.config_of(wanted.name)
        _folder(folder.parent)
        shutil.rmtree(folder, ignore_errors=True)
        _folder(folder)
        for path, text in wanted.files.items():
            file = folder / path
            file.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def _inherit(self, name: str) -> None:
        """Let the first of several replicas go on with the data of the only one, and the other way round."""
        kind = name.removesuffix("-1")
        before = kind if kind != name else f"{name}-1"
        data, other = self.place.data_of(name), self.place.data_of(before)
        if not data.exists() and other.exists() and self._process(before).pid() is None:
            other.rename(data)

    def _rotate(self, name: str) -> int:
        """Put a large log aside; where the next line will stand."""
        log = self.place.log_of(name)
        if _size(log) > _LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        return _size(log)

    def _wait(
        self, children: Mapping[str, subprocess.Popen[bytes]], wanted: Mapping[str, Wanted], offsets: Mapping[str, int], tell: Tell
    ) -> None:
        begun = time.monotonic()
        waiting = list(children)
        while waiting:
            for name in list(waiting):
                code = children[name].poll()
                if code is not None:
                    raise StackError(f"`{name}` has ended with {code}\n{self._said(name, offsets[name])}")
                why = _unready(name, wanted[name].url, wanted[name].login)
                if why is None:
                    waiting.remove(name)
                    tell(f"`{name}` is ready after {time.monotonic() - begun:.1f} s")
                elif why:
                    raise StackError(f"`{name}` runs, but {why}")
            if waiting and time.monotonic() - begun > READY_SECONDS:
                raise StackError(f"`{waiting[0]}` was not ready after {READY_SECONDS:g} s\n{self._said(waiting[0], offsets[waiting[0]])}")
            time.sleep(_POLL_SECONDS if waiting else 0)

    def _reload(self, wanted: Wanted, offset: int) -> None:
        """Let it read its configuration, and take its word in the log for whether it did: a signal has no answer."""
        log = self.place.log_of(wanted.name)
        self._process(wanted.name).send(signal.SIGHUP)
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            with log.open("rb") as file:
                file.seek(offset)
                text = file.read().decode("utf-8", "replace")
            if "Completed loading of configuration file" in text:
                return
            if "Error reloading config" in text or "Loading configuration file failed" in text:
                break
            if self._process(wanted.name).pid() is None:
                break
            time.sleep(_POLL_SECONDS)
        raise StackError(
            f"`{wanted.name}` does not take the new configuration, and goes on with the old one\n{self._said(wanted.name, offset)}"
        )

    def _said(self, name: str, offset: int) -> str:
        """The end of what it has logged since."""
        log = self.place.log_of(name)
        with log.open("rb") as file:
            file.seek(offset)
            lines = file.read().decode("utf-8", "replace").splitlines()[-_END_LINES:]
        return "\n".join((*(f"  {line}" for line in lines), f"  all of it: {log}")) if lines else "  it logged nothing"


class _Plan(NamedTuple):
    wanted: Wanted
    command: list[str]
    digest: str


def _digest(wanted: Wanted) -> str:
    """What it has read once it is ready."""
    return sha256(repr(sorted(wanted.files.items())).encode()).hexdigest()


def _entry(plan: _Plan) -> dict[str, Any]:
    """What is written down of a service."""
    wanted = plan.wanted
    return {
        "url": wanted.url,
        "port": wanted.port,
        "cluster_port": wanted.cluster_port,
        "login": as_data(wanted.login),
        "command": plan.command,
        "started": time.time(),
    }


def _claim(wanted: Wanted, ours: Collection[int | None] = ()) -> None:
    """Say who has one of its ports, if somebody has; those that are `ours` are not asked for."""
    for port in wanted.ports:
        if port not in ours:
            _claim_port(wanted.name if port == wanted.port else f"{wanted.name}-cluster", port)


def _claim_port(name: str, port: int) -> None:
    try:
        if ports.is_free(port):
            return
    except PermissionError:
        raise StackError(f"`{name}` may not listen on port {port}: only root may, below 1024") from None
    found = ports.holder(port)
    other = f"`mac up --port {name}=PORT` takes another one"
    if found is None:
        # Debian starts what it installs.
        who, advice = "a process of another user", "`systemctl status` names it, if the system has started it"
    elif found.place is not None:
        import os

        root, environment = found.place.root, found.place.environment
        who = f"the stack of `{root}`{f' for `{environment}`' if environment else ''} (process {found.pid})"
        command = f"mac -C {root} down{f' --env {environment}' if environment else ''}"
        advice = f"`{command}` stops that" if os.path.isdir(root) else f"that folder is gone: `kill {found.pid}` ends it"
    else:
        who, advice = f"`{found.name}` (process {found.pid})", "stop that; if the system has started it, by `systemctl disable --now`"
    raise StackError(f"port {port}, which `{name}` needs, is taken by {who}: {advice}; {other}")


def _refuse_unfit(plans: Iterable[_Plan], consequence: str) -> None:
    """Ask the services that run on: they read their new secrets at once."""
    for plan in plans:
        if why := _unready(plan.wanted.name, plan.wanted.url, plan.wanted.login):
            raise StackError(f"`{plan.wanted.name}` runs, but {why}{consequence}")


def _unready(name: str, url: str, login: Login) -> str | None:
    """None if it is ready; else why it will not be, if it says that: nothing of one that only has not got there."""
    # Node Exporter has no page for that; its first one costs nothing.
    path = "/" if name == NODE_EXPORTER else "/-/ready"
    try:
        server_at(url, login).get(path, timeout_seconds=2)
    except (OSError, ValueError) as error:
        return refusal(error, login)
    return None


def _folder(path: Path) -> None:
    """Make it, unless it is there."""
    try:
        path.mkdir(parents=True, mode=0o700, exist_ok=True)
    except FileExistsError:
        raise StackError(f"`{path}` is no folder: move it away; `mac reset` removes all that is stored") from None


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
