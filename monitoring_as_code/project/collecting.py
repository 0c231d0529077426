"""Which declarations can be reached from a module's names, and which cannot or clash."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import GeneratorType, ModuleType

from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.origin import Location, Place
from monitoring_as_code.project import Declared, Module
from monitoring_as_code.project.loading import Made

# Deeper in containers nobody looks for a declaration: it counts as not reached.
_DEEPEST = 100
_UNMADE = frozenset({GeneratorType, map, filter, zip, reversed})
_PLAIN = frozenset({str, int, float, bool, type(None)})


def collect(modules: Sequence[tuple[Module, ModuleType]], made: Iterable[Made]) -> dict[Declaration, Declared]:
    """Every declaration that a name at module level leads to, in order, with those inside of it behind it.

    One that several modules have belongs to the module that made it.
    """
    paths = {each.declaration: each.path for each in made}
    found: dict[Declaration, Declared] = {}
    for module, loaded in modules:
        for variable, declaration in _named(vars(loaded)):
            earlier = found.get(declaration)
            if earlier is None or (paths.get(declaration) == module.path != earlier.module.path):
                found.pop(declaration, None)  # it goes where its own module is
                found[declaration] = Declared(module, variable)
    # What an exporter has is the exporter's, though a panel of an earlier module may show it.
    kept = {inner: holder for holder in found if holder.keeps_names for inner in _inside(holder)}
    ordered: dict[Declaration, Declared] = {}

    def add(declaration: Declaration, where: Declared) -> None:
        ordered[declaration] = where if where.holder is not None else where._replace(holder=kept.get(declaration))
        for inner in _inside(declaration):
            if inner not in found and inner not in ordered and kept.get(inner, declaration) is declaration:
                add(inner, Declared(where.module, where.variable, declaration))

    position = {module.name: index for index, (module, _) in enumerate(modules)}
    for declaration, where in sorted(found.items(), key=lambda item: position[item[1].module.name]):
        add(declaration, where)
    return ordered


def unreached(
    made: Iterable[Made], reached: Mapping[Declaration, Declared], folder: str, discarded: Sequence[object] = ()
) -> Iterator[Diagnostic]:
    """A finding for each declaration that a file of the definitions made and that no name leads to, nor one of the values that were `discarded`."""
    elsewhere = _all_in(discarded) if discarded else frozenset()
    for declaration, _ in made:
        if declaration not in reached and declaration not in elsewhere and declaration.origin.code.co_filename.startswith(folder + os.sep):
            yield Diagnostic(
                "unreached-declaration",
                Severity.ERROR,
                f"{declaration.kind} `{declaration.name}` is made here, but no name at module level leads to it",
                Place(declaration.origin),
                "assign it to a name, or put it into a list, tuple or dict that has one; delete it if it is not needed",
            )


def _all_in(values: Iterable[object]) -> frozenset[Declaration]:
    """The declarations that values lead to, in whatever way."""
    found: set[Declaration] = set()
    seen: set[int] = set()
    pending = list(values)
    while pending:
        value = pending.pop()
        if type(value) in _PLAIN or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Declaration):
            found.add(value)
        if isinstance(value, Part):
            pending.extend(vars(value).values())
        elif isinstance(value, list | tuple):
            pending.extend(value)
        elif isinstance(value, dict):
            pending.extend(value.values())
    return frozenset(found)


def unused_generators(modules: Sequence[tuple[Module, ModuleType]]) -> Iterator[Diagnostic]:
    """A finding for each name that holds a generator, whose declarations nobody has made."""
    for module, loaded in modules:
        for name, value in vars(loaded).items():
            if type(value) in _UNMADE:
                what = "generator" if isinstance(value, GeneratorType) else f"`{type(value).__name__}`"
                message = f"`{name}` is a {what}, which makes nothing before somebody asks it"
                yield Diagnostic(
                    "unreached-declaration", Severity.ERROR, message, _assignment(module.path, name), "write a tuple: `tuple(...)`"
                )


def _assignment(path: str, name: str) -> Location:
    """Where a module gives something this name."""
    import ast

    from monitoring_as_code.origin.source import read

    source = read(path)
    for node in ast.walk(ast.parse("" if source is None else source.text)):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            return Location(path, node.lineno, node.col_offset + 1, node.lineno, node.col_offset + 1 + len(name))
    return Location(path, 1, 1, 1, 1)


def duplicates(declared: Mapping[Declaration, Declared]) -> Iterator[Diagnostic]:
    """A finding for each declaration that shares an identity with an earlier one."""
    first: dict[tuple[object, ...], Declaration] = {}
    for declaration, (_, _, holder) in declared.items():
        scope = holder if holder is not None and holder.keeps_names else None
        for identity in declaration.identities:
            earlier = first.setdefault((scope, *identity), declaration)
            if earlier is declaration:
                continue
            same_call = declaration.origin == earlier.origin  # in a function, or in a loop
            yield Diagnostic(
                "duplicate-name",
                Severity.ERROR,
                f"{declaration.called(identity)} is declared twice",
                _calling(declaration) if same_call else Place(declaration.origin),
                related=((_calling(earlier) if same_call else Place(earlier.origin), "first declared here"),),
            )


def _calling(declaration: Declaration) -> Place:
    """The call in a module's body that led to a declaration."""
    return Place((declaration.origin, *declaration.callers)[-1])


def _named(names: Mapping[str, object]) -> Iterator[tuple[str, Declaration]]:
    """The declarations in a module's names and in the containers there, with the words that lead to each."""
    for name, value in list(names.items()):
        if not name.startswith("__") and not isinstance(value, ModuleType):
            yield from _in_container(name, value, [])


def _in_container(name: str, value: object, around: list[object]) -> Iterator[tuple[str, Declaration]]:
    if isinstance(value, Declaration):
        yield name, value
    elif isinstance(value, list | tuple | dict) and len(around) < _DEEPEST and not any(value is outer for outer in around):
        around = [*around, value]
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if type(inner) not in _PLAIN:
                yield from _in_container(f"{name}[{key!r}]", inner, around)


def _inside(part: Part) -> list[Declaration]:
    """The declarations in the fields of a part and of the parts in them, but not those inside of a declaration that is found."""
    found: list[Declaration] = []
    _gather(vars(part).values(), found)
    return found


def _gather(values: Iterable[object], found: list[Declaration]) -> None:
    for value in values:
        kind = type(value)
        if kind in _PLAIN:
            continue
        if isinstance(value, Declaration):
            found.append(value)
        elif isinstance(value, Part):
            _gather(vars(value).values(), found)
        elif kind is tuple or kind is list:
            _gather(value, found)  # type: ignore[arg-type]  # of these two types
        elif kind is dict:
            _gather(value.values(), found)  # type: ignore[attr-defined]
