"""docs/panels.md says how much of real dashboards has a typed argument; `MAC_UPDATE=1` writes it, with the corpus at hand.

An option counts as typed if panels with one argument or another differ in it: every argument is tried with several values, and what is
rendered is looked at. So the page is what the panels do, not what somebody thinks they do.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

import monitoring_as_code as mac
from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import Config
from monitoring_as_code.model.checking import REQUIRED, FieldBounds
from monitoring_as_code.model.declaration import Declaration, InvalidDeclaration, Part
from monitoring_as_code.model.expression import VectorOperators
from monitoring_as_code.model.panel import Panel
from monitoring_as_code.model.panels.normal import normalize
from monitoring_as_code.model.panels.raw import RawPanel
from monitoring_as_code.project import Project
from monitoring_as_code.targets.grafana import dashboard_json

PAGE = Path(__file__).parents[1] / "docs" / "panels.md"
ALERT = mac.Alert(name="A", expr="up == 0", severity="warning", summary="s", runbook=mac.Runbook(meaning="m", check=("c",)))
PANELS = [
    each
    for name in mac.__all__
    if isinstance(each := getattr(mac, name), type) and issubclass(each, Panel) and each is not RawPanel and "type" in vars(each)
]
# What a panel says by being there, or what only its place on a dashboard decides.
_NO_OPTION = frozenset({"gridPos", "id", "type", "pluginVersion", "panels", "collapsed", "libraryPanel"})
# What is the same for all types, and so tried with one of graphs and one of tables.
_SHARED = frozenset({"overrides", "transformations", "mappings"})
_PLACE = frozenset({"width", "height", "x", "y", "id"})
# Under these, keys are names of columns, values and series, and not options.
_FREE_KEYS = frozenset(
    {"excludeByName", "indexByName", "renameByName", "includeByName", "options.mappings", "fields", "transformation timeSeriesTable"}
)
# What an editor keeps of its own state; and what is plain in Grafana where our plain panels say nothing.
_PLAIN = {"custom.axisColorMode": "text", "target.editorMode": "builder", "panel.maxPerRow": 0}
_NOTHING: tuple[object, ...] = (None, False, 0, "", "auto", "none", "off", "default")

Json = dict[str, Any]
Seen = dict[str, Counter[str]]


def flat(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every option under a value with its text; the items of a list share one path."""
    if isinstance(value, dict) and value and path.rpartition(".")[2] not in _FREE_KEYS and path not in _FREE_KEYS:
        for key, inner in value.items():
            yield from flat(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for each in value:
            yield from flat(each, f"{path}[]")
    else:
        yield path, json.dumps(value, sort_keys=True)


def options(panel: Json) -> Iterator[tuple[str, str]]:
    """What a panel says: its options and those of its field, and each override, mapping and transformation as the kind that it is."""
    for key, value in panel.items():
        if key == "targets":
            for target in value:
                if is_promql(panel, target):
                    yield from flat(
                        {name: inner for name, inner in target.items() if name not in ("datasource", "refId", "expr")}, "target"
                    )
        elif key == "transformations":
            for each in value:
                yield f"transformation {each['id']}", ""
                yield from flat(each.get("options", {}), f"transformation {each['id']}")
        elif key == "fieldConfig":
            for override in value.get("overrides", ()):
                yield f"override by {override['matcher']['id']}", ""
                for each in override["properties"]:
                    yield f"override of {each['id']}", json.dumps(each.get("value"), sort_keys=True)
            for name, inner in value.get("defaults", {}).items():
                if name == "mappings":
                    yield from ((f"mapping of {each['type']}", "") for each in inner)
                else:
                    yield from flat(inner, name)
        elif key == "options":
            yield from flat(value, key)
        elif key not in _NO_OPTION and key != "datasource":
            yield from flat(value, f"panel.{key}")


def is_promql(panel: Json, target: Json) -> bool:
    source = target.get("datasource") or panel.get("datasource") or {}
    return isinstance(target.get("expr"), str) and (not isinstance(source, dict) or source.get("type", "prometheus") == "prometheus")


# What the typed panels can say


@cache
def samples(made: type[Part]) -> dict[str, list[Any]]:
    """Several values for each argument of a class."""
    found: dict[str, list[Any]] = {}
    for base, own in Part.fields_by_class(made).items():
        hints = get_type_hints(base, include_extras=True)
        for name, field in own.items():
            if (
                not (name in _PLACE and issubclass(made, Panel))
                and not _is_json(hints[name])
                and not (name in _SHARED and issubclass(made, Panel) and made not in (mac.TimeSeries, mac.Table))
            ):
                found[name] = list(_values(hints[name], field, name))
    return found


def _is_json(hint: object) -> bool:
    inner = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return bool(inner == dict[str, Any])


_TEXTS = ("a", "b", "number", "now-1h", "1m", "5m", "$a", "red", "A", "1")


def _values(hint: object, field: FieldBounds | None, name: str) -> Iterator[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        yield from _values(arguments[0], field, name)
    elif origin is Literal:
        yield from arguments[:5]  # that another word gives another panel is seen by a few
    elif origin in (Union, UnionType):
        for each in arguments:
            yield from _values(each, field, name)
    elif origin is tuple:
        inner = list(_values(arguments[0], None, name))
        yield ()
        yield from ((each,) for each in inner)
        yield tuple(inner[:2])
    elif origin is dict:
        yield {}
        yield {"a": next(_values(arguments[1], None, name))}
    elif hint is NoneType:
        yield None
    elif hint is bool:
        yield from (False, True)
    elif hint in (int, float):
        bounds = field.bounds if field is not None else {}
        low = bounds.get("ge", bounds.get("gt", 0))
        high = bounds.get("le", low + 7)
        yield from {hint(low), hint(low + (high - low) / 2), hint(high)}
    elif hint is str:
        yield from _TEXTS
    elif isinstance(hint, type) and issubclass(hint, mac.Alert):
        yield ALERT
    elif isinstance(hint, type) and issubclass(hint, VectorOperators | Declaration):
        return
    elif isinstance(hint, type) and issubclass(hint, Part):
        for each in subclasses(hint):
            yield from islice(instances(each), 2000 if each in (mac.Override, mac.ValueMapping) else 60)
    elif hint is mac.units.Unit:
        yield from (mac.units.seconds, mac.units.bytes_)


def subclasses(made: type[Part]) -> Iterator[type[Part]]:
    """The class and those under it, as far as users can write them."""
    if made.__name__ in mac.__all__:
        yield made
    for each in made.__subclasses__():
        yield from subclasses(each)


def instances(made: type[Part]) -> Iterator[Part]:
    """Valid instances of a class: each argument with each of its values, on a plain one and on others."""
    fields = samples(made)
    needed = {name for own in Part.fields_by_class(made).values() for name, field in own.items() if field.default is REQUIRED}
    plain = {name: values[0] for name, values in fields.items() if name in needed and values}
    plain |= {name: value for name, value in (("title", "t"), ("expr", "up")) if name in fields}
    # Where one of several must be said, the first that will do.
    plain = next(
        (each for each in (plain, *({**plain, name: value} for name, values in fields.items() for value in values)) if valid(made, each)),
        plain,
    )
    singles = [(name, value) for name, values in fields.items() for value in values]
    tried = [plain, *({**plain, name: value} for name, value in singles)]
    # On one that has a little of everything, what says something only beside something else.
    optional = [(name, more) for name, values in fields.items() if (more := _more(values)) is not None]
    for order in (optional, optional[::-1]):
        full = plain
        for name, more in order:
            if valid(made, full | {name: more}):
                full = full | {name: more}
        tried += [{**full, name: value} for name, value in singles if name not in _SHARED]
    if made is mac.ValueMapping:  # of which nothing alone says anything
        tried += [{**plain, other: more, name: value} for name, value in singles for other, more in optional if name != other]
    for each in tried:
        try:
            yield made(**each)
        except InvalidDeclaration:
            continue


def _more(values: list[Any]) -> Any:  # noqa: ANN401 - of any type
    """The first value that says something, of an argument that need not."""
    return next((value for value in values if value is not None and value != ()), None) if None in values or () in values else None


def valid(made: type[Part], fields: Json) -> bool:
    try:
        made(**fields)
    except InvalidDeclaration:
        return False
    return True


def rendered(panels: list[Panel]) -> list[Json]:
    row = mac.Row(title="", panels=tuple(panels))
    dashboard = mac.Dashboard(name="d", uid="d", rows=(row,))
    found: list[Json] = dashboard_json(Analysis(Project("", Config(), [ALERT, dashboard])), dashboard)["panels"]
    return found


@cache
def sayable() -> dict[str, tuple[Json, Seen]]:
    """By type: the plain panel's options, and every option that any panel has, with its values."""
    found: dict[str, tuple[Json, Seen]] = {}
    for made in PANELS:
        seen: Seen = {}
        first: Json | None = None
        for panel in rendered([each for each in instances(made) if isinstance(each, Panel)]):
            said = list(options(panel))
            first = dict(said) if first is None else first
            for path, value in said:
                seen.setdefault(path, Counter())[value] += 1
        found[made.type] = first or {}, seen
    shared = {
        path: values
        for kind in ("table", "timeseries")
        for path, values in found[kind][1].items()
        if path.startswith(("override ", "transformation ", "mapping "))
    }
    for _, seen in found.values():
        seen |= {path: values + seen.get(path, Counter()) for path, values in shared.items()}
    return found


# What real dashboards say


@cache
def real(folder: Path) -> tuple[Counter[str], dict[str, Seen]]:
    """How many panels there are of each type, and their options with their values, each counted once a panel."""
    types: Counter[str] = Counter()
    seen: dict[str, Seen] = {}
    for file in sorted((folder / "dashboards").glob("*.json")):
        for given in all_panels(json.loads(file.read_text("utf-8"))):
            if "type" not in given and "libraryPanel" not in given:
                continue  # of a generator's own language, from which it makes dashboards
            panel = normalize(given).json
            kind = panel["type"]
            types[kind] += 1
            for path, value in sorted(set(options(panel))):
                seen.setdefault(kind, {}).setdefault(path, Counter())[value] += 1
    return types, seen


def all_panels(holder: Json) -> Iterator[Json]:
    for key in ("rows", "panels"):
        for each in holder.get(key) or ():
            if key == "panels":
                yield each
            yield from all_panels(each)


def saying(kind: str, path: str, values: Counter[str]) -> Counter[str]:
    """Those of the values that are not what a panel has that says nothing, nor plain in Grafana where that one has nothing."""
    default = sayable()[kind][0].get(path)
    plain = {json.dumps(_PLAIN.get(path))} | ({json.dumps(each) for each in _NOTHING} | {"[]", "{}"} if default is None else {default})
    return Counter({value: count for value, count in values.items() if value not in plain})


def not_typed(kind: str, seen: Seen) -> dict[str, Counter[str]]:
    """The options of real panels that no argument changes, with the values that say something and that none of ours has."""
    _, ours = sayable()[kind]
    found: dict[str, Counter[str]] = {}
    for path, values in seen.items():
        can = ours.get(path, Counter())
        said = {value: count for value, count in saying(kind, path, values).items() if value not in can}
        if said and len(can) < 2:
            found[path] = Counter(said)
    return found


# The page

HEAD = """\
# Panels

Which of Grafana's panels have a class of their own, and what real dashboards say on them. An option that has no argument is said in
Grafana's own words: by `options` and `custom` of a panel, by `properties` of an `Override`, by a plain `Transformation(id=..., options=...)`.
A panel of another type, or of whatever age, is taken over by `raw()`. The fields of each class are in [declarations.md](declarations.md).

Measured on public dashboards of many projects, their panels normalized by `raw()`: `panels` is how many of them are of the type, `options`
how often they say something that is not plain anyway, `typed` how much of that an argument says.
"""
_CLASS = {"row": "Row"} | {made.type: made.__name__ for made in PANELS}


def page(folder: Path) -> str:
    types, seen = real(folder)
    can = sayable()
    total, typed_panels = types.total(), sum(count for kind, count in types.items() if kind in _CLASS)
    rows, missing = [], []
    for kind in sorted(_CLASS, key=lambda kind: (-types[kind], kind)):
        said = sum(sum(saying(kind, path, values).values()) for path, values in seen.get(kind, {}).items()) if kind in can else 0
        untyped = not_typed(kind, seen.get(kind, {})) if kind in can else {}
        lost = sum(sum(values.values()) for values in untyped.values())
        share = f"{100 * (said - lost) / said:.1f} %" if said else ""
        rows.append(f"| `{_CLASS[kind]}` | {kind} | {types[kind] or ''} | {said or ''} | {share} |")
        if untyped:
            ranked = sorted(untyped.items(), key=lambda item: (-sum(item[1].values()), item[0]))
            lines = [f"| `{path}` | {sum(values.values())} |" for path, values in ranked]
            missing += [f"### {_CLASS[kind]}", "", "| option | panels |", "|---|---|", *lines, ""]
    others = [f"| {kind} | {count} |" for kind, count in sorted(types.items()) if kind not in _CLASS]
    return "\n".join(
        [
            HEAD,
            f"Of {total} panels {typed_panels} have a class: {100 * typed_panels / total:.1f} %.",
            "",
            "| class | Grafana's type | panels | options | typed |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "## What has no argument yet",
            "",
            *missing,
            "## What has no class",
            "",
            "| Grafana's type | panels |",
            "|---|---|",
            *others,
            "",
        ]
    )


def test_the_page_is_what_the_panels_do(corpus: Path) -> None:
    made = page(corpus)
    if os.environ.get("MAC_UPDATE"):
        PAGE.write_text(made, "utf-8")
    assert PAGE.read_text("utf-8") == made, "MAC_UPDATE=1 writes it"


def test_of_100_real_panels_98_have_a_class(corpus: Path) -> None:
    types, _ = real(corpus)
    assert sum(count for kind, count in types.items() if kind in _CLASS) >= 0.98 * types.total() > 1000


def test_of_100_options_that_real_panels_say_99_have_an_argument(corpus: Path) -> None:
    _, seen = real(corpus)
    kinds = [kind for kind in seen if kind in sayable()]
    said = sum(sum(saying(kind, path, values).values()) for kind in kinds for path, values in seen[kind].items())
    lost = sum(sum(values.values()) for kind in kinds for values in not_typed(kind, seen[kind]).values())
    assert lost <= 0.01 * said


@pytest.mark.parametrize("made", PANELS, ids=lambda made: made.__name__)
def test_every_panel_says_something_else_for_another_argument(made: type[Panel]) -> None:
    _, seen = sayable()[made.type]
    assert sum(len(values) > 1 for values in seen.values()) > 1
