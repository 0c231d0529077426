"""What names mean in a program: imports, aliases and modules are followed, whatever else a name is given makes it unknown."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.metric import Metric

if TYPE_CHECKING:
    from collections.abc import Iterable

_SDK = "monitoring_as_code"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Sdk(NamedTuple):
    """Something of this package, by its dotted name below it; "" for the package itself."""

    name: str


class Method(NamedTuple):
    """A method of a metric, not called."""

    metric: Metric[Any]
    name: str


class Several(NamedTuple):
    """A tuple, a list or a dict that is written out; `keys` are the constants by which each is had."""

    values: tuple[Value, ...]
    keys: tuple[object, ...]


class Each(NamedTuple):
    """One of these after the other: what a loop over several gives a name."""

    values: tuple[Value, ...]


class Business(NamedTuple):
    """A `Business`, which is called: what counts each operation, and what takes the values."""

    operations: tuple[Metric[Any], ...]
    values: tuple[Metric[Any], ...]


class Module:
    """A file, read when somebody asks for what is in it. `tree` is None if it is no Python; then `fault` says why."""

    def __init__(self, path: str, *, defines: bool) -> None:
        self.path = path
        self.defines = defines
        self.fault = ""
        self.content = b""
        self.tree: ast.Module | None = None
        try:
            with open(path, "rb") as file:
                self.content = file.read()
        except OSError as error:
            self.fault = error.strerror or "it cannot be read"
        self._scope: Scope | None = None
        self.rebound: frozenset[str] = frozenset()
        """Names that a function gives a value elsewhere than in itself: nobody knows which holds."""

    def parsed(self) -> ast.Module | None:
        """The tree."""
        if self.tree is None and not self.fault:
            try:
                self.tree = _parsed(self.content)
            except SyntaxError as error:
                self.fault = f"line {error.lineno}: {error.msg}"
            except (ValueError, RecursionError, MemoryError):
                self.fault = "it cannot be parsed"
        return self.tree

    @property
    def scope(self) -> Scope:
        """Its global names."""
        if self._scope is None:
            tree = self.parsed() or ast.Module([], [])
            rebinding = (each for each in ast.walk(tree) if isinstance(each, ast.Global | ast.Nonlocal))
            self.rebound = frozenset(name for each in rebinding for name in each.names)
            self._scope = Scope(self, None, tree)
        return self._scope

    def __repr__(self) -> str:
        return f"<module {self.path}>"


@lru_cache(maxsize=4096)
def _parsed(content: bytes) -> ast.Module:
    """The tree, kept: a project with environments is read once for each."""
    return ast.parse(content)


class Package(NamedTuple):
    """A folder of modules, whose own file, if it has one, is `module`."""

    path: str
    module: Module | None


Value: TypeAlias = Metric[Any] | Sdk | Method | Several | Each | Business | Module | Package | None
"""What a name means; None if nobody knows."""


class _Import(NamedTuple):
    """A name that an import binds: a module by its dotted name, and what is taken of it; `level` are the dots before it."""

    module: str
    level: int
    taken: str | None


class _Loop(NamedTuple):
    """A name that a loop binds: what is looped over, and the places to the name in nested targets."""

    iterated: ast.expr
    places: tuple[int, ...]


class _Opaque:
    """A name that something binds that is not followed."""


_OPAQUE = _Opaque()
_Binding: TypeAlias = "_Import | _Loop | _Opaque | ast.expr"


class Scope:
    """A module, class, function or comprehension, with the names that it binds."""

    def __init__(self, module: Module, outer: Scope | None, node: ast.AST) -> None:
        self.module = module
        self.outer = outer
        self.is_class = isinstance(node, ast.ClassDef)
        self.names: dict[str, list[_Binding]] = {}
        self.stars: list[_Import] = []
        self.known: dict[str, Value] = {}
        self.called: str = "" if outer is None else outer.called
        name = getattr(node, "name", None)
        if isinstance(name, str):
            self.called = f"{self.called}.{name}" if self.called else name
        if isinstance(node, FUNCTIONS):
            arguments = node.args
            for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
                if each is not None:
                    self._bind(each.arg, _OPAQUE)
        if isinstance(node, COMPREHENSIONS):
            for generator in node.generators:
                self._bind_target(generator.target, generator.iter, ())
        else:
            body = getattr(node, "body", [])
            for inner in body if isinstance(body, list) else [body]:
                self._collect(inner)

    def _bind(self, name: str, binding: _Binding) -> None:
        self.names.setdefault(name, []).append(binding)

    def _collect(self, node: ast.AST) -> None:
        """The names that a statement binds here, those of its expressions included."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._bind(node.name, _OPAQUE)
                for decorator in node.decorator_list:
                    self._collect(decorator)
                return
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                for inner in ast.walk(node):  # a walrus binds around a comprehension
                    if isinstance(inner, ast.NamedExpr):
                        self._bind(inner.target.id, _OPAQUE)
                return
            case ast.Import(names=names):
                for each in names:
                    if each.asname is not None:
                        self._bind(each.asname, _Import(each.name, 0, None))
                    else:
                        self._bind(each.name.partition(".")[0], _Import(each.name.partition(".")[0], 0, None))
                return
            case ast.ImportFrom(module=module, names=names, level=level):
                for each in names:
                    if each.name == "*":
                        self.stars.append(_Import(module or "", level, None))
                    else:
                        self._bind(each.asname or each.name, _Import(module or "", level, each.name))
                return
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind_to(target, value)
            case ast.AnnAssign(target=target, value=value):
                if value is not None:
                    self._bind_to(target, value)
            case ast.NamedExpr(target=target, value=value):
                self._bind(target.id, value)
            case ast.For(target=target, iter=iterated) | ast.AsyncFor(target=target, iter=iterated):
                self._bind_target(target, iterated, ())
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self._bind(name, _OPAQUE)
            case ast.MatchMapping(rest=str(name)):
                self._bind(name, _OPAQUE)
            case ast.AugAssign(target=ast.Name(id=name)) | ast.Delete(targets=[ast.Name(id=name)]):
                self._bind(name, _OPAQUE)
            case ast.withitem(optional_vars=ast.expr() as target):
                self._opaque(target)
            case _:
                pass
        for inner in ast.iter_child_nodes(node):
            self._collect(inner)

    def _bind_to(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, value)
        else:
            self._opaque(target)

    def _bind_target(self, target: ast.expr, iterated: ast.expr, places: tuple[int, ...]) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, _Loop(iterated, places))
        elif isinstance(target, ast.Tuple | ast.List):
            for place, inner in enumerate(target.elts):
                self._bind_target(inner, iterated, (*places, place))
        else:
            self._opaque(target)

    def _opaque(self, target: ast.expr) -> None:
        for each in ast.walk(target):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                self._bind(each.id, _OPAQUE)


