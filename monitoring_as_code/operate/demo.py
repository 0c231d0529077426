"""Stand-ins for the applications that a stack scrapes: programs of the project, which expose the same metrics with some life in them.

The one for the scrape job `autoweave-backend` is the package examples/autoweave_backend. It is run with `--port`, listens on this machine alone,
and answers `/-/ready` when it does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.model.stack import Stack
    from monitoring_as_code.targets.flags import Where


class StandIn(NamedTuple):
    """One of them, for a scrape job of the same name. It is run by the Python that runs `mac`."""

    name: str
    port: int
    flags: Callable[[Where], tuple[str, ...]]


def stand_ins(stack: Stack, root: str, taken: Collection[str], address_of: Callable[[str], str]) -> Iterator[StandIn]:
    """Those that the project has; `taken` are the addresses of this machine that are somebody else's."""
    for job in stack.jobs:
        package = package_of(job.name)
        if job.exporter is None and os.path.isfile(os.path.join(root, _FOLDER, package, "__main__.py")):
            for address in map(address_of, job.targets):
                host, _, port = address.rpartition(":")
                if host == "127.0.0.1" and address not in taken:
                    yield StandIn(job.name, int(port), partial(_flags, root, package, port))
                    break  # one is enough to see all metrics


def place_of(job: str) -> str:
    """Where the stand-in for a scrape job is looked for, below the project's folder."""
    return f"{_FOLDER}/{package_of(job)}"


def package_of(job: str) -> str:
    """The package that stands in for a scrape job."""
    return job.replace("-", "_")


_FOLDER = "examples"
# It starts in the folder of its state, where no package is. Its own folder comes before the project's: whoever has installed something that is
# called `examples`, this one is found.
_RUN = (
    "import runpy, sys; _, own, root, package, *rest = sys.argv; sys.path[:1] = [own, root]; sys.argv = [package, *rest]; "
    "runpy.run_module(package, run_name='__main__', alter_sys=True)"
)


def _flags(root: str, package: str, port: str, _where: Where) -> tuple[str, ...]:
    return ("-c", _RUN, os.path.join(root, _FOLDER), root, package, "--port", port)
