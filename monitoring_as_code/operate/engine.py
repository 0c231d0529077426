"""What runs a stack: the services of one project, whoever runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.operate.login import NOBODY, Login

if TYPE_CHECKING:
    from monitoring_as_code.operate.blueprint import Blueprint
    from monitoring_as_code.operate.logs import Line

# Takes a sentence on the progress.
Tell = Callable[[str], None]


class StackError(Exception):
    """What kept a stack from being started, stopped or asked; its text says why, and what to do."""


class Service(NamedTuple):
    """One service of a stack that was started, as it is now."""

    name: str
    url: str
    """Where people find it; empty if no port of this machine leads to it."""
    state: Literal["ready", "starting", "ended"]
    log: Path | None = None
    """The file that it logs to, if that is one of this machine."""
    pid: int | None = None
    started: float = 0.0
    """When, in seconds since 1970."""
    memory_bytes: int | None = None
    login: Login = NOBODY
    """As whom it is asked."""
    why: str = ""
    """More about its state, if there is more to say: `exited with 78`."""
    id: str = ""
    """Of its container, which is another one after a change."""
    inside: str = ""
    """Where it finds itself, in its container."""

    @property
    def asked_at(self) -> str:
        """Where we ask it; empty if nobody can."""
        return self.url or (self.inside if self.login.carrier else "")

    def page(self, path: str) -> str:
        """Where people look at it: a page of its own, or its log, if there is no way to that."""
        return f"{self.url}{path}" if self.url else f"`mac logs {self.name}`"


class Stored(NamedTuple):
    """Something that outlives the services, by the name that people find it under."""

    name: str
    size_bytes: int | None = None


class Started(NamedTuple):
    """What a start has done, by the names of the services."""

    started: tuple[str, ...]
    reloaded: tuple[str, ...]
    unchanged: tuple[str, ...]
    stopped: tuple[str, ...] = ()
    """Those that the definitions no longer have."""
    renewed: Mapping[str, tuple[str, ...]] = {}
    """Those that run on with new secrets, and which these are."""


class Engine(Protocol):
    """One way to run a stack. All of it may be asked at any time, by several commands at once."""

    def start(self, blueprint: Blueprint, tell: Tell) -> Started:
        """Make the services run as the blueprint says, and return when all are ready; one that runs so already is left alone.

        What this call has started is stopped again when it raises, when it is interrupted, too.

        Raises:
            StackError: a service did not become ready.
            MissingEngine: a program is not on this machine.
        """
        ...

    def stop(self, tell: Tell) -> tuple[str, ...]:
        """End all services and keep their data; the names of those that ran."""
        ...

    def services(self) -> tuple[Service, ...]:
        """Those that were started and not stopped; one that has ended by itself is among them."""
        ...

    def logs(self) -> tuple[str, ...]:
        """The services that have logged something; logs outlive the services."""
        ...

    def lines(self, services: Sequence[str], count: int, *, follow: bool = False) -> Iterator[Line]:
        """The last lines that some services have logged, in the order of time, and then for ever what follows."""
        ...

    def is_own(self, address: str) -> bool:
        """Whether an address that Prometheus scrapes is one of the stack's own services."""
        ...

    def outdated(self, blueprint: Blueprint) -> tuple[str, ...]:
        """What runs otherwise than the blueprint says, in words: `start` would change it."""
        ...

    def disk(self) -> Path | None:
        """Some folder on the disk that data and logs are on, if this machine can look at it."""
        ...

    def stored(self) -> Sequence[Stored]:
        """What `reset` would remove."""
        ...

    def reset(self, tell: Tell) -> None:
        """Stop all, and remove what is stored."""
        ...
