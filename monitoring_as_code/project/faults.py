"""Why a module of the definitions could not be loaded, at the line; read only when one could not."""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterator
from io import BytesIO
from tokenize import detect_encoding

import monitoring_as_code
from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.diagnostics.nearest import did_you_mean, listed
from monitoring_as_code.model.declaration import Declaration, InvalidDeclaration
from monitoring_as_code.model.expression import CounterOperators, GaugeOperators, HistogramOperators, Vector
from monitoring_as_code.model.labels import Labels
from monitoring_as_code.origin import Location, Origin, Place
from monitoring_as_code.origin.source import read
from monitoring_as_code.project.fields import explain_choice, explain_fields
from monitoring_as_code.project.loading import Failure, Loading

_RULE = "definition-error"
_POSITIONAL = re.compile(r"(?:(\w+)\.)?__init__\(\) takes 1 positional argument but \d+ were given$")
_NO_NAME = re.compile(r"cannot import name '([^']*)' from ")
_CODING = re.compile(rb"coding[:=][ \t]*([-\w.]+)")


def explain(loading: Loading) -> Iterator[Diagnostic]:
    """What to tell of all that could not be loaded."""
    for path, message in loading.misplaced:
        yield _error(message, Location(path, 1, 1, 1, 1), "rename it")
    for failure in loading.failures:
        if failure.error is None:
            for invalid in failure.invalid:
                yield from explain_fields(invalid) if isinstance(invalid, InvalidDeclaration) else explain_choice(invalid)
        elif isinstance(failure.error, SyntaxError) and failure.error.filename == failure.module.path:
            yield _syntax_error(failure.error, failure.module.path)
        else:
            yield _unreadable(failure.module.path) or _raised(failure, failure.error, loading)


def _error(
    message: str, place: Place | Location | None, advice: str | None = None, related: tuple[tuple[Place, str], ...] = ()
) -> Diagnostic:
    return Diagnostic(_RULE, Severity.ERROR, message, place, advice, related)


def _syntax_error(error: SyntaxError, path: str) -> Diagnostic:
    found = _unreadable(path)
    if found is not None:
        return found
    source = read(path)
    if source is not None:
        error = _in_characters(error, source.text)
    line, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
    if source is not None and line > len(source.lines):
        line = len(source.lines)
        column = len(source.lines[-1]) + 1
    end_line, end_column = error.end_lineno or line, error.end_offset or 0
    if (end_line, end_column) <= (line, column):
        end_line, end_column = line, column + 1
    message = error.msg[:1].lower() + error.msg[1:] if error.msg[1:2].islower() else error.msg
    return _error(f"this is no Python: {message}", Location(path, line, column, end_line, end_column))


def _in_characters(error: SyntaxError, text: str) -> SyntaxError:
    """The same error with columns in characters: of a file's bytes, Python before 3.13 may count bytes."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "", "exec", dont_inherit=True)
    except SyntaxError as again:
        return again if (again.msg, again.lineno) == (error.msg, error.lineno) else error
    except (ValueError, MemoryError, RecursionError):
        return error
    return error


def _unreadable(path: str) -> Diagnostic | None:
    """What is wrong with a file's bytes, if that is what is wrong."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        return _error(f"`{os.path.basename(path)}` cannot be read: {error.strerror}", Location(path, 1, 1, 1, 1))
    encoding = "utf-8"
    try:
        encoding, _ = detect_encoding(BytesIO(data).readline)
        data.decode(encoding)
    except SyntaxError:
        for number, line in enumerate(data.split(b"\n")[:2], 1):
            declared = _CODING.search(line)
            if declared is not None and _is_text(line):
                name = declared[1].decode()
                start, end = declared.start(1) + 1, declared.end(1) + 1
                return _error(f"there is no encoding `{name}`", Location(path, number, start, number, end), "save the file as UTF-8")
        return _not_text(path, data, "utf-8")
    except UnicodeDecodeError:
        return _not_text(path, data, encoding)
    except LookupError:
        return None
    null = data.find(b"\0")
    if null >= 0:
        return _error(
            "a Python file cannot have a null byte",
            _location(path, data, null),
            "remove it; perhaps this is no Python file, or not saved as UTF-8",
        )
    return None


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _not_text(path: str, data: bytes, encoding: str) -> Diagnostic | None:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        # Some codecs (UTF-8 with a signature) give the position in a copy, which is shorter.
        start = data.find(error.object[error.start :][:64]) if error.object is not data else error.start
        name = "UTF-8" if encoding.startswith("utf-8") else encoding
        message = f"this file must be {name}, but it has a byte 0x{data[start]:02x} here"
        return _error(message, _location(path, data, start), "save the file as UTF-8")
    return None


