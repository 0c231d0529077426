"""Docker Compose as a program: found, asked with a limit, its answers read; never through a shell."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.engine import StackError

# What only asks comes back at once, or never.
ASKING_SECONDS = 30.0
_PATIENCE_SECONDS = 15.0


class Answer(NamedTuple):
    """What Compose has said, and its exit code."""

    code: int
    output: str
    complaint: str


class Compose(NamedTuple):
    """A Compose that was found; `command` is how it is called."""

    command: tuple[str, ...]

    @property
    def name(self) -> str:
        """As people call it."""
        return " ".join(os.path.basename(part) for part in self.command)

    def run(self, *arguments: str, env: Mapping[str, str] | None = None, seconds: float | None = ASKING_SECONDS) -> Answer:
        """Run to the end. When it takes longer, or we are interrupted, it is ended, too.

        Raises:
            StackError: it took longer than `seconds`, or is no program.
        """
        with self.running(*arguments, env=env) as process:
            try:
                output, complaint = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                raise StackError(
                    f"`{self.name} {_verb(arguments)}` has not come back within {seconds:g} s: `docker info` says whether Docker works"
                ) from None
        return Answer(process.returncode, output, complaint)

    @contextlib.contextmanager
    def running(self, *arguments: str, env: Mapping[str, str] | None = None, together: bool = False) -> Iterator[subprocess.Popen[str]]:
        """Compose at work, for as long as the block lasts; with what it complains of among its output if that is wanted `together`."""
        try:
            process = subprocess.Popen(
                [*self.command, *arguments],
                env=None if env is None else dict(env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if together else subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                # Ctrl-C is ours to deal with: what it has begun is undone in order.
                process_group=0,
            )
        except OSError as error:
            raise StackError(f"`{self.name}` cannot be run: {error.strerror}") from None
        with process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    _end(process)

    def asked(self, *arguments: str, env: Mapping[str, str] | None = None, seconds: float | None = ASKING_SECONDS) -> str:
        """What it answers.

        Raises:
            StackError: it refuses; the text says what it has said.
        """
        answer = self.run(*arguments, env=env, seconds=seconds)
        if answer.code != 0:
            raise StackError(f"`{self.name} {_verb(arguments)}` has failed: {complaint_of(answer)}")
        return answer.output

    def read(self, *arguments: str, env: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - what a program answers in JSON
        """What it answers in JSON; some versions write a list, others an object a line.

        Raises:
            StackError: it refuses, or does not write JSON.
        """
        text = self.asked(*arguments, env=env).strip()
        try:
            if text.startswith(("[", "{\n")) or not text:
                return json.loads(text or "[]")
            return [json.loads(line) for line in text.splitlines()]
        except ValueError:
            raise StackError(
                f"`{self.name} {_verb(arguments)}` has not answered in JSON: {text.splitlines()[0][:100]!r}; is it Docker's own?"
            ) from None


class NoCompose(NamedTuple):
    """Why there is no Compose to work with."""

    why: str


def find() -> Compose | NoCompose:
    """The Compose of this machine, with an engine that answers. It takes a tenth of a second."""
    why = "`docker` is not on the PATH"
    for program, more in (("docker", ("compose",)), ("docker-compose", ())):
        path = shutil.which(program)
        if path is None:
            continue
        found = Compose((path, *more))
        try:
            version = found.run("version", "--short")
            if version.code != 0:
                why = f"`{found.name}` is missing: install Docker's Compose plugin"
                continue
            if version.output.strip().removeprefix("v").split(".")[0] in ("", "0", "1"):
                why = f"`{found.name}` is version {version.output.strip()}, and 2 is the oldest that reads these files"
                continue
            answer = found.run("ls", "--quiet", seconds=_PATIENCE_SECONDS)
        except StackError as error:
            why = str(error)
            continue
        if answer.code == 0:
            return found
        why = f"no Docker engine answers: {complaint_of(answer)}"
    return NoCompose(why)


def complaint_of(answer: Answer) -> str:
    """What a program says of why it has failed: the last of it, without the progress before."""
    lines = [line.strip() for line in (answer.complaint or answer.output).splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith(("Container ", "Network ", "Volume ", "time="))] or lines
    return said[-1] if said else f"it said nothing, and ended with {answer.code}"


def _verb(arguments: Sequence[str]) -> str:
    """The command among the arguments, behind the options of all commands with their values."""
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        del rest[:2]
    return rest[0] if rest else ""


def _end(process: subprocess.Popen[str]) -> None:
    """End it, politely if it lets itself be ended; what it prints meanwhile must not hold it up."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired, ValueError):
            process.communicate(timeout=10)
            return