class Program:
    """The files of an application and the definitions that it imports; `declared` are the metrics by file and name."""

    def __init__(
        self, files: Iterable[str], definitions: str, roots: Iterable[str], declared: Mapping[tuple[str, str], Metric[Any]]
    ) -> None:
        self._declared = declared
        self._roots = tuple(roots)
        self.definitions = definitions
        self.modules = {path: Module(path, defines=False) for path in files}
        for folder, folders, names in os.walk(definitions):
            folders.sort()
            for name in sorted(names):
                if name.endswith(".py"):
                    path = os.path.join(folder, name)
                    self.modules[path] = Module(path, defines=True)
        self._folders = {folder for path in self.modules for folder in _folders_of(path)}
        self._held: dict[tuple[str, str], list[tuple[str, Metric[Any]]]] = {}
        for (path, variable), metric in declared.items():
            name, bracket, rest = variable.partition("[")
            if bracket:
                self._held.setdefault((path, name), []).append((bracket + rest, metric))

    def value(self, node: ast.AST, scope: Scope) -> Value:
        """What an expression means."""
        match node:
            case ast.Name(id=name):
                return self.named(name, scope)
            case ast.Attribute(value=base, attr=name):
                return self._attribute(self.value(base, scope), name)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                values = tuple(self.value(each, scope) for each in elements)
                return Several(values, tuple(range(len(values)))) if any(each is not None for each in values) else None
            case ast.Dict(keys=keys, values=elements):
                values = tuple(self.value(each, scope) for each in elements)
                if all(isinstance(key, ast.Constant) for key in keys) and any(each is not None for each in values):
                    return Several(values, tuple(key.value for key in keys if isinstance(key, ast.Constant)))
                return None
            case ast.Subscript(value=base, slice=ast.Constant(value=key)):
                several = self.value(base, scope)
                if isinstance(several, Several):
                    return next((value for value, each in zip(several.values, several.keys, strict=True) if each == key), None)
                return None
            case ast.Call(func=function) if self.value(function, scope) in (Sdk("Business"), Sdk("model.business.Business")):
                return self._business(node, scope)
            case ast.NamedExpr(value=value):
                return self.value(value, scope)
            case _:
                return None

    def _business(self, node: ast.Call, scope: Scope) -> Value:
        operations: list[Metric[Any]] = []
        values: list[Metric[Any]] = []
        for keyword in node.keywords:
            value = self.value(keyword.value, scope)
            found = [each for each in (value.values if isinstance(value, Several) else (value,)) if isinstance(each, Metric)]
            (operations if keyword.arg == "operations" else values).extend(found)
        return Business(tuple(operations), tuple(values))

    def imported(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> Iterator[tuple[str, Value]]:
        """The names that an import binds, each with what it means by this import alone."""
        for alias in node.names:
            if isinstance(node, ast.Import):
                name, dotted = (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2
                yield name, self._module(dotted, 0, scope.module)
                continue
            module = self._module(node.module or "", node.level, scope.module)
            if alias.name != "*":
                yield alias.asname or alias.name, self._attribute(module, alias.name)
            elif isinstance(module, Module):
                for name in scope.names.keys() & {variable for path, variable in self._declared if path == module.path}:
                    yield name, self._attribute(module, name)

    def _attribute(self, base: Value, name: str) -> Value:
        match base:
            case Module():
                return self.of_module(base, name)
            case Package():
                return self._of_package(base, name)
            case Sdk(name=outer):
                return Sdk(f"{outer}.{name}" if outer else name)
            case Metric():
                return Method(base, name) if hasattr(type(base), name) and name in METHODS else None
            case _:
                return None

    def named(self, name: str, scope: Scope) -> Value:
        """What a name means where it is read."""
        if name in scope.module.rebound:
            return None
        first = scope
        found: Scope | None = scope
        while found is not None:
            if (name in found.names and (found is first or not found.is_class)) or found.outer is None:
                return self.of_module(found.module, name) if found.outer is None else self._bound(name, found)
            found = found.outer
        return None

    def of_module(self, module: Module, name: str) -> Value:
        """What a module has by this name."""
        declared = self._declared.get((module.path, name))
        if declared is not None:
            return declared
        held = self._held.get((module.path, name))
        if held is not None:
            return Several(tuple(metric for _, metric in held), tuple(_key(text) for text, _ in held))
        scope = module.scope
        if name in module.rebound:
            return None
        if name in scope.names:
            return self._bound(name, scope)
        for star in scope.stars if not name.startswith("_") else ():
            starred = self._module(star.module, star.level, module)
            found = self._taken(starred, name)
            if found is not None:
                return found
        if os.path.basename(module.path) == "__init__.py":
            return self._package(os.path.join(os.path.dirname(module.path), name))
        return None

    def _bound(self, name: str, scope: Scope) -> Value:
        if name in scope.known:
            return scope.known[name]
        scope.known[name] = None  # one that is made of itself is unknown
        values = [self._of_binding(each, scope) for each in scope.names[name]]
        # Of a name that is bound several times nobody knows which it is.
        found = values[0] if values and all(_same(each, values[0]) for each in values) else None
        scope.known[name] = found
        return found

    def _of_binding(self, binding: _Binding, scope: Scope) -> Value:
        if isinstance(binding, _Import):
            module = self._module(binding.module, binding.level, scope.module)
            return module if binding.taken is None else self._taken(module, binding.taken)
        if isinstance(binding, _Loop):
            return self._looped(binding, scope)
        if isinstance(binding, ast.expr):
            return self.value(binding, scope)
        return None

    def _looped(self, loop: _Loop, scope: Scope) -> Value:
        several = self.value(loop.iterated, scope)
        if not isinstance(several, Several) or isinstance(loop.iterated, ast.Dict):
            return None
        values = several.values
        for place in loop.places:
            if not all(isinstance(each, Several) and place < len(each.values) for each in values):
                return None
            values = tuple(each.values[place] for each in values if isinstance(each, Several))
        return Each(values) if all(each is not None for each in values) else None

    def _taken(self, module: Value, name: str) -> Value:
        return self._attribute(module, name)

    def _of_package(self, package: Package, name: str) -> Value:
        if package.module is not None:
            found = self.of_module(package.module, name)
            if found is not None or name in package.module.scope.names:
                return found
        return self._package(os.path.join(package.path, name))

    def _module(self, dotted: str, level: int, importing: Module) -> Value:
        """A module by its dotted name, absolute or from where it is imported."""
        steps = dotted.split(".") if dotted else []
        if level:
            folder = os.path.dirname(importing.path)
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            return self._package(os.path.join(folder, *steps))
        if steps and steps[0] == _SDK:
            return Sdk(".".join(steps[1:]))
        for root in self._roots:
            found = self._package(os.path.join(root, *steps))
            if found is not None:
                return found
        return None

    def _package(self, path: str) -> Value:
        module = self.modules.get(path + ".py")
        if module is not None:
            return module
        if path in self._folders:
            return Package(path, self.modules.get(os.path.join(path, "__init__.py")))
        return None

    def metrics_of(self, value: Value) -> Iterator[Metric[Any]]:
        """The metrics that somebody gets hold of with a value."""
        match value:
            case Metric():
                yield value
            case Method():
                yield value.metric
            case Several() | Each():
                for each in value.values:
                    yield from self.metrics_of(each)
            case Business():
                yield from (*value.operations, *value.values)
            case Module():
                yield from self.in_module(value)
            case Package():
                for path, module in self.modules.items():
                    if path.startswith(value.path + os.sep):
                        yield from self.in_module(module)
            case _:
                return

    def in_module(self, module: Module) -> Iterator[Metric[Any]]:
        """The metrics that a module has names for."""
        for (path, _), metric in self._declared.items():
            if path == module.path:
                yield metric
        for name in module.scope.names:
            if (module.path, name) not in self._declared:
                value = self.of_module(module, name)
                if isinstance(value, Metric | Method | Several | Each | Business):
                    yield from self.metrics_of(value)
        for star in module.scope.stars:
            starred = self._module(star.module, star.level, module)
            if isinstance(starred, Module) and starred is not module:
                yield from (metric for (path, _), metric in self._declared.items() if path == starred.path)


METHODS = frozenset({"inc", "add", "add_with", "dec", "set", "observe", "observe_with", "time", "each", "start"})
"""Those that record, of all kinds of metrics."""


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, Metric | Module) or isinstance(other, Metric | Module):
        return one is other  # declarations compare by identity, and so do files
    return one == other


def _key(text: str) -> object:
    try:
        return ast.literal_eval(text[1:-1])
    except (ValueError, SyntaxError):
        return text


def _folders_of(path: str) -> Iterator[str]:
    folder = os.path.dirname(path)
    while folder != os.path.dirname(folder):
        yield folder
        folder = os.path.dirname(folder)
