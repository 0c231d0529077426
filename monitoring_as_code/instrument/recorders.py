"""The functions that record one metric, compiled for its labels.

A function whose parameters are the labels finds the series in a dictionary; one that takes `**labels` and looks at them takes twice as
long. Whatever is not the plain case, the first sample of a series too, goes to `Family.record`.
"""

from __future__ import annotations

from sys import float_info
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitoring_as_code.instrument.family import Family

# What a finite number lies between; neither NaN nor an infinity does, of which one sample would spoil a sum for good.
_FINITE = "-1.7976931348623157e308 <= _value <= 1.7976931348623157e308"
_POSITIVE = "0 <= _value <= 1.7976931348623157e308"

# By kind and name: the parameters before the labels, what must hold of them, what is asked of a series, and how the slow way is told.
METHODS = {
    "counter": {
        "inc": ("", "True", "inc()", "'inc', 1"),
        "add": ("_value", _POSITIVE, "inc(_value)", "'inc', _value"),
        "add_with": ("_exemplar, _value", "_exemplar is None and " + _POSITIVE, "inc(_value)", "'inc', _value, _exemplar"),
    },
    "gauge": {
        "set": ("_value", "True", "set(_value)", "'set', _value"),
        "inc": ("", "True", "inc()", "'inc', 1"),
        "dec": ("", "True", "dec()", "'inc', -1"),
        "add": ("_value", _FINITE, "inc(_value)", "'inc', _value"),
    },
    "info": {"set": ("", "True", "set(1)", "'set', 1")},
    "histogram": {
        "observe": ("_value", _FINITE, "observe(_value)", "'observe', _value"),
        "observe_with": ("_exemplar, _value", "_exemplar is None and " + _FINITE, "observe(_value)", "'observe', _value, _exemplar"),
    },
    "summary": {"observe": ("_value", _FINITE, "observe(_value)", "'observe', _value")},
}
# Those of a gauge with bounds. Where it matters what the value is, all is done by what is asked.
_BOUNDED = {
    "set": ("_value", "_least <= _value <= _most", "set(_value)", "'set', _value"),
    "inc": ("", "_moved(_at, 1)", "", "'inc', 1"),
    "dec": ("", "_moved(_at, -1)", "", "'inc', -1"),
    "add": ("_value", "_moved(_at, _value)", "", "'inc', _value"),
}


class Missing:
    """The value of a label that was not given."""


def recorders(family: Family) -> dict[str, Callable[..., Any]]:
    """The methods of a metric by their names."""
    labels = [label.attribute for label in family.labels]
    methods = _methods(family)
    source = "\n".join(_source(name, labels, method) for name, method in methods.items())
    # No label begins with an underscore, so none hides these.
    names: dict[str, Any] = {"_series": family.series, "_slowly": family.record, "_wrong": family.wrong, "_missing": Missing}
    if family.bounds is not None:
        names["_least"], names["_most"] = family.bounds
        names["_moved"] = family.moved
    exec(compile(source, f"<recorders of {family.metric.name}>", "exec"), names)  # noqa: S102 - made of identifiers
    made: dict[str, Callable[..., Any]] = {name: names[name] for name in methods}
    return made


def _methods(family: Family) -> dict[str, tuple[str, str, str, str]]:
    methods = METHODS.get(family.metric.kind, {})
    if family.bounds is not None:
        least, most = family.bounds
        # Up there is no bound to pass, or down, for a value that began within.
        inc = methods["inc"] if least <= 0 and most == float_info.max else _BOUNDED["inc"]
        dec = methods["dec"] if most >= 0 and least == -float_info.max else _BOUNDED["dec"]
        return {**_BOUNDED, "inc": inc, "dec": dec}
    if family.never_negative:
        return {name: (given, when.replace(_FINITE, _POSITIVE), call, slow) for name, (given, when, call, slow) in methods.items()}
    return methods


def _source(name: str, labels: list[str], method: tuple[str, str, str, str]) -> str:
    """One method: labels that there are not are caught here, since Python would raise into the application."""
    parameters, condition, call, slow = method
    given = f"{parameters}, /, " if parameters else ""
    wanted = "".join(f"{label}=_missing, " for label in labels)
    key = f"({''.join(f'{label}, ' for label in labels)})"
    condition = condition.replace("_at", f"_series[{key}]")
    done = f"_series[{key}].{call}" if call else "pass"
    return f"""
def {name}({given}*_args, {wanted}**_extra):
    if _args or _extra:
        return _wrong(_args, _extra)
    try:
        if {condition}:
            {done}
            return
    except Exception:
        pass
    _slowly({key}, {slow})
"""
