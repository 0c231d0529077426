"""Each argument of each panel, varied one at a time: what a user can write, walked from the classes themselves.

A new argument is exercised as soon as it is there. One for which no value is found is told, so that `TEXTS` or `TOGETHER` gets one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from pkgutil import walk_packages
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import monitoring_as_code
from monitoring_as_code import units
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build.plan import plan
from monitoring_as_code.config import Config
from monitoring_as_code.model import panels
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.checking import REQUIRED, FieldBounds, Instance
from monitoring_as_code.model.dashboard import Dashboard, Row
from monitoring_as_code.model.declaration import Declaration, InvalidDeclaration, Part
from monitoring_as_code.model.expression import VectorOperators
from monitoring_as_code.model.panel import Panel, QueryPanel
from monitoring_as_code.model.panels.drawing import Step, Transformation
from monitoring_as_code.project import load_project
from monitoring_as_code.units import Unit

Json = dict[str, Any]

EXPRESSIONS = (
    "sum by (job, status) (rate(http_requests_total[$__rate_interval]))",
    'sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))',
    "sum by (le) (rate(http_duration_seconds_bucket[$__rate_interval]))",
    "up",
)
# Tried in turn where a text is wanted; which of them fits is the field's own matter.
TEXTS = (
    "Parcels",
    "Name",
    "5m",
    "now-6h",
    "1w",
    "job",
    "dark-red",
    "#1f60c4",
    "reqps",
    "A",
    "1",
    "$job",
    "label_values(up, job)",
    "a-uid",
    "./img",
)
NUMBERS = (1, 0, 2, 10, 50, 100, 4000)
# What an argument needs beside it.
TOGETHER: tuple[Mapping[str, Any], ...] = (
    {"color": "red"},
    {"text": "down"},
    {"value": 1, "text": "down"},
    {"url": "https://example.org"},
    {"fields": ("Value",)},
    {"max": 50.0},
    {"min": 0.5},
)
# What a class inherits and refuses: it is kept in Grafana's library, or not drawn.
REFUSED = {"LibraryPanel": ("description", "links"), "Heatmap": ("thresholds", "threshold_mode")}
_DEFINITIONS = """
from monitoring_as_code import *
from monitoring_as_code.units import *
from tests.oracle import exercise


class Http(Labels):
    job: Label[str] = label(at_most=10)
    status: Label[str] = label(pattern="[1-5][0-9]{2}", at_most=60)


