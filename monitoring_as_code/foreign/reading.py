"""Files and folders as a project: what it declares is what stands in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics import Diagnostic
from monitoring_as_code.foreign.document import Document, Unreadable, documents
from monitoring_as_code.foreign.form import form_faults
from monitoring_as_code.foreign.rule_files import groups_of, misplaced, read_group
from monitoring_as_code.origin import Location, Place, locate
from monitoring_as_code.origin.source import Source, read
from monitoring_as_code.project import Declared, Module, Project

if TYPE_CHECKING:
    from monitoring_as_code.config import Config
    from monitoring_as_code.model.declaration import Declaration

_NEITHER = "there is neither a list `groups` with rules, nor one of `panels`, nor a `route`"
_ENDINGS = (".yml", ".yaml", ".json")
# Folders of packages, in which nobody's own rules are.
_NOT_OURS = frozenset({"node_modules", "vendor", "__pycache__"})


def read_files(paths: Iterable[str], root: str, config: Config) -> Project:
    """What rule files, dashboards and a configuration of Alertmanager say, as a project; what cannot be read are its problems.

    Of a folder, every YAML and JSON file is looked at, and those that are neither are passed over.
    """
    problems: list[Diagnostic] = []
    declared: dict[Declaration, Declared] = {}
    modules: list[Module] = []
    seen: set[str] = set()
    for given in paths:
        top, before = os.path.abspath(given), (len(modules), len(problems), len(seen))
        for path in _files(top):
            if path in seen:
                continue
            seen.add(path)
            module = Module(os.path.relpath(path, root), path)
            try:
                found = _declarations(path, problems)
            except Unreadable as problem:
                problems.append(problem.diagnostic)
                continue
            if found is None and path == top and len(problems) == before[1]:
                problems.append(_unread(path).diagnostic)
            if found is not None:
                modules.append(module)
                declared.update((each, Declared(module, each.name)) for each in found)
        if os.path.isdir(top) and before == (len(modules), len(problems), len(seen)):
            message = f"there is nothing to check in `{os.path.basename(top)}`: no file in YAML or JSON"
            problems.append(Unreadable(message, _start(top)).diagnostic)
        elif os.path.isdir(top) and before[:2] == (len(modules), len(problems)):
            message = (
                f"there is nothing to check in `{os.path.basename(top)}`: no rule file, no dashboard and no configuration of Alertmanager"
            )
            problems.append(Unreadable(message, _start(top), _NEITHER).diagnostic)
    problems += _other_configurations(declared)
    # What is missing here may stand in another file, which nobody has named.
    return Project(root, config, declared, modules=modules, problems=problems, complete=False, declared=declared, foreign=True)


def _unread(path: str) -> Unreadable:
    from monitoring_as_code.foreign.dashboards import is_unread_form

    if any(map(is_unread_form, documents(path, source_of(path)))):
        message = "this is a dashboard as a resource of the form V2, which is not read"
        return Unreadable(message, _start(path), "give its classic form, or the resource of the form V1: Grafana exports both")
    return Unreadable("this is no rule file, no dashboard and no configuration of Alertmanager", _start(path), _NEITHER)


def _other_configurations(declared: Iterable[Declaration]) -> Iterator[Diagnostic]:
    """A routing is read as the only one, so that of a second file is not looked at: that must not be silent."""
    routings = [each for each in declared if each.kind == "routing"]
    for other in routings[1:]:
        message = "this is another configuration of Alertmanager, whose routes are not checked"
        yield Unreadable(message, locate(Place(other.origin)), "check each in a run of its own").diagnostic


def _start(path: str) -> Location:
    return Location(path, 1, 1, 1, 1)


def _files(path: str) -> Iterator[str]:
    if not os.path.isdir(path):
        yield path
        return
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(each for each in folders if not each.startswith(".") and each not in _NOT_OURS)
        wanted = (os.path.join(folder, file) for file in sorted(files) if file.endswith(_ENDINGS) and not file.startswith("."))
        # A pipe would be waited for, for ever. A link to nothing is told of.
        yield from (each for each in wanted if os.path.isfile(each) or not os.path.exists(each))


def _declarations(path: str, problems: list[Diagnostic]) -> list[Declaration] | None:
    """What a file declares; None if it is none that could."""
    found: list[Declaration] | None = None
    for document in documents(path, source_of(path)):
        problems += [each.diagnostic for each in misplaced(document)]
        groups = groups_of(document)
        if groups is not None:
            faults = list(form_faults(document, groups)) if groups else []
            found = found or []
            for group in groups:
                made = read_group(document, group, faults)
                found += [*made.rules, made]
            problems += [each.diagnostic for each in faults]
        for declaration in (*_dashboards(document), *_routing(document, problems)):
            found = [*(found or []), declaration]
    return found


def _dashboards(document: Document) -> Iterator[Declaration]:
    if not isinstance(document.data, dict) or not document.data.keys() & {"panels", "rows", "dashboard", "spec"}:
        return
    from monitoring_as_code.foreign.dashboards import dashboard_path, read_dashboard

    path = dashboard_path(document)
    if path is not None:
        yield read_dashboard(document, path)


def _routing(document: Document, problems: list[Diagnostic]) -> Iterator[Declaration]:
    if not isinstance(document.data, dict) or "route" not in document.data:
        return
    from monitoring_as_code.foreign.alertmanager_files import is_configuration, read_configuration

    if is_configuration(document):
        faults: list[Unreadable] = []
        yield from read_configuration(document, faults)
        problems += [each.diagnostic for each in faults]


def source_of(path: str) -> Source:
    """A file as text.

    Raises:
        Unreadable: there is no such file, or it is no text in UTF-8.
    """
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe would be waited for, for ever
        raise Unreadable(f"`{os.path.basename(path)}` is no file", _start(path), "write what it gives into a file first")
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise Unreadable(f"`{os.path.basename(path)}` cannot be read: {reason}", _start(path)) from None
    if b"\0" in data[:8192]:
        raise Unreadable("this is no text", _start(path), "give a rule file in YAML, or a dashboard in JSON")
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", errors="replace")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        at = Location(path, line, column, line, column + 1)
        raise Unreadable("this is not UTF-8", at, "save the file as UTF-8") from None
    source = read(path)
    if source is None:
        raise Unreadable(f"`{os.path.basename(path)}` cannot be read", _start(path))
    return source
