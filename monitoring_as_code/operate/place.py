"""Where the stack of a project keeps what it must remember, and who may change it at the moment.

That is below $XDG_STATE_HOME (~/.local/state), not in the project: data and secrets there would end up in images, archives and searches. The
folder is named after the project's path, so two checkouts have a stack each, and so have two environments of one.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from monitoring_as_code.light import sha256
from monitoring_as_code.operate.engine import StackError

_PROJECT = "project"
_ENVIRONMENT = "environment"
_LOCK = "lock"
_RECORD = "running.json"


class Place:
    """The state folder of one project, or of one environment of it; it may not exist yet."""

    def __init__(self, root: str, environment: str | None = None) -> None:
        """`root` is the project's folder; `environment` is one of its, if it has some."""
        self.root = os.path.realpath(root)
        self.environment = environment
        key = self.root if environment is None else f"{self.root}\0{environment}"
        digest = sha256(os.fsencode(key)).hexdigest()[:8]
        name = "".join(each if each.isalnum() and each.isascii() else "-" for each in os.path.basename(self.root)) or "root"
        self.folder = state_home() / "-".join(filter(None, (name, environment, digest)))

    def config_of(self, service: str) -> Path:
        """The folder of a service's configuration."""
        return self.folder / service / "config"

    def data_of(self, service: str) -> Path:
        """The folder of a service's data, which outlive it."""
        return self.folder / service / "data"

    def log_of(self, service: str) -> Path:
        """The file that a service logs to."""
        return self.folder / "logs" / f"{service}.log"

    def process_of(self, service: str) -> Path:
        """The file that is locked for as long as a service runs."""
        return self.folder / "processes" / service

    @property
    def secrets(self) -> Path:
        """The folder of the secrets, each a file that only its owner reads."""
        return self.folder / "secrets"

    def make(self) -> None:
        """Make the folder, for this user only.

        Raises:
            StackError: it cannot be made, or it is somebody else's.
        """
        try:
            for each in (self.folder, self.folder / "logs", self.folder / "processes", self.secrets):
                each.mkdir(parents=True, mode=0o700, exist_ok=True)
            if self.folder.stat().st_uid != os.getuid():
                raise StackError(f"`{self.folder}` belongs to another user: run `mac` as the one who owns it, or set XDG_STATE_HOME")
            (self.folder / _PROJECT).write_text(self.root, encoding="utf-8", errors="surrogateescape")
            if self.environment is not None:
                (self.folder / _ENVIRONMENT).write_text(self.environment, encoding="utf-8")
        except OSError as error:
            raise StackError(f"`{error.filename}` cannot be written: {error.strerror}; XDG_STATE_HOME can name another folder") from None

    @contextlib.contextmanager
    def locked(self, waiting: Callable[[], None]) -> Iterator[None]:
        """A block that no other command changes this stack in; `waiting` is called once if one is at it, and then it is waited for."""
        import fcntl

        while True:
            self.make()
            with (self.folder / _LOCK).open("ab") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    waiting()
                    fcntl.flock(lock, fcntl.LOCK_EX)
                if not self._is_current(lock.fileno()):
                    continue  # a reset has removed the folder while we waited
                yield
                return

    def _is_current(self, lock: int) -> bool:
        try:
            return os.path.samestat(os.fstat(lock), (self.folder / _LOCK).stat())
        except FileNotFoundError:
            return False

    def record(self) -> dict[str, Any]:
        """What the last start wrote down; empty if nothing was started, and if it cannot be read."""
        try:
            found = json.loads((self.folder / _RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write_record(self, record: dict[str, Any]) -> None:
        """Write down what runs: whole or not at all."""
        staged = self.folder / f"{_RECORD}.new"
        staged.write_text(json.dumps(record, indent=1), encoding="utf-8")
        staged.replace(self.folder / _RECORD)

    def forget(self) -> None:
        """Remove the record and the secrets: nothing runs any more."""
        (self.folder / _RECORD).unlink(missing_ok=True)
        for secret in self.secrets.glob("*"):
            secret.unlink()


def state_home() -> Path:
    """The folder of all stacks of this user. As the XDG specification has it, a relative path does not count."""
    said = os.environ.get("XDG_STATE_HOME", "")
    return (Path(said) if os.path.isabs(said) else Path.home() / ".local" / "state") / "mac"


def places_of(root: str) -> list[Place]:
    """The stacks of a project that have left something: of the environments that it has or has had, and of none."""
    found = []
    for each in sorted(state_home().glob(f"*/{_PROJECT}")):
        with contextlib.suppress(OSError):
            place = Place(root, _environment_in(each.parent))
            if place.folder == each.parent:
                found.append(place)
    return found


def _environment_in(folder: Path) -> str | None:
    """Which environment a state folder is of.

    Raises:
        OSError: nobody can read that.
    """
    try:
        return (folder / _ENVIRONMENT).read_text("utf-8")
    except FileNotFoundError:
        return None


def place_of(path: str) -> Place | None:
    """The stack in whose state folder a path is."""
    home = str(state_home()) + os.sep
    if not path.startswith(home):
        return None
    try:
        folder = Path(home) / path.removeprefix(home).partition(os.sep)[0]
        return Place((folder / _PROJECT).read_text("utf-8", "surrogateescape"), _environment_in(folder))
    except OSError:
        return None


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


def shown_bytes(count: int) -> str:
    """In the largest unit that keeps it above one: `12 MB`."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