served = Counter(name="http_requests_total", help="Requests served.", unit=requests, labels=Http)
duration = Histogram(name="http_duration_seconds", help="Time to last byte.", unit=seconds, labels=Http, buckets=(0.1, 1, 10))
alert = exercise.alert
"""
alert = Alert(name="Failing", expr="sum(rate(http_requests_total[5m])) > 10", for_="5m", severity="warning", summary="Requests fail")


P = TypeVar("P", bound=Part)


class Variant(NamedTuple):
    """A part, and the argument that differs from the plainest of its class, as `Stat.decimals`."""

    about: str
    part: Any


def kinds() -> list[type[Panel]]:
    """Every class of panel that a user can make, but those that pass on JSON."""
    for module in walk_packages(panels.__path__, f"{panels.__name__}."):
        import_module(module.name)
    return sorted(
        {kind for kind in _below(Panel) if kind.__name__ in monitoring_as_code.__all__ and kind.type != "raw"},
        key=lambda kind: kind.__name__,
    )


def steps() -> list[type[Step]]:
    """Every class of transformation that a user can make."""
    kinds()
    return sorted({kind for kind in _below(Step) if kind.__name__ in monitoring_as_code.__all__}, key=lambda kind: kind.__name__)


@cache
def variants(kind: type[Part]) -> tuple[Variant, ...]:
    """The plainest part of a class, and one for each argument and value that it takes."""
    plain = _plainest(kind)
    found = [Variant(kind.__name__, kind(**plain))]
    for name, (annotation, field) in _fields(kind).items():
        values = list(_values(annotation, field))
        taken = [(value, made) for value in values if (made := _made(kind, plain, {name: value})) is not None]
        # One text is as good as another, and so are the numbers in the middle.
        free = [each for each in taken if not isinstance(each[0], bool) and each[0] in (*TEXTS, *NUMBERS)]
        taken = [each for each in taken if each not in free[2:]]
        if taken and isinstance(taken[0][0], tuple) and isinstance(taken[0][0][0], Part):
            # Many parts fit into one panel.
            whole = _made(kind, plain, {name: tuple(each for value, _ in taken for each in value)})
            taken = taken if whole is None else [(None, whole)]
        if not taken:
            beside = (made for value in values[:3] for made in _beside_another(kind, plain, name, value))
            taken = [(None, made) for made in islice(beside, 1)]
        found += [Variant(f"{kind.__name__}.{name}", made) for _, made in taken]
    return tuple(found)


def without_variant(kind: type[Part]) -> list[str]:
    """The arguments for which no value was found that the class takes."""
    found = {variant.about for variant in variants(kind)}
    required = {*_plainest(kind), *REFUSED.get(kind.__name__, ())}
    own_json = [name for name, (annotation, _) in _fields(kind).items() if get_origin(annotation) is Annotated and _is_json(annotation)]
    return [name for name in _fields(kind) if f"{kind.__name__}.{name}" not in found and name not in required and name not in own_json]


@cache
def dashboards() -> list[Dashboard]:
    """One of each panel type, with a row for each of the expressions that a panel is about."""
    return [_dashboard(kind) for kind in kinds()]


@cache
def one_of_each() -> list[Dashboard]:
    """All types of panels on one dashboard, each as plain as it can be."""
    everything = tuple(kind(**_plainest(kind)) for kind in kinds())
    return [Dashboard(name="Everything", uid="everything", rows=(Row(title="All", panels=everything),))]


def emitted(boards: Literal["dashboards", "one_of_each"], folder: Path, version: str = "13") -> dict[str, Json]:
    """What is emitted for a Grafana, by uid."""
    globals()[boards]()  # what is tried and refused on the way is no mistake of the definitions
    (folder / "definitions").mkdir()
    (folder / "definitions" / "case.py").write_text(f"{_DEFINITIONS}\nboards = exercise.{boards}()\n")
    project = load_project(folder, Config(grafana_version=version))
    assert "\n".join(each.message for each in project.problems) == ""
    made = plan(Analysis(project))
    assert made.problems == ()
    return {Path(path).stem: json.loads(text) for path, text in made.files.items() if path.startswith("grafana/dashboards/")}


def _dashboard(kind: type[Panel]) -> Dashboard:
    found = [variant.part for variant in variants(kind)]
    if issubclass(kind, QueryPanel):
        found += [made for expr in EXPRESSIONS if (made := _made(kind, _plainest(kind), {"expr": expr})) is not None]
    # A place that is said must be free: every such panel has a row to itself.
    placed = [panel for panel in found if panel.place is not None or panel.id is not None]
    rows = [Row(title="All", panels=tuple(panel for panel in found if panel not in placed))]
    rows += [Row(title=f"Placed {index}", panels=(panel,)) for index, panel in enumerate(placed)]
    return Dashboard(name=kind.__name__, uid=f"{kind.__name__.lower()}", rows=tuple(rows))


@cache
def _plainest(kind: type[Part]) -> dict[str, Any]:
    """The arguments without which there is none of a class."""
    required = {
        name: next(iter(_values(annotation, field))) for name, (annotation, field) in _fields(kind).items() if field.default is REQUIRED
    }
    if "expr" in kind.fields():
        required["expr"] = EXPRESSIONS[0]
    # Some need any one of several.
    alone = ({name: value} for name, field in _fields(kind).items() if name not in required for value in _values(*field))
    for together in chain(({}, *TOGETHER), alone):
        fitting = {name: value for name, value in together.items() if name in kind.fields()}
        try:
            kind(**{**fitting, **required})
        except InvalidDeclaration:
            continue
        return {**fitting, **required}
    message = f"nothing that was tried makes a {kind.__name__} of {required}"
    raise AssertionError(message)


def _beside_another(kind: type[Part], plain: Mapping[str, Any], name: str, value: object) -> Iterator[Part]:
    """Parts in which an argument stands that another one allows."""
    for other, of_other in _fields(kind).items():
        for beside in islice(_values(*of_other), 8) if other != name else ():
            made = _made(kind, plain, {name: value, other: beside})
            if made is not None:
                yield made


def _made(kind: type[Part], plain: Mapping[str, Any], given: Mapping[str, Any]) -> Part | None:
    """The plainest part with what is given; one thing of the plainest may have to go for it."""
    for without in ("", *plain):
        try:
            return kind(**{**{name: each for name, each in plain.items() if name != without}, **given})
        except InvalidDeclaration:
            continue
    return None


@cache
def _fields(kind: type[Part]) -> dict[str, tuple[Any, FieldBounds]]:
    hints: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        if base in Part.fields_by_class(kind):
            own = base.__annotations__
            hints |= get_type_hints(base, include_extras=True) if any(isinstance(each, str) for each in own.values()) else own
    return {name: (hints[name], field) for own in Part.fields_by_class(kind).values() for name, field in own.items()}


def _values(annotation: Any, field: FieldBounds | None = None) -> Iterator[Any]:  # noqa: ANN401 - an annotation is any object
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        yield from arguments
    elif origin in (Union, UnionType):
        for each in arguments:
            if each is not NoneType:
                yield from _values(each, field)
    elif origin is tuple:
        yield from ((value,) for value in _values(arguments[0]))
    elif origin is dict:
        yield from ({key: value} for key in list(_values(arguments[0]))[:1] for value in list(_values(arguments[1]))[:2])
    elif hasattr(annotation, "__metadata__"):  # Annotated
        if annotation.__metadata__[0] is Instance:
            yield from _objects(get_args(annotation)[0])
        elif not _is_json(annotation):
            yield from _values(get_args(annotation)[0], field)
    elif annotation is bool:
        yield from (True, False)
    elif annotation is str:
        yield from TEXTS
    elif annotation in (int, float):
        bounds = {} if field is None else field.bounds
        numbers = [*NUMBERS, *(bounds[each] for each in ("ge", "le") if each in bounds)]
        yield from (annotation(number) for number in dict.fromkeys(numbers))
        if annotation is float:
            yield from (0.25, -1.5)


def _is_json(annotation: Any) -> bool:  # noqa: ANN401 - the same
    """Whether the user's own JSON goes there."""
    return bool(get_args(get_args(annotation)[0])[1:] == (Any,))


def _objects(kind: type) -> Iterator[Any]:
    if kind is Unit:
        yield from (units.seconds, units.requests / units.seconds, units.ratio, units.percent)
    elif kind is Alert:
        yield alert
    elif issubclass(kind, VectorOperators) or issubclass(kind, Declaration) or not issubclass(kind, Part):
        return
    else:
        for each in sorted({kind, *_below(kind)}, key=lambda each: each.__name__):
            # Others are bases of these. A `Transformation` is whatever the user says.
            if each.__name__ in monitoring_as_code.__all__ and each is not Transformation:
                yield from (variant.part for variant in variants(each))


def _below(kind: type[P]) -> Iterator[type[P]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
