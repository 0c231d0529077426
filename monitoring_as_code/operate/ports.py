"""Whether a port of loopback is free, and who has it otherwise, as far as the system tells."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.place import Place, place_of


class Holder(NamedTuple):
    """Who listens on a port."""

    pid: int
    name: str
    place: Place | None = None
    """The stack that it is of, if it is a service of one."""


def is_free(port: int) -> bool:
    """Whether a server could listen there now.

    Raises:
        OSError: it may not, for another reason than that it is taken.
    """
    with socket.socket() as probe:
        # As servers do: a connection that was closed a moment ago is no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def holder(port: int) -> Holder | None:
    """Who listens on this port, on loopback or on all addresses; None where the system does not say, as of other users' processes."""
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    for process in Path("/proc").glob("[0-9]*") if sockets else ():
        try:
            if any(_link(process / "fd" / entry) in sockets for entry in os.listdir(process / "fd")):
                words = (process / "cmdline").read_bytes().split(b"\0")
                name = (process / "comm").read_text("utf-8", "replace").strip()
                paths = (os.fsdecode(word.partition(b"=")[2]) for word in words)
                return Holder(int(process.name), name, next((found for path in paths if (found := place_of(path))), None))
        except OSError:
            continue  # it has ended, or is not ours to look into
    return None


def _link(entry: Path) -> str:
    try:
        return os.readlink(entry)
    except OSError:
        return ""  # it was closed meanwhile


def _listening(port: int) -> set[str]:
    found: set[str] = set()
    for table in ("tcp", "tcp6"):
        try:
            rows = Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            cells = row.split()
            if cells[3] == "0A" and int(cells[1].rpartition(":")[2], 16) == port:
                found.add(cells[9])
    return found
