"""Stand-ins for the applications that a stack scrapes: programs of the project, which expose the same metrics with some life in them.

The one for the scrape job `autoweave-backend` is the package examples/autoweave_backend. It is run with `--port`, by the Python that runs `mac`,
listens on this machine alone, and answers `/-/ready` when it does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from monitoring_as_code.engines.server import Server, listening
from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.model.stack import ScrapeJob, Stack

_FOLDER = "examples"


class StandIn(NamedTuple):
    """One of them, for a scrape job of the same name."""

    job: ScrapeJob
    root: str
    """The project's folder."""

    @property
    def name(self) -> str:
        """As the job is called."""
        return self.job.name

    def arguments(self, port: int) -> tuple[str, ...]:
        """What Python is told, wherever it starts."""
        return ("-c", _RUN, os.path.join(self.root, _FOLDER), self.root, _package_of(self.name), "--port", str(port))

    def serving(self) -> AbstractContextManager[Server]:
        """It runs for as long as a `with` block lasts, on a port that is free.

        Raises:
            ServerFailed: it ended, or was not ready in time.
        """
        return listening(self.name, lambda port: [sys.executable, *self.arguments(port)])


def stand_ins(stack: Stack, root: str) -> Iterator[StandIn]:
    """Those that the project has."""
    for job in stack.jobs:
        if job.exporter is None and os.path.isfile(os.path.join(root, place_of(job.name), "__main__.py")):
            yield StandIn(job, root)


def no_stand_in(stack: Stack) -> str:
    """What to say of a project that has none."""
    jobs = [job.name for job in stack.jobs if job.exporter is None]
    wanted = f"write the package `{place_of(jobs[0])}`, with a `__main__.py`" if jobs else "the stack scrapes no application"
    return f"nothing stands in for an application of this project: {wanted}"


def place_of(job: str) -> str:
    """Where the stand-in for a scrape job is looked for, below the project's folder."""
    return f"{_FOLDER}/{_package_of(job)}"


def _package_of(job: str) -> str:
    return job.replace("-", "_")


# It starts where no package is. Its own folder comes before the project's: whoever has installed something that is called `examples`, this one
# is found.
_RUN = (
    "import runpy, sys; _, own, root, package, *rest = sys.argv; sys.path[:1] = [own, root]; sys.argv = [package, *rest]; "
    "runpy.run_module(package, run_name='__main__', alter_sys=True)"
)
