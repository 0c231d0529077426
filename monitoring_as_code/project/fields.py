"""What is wrong with the fields of a declaration, in the words of who wrote it instead of pydantic's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.diagnostics.nearest import did_you_mean, listed
from monitoring_as_code.model.checking import Disclosing
from monitoring_as_code.model.declaration import InvalidDeclaration
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from monitoring_as_code.model.environments import WrongChoice

_Path = tuple[str | int, ...]

_RULE = "invalid-declaration"
_KEY = "[key]"

# What pydantic expects, by its type of error. Those that name a class in their context are taken from there.
_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "`True` or `False`",
    "tuple_type": "a tuple",
    "list_type": "a list",
    "dict_type": "a dict",
    "mapping_type": "a dict",
    "set_type": "a set",
    "frozen_set_type": "a frozenset",
    "callable_type": "a class of labels",
    "string_unicode": "text that UTF-8 can hold",
    "none_required": "`None`",
}
_CLASSES = {
    "VectorOperators": "an expression of the algebra",
    "Vector": "an expression of the algebra",
    "Condition": "a comparison of the algebra",
}
_BOUNDS = {
    "greater_than": ("gt", "greater than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
    "multiple_of": ("multiple_of", "a multiple of"),
}


def explain_choice(wrong: WrongChoice) -> Iterator[Diagnostic]:
    """The finding for a call of `by_env`."""
    related = ((Place(wrong.callers[-1]), "called from here"),) if len(wrong.callers) > 1 else ()
    yield Diagnostic("wrong-environment", Severity.ERROR, str(wrong), wrong.place, wrong.advice, related)


def explain_fields(invalid: InvalidDeclaration) -> Iterator[Diagnostic]:
    """A finding for each fault, at the argument."""
    kind = invalid.made.__name__
    related = ((Place(invalid.callers[-1]), "called from here"),) if len(invalid.callers) > 1 else ()
    for path, faults in _by_value(invalid).items():
        message, advice = _told(kind, path, faults, invalid)
        is_key = faults[0]["type"] == "extra_forbidden"
        place = Place(invalid.origin, (*path, _KEY, *_secret_steps(faults)) if is_key else (*path, *_secret_steps(faults)))
        secret = not is_key and any(_is_secret(fault) for fault in faults)
        yield Diagnostic(_RULE, Severity.ERROR, message, place, advice, related, secret=secret)


def _is_secret(fault: ErrorDetails) -> bool:
    return isinstance((fault.get("ctx") or {}).get("error"), Disclosing) or _has_login(fault["input"])


def _secret_steps(faults: list[ErrorDetails]) -> _Path:
    errors = ((fault.get("ctx") or {}).get("error") for fault in faults)
    return next((error.steps for error in errors if isinstance(error, Disclosing)), ())


def _has_login(value: object) -> bool:
    """Whether a text has a colon and behind it an `@`, as where somebody logs in."""
    return isinstance(value, str) and ":" in value.partition("@")[0] and "@" in value


def _by_value(invalid: InvalidDeclaration) -> dict[_Path, list[ErrorDetails]]:
    """The faults by the value that they are about; of the branches of a union only those that came farthest."""
    found: dict[_Path, list[ErrorDetails]] = {}
    for fault in invalid.error.errors():
        found.setdefault(_real(fault["loc"], invalid.fields), []).append(fault)
    deepest = {path for path in found if not any(len(other) > len(path) and other[: len(path)] == path for other in found)}
    return {path: faults for path, faults in found.items() if path in deepest}


def _real(location: _Path, fields: Mapping[str, Any]) -> _Path:
    """The steps that lead through the values given: pydantic also names the branches of unions on its way."""
    path: list[str | int] = list(location[:1])
    value: Any = fields.get(str(location[0])) if location else None
    for step in location[1:]:
        is_item = isinstance(value, list | tuple) and isinstance(step, int) and step < len(value)
        if is_item or (isinstance(value, dict) and step in value):
            path.append(step)
            value = value[step]
        elif step == _KEY and step == location[-1]:
            path.append(step)
    return tuple(path)


def _told(kind: str, path: _Path, faults: list[ErrorDetails], invalid: InvalidDeclaration) -> tuple[str, str | None]:
    fault = faults[0]
    type_ = fault["type"]
    context: Mapping[str, Any] = fault.get("ctx") or {}
    name = _name(path)
    if type_ == "missing":
        return f"`{kind}` needs `{name}`", f"add `{name}=...`"
    if type_ == "extra_forbidden":
        known = [field for field in invalid.made.fields() if field not in invalid.fields]
        return f"`{kind}` has no field `{name}`", did_you_mean(name, known) or _rest(known)
    own = [each for each in faults if each["type"] in ("value_error", "assertion_error") or _words(each) is None]
    if own:
        # A validator has looked at the value itself, which says more than that it is none of some types.
        return _passed_on(own[0], name), None
    if len(faults) == 1:
        if type_ == "literal_error":
            return _choice(name, fault)
        if type_ == "finite_number":
            return f"`{name}` must be a finite number, not `{fault['input']}`", None
        if type_ in _BOUNDS:
            key, bounded = _BOUNDS[type_]
            return f"`{name}` must be {bounded} {context[key]}, not {_shown(fault['input'])}", None
        if type_ in ("too_short", "too_long"):
            bound = context["min_length" if type_ == "too_short" else "max_length"]
            return (
                f"`{name}` needs at {'least' if type_ == 'too_short' else 'most'} {bound} item{'' if bound == 1 else 's'}, not {context['actual_length']}",
                None,
            )
        if type_ in ("string_too_short", "string_too_long"):
            bound = context["min_length" if type_ == "string_too_short" else "max_length"]
            return (
                f"`{name}` needs at {'least' if type_ == 'string_too_short' else 'most'} {bound} character{'' if bound == 1 else 's'}",
                None,
            )
        if type_ == "string_pattern_mismatch":
            return f"`{name}` must be {_form(fault, path, invalid)}, not {_shown(fault['input'])}", None
        if type_ == "string_unicode":
            return f"`{name}` has half of a surrogate pair, which no file can hold", "write the character itself"
    wanted = list(dict.fromkeys(_words(each) or "" for each in faults))
    phrase = " or ".join([", ".join(wanted[:-1]), wanted[-1]] if len(wanted) > 1 else wanted)
    return f"`{name}` takes {phrase}, not {_shown(fault['input'])}", _advice(fault["input"], faults)


def _form(fault: ErrorDetails, path: _Path, invalid: InvalidDeclaration) -> str:
    """What the text must look like."""
    known = invalid.made.form(str(path[0])) if path else ""
    return known or f"text that matches `{(fault.get('ctx') or {})['pattern']}`"


def _name(path: _Path) -> str:
    """A value as it is written: `labels["severity"]`."""
    first, *rest = path or ("",)
    return str(first) + "".join(f"[{step}]" if isinstance(step, int) else f'["{step}"]' for step in rest if step != _KEY)


def _words(fault: ErrorDetails) -> str | None:
    """What was expected, as a noun phrase; nothing if the fault is no matter of types."""
    context: Mapping[str, Any] = fault.get("ctx") or {}
    type_ = fault["type"]
    if type_ in ("is_instance_of", "is_subclass_of", "model_type", "model_class_type", "dataclass_type"):
        named = str(context.get("class", context.get("class_name", ""))).partition("[")[0]
        if named in _CLASSES:
            return _CLASSES[named]
        return f"the class of a `{named}`" if type_ == "is_subclass_of" else f"`{named}`"
    if type_ == "literal_error":
        return str(context.get("expected", ""))
    if type_ in _BOUNDS:
        key, words = _BOUNDS[type_]
        return f"a number {words} {context[key]}"
    if type_ == "finite_number":
        return "a finite number"
    if type_ == "string_pattern_mismatch":
        return f"text that matches `{context['pattern']}`"
    if type_ in ("too_short", "too_long", "string_too_short", "string_too_long"):
        return "another length"
    return _TYPES.get(type_)


def _passed_on(fault: ErrorDetails, name: str) -> str:
    """What a validator said, with the field's name in front if it does not start like a sentence of its own."""
    context: Mapping[str, Any] = fault.get("ctx") or {}
    text = str(context["error"]) if "error" in context else fault["msg"]
    text = text.removesuffix(".")
    text = text.replace("Input should be", "must be", 1) if text.startswith("Input should be") else text
    of_the_field = text.startswith(("must ", "needs ", "has ", "is ", "cannot ", "takes ", "looks ", "names "))
    return f"`{name}` {text}" if name and of_the_field else text


