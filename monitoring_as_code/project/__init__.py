"""A project: what its definitions declare, and what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from monitoring_as_code.config import Config
from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.declaration import Declaration

if TYPE_CHECKING:
    from types import CodeType

    from monitoring_as_code.project.loading import Loading

D = TypeVar("D")


class Module(NamedTuple):
    """A file of the definitions. `name` is dotted and starts below the package; that of the package's own file is the package's."""

    name: str
    path: str


class Declared(NamedTuple):
    """Where a declaration is found: its module, the name that holds it (`alerts[0]`), and the declaration that it is part of, if it is."""

    module: Module
    variable: str
    holder: Declaration | None = None


class Project:
    """All that is declared, in order: modules by name, then as written, each followed by the declarations inside of it.

    `complete` is false if a module could not be loaded. Then what is missing may be declared there, and nobody should complain.
    `foreign` says that the declarations were read from rule files and dashboards of others. `environment` is the one that they were loaded
    for, if the project has some.
    """

    def __init__(
        self,
        root: str,
        config: Config,
        declarations: Iterable[Declaration] = (),
        *,
        modules: Iterable[Module] = (),
        problems: Iterable[Diagnostic] = (),
        complete: bool = True,
        declared: Mapping[Declaration, Declared] | None = None,
        foreign: bool = False,
        environment: str | None = None,
    ) -> None:
        self.environment = environment
        self.root = root
        self.config = config
        self.declarations = tuple(declarations)
        self.modules = tuple(modules)
        self.problems = tuple(problems)
        self.complete = complete
        self.foreign = foreign
        self._declared = declared or {}
        self._of: dict[type, tuple[Declaration, ...]] = {}

    def of(self, kind: type[D]) -> tuple[D, ...]:
        """The declarations of a class, those inside of others included."""
        found = self._of.get(kind)
        if found is None:
            found = self._of[kind] = tuple(each for each in self.declarations if isinstance(each, kind))
        return found  # type: ignore[return-value]  # kept by class

    def declared(self, declaration: Declaration) -> Declared | None:
        """Module, name and holder of a declaration; nothing if it is none of this project's."""
        return self._declared.get(declaration)

    def holder(self, declaration: Declaration) -> Declaration | None:
        """The declaration that it is part of: the exporter of a metric. Nothing if it stands for itself."""
        found = self._declared.get(declaration)
        return None if found is None else found.holder


def load_project(
    root: str | os.PathLike[str],
    config: Config,
    problems: Iterable[Diagnostic] = (),
    *,
    environment: str | None = None,
    codes: dict[str, CodeType] | None = None,
) -> Project:
    """Imports the definitions of a project and collects what they declare, for one of its environments, the first if none is named.

    Who loads several of them gives each the same `codes`, at first empty. Mistakes are in `problems` of the result, after those given. What the definitions print goes to stderr.
    """
    from monitoring_as_code.project.collecting import collect, duplicates, unreached, unused_generators
    from monitoring_as_code.project.loading import Loading

    root = os.path.abspath(root)
    found = list(problems)
    if environment is None and config.environments:
        environment = config.environments[0]
    loading = Loading(root, config.definitions, config.environments, environment, codes)
    modules = loading.load()
    if loading.failures or loading.misplaced:
        from monitoring_as_code.project.faults import explain

        found.extend(explain(loading))
    complete = not loading.failed and not loading.misplaced
    collected = collect(modules, loading.made)
    if complete:
        found.extend(unreached(loading.made, collected, loading.folder, loading.discarded))
    found.extend(unused_generators(modules))
    found.extend(duplicates(collected))
    if complete and not collected and not any(each.rule == "unreached-declaration" for each in found):
        found.append(_nothing(loading))
    return Project(
        root,
        config,
        collected,
        modules=[module for module, _ in modules],
        problems=found,
        complete=complete,
        declared=collected,
        environment=environment,
    )


def _nothing(loading: Loading) -> Diagnostic:
    name = loading.package
    example = 'Gauge(name="queue_length", help="Jobs that wait.")'
    advice = f"create `{name}/queues.py` with `from monitoring_as_code import Gauge` and `queue_length = {example}`"
    if not os.path.isdir(loading.folder):
        return Diagnostic("no-definitions", Severity.ERROR, f"there is no folder `{name}` in this project", None, advice)
    return Diagnostic("no-definitions", Severity.ERROR, f"nothing is declared in `{name}`", None, advice)
