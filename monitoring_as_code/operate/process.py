"""A process that outlives the command that started it, and is found again by every later one.

A file is locked by the process itself for as long as it lives, and the kernel lets go of a lock with its process. So the number in the file
is never a stale one, whatever was killed, and no other process is ever taken for it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

_POLL_SECONDS = 0.01


class Process:
    """The one process of a service, which may not run."""

    def __init__(self, file: Path) -> None:
        """`file` is what it locks; its folder exists when something is started."""
        self.file = file

    def pid(self) -> int | None:
        """Its number; None if it does not run."""
        with contextlib.suppress(FileNotFoundError), self.file.open("rb") as file:
            until = time.monotonic() + 1
            while _held(file.fileno()):
                text = os.pread(file.fileno(), 20, 0).strip()
                if text.isdigit():
                    return int(text)
                # It is between fork and its first line.
                if time.monotonic() > until:
                    return None
                time.sleep(_POLL_SECONDS)
        return None

    def spawn(self, command: Sequence[str], log: Path, folder: Path) -> subprocess.Popen[bytes]:
        """Start it, as a daemon in `folder` whose output is added to `log`.

        Raises:
            RuntimeError: it runs already.
        """
        import subprocess

        file = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(file)
            os.ftruncate(file, 0)

            def sign() -> None:
                # By the child itself: whoever is killed when, there is no process without its number.
                os.pwrite(file, b"%d" % os.getpid(), 0)

            with log.open("ab") as sink:
                return subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=sink,
                    stderr=subprocess.STDOUT,
                    cwd=folder,
                    pass_fds=(file,),
                    start_new_session=True,  # neither Ctrl-C nor the end of the terminal reaches it
                    preexec_fn=sign,  # noqa: PLW1509 - there are no threads
                )
        finally:
            os.close(file)

    def send(self, number: signal.Signals) -> bool:
        """Whether it ran and got the signal."""
        with self._running() as send:
            if send is None:
                return False
            send(number)
        return True

    def stop(self, patience_seconds: float = 15) -> bool:
        """End it politely, and after this time not so; whether it had to be killed."""
        self.send(signal.SIGTERM)
        if self.ended_within(patience_seconds):
            return False
        self.send(signal.SIGKILL)
        self.ended_within(patience_seconds)
        return True

    def ended_within(self, seconds: float) -> bool:
        """Whether it does not run, or ends in this time."""
        until = time.monotonic() + seconds
        while self.pid() is not None:
            if time.monotonic() > until:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    @contextlib.contextmanager
    def _running(self) -> Iterator[_Send | None]:
        pid = self.pid()
        if pid is None:
            yield None
            return
        if not hasattr(os, "pidfd_open"):
            yield lambda number: os.kill(pid, number)
            return
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            yield None
            return
        try:
            # Had it ended before the handle was made, the number could be another's by now.
            yield (lambda number: signal.pidfd_send_signal(handle, number)) if self.pid() == pid else None
        except ProcessLookupError:
            pass
        finally:
            os.close(handle)


if TYPE_CHECKING:
    from collections.abc import Callable

    _Send = Callable[[signal.Signals], None]


def memory_of(pid: int) -> int | None:
    """How many bytes of memory it holds; None where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def _held(file: int) -> bool:
    """Whether a process holds the lock. Asking takes a shared one for a moment, so that several may ask at once."""
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False


def _take(file: int) -> None:
    import fcntl

    until = time.monotonic() + 1
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Somebody may only be asking.
            if time.monotonic() > until:
                raise RuntimeError("it runs already") from None
            time.sleep(_POLL_SECONDS)
        else:
            return


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """A second Ctrl-C does not end what cleans up after the first."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
