"""Every byte below build/, before one is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from monitoring_as_code import targets
from monitoring_as_code.build.manifest import MANIFEST, STAGING, is_inside
from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis

CLASHING_ARTIFACTS = "clashing-artifacts"

# A target that cannot make what is declared says why, in place of a file.
Render = Callable[["Analysis"], Iterable[tuple[str, str | bytes] | Diagnostic]]


class Plan(NamedTuple):
    """The files by their path below build/, sorted, and why they cannot all be there."""

    files: dict[str, bytes]
    problems: tuple[Diagnostic, ...] = ()


def plan(analysis: Analysis) -> Plan:
    """What the declarations give; the same for the same declarations, wherever and whenever it is asked.

    Raises:
        ValueError: a target gave a path that is not below build/, which is a mistake of that target.
    """
    files: dict[str, bytes] = {}
    problems: list[Diagnostic] = []
    for target, render in renderers():
        for made in render(analysis):
            if isinstance(made, Diagnostic):
                problems.append(made)
                continue
            path, text = made
            if not is_inside(path) or path == MANIFEST or path.partition("/")[0] == STAGING:
                raise ValueError(f"the target `{target}` gave `{path}`, which is no path for an artifact")
            if path in files:
                problems.append(_clash(f"two artifacts would be `{path}`"))
            files[path] = text.encode() if isinstance(text, str) else text
    problems.extend(_clashes(files))
    return Plan({path: files[path] for path in sorted(files)}, tuple(problems))


def renderers() -> Iterator[tuple[str, Render]]:
    """Every module of targets/ that has `render`, by name: a new target is one new file."""
    names = {name.removesuffix(".py") for folder in targets.__path__ for name in os.listdir(folder)}
    for name in sorted(names):
        if name.isidentifier() and not name.startswith("_"):
            render = getattr(import_module(f"{targets.__name__}.{name}"), "render", None)
            if render is not None:
                yield name, render


def _clashes(files: Iterable[str]) -> Iterator[Diagnostic]:
    """Paths that some file system cannot hold together: a file and a folder of one name, or names that differ in case only."""
    spelt: dict[str, str] = {}
    for path in files:
        steps = path.split("/")
        for length in range(1, len(steps)):
            folder = "/".join(steps[:length])
            if folder in files:
                yield _clash(f"`{folder}` would be an artifact, and the folder of `{path}`")
            other = spelt.setdefault(folder.casefold(), folder)
            if other != folder:
                yield _clash(f"`{folder}/` and `{other}/` differ in case only, so some file systems hold one of them")
        other = spelt.setdefault(path.casefold(), path)
        if other != path:
            yield _clash(f"`{path}` and `{other}` differ in case only, so some file systems hold one of them")


def _clash(message: str) -> Diagnostic:
    return Diagnostic(
        CLASHING_ARTIFACTS,
        Severity.ERROR,
        message,
        help="rename one of the declarations, or of the modules, that these files are named after",
    )
