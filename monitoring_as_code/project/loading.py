"""Imports the definitions as a package that nobody else sees, going on after each module that fails."""

from __future__ import annotations

import importlib
import io
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, TextIO

from monitoring_as_code.light import NamedTuple, override
from monitoring_as_code.model.declaration import Declaration, InvalidDeclaration, Noted, noting
from monitoring_as_code.project import Module

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from monitoring_as_code.model.environments import WrongChoice

# A file that changes twice within one second, its size unchanged, looks the same to Python, which would take the old bytecode.
_SETTLED_SECONDS = 2


class FailedBeforeError(ImportError):
    """A module is needed that failed already, and was reported."""


class Failure(NamedTuple):
    """A module that could not be loaded: what it raised, or the invalid declarations and choices that it made."""

    module: Module
    error: BaseException | None
    invalid: tuple[InvalidDeclaration | WrongChoice, ...]


class Made(NamedTuple):
    """A declaration, and the file that was being executed when it was made."""

    declaration: Declaration
    path: str


class Loading:
    """One load of one project's definitions, for one of its environments if it has some.

    Loads that are given the same `codes` compile each file once, so that they read the same text, and a call has one origin in all of them.
    """

    def __init__(
        self,
        root: str,
        package: str,
        environments: tuple[str, ...] | None = (),
        environment: str | None = None,
        codes: dict[str, CodeType] | None = None,
    ) -> None:
        self.environments = environments
        self.environment = environment
        self.codes = codes
        self.root = root
        self.package = package
        self.folder = os.path.join(root, package)
        self.failures: list[Failure] = []
        """In the order in which they happened; a module that only needs a failed one is not among them."""
        self.failed: set[str] = set()
        """Full names of all modules that could not be loaded."""
        self.misplaced: list[tuple[str, str]] = []
        """Files that cannot be loaded by their names, and why."""
        self.modules: list[Module] = []
        """All that there are, loaded or not."""
        self.names: dict[str, list[str]] = {}
        """The names in each loaded module, by its full name; kept only if another one failed."""
        self.made: list[Made] = []
        self._noted = Noted()
        self._raised: list[BaseException] = []

    def load(self) -> list[tuple[Module, ModuleType]]:
        """All modules that could be loaded, by name."""
        if not os.path.isdir(self.folder):
            return []
        loaded: list[tuple[Module, ModuleType]] = []
        noted = noting(go_on=True, environments=self.environments, environment=self.environment)
        with noted as self._noted, _guarded_streams(), self._own_imports():
            for name, path in self._modules():
                self.modules.append(self.module(name, path))
                if not os.path.exists(path):  # a link that leads nowhere
                    self._fail(name, path, FileNotFoundError(path))
                    continue
                try:
                    module = importlib.import_module(name)
                except KeyboardInterrupt:
                    raise
                except BaseException as error:  # noqa: BLE001 - sys.exit() in a definitions file must not end the command in silence
                    if name not in self.failed:  # the loader has not come so far: the file cannot be read
                        self._fail(name, path, error)
                    if os.path.basename(path) == "__init__.py":
                        self._stand_in(name, path)
                    continue
                loaded.append((self.module(name, path), module))
            if self.failures:
                self.names = {module.__name__: list(vars(module)) for _, module in loaded}
        return loaded

    @property
    def discarded(self) -> Sequence[object]:
        """The values that were meant for other environments."""
        return self._noted.discarded

    def module(self, name: str, path: str) -> Module:
        """A module by its full name."""
        return Module(name.removeprefix(f"{self.package}."), path)

    def execute(self, loader: SourceFileLoader, module: ModuleType) -> None:
        """Runs a module's code, and keeps what it declared if it succeeds."""
        name, path = module.__name__, loader.path
        before, invalid_before = len(self._noted), len(self._noted.invalid)
        error: BaseException | None = None
        try:
            SourceFileLoader.exec_module(loader, module)
        except BaseException as raised:
            error = raised
            raise
        finally:
            # Modules that this one imported have taken their own away.
            made, invalid = self._noted[before:], self._noted.invalid[invalid_before:]
            del self._noted[before:], self._noted.invalid[invalid_before:]
            if error is not None or invalid:
                self._fail(name, path, error, invalid)
            else:
                self.made.extend(Made(declaration, path) for declaration in made)
        if invalid:
            raise FailedBeforeError(name=name)

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """The modules of the package, whatever is installed under its name."""
        if name != self.package and not name.startswith(f"{self.package}."):
            return None
        if name in self.failed:
            raise FailedBeforeError(name=name)
        base = os.path.join(self.root, *name.split("."))
        file = os.path.join(base, "__init__.py")
        if os.path.isfile(file):
            return self._spec(name, file, base)
        if os.path.isfile(f"{base}.py"):
            return self._spec(name, f"{base}.py", None)
        if os.path.isdir(base):
            spec = ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = [base]
            return spec
        return None

    def _spec(self, name: str, file: str, folder: str | None) -> ModuleSpec:
        spec = ModuleSpec(name, _Loader(name, file, self), origin=file, is_package=folder is not None)
        spec.has_location = True
        if folder is not None:
            spec.submodule_search_locations = [folder]
        return spec

    def _fail(self, name: str, path: str, error: BaseException | None, invalid: Sequence[InvalidDeclaration | WrongChoice] = ()) -> None:
        self.failed.add(name)
        known = self._is_known(error)
        if error is not None:
            self._raised.append(error)
        # After an invalid declaration the module goes on with an object that is not whole: what it raises then is no news.
        if invalid or not known:
            self.failures.append(Failure(self.module(name, path), None if invalid else error, tuple(invalid)))

    def _is_known(self, error: BaseException | None) -> bool:
        """Whether the error comes from another module that failed."""
        if isinstance(error, KeyboardInterrupt | FailedBeforeError) or any(error is known for known in self._raised):
            return True
        return isinstance(error, ImportError) and error.name in self.failed

    def _stand_in(self, name: str, path: str) -> None:
        """A package without content, so that the modules below it are still checked."""
        module = ModuleType(name)
        module.__path__ = [os.path.dirname(path)]
        sys.modules[name] = module

    def _modules(self) -> list[tuple[str, str]]:
        """Full name and path of every module, a package before what is in it."""
        found: list[tuple[str, str]] = []
        pending = [(self.package, self.folder)]
        seen = {os.path.realpath(self.folder)}
        while pending:
            package, folder = pending.pop()
            entries = sorted(os.scandir(folder), key=lambda each: each.name)
            folders = {each.name for each in entries if each.is_dir()}
            for entry in entries:
                stem, suffix = os.path.splitext(entry.name)
                if entry.name.startswith(".") or entry.name == "__pycache__":
                    continue
                if entry.name in folders:
                    real = os.path.realpath(entry.path)
                    if entry.name.isidentifier() and real not in seen:
                        seen.add(real)
                        pending.append((f"{package}.{entry.name}", entry.path))
                    elif real not in seen and any(name.endswith(".py") for name in os.listdir(entry.path)):
                        self.misplaced.append(
                            (entry.path, f"`{entry.name}` cannot be imported: a folder's name is letters, digits and underscores")
                        )
                elif suffix == ".py" and not stem.isidentifier():
                    self.misplaced.append(
                        (entry.path, f"`{entry.name}` cannot be imported: a module's name is letters, digits and underscores")
                    )
                elif suffix == ".py" and os.path.isfile(os.path.join(folder, stem, "__init__.py")):
                    self.misplaced.append((entry.path, f"`{entry.name}` cannot be imported: the folder `{stem}` beside it has its name"))
                elif suffix == ".py":
                    found.append((package if stem == "__init__" else f"{package}.{stem}", entry.path))
        return sorted(found)

    @contextmanager
    def _own_imports(self) -> Iterator[None]:
        """While this lasts, the package is this project's and the project's other code can be imported; afterwards all is as before."""
        path = list(sys.path)
        known = set(sys.modules)
        hidden = {name: sys.modules.pop(name) for name in known if name == self.package or name.startswith(f"{self.package}.")}
        on_path = self.root in {os.path.abspath(entry) for entry in path}
        if not on_path:
            sys.path.append(self.root)  # last: a folder of the project hides nothing that is installed
        sys.meta_path.insert(0, self)
        try:
            yield
        finally:
            sys.meta_path.remove(self)
            sys.path[:] = path
            new = set(sys.modules) - known | hidden.keys()
            own = {self.package} | {name for name in new if "." not in name and not on_path and self._is_own(sys.modules.get(name))}
            for name in new:
                if name.partition(".")[0] in own:
                    sys.modules.pop(name, None)
            sys.modules.update(hidden)

    def _is_own(self, module: ModuleType | None) -> bool:
        """Whether a module was found in the project's root, such as the application that is monitored."""
        file = getattr(module, "__file__", None)
        folders = [os.path.dirname(file)] if isinstance(file, str) else list(getattr(module, "__path__", ()))
        if isinstance(file, str) and os.path.basename(file) == "__init__.py":
            folders = [os.path.dirname(folders[0])]
        elif not isinstance(file, str):
            folders = [os.path.dirname(folder) for folder in folders]
        return self.root in folders