def _choice(name: str, fault: ErrorDetails) -> tuple[str, str | None]:
    expected = str((fault.get("ctx") or {}).get("expected", ""))
    choices = [part for index, part in enumerate(expected.split("'")) if index % 2]
    given = fault["input"]
    advice = did_you_mean(given, choices) if isinstance(given, str) else None
    return f"`{name}` takes {expected.replace(chr(39), '`') if choices else expected}, not {_shown(given)}", advice


def _rest(known: list[str]) -> str | None:
    return f"it also takes {listed(known, 'and')}" if known else None


def _shown(value: object) -> str:
    """A value in a message: small ones as they are written, others by their type."""
    if isinstance(value, bool) or value is None:
        return f"`{value}`"
    if isinstance(value, int | float):
        return f"the number `{value!r}`" if abs(value) < 1e15 else "a huge number"
    if isinstance(value, str):
        return f"the text `{value}`" if len(value) <= 40 and not _has_login(value) else "a text"
    if isinstance(value, type):
        return f"the class `{value.__name__}`"
    plain: dict[type, str] = {list: "a list", tuple: "a tuple", dict: "a dict", set: "a set", bytes: "bytes"}
    return plain.get(type(value)) or f"a `{type(value).__name__}`"


def _advice(value: object, faults: list[ErrorDetails]) -> str | None:
    types = {fault["type"] for fault in faults}
    classes = [str((fault.get("ctx") or {}).get("class", "")) for fault in faults if fault["type"] == "is_instance_of"]
    if not _CLASSES.keys().isdisjoint(classes):
        return _to_an_expression(value, classes)
    if isinstance(value, str) and classes and len(classes) == len(faults):
        return f"declare the `{classes[0]}`, and write its Python name, without quotes"
    if "callable_type" in types:
        return "write `class Http(Labels): method: Label[str]`, and `labels=Http`"
    if "tuple_type" in types:
        if isinstance(value, list):
            return "write a tuple: `(...)` instead of `[...]`" + (", with a comma behind a single item: `(x,)`" if len(value) == 1 else "")
        if isinstance(value, dict | set):
            return "write a tuple: `(...)`"
        return "write a tuple, with a comma behind a single item: `(x,)`"
    if types == {"string_type"} and isinstance(value, int | float) and not isinstance(value, bool):
        return f'write it in quotes: `"{value}"`'
    if "frozen_set_type" in types:
        return "write `frozenset({...})`"
    if types & {"float_type", "int_type"} and isinstance(value, str):
        return "write it without quotes" if value.replace(".", "", 1).isdigit() else None
    return None


def _to_an_expression(value: object, wanted: list[str]) -> str | None:
    """What makes an expression of a metric that is none by itself, or a condition of an expression."""
    from monitoring_as_code.model.expression import CounterOperators, HistogramOperators, Selector, VectorOperators

    if isinstance(value, CounterOperators):
        return 'take its rate, such as `.rate("5m")`'
    if isinstance(value, HistogramOperators):
        return 'take its quantile, such as `.quantile(0.95, "5m")`, or its average'
    if isinstance(value, VectorOperators):
        return "compare it with a threshold, such as `> 0`" if "Condition" in wanted else "compute with it, such as by `.sum()`"
    if isinstance(value, Selector):
        return "take its `.quantile(...)`"
    if isinstance(value, bool):
        return "Python has compared two objects: write `.eq(...)` for `==`, and `.ne(...)` for `!=`"
    return "write the number as text" if isinstance(value, int | float) else None
