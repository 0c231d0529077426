"""The calls of a program that record, and what happens to metrics otherwise."""

from __future__ import annotations

import ast
import os
import re
from typing import TYPE_CHECKING, Any

from monitoring_as_code.foreign.application.names import METHODS, Business, Each, Method, Package, Scope, Sdk
from monitoring_as_code.foreign.application.names import Module as File
from monitoring_as_code.foreign.application.sites import Recordings, Site
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.metric import Metric

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.foreign.application.names import Program, Value

# What is before the labels in a call.
_BEFORE = {"inc": 0, "dec": 0, "add": 1, "set": 1, "add_with": 2, "observe": 1, "observe_with": 2, "time": 0, "start": 0, "each": 1}
_BY_NAME = frozenset({"import_module", "__import__", "exec", "eval", "modules"})
_SPELT_OTHERWISE = re.compile(rb"[\x80-\xff]|import_module|__import__")


class _Loose(NamedTuple):
    """A call of a method that may be one of a metric's; `labels` is None if they are not written out."""

    method: str
    before: int
    labels: frozenset[str] | None
    at: str

    def fits(self, metric: Metric[Any]) -> bool:
        """Whether it could record this metric."""
        if not hasattr(type(metric), self.method):
            return False
        wanted = frozenset(label.attribute for label in metric.label_declarations)
        return self.labels is None or (self.labels == wanted and self.before == _BEFORE.get(self.method, self.before))