class _Lent(io.TextIOBase):
    """The real stderr, for a definitions file that may close it."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    @override
    def write(self, text: str) -> int:
        return len(text) if self._stream is None else self._stream.write(text)

    @override
    def flush(self) -> None:
        if self._stream is not None:
            self._stream.flush()

    @override
    def fileno(self) -> int:
        return super().fileno() if self._stream is None else self._stream.fileno()

    @override
    def isatty(self) -> bool:
        return self._stream is not None and self._stream.isatty()

    @override
    def writable(self) -> bool:
        return True

    @override
    def close(self) -> None:
        """Nothing: others still need it."""


@contextmanager
def _guarded_streams() -> Iterator[None]:
    """While this lasts, all that is printed goes to stderr; afterwards both streams are as before, whatever was done to them."""
    stdout, stderr = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = _Lent(stderr)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = stdout, stderr


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, loading: Loading) -> None:
        super().__init__(name, path)
        self.loading = loading

    @override
    def exec_module(self, module: ModuleType) -> None:
        self.loading.execute(self, module)

    @override
    def get_code(self, fullname: str) -> CodeType | None:
        codes = self.loading.codes
        if codes is None:
            return super().get_code(fullname)
        found = codes.get(self.path)
        if found is None and (found := super().get_code(fullname)) is not None:
            codes[self.path] = found
        return found

    @override
    def set_data(self, path: str, data: Buffer, *, _mode: int = 0o666) -> None:
        # Bytecode is kept only of files that have not changed just now.
        if time.time() - os.stat(self.path).st_mtime > _SETTLED_SECONDS:
            super().set_data(path, data, _mode=_mode)
