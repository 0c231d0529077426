"""One of the real programs: found, asked for its version, run."""

import functools
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from monitoring_as_code.light import NamedTuple

EngineName = Literal["promtool", "prometheus", "amtool", "alertmanager", "node_exporter"]


class _Known(NamedTuple):
    files: tuple[str, ...]
    package: str


_KNOWN: dict[EngineName, _Known] = {
    "promtool": _Known(("promtool",), "prometheus"),
    "prometheus": _Known(("prometheus",), "prometheus"),
    "amtool": _Known(("amtool",), "prometheus-alertmanager"),
    # Debian's name for the server comes second: who has both has put the other one there on purpose.
    "alertmanager": _Known(("alertmanager", "prometheus-alertmanager"), "prometheus-alertmanager"),
    "node_exporter": _Known(("node_exporter", "prometheus-node-exporter"), "prometheus-node-exporter"),
}


class MissingEngine(Exception):  # noqa: N818 - what it says, not that it is an error
    """A real program is not on this machine; its text says which, and how it comes here. `mac` exits with 2."""

    def __init__(self, *names: EngineName) -> None:
        """`names` are the programs that are missing, one at least."""
        self.names = names
        packages = " ".join(sorted({_KNOWN[name].package for name in names}))
        variables = ", ".join(f"{variable(name)}=/path/to/{name}" for name in names)
        programs = " and ".join(f"`{name}`" for name in names)
        are = "are" if len(names) > 1 else "is"
        self.hint = f"on Debian or Ubuntu: apt-get install {packages}; elsewhere unpack a release of Prometheus's and set {variables}"
        super().__init__(f"{programs} {are} not on this machine; {self.hint}")


class EngineTimeout(Exception):  # noqa: N818 - as above
    """A real program did not come back within its limit."""


class Answer(NamedTuple):
    """What a program said, standard output and standard error as one text in the order written, and its exit code."""

    code: int
    output: str


class Engine(NamedTuple):
    """A program that was found: `find("promtool").version() >= (2, 42, 0)`."""

    name: EngineName
    path: Path

    def version(self) -> tuple[int, int, int]:
        """As the program itself says: `(2, 42, 0)`. Asked once in a process.

        Raises ValueError if it does not say one, as another program of the same name would not.
        """
        return _version(self)

    def run(self, *arguments: str, cwd: Path | None = None, timeout_seconds: float = 60) -> Answer:
        """Runs to the end, without standard input; EngineTimeout, and the program is gone, when it takes longer."""
        import subprocess

        command: Sequence[str] = [str(self.path), *arguments]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,  # promtool names the file on one, what is wrong on the other: one pipe keeps the order
                cwd=cwd,
                timeout=timeout_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise EngineTimeout(f"`{self.name} {' '.join(arguments)}` took more than {timeout_seconds:g} s") from None
        return Answer(done.returncode, done.stdout.decode("utf-8", "replace"))


@functools.cache
def _version(engine: Engine) -> tuple[int, int, int]:
    output = engine.run("--version", timeout_seconds=20).output
    # "promtool, version 2.42.0+ds (branch: debian/sid, ...)"
    _, found, rest = output.partition(", version ")
    parts = rest.split(maxsplit=1)[0].partition("+")[0].partition("-")[0].split(".") if found and rest.strip() else []
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        raise ValueError(f"{engine.path} does not say which version of `{engine.name}` it is: {output[:200]!r}")
    return int(parts[0]), int(parts[1]), int(parts[2])


def variable(name: EngineName) -> str:
    """The environment variable that says where a program is: `MAC_PROMTOOL`."""
    return "MAC_" + name.upper()


def find(name: EngineName) -> Engine | None:
    """Where the environment variable says, else the first on the PATH, else beside this Python, where an environment keeps its own.

    A variable that names no program is not overruled by the PATH: the result is None.
    """
    import shutil

    said = os.environ.get(variable(name))
    files = (said,) if said else _KNOWN[name].files
    folders = (None,) if said else (None, str(Path(sys.executable).parent))
    for folder in folders:
        for file in files:
            path = shutil.which(file, path=folder)
            if path is not None:
                return Engine(name, Path(path))
    return None


def require(name: EngineName) -> Engine:
    """Like `find`, but raises MissingEngine."""
    engine = find(name)
    if engine is None:
        raise MissingEngine(name)
    return engine


def missing(*names: EngineName) -> MissingEngine | None:
    """What to say if any of these is not there."""
    absent = [name for name in names if find(name) is None]
    return MissingEngine(*absent) if absent else None