class Reader:
    """Reads the files that may know a metric, and the others only if it matters whether they do."""

    def __init__(self, program: Program, root: str, metrics: tuple[Metric[Any], ...]) -> None:
        self._program = program
        self._root = root
        self._metrics = metrics
        self._recorded: dict[str, list[Site]] = {}
        self._registered: dict[str, list[Site]] = {}
        self._handed_on: dict[str, str] = {}
        """Metrics that the application gave to something that is not followed, each with the reason."""
        self._passed: set[str] = set()
        """Metrics that the definitions gave to something, so that somebody may have them from there."""
        self._loose: list[_Loose] = []
        self._by_name = ""
        self._file: File
        self._decorated = ""
        """The function whose decorators are being read."""

    def read(self) -> Recordings:
        """All that can be known."""
        relevant = self._relevant()
        for path in relevant:
            self._read(self._program.modules[path])
        quiet = [metric for metric in self._metrics if metric.name not in self._recorded and metric.name not in self._handed_on]
        if any(metric.name in self._passed for metric in quiet):
            for path, module in self._program.modules.items():
                if path not in relevant and _may_record(module.content):
                    self._read(module)
        unread = {
            os.path.relpath(path, self._root).replace(os.sep, "/"): module.fault
            for path, module in self._program.modules.items()
            if module.fault
        }
        return Recordings(
            {name: tuple(sites) for name, sites in self._recorded.items()},
            {name: tuple(sites) for name, sites in self._registered.items()},
            {metric.name: why for metric in quiet if (why := self._doubt(metric, unread)) is not None}
            | {name: why for name, why in self._handed_on.items() if name not in self._recorded},
            unread,
            sum(not module.defines for module in self._program.modules.values()),
        )

    def _relevant(self) -> dict[str, None]:
        """The files that may have a metric: those that name the definitions, or a file that does."""
        words = {os.path.basename(self._program.definitions).encode()}
        found: dict[str, None] = {path: None for path, module in self._program.modules.items() if module.defines}
        waiting = {path: module for path, module in self._program.modules.items() if not module.defines}
        grown = True
        while grown:
            grown = False
            for path, module in list(waiting.items()):
                if _SPELT_OTHERWISE.search(module.content) or any(word in module.content for word in words):
                    del waiting[path]
                    found[path] = None
                    stem = os.path.basename(path)[:-3]
                    names = {os.path.basename(os.path.dirname(path)), stem} - {"__init__", "__main__"}
                    if not words.issuperset(name.encode() for name in names):
                        words |= {name.encode() for name in names}
                        grown = True
        return found

    def _doubt(self, metric: Metric[Any], unread: dict[str, str]) -> str | None:
        """Why it cannot be said that a metric of which no call is seen is not recorded."""
        if self._by_name:
            return f"{self._by_name} finds modules by name"
        if unread:
            return f"{next(iter(unread))} cannot be read"
        if metric.name in self._passed:
            return next((f"{each.at} may record it" for each in self._loose if each.fits(metric)), None)
        return None

    def _read(self, module: File) -> None:
        tree = module.parsed()
        if tree is not None:
            self._file = module
            try:
                self._visit_all(tree.body, module.scope)
            except RecursionError:
                module.fault = "it cannot be parsed"

    def _site(self, node: ast.AST, scope: Scope, method: str) -> Site:
        path = os.path.relpath(self._file.path, self._root).replace(os.sep, "/")
        return Site(path, getattr(node, "lineno", 1), self._decorated or scope.called, method)

    def _visit_all(self, nodes: list[Any], scope: Scope) -> None:
        for node in nodes:
            if isinstance(node, ast.AST):
                self._visit(node, scope)

    def _visit(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                inner = Scope(self._file, scope, node)
                self._decorated = inner.called
                self._visit_all(node.decorator_list, scope)
                self._decorated = ""
                self._visit_defaults(node.args, scope)
                self._visit_all(node.body, inner)
            case ast.Lambda():
                self._visit_defaults(node.args, scope)
                self._visit(node.body, Scope(self._file, scope, node))
            case ast.ClassDef():
                self._visit_all([*node.decorator_list, *node.bases, *node.keywords], scope)
                self._visit_all(node.body, Scope(self._file, scope, node))
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._visit_comprehension(node, scope)
            case ast.Call():
                self._visit_call(node, scope)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._visit_binding(name, value, scope)
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                if value is not None:
                    self._visit_binding(name, value, scope)
            case ast.AnnAssign(target=target, value=value):
                self._visit_all([target, value], scope)
            case ast.For(target=target, iter=iterated) | ast.AsyncFor(target=target, iter=iterated):
                if not self._is_followed(target, scope):
                    self._visit(iterated, scope)
                self._visit_all([target, *node.body, *node.orelse], scope)
            case ast.Compare() | ast.BinOp() | ast.UnaryOp():
                for operand in ast.iter_child_nodes(node):
                    if not isinstance(self._program.value(operand, scope), Metric):  # an expression of the algebra, or a comparison
                        self._visit(operand, scope)
            case ast.Attribute(value=base, attr=attribute):
                self._visit_attribute(node, base, attribute, scope)
            case ast.Name(ctx=ast.Load()):
                self._hand_on(node, scope, "handed on")
            case ast.Import() | ast.ImportFrom():
                self._visit_import(node, scope)
            case ast.Expr(value=ast.Name()):
                pass
            case _:
                self._visit_all(list(ast.iter_child_nodes(node)), scope)

    def _visit_defaults(self, arguments: ast.arguments, scope: Scope) -> None:
        self._visit_all([*arguments.defaults, *arguments.kw_defaults], scope)

    def _visit_comprehension(self, node: ast.AST, scope: Scope) -> None:
        inner = Scope(self._file, scope, node)
        for generator in getattr(node, "generators", ()):
            if not self._is_followed(generator.target, inner):
                self._visit(generator.iter, scope)
            self._visit_all(generator.ifs, inner)
        self._visit_all([each for name in ("elt", "key", "value") if (each := getattr(node, name, None)) is not None], inner)

    def _is_followed(self, target: ast.expr, scope: Scope) -> bool:
        """Whether all that a loop gives its names is known, so that whoever uses them is seen."""
        names = [each for each in ast.walk(target) if isinstance(each, ast.Name)]
        return any(isinstance(self._program.named(each.id, scope), Each) for each in names) and not scope.is_class

    def _visit_binding(self, name: str, value: ast.expr, scope: Scope) -> None:
        """A name for something: where the name is known to mean it, its uses tell."""
        if not scope.is_class and self._program.value(value, scope) is not None and self._program.named(name, scope) is not None:
            return
        self._visit(value, scope)

    def _visit_import(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        """An import is followed where its names mean nothing else; in a class they are had by its instances."""
        for name, value in self._program.imported(node, scope):
            if scope.is_class or self._program.named(name, scope) is None:
                self._hand_on_value(value, node, scope, "imported by a name that means something else, too")

    def _visit_attribute(self, node: ast.Attribute, base: ast.expr, attribute: str, scope: Scope) -> None:
        if attribute == "modules" and isinstance(base, ast.Name) and base.id == "sys":
            self._found_by_name(node, scope)
        found = self._program.value(base, scope)
        if isinstance(found, Metric):
            if attribute in METHODS:
                self._hand_on(node, scope, f"its `{attribute}` is handed on")
            return
        if isinstance(found, File | Package):
            self._hand_on(node, scope, "handed on")
            return
        if isinstance(found, Sdk):
            return
        self._visit(base, scope)

    def _visit_call(self, node: ast.Call, scope: Scope) -> None:
        function = node.func
        meant = self._program.value(function, scope)
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        base = self._program.value(function.value, scope) if isinstance(function, ast.Attribute) else None
        if isinstance(meant, Sdk):
            self._visit_sdk(node, meant.name, arguments, scope)
            return
        if any(isinstance(found := self._program.value(each, scope), Sdk) and _measures(found.name) for each in arguments):
            # `app.add_middleware(Middleware, requests=requests)`
            self._visit_sdk(node, "instrument.http", arguments, scope)
        elif isinstance(meant, Method):
            self._record(node, scope, meant)
        elif isinstance(meant, Business):
            for metric in meant.operations:
                self._add(self._recorded, metric, self._site(node, scope, "inc"))
            for metric in meant.values if len(arguments) > 2 else ():
                self._add(self._recorded, metric, self._site(node, scope, "set"))
        elif isinstance(base, Each) and isinstance(function, ast.Attribute):
            for each in base.values:
                if isinstance(each, Metric) and function.attr in METHODS:
                    self._record(node, scope, Method(each, function.attr))
        elif isinstance(meant, Each):
            for each in meant.values:
                if isinstance(each, Method):
                    self._record(node, scope, each)
        elif isinstance(function, ast.Attribute):
            self._visit_other_method(node, function, scope)
        else:
            if isinstance(function, ast.Name) and function.id in ("getattr", "vars"):
                self._loose += [_Loose(name, 0, None, self._site(node, scope, name).at) for name in sorted(METHODS)]
            if isinstance(function, ast.Name) and function.id in _BY_NAME:
                self._find_by_name(node, scope)
            if not isinstance(function, ast.Name):
                self._visit(function, scope)
        self._visit_all(arguments, scope)

    def _visit_other_method(self, node: ast.Call, function: ast.Attribute, scope: Scope) -> None:
        """A method of something else, or of something that nobody knows."""
        inner = function.value
        if isinstance(inner, ast.Call) and function.attr == "set":
            found = self._program.value(inner.func, scope)
            if isinstance(found, Method) and found.name == "each":
                self._add(self._recorded, found.metric, self._site(node, scope, "each"))
                self._visit_all([*inner.args, *inner.keywords], scope)
                return
        if function.attr in _BY_NAME:
            self._find_by_name(node, scope)
        if function.attr in METHODS:
            names = [keyword.arg for keyword in node.keywords]
            written = None not in names and not any(isinstance(each, ast.Starred) for each in node.args)
            labels = frozenset(name for name in names if name is not None) if written else None
            self._loose.append(_Loose(function.attr, len(node.args), labels, self._site(node, scope, function.attr).at))
        if not isinstance(self._program.value(function.value, scope), Metric):  # `requests.rate("5m")` is a query
            self._visit(function.value, scope)

    def _visit_sdk(self, node: ast.Call, name: str, arguments: list[ast.expr], scope: Scope) -> None:
        """A call of this package: a declaration only reads what it is given, an instrument registers or records."""
        for argument in arguments:
            for leaf in _leaves(argument):
                value = self._program.value(leaf, scope)
                metrics = tuple(self._program.metrics_of(value))
                if not metrics or isinstance(leaf, ast.Call):
                    self._visit(leaf, scope)
                elif name in ("instrument.register", "instrument.registry.register"):
                    for metric in metrics:
                        self._add(self._registered, metric, self._site(node, scope, "register"))
                elif name.startswith("instrument."):
                    for metric in metrics:
                        self._add(self._recorded, metric, self._site(node, scope, name.rpartition(".")[2]))

    def _record(self, node: ast.Call, scope: Scope, method: Method) -> None:
        if method.name == "start":
            self._add(self._registered, method.metric, self._site(node, scope, method.name))
        elif method.name != "each":
            self._add(self._recorded, method.metric, self._site(node, scope, method.name))
        else:
            self._hand_on(node.func, scope, "its `each` is handed on")

    def _add(self, found: dict[str, list[Site]], metric: Metric[Any], site: Site) -> None:
        sites = found.setdefault(metric.name, [])
        if site not in sites:
            sites.append(site)

    def _hand_on(self, node: ast.expr, scope: Scope, how: str) -> None:
        self._hand_on_value(self._program.value(node, scope), node, scope, how)

    def _hand_on_value(self, value: Value, node: ast.AST, scope: Scope, how: str) -> None:
        metrics = tuple(self._program.metrics_of(value))
        if not metrics:
            return
        where = self._site(node, scope, "").at
        for metric in metrics:
            if self._file.defines:
                self._passed.add(metric.name)
            else:
                self._handed_on.setdefault(metric.name, f"{where}: {how}")

    def _find_by_name(self, node: ast.Call, scope: Scope) -> None:
        said = node.args[0] if node.args else None
        name = said.value if isinstance(said, ast.Constant) else None
        definitions = os.path.basename(self._program.definitions)
        if not isinstance(name, str) or definitions in name:
            self._found_by_name(node, scope)

    def _found_by_name(self, node: ast.AST, scope: Scope) -> None:
        self._by_name = self._by_name or self._site(node, scope, "").at


def _may_record(content: bytes) -> bool:
    return any(f".{name}".encode() in content for name in METHODS) or b"getattr" in content


def _measures(name: str) -> bool:
    """Whether it is what measures an application's requests."""
    return name.startswith("instrument.") and name.rpartition(".")[2].endswith("Middleware")


def _leaves(node: ast.expr) -> Iterator[ast.expr]:
    """An argument, or what is in it where it is written out."""
    match node:
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            for each in elements:
                yield from _leaves(each)
        case ast.Dict(values=elements):
            for each in elements:
                yield from _leaves(each)
        case ast.Starred(value=value):
            yield from _leaves(value)
        case _:
            yield node
