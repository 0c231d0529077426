"""Whether the proofs of two environments are the same: what one run has shown holds for the other then, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.expression import Expression, HistogramOperators
from monitoring_as_code.model.labels import Labels
from monitoring_as_code.model.stack import Stack
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.targets import alertmanager, prometheus
from monitoring_as_code.units import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring_as_code.analysis import Analysis

# Where a part comes from, and what is kept for speed.
_HIDDEN = "_"
_PLAIN = (str, int, float, bool, type(None))


class _Unknown(Exception):  # noqa: N818 - never leaves this module
    """A value of which nobody knows whether it equals another."""


def proofs_of(analysis: Analysis) -> object:
    """All that a proof reads: the emitted rules and routing, what the declarations behind them say, and what it needs of the stack.

    Equal for two environments only if every proof of one is a proof of the other; if that is not clear, it equals nothing.
    """
    emitted = [each for target in (prometheus, alertmanager) for each in target.render(analysis)]
    read = [each for each in emitted if isinstance(each, tuple) and each[0].startswith(("prometheus/rules/", "alertmanager/"))]
    declared = [each for each in analysis.project.declarations if not isinstance(each, Dashboard | Stack)]
    numbers = {id(each): number for number, each in enumerate(declared)}
    stack = analysis.stack
    of_stack = () if stack is None else (stack.scrape_interval, stack.external_labels, stack.prometheus_url)
    try:
        return read, [_fields(each, numbers) for each in declared], _form(of_stack, numbers)
    except _Unknown:
        return object()


def first_alike(analyses: Sequence[Analysis]) -> list[int]:
    """For each, the number of the first whose proofs are the same; its own, if there is none before it."""
    if len(analyses) == 1:
        return [0]
    known = [proofs_of(each) for each in analyses]
    return [known.index(each) for each in known]


def _fields(part: Part, numbers: dict[int, int]) -> tuple[object, ...]:
    fields = tuple((name, _form(value, numbers)) for name, value in sorted(vars(part).items()) if not name.startswith(_HIDDEN))
    return type(part).__name__, fields


def _form(value: Any, numbers: dict[int, int]) -> object:  # noqa: ANN401 - whatever a field holds
    """A value in a form that equals that of another one only if they say the same; a declaration is its number."""
    if isinstance(value, Unit):
        return value
    if isinstance(value, _PLAIN):
        return type(value).__name__, value
    if isinstance(value, Declaration) and id(value) in numbers:
        return "declaration", numbers[id(value)]
    if isinstance(value, Part):
        return _fields(value, numbers)
    if isinstance(value, Expression):
        return "expression", to_text(value.node)
    if isinstance(value, HistogramOperators):
        return "histogram", to_text(value.selector)
    if isinstance(value, type) and issubclass(value, Labels):
        return value.__name__, tuple(_form(_held(each), numbers) for each in value.declared())
    if isinstance(value, dict):
        return "dict", tuple((_form(key, numbers), _form(each, numbers)) for key, each in value.items())
    if isinstance(value, tuple | list):
        return type(value).__name__, tuple(_form(each, numbers) for each in value)
    if type(value).__module__.startswith("monitoring_as_code."):
        return type(value).__name__, _form(_held(value), numbers)
    raise _Unknown


def _held(value: object) -> dict[str, object]:
    """The attributes of an object of ours, without those that Python gives it."""
    slots = [name for base in type(value).__mro__ for name in getattr(base, "__slots__", ())]
    held = vars(value) if hasattr(value, "__dict__") else {name: getattr(value, name) for name in slots}
    return {name: each for name, each in held.items() if not name.startswith("__")}