def _location(path: str, data: bytes, start: int) -> Location:
    before = data[:start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8-sig", errors="replace")) + 1
    return Location(path, line, column, line, column + 1)


def _raised(failure: Failure, error: BaseException, loading: Loading) -> Diagnostic:
    inside = loading.folder + os.sep
    origins: list[Origin] = []
    trace = error.__traceback__
    while trace is not None:
        # Not the frame's own instruction: that may have moved on to a `finally`.
        origins.append(Origin(trace.tb_frame.f_code, trace.tb_lasti))
        trace = trace.tb_next
    ours = [origin for origin in origins if origin.code.co_filename.startswith(inside)]
    if not ours:
        too_deep = isinstance(error, MemoryError | RecursionError)
        message = "this file is nested too deeply for Python" if too_deep else _said(error)
        return _error(message, Location(failure.module.path, 1, 1, 1, 1))
    place = Place(ours[-1])
    outer = next(origin for origin in ours if origin.code.co_name == "<module>" or origin is ours[-1])
    imported = ours[-1].code.co_name == "<module>" and outer.code.co_filename != ours[-1].code.co_filename
    related = ((Place(outer), "imported here" if imported else "called from here"),) if outer is not ours[-1] else ()
    if isinstance(error, ImportError):
        message, advice = _import_error(error, loading)
        return _error(message, place, advice, related)
    if isinstance(error, SystemExit):
        return _error(
            "this ends the program, and nothing behind it is declared",
            place,
            "a definitions file only declares: remove `sys.exit()`",
            related,
        )
    positional = _POSITIONAL.search(str(error)) if isinstance(error, TypeError) else None
    if positional is not None:
        return _error(
            "a declaration takes its fields by name",
            place,
            'write the name of each, as in `Gauge(name="jobs")` instead of `Gauge("jobs")`',
            related,
        )
    own = origins[-1].code.co_filename.startswith(os.path.dirname(os.path.dirname(__file__)) + os.sep)
    return _error(str(error) if own and str(error) else _said(error), place, _meant(error, ours[-1]), related)


def _meant(error: BaseException, origin: Origin) -> str | None:
    """The names that somebody may have meant who wrote one that is not there."""
    if isinstance(error, AttributeError) and isinstance(error.name, str):
        owner = error.obj
        if isinstance(owner, type) and issubclass(owner, Labels):
            names = [label.name for label in owner.declared()]
            return did_you_mean(error.name, names) or (f"its labels are {listed(names, 'and')}" if names else None)
        return _other_operation(owner, error.name) or did_you_mean(error.name, [name for name in dir(owner) if not name.startswith("_")])
    if isinstance(error, NameError) and isinstance(error.name, str):
        if error.name in monitoring_as_code.__all__:
            return f"add `from monitoring_as_code import {error.name}`"
        return did_you_mean(error.name, {*origin.code.co_names, *origin.code.co_varnames} - {error.name})
    return None


def _other_operation(owner: object, name: str) -> str | None:
    """What does for an expression what somebody wants to do who takes it for another kind of one."""
    if isinstance(owner, GaugeOperators) and name in ("rate", "increase", "irate"):
        return "a gauge goes down, too: take its `.deriv(...)` or its `.delta(...)`; if it only rises, declare a `Counter`"
    if isinstance(owner, CounterOperators) and hasattr(Vector, name):
        return 'take its rate first, such as `.rate("5m")`'
    if isinstance(owner, HistogramOperators) and hasattr(CounterOperators, name):
        return "take its `.count`, its `.sum` or its `.bucket` first"
    if isinstance(owner, HistogramOperators) and hasattr(Vector, name):
        return "take its `.quantile(...)`, its `.average(...)` or its `.count.rate(...)` first"
    if isinstance(owner, Vector) and name in ("where", "rate", "increase"):
        return f"a selector has `.{name}(...)`: what was computed of one has not, so do that first"
    return None


def _kind(owner: object) -> str | None:
    """What an object of ours is, in a sentence."""
    if isinstance(owner, Declaration):
        return f"{'an' if owner.kind[0] in 'aeiou' else 'a'} {owner.kind}"
    known = ((CounterOperators, "a counter"), (GaugeOperators, "a gauge"), (HistogramOperators, "a histogram"), (Vector, "a vector"))
    return next((words for kind, words in known if isinstance(owner, kind)), None)


def _said(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - a class of a user's may fail at this too
        text = ""
    name = type(error).__name__
    if isinstance(error, AttributeError) and error.name and (kind := _kind(error.obj)) is not None:
        return f"{kind} has no `{error.name}`"
    if isinstance(error, NameError) and error.name and text == f"name '{error.name}' is not defined":
        return f"there is no name `{error.name}` here"
    if isinstance(error, AssertionError) and not text:
        return "this assertion does not hold"
    return f"this raises {name}: {text}" if text else f"this raises {name}"


def _import_error(error: ImportError, loading: Loading) -> tuple[str, str | None]:
    package = loading.package
    name = error.name or ""
    missing = _NO_NAME.match(str(error))
    if missing is not None:
        known = loading.names.get(name) or vars(sys.modules.get(name, object))
        what = f"`{_file(name, package)}`" if name == package or name.startswith(f"{package}.") else f"`{name}`"
        if "partially initialized module" in str(error):
            return f"{what} has no `{missing[1]}` yet: the two modules import each other", "move what both need into a third module"
        return f"{what} has no `{missing[1]}`", did_you_mean(missing[1], [each for each in known if not each.startswith("_")])
    if not isinstance(error, ModuleNotFoundError) or not name:
        return _said(error), None
    siblings = [module.name for module in loading.modules]
    if name.startswith(f"{package}."):
        return f"there is no `{_file(name, package)}`", did_you_mean(name.removeprefix(f"{package}."), siblings)
    top = name.partition(".")[0]
    if top in siblings:
        return f"there is no module `{name}`", f"a sibling is imported with a dot: `from .{name} import ...`"
    return f"there is no module `{name}`", did_you_mean(
        name, siblings
    ) or f"install what has it beside `mac`, or remove the import of `{name}`"


def _file(name: str, package: str) -> str:
    return "/".join(name.split(".")) + (".py" if name != package else "/__init__.py")
