"""Finds the modules of this package, of which a command needs 350, without the search that Python makes for each: 20 us, a tenth of a start."""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from typing import TYPE_CHECKING

import monitoring_as_code

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_PREFIX = f"{monitoring_as_code.__name__}."
_ROOT = monitoring_as_code.__path__[0]


def find_our_own() -> None:
    """From now on a folder is read once, and then known. For a command, whose program does not change while it runs."""
    if isinstance(getattr(monitoring_as_code.__spec__, "loader", None), SourceFileLoader):  # no archive
        sys.meta_path.insert(0, _OurOwn())


class _OurOwn:
    def __init__(self) -> None:
        self._files: dict[str, frozenset[str]] = {}

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """The module, if it is a file of ours; anything else is looked for as usual."""
        if not name.startswith(_PREFIX):
            return None
        path = os.path.join(_ROOT, *name.split(".")[1:])
        folder, stem = os.path.split(path)
        is_package = f"{stem}.py" not in self._in(folder)
        file = os.path.join(path, "__init__.py") if is_package else f"{path}.py"
        if is_package and "__init__.py" not in self._in(path):
            return None
        spec = ModuleSpec(name, SourceFileLoader(name, file), origin=file, is_package=is_package)
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [path]
        return spec

    def _in(self, folder: str) -> frozenset[str]:
        found = self._files.get(folder)
        if found is None:
            try:
                found = frozenset(os.listdir(folder))
            except OSError:
                found = frozenset()
            self._files[folder] = found
        return found
