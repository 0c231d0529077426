"""Which engine runs a stack: the one that does, the one that is asked for, or the one that can."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from monitoring_as_code.engines import missing
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.compose import ENGINE, FILE, Composed
from monitoring_as_code.operate.engine import Engine, StackError
from monitoring_as_code.operate.native import Native

if TYPE_CHECKING:
    from collections.abc import Collection

    from monitoring_as_code.engines import EngineName
    from monitoring_as_code.operate.place import Place

EngineChoice = Literal["native", "compose"]


class Chosen(NamedTuple):
    """An engine, and why it is this one."""

    engine: Engine
    kind: EngineChoice
    why: str


def engine_of(place: Place) -> Engine:
    """The engine that runs the stack, or that ran it last.

    Raises:
        StackError: Docker does not answer, or is gone.
    """
    if not Composed.was_here(place):
        return Native(place)
    from monitoring_as_code.operate.docker import NoCompose, find

    found = find()
    if isinstance(found, NoCompose):
        raise StackError(f"the stack runs in containers, which cannot be asked: {found.why}")
    return Composed(place, found)


def choose(place: Place, asked: EngineChoice | None, tree: Path, programs: Collection[EngineName]) -> Chosen:
    """The engine to start a stack with; `tree` is where its artifacts are, `programs` are what it needs without Docker.

    Raises:
        StackError: the other one runs the stack, or none can.
    """
    runs: EngineChoice | None = None
    record = place.record()
    if record.get("services"):
        runs = ENGINE if record.get("engine") == ENGINE else "native"
    if asked is not None and runs is not None and asked != runs:
        called = "in containers" if runs == ENGINE else "as programs of this machine"
        raise StackError(f"the stack runs {called} already: `mac down` stops it and keeps its data, then `mac up --engine {asked}`")
    wanted = asked or runs
    if wanted == "native":
        return Chosen(Native(place), "native", "it is what was asked for" if asked else "it runs so")
    from monitoring_as_code.operate.docker import NoCompose, find

    found = find()
    if not isinstance(found, NoCompose):
        why = "it is what was asked for" if asked else "it runs so" if runs else "a Docker engine answers"
        return Chosen(Composed(place, found, tree / FILE), ENGINE, why)
    if wanted == ENGINE:
        raise StackError(f"there is no Docker Compose to work with: {found.why}")
    absent = missing(*programs)
    if absent is None:
        return Chosen(Native(place), "native", found.why)
    raise StackError(
        "the stack needs Docker, or the programs themselves, and neither is here\n"
        f"  Docker: {found.why}; https://docs.docker.com/engine/install/ has how it comes here, with Grafana and all the rest\n"
        f"  programs, which start in a second, without Grafana: {absent}"
    )
