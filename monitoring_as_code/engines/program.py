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
        astray = {name: said for name in names if (said := os.environ.get(variable(name)))}
        packages = " ".join(sorted({_KNOWN[name].package for name in names}))
        variables = ", ".join(f"{variable(name)}=/path/to/{name}" for name in names)
        self.hint = f"on Debian or Ubuntu: apt-get install {packages}; elsewhere unpack a release of Prometheus's and set {variables}"
        told = [
            f"`{variable(name)}` is `{value}`, where no program is: unset it to take one from the PATH" for name, value in astray.items()
        ]
        absent = [f"`{name}`" for name in names if name not in astray]
        if absent:
            told.append(f"{' and '.join(absent)} {'are' if len(absent) > 1 else 'is'} not on this machine")
        super().__init__("; ".join([*told, self.hint]))


class EngineFailed(Exception):  # noqa: N818 - as above
    """A real program is there and does not do its work; the text says which one, where it is and what became of it. `mac` exits with 2."""


class EngineTimeout(EngineFailed):
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

        Raises EngineFailed if it does not say one, as another program of the same name would not.
        """
        return _version(self)

    def run(self, *arguments: str, cwd: Path | None = None, temporary: Path | None = None, timeout_seconds: float = 60) -> Answer:
        """Runs to the end, without standard input; EngineTimeout, and the program is gone, when it takes longer.

        What it needs for a while it keeps in `temporary`, so that nothing of it stays when both of us are killed.

        Raises EngineFailed if the kernel refuses it, as it does a program for another processor.
        """
        import subprocess

        command: Sequence[str] = [str(self.path), *arguments]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,  # promtool names the file on one, what is wrong on the other: one pipe keeps the order
                cwd=cwd,
                env=None if temporary is None else {**os.environ, "TMPDIR": str(temporary)},
                timeout=timeout_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise EngineTimeout(f"`{self.name} {' '.join(arguments)}` took more than {timeout_seconds:g} s") from None
        except OSError as error:
            raise EngineFailed(f"`{self.name}` cannot be run, {self.path}: {error.strerror}; {_another(self.name)}") from None
        return Answer(done.returncode, done.stdout.decode("utf-8", "replace"))

    def failed(self, answer: Answer) -> EngineFailed:
        """What to raise if it did not do what it was asked for."""
        said = answer.output.strip()
        # What Go says of a program that breaks down stands in one line, before where in its code that was and after all that it did before.
        broken = next((line for line in said.splitlines() if line.startswith(("panic: ", "fatal error: "))), "")
        said = broken or (said if len(said) <= _MOST_SAID else f"...{said[-_MOST_SAID:]}")
        return EngineFailed(f"`{self.name}` {_ended(answer.code)}, {self.path}: {said or 'it said nothing'}; {_another(self.name)}")


_MOST_SAID = 500


def _ended(code: int) -> str:
    """How a program ended; of one that a signal has ended the code is the signal's number, below zero."""
    if code >= 0:
        return f"ended with exit code {code}"
    import signal

    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def _another(name: EngineName) -> str:
    return f"set `{variable(name)}` to use another one"


@functools.cache
def _version(engine: Engine) -> tuple[int, int, int]:
    output = engine.run("--version", timeout_seconds=20).output
    # "promtool, version 2.42.0+ds (branch: debian/sid, ...)"
    _, found, rest = output.partition(", version ")
    parts = rest.split(maxsplit=1)[0].partition("+")[0].partition("-")[0].split(".") if found and rest.strip() else []
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        first = output.strip().partition("\n")[0]
        said = f"it says {first[:200]!r}" if first else "it says nothing"
        raise EngineFailed(f"{engine.path} is no `{engine.name}`: asked for its version {said}; {_another(engine.name)}")
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
