"""Where an application records the declared metrics: its Python sources, read and never run.

A name is followed through imports, aliases and modules. What cannot be followed is not guessed: a metric that was handed on may be
recorded, and one that nothing of this happens to is not.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from monitoring_as_code.foreign.application.calls import Reader
from monitoring_as_code.foreign.application.names import Program
from monitoring_as_code.foreign.application.sites import Recordings, Site
from monitoring_as_code.model.metric import Exporter, Metric

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitoring_as_code.project import Project

__all__ = ["NoSources", "Recordings", "Site", "recordings"]

_NOT_READ = frozenset({"__pycache__", "node_modules", "site-packages"})


class NoSources(Exception):  # noqa: N818 - what it says
    """There is nothing to read: one sentence."""


def recordings(project: Project, sources: Iterable[str]) -> Recordings:
    """Where the application's own metrics are recorded by the Python files of these folders, or by these files, and by the definitions.

    Paths are relative to the project's root.

    Raises:
        NoSources: one of them is not there, or has no Python file.
    """
    folder = os.path.join(project.root, project.config.definitions)
    files: list[str] = []
    roots = [project.root]
    for source in sources:
        path = os.path.normpath(os.path.join(project.root, source))
        found = [each for each in _python_files(path) if not each.startswith(folder + os.sep)]
        if not found:
            raise NoSources(f"`{source}` has no Python file" if os.path.exists(path) else f"there is no `{source}`")
        files += found
        # What the files of a folder import begins with the folder's name, or below it.
        roots += [path, os.path.dirname(path)] if os.path.isdir(path) else [os.path.dirname(path)]
    of_exporters = {id(metric) for exporter in project.of(Exporter) for metric in exporter.metrics}
    own = {
        metric: where
        for metric in project.of(Metric)
        if id(metric) not in of_exporters and (where := project.declared(metric)) is not None and where.holder is None
    }
    names = {(where.module.path, where.variable): metric for metric, where in own.items()}
    program = Program(dict.fromkeys(files), folder, dict.fromkeys(roots), names)
    return Reader(program, project.root, tuple(own)).read()


def _python_files(path: str) -> Iterator[str]:
    if os.path.isfile(path):
        if path.endswith(".py"):
            yield path
        return
    for folder, folders, names in os.walk(path):
        # A folder with a pyvenv.cfg is an environment: the programs of others.
        folders[:] = sorted(
            each
            for each in folders
            if each not in _NOT_READ and not each.startswith(".") and not os.path.exists(os.path.join(folder, each, "pyvenv.cfg"))
        )
        yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith(".py"))
