"""docs/declarations.md is what the classes say of themselves; `MAC_UPDATE=1` writes it."""

import inspect
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import monitoring_as_code as mac
from monitoring_as_code.model.declaration import Declaration, Part
from monitoring_as_code.model.expression import GrafanaDuration
from monitoring_as_code.units import Unit

PAGE = Path(__file__).parent.parent / "docs" / "declarations.md"
CLASSES = [each for name in mac.__all__ if isinstance(each := getattr(mac, name), type) and issubclass(each, Part)]
HEAD = """\
# What can be declared

Every class that `from monitoring_as_code import ...` gives, with its fields. All of them are given by name, and those without a default
are needed. `help(Alert)` in Python shows the same. The algebra of expressions is in `help(Gauge)` and `help(Counter)`, what labels are
in `help(Labels)`. Behind the classes stand the functions, and the units.
"""
FUNCTIONS = """\
## Functions

| function | what it gives |
|---|---|
"""
DURATIONS = """\
## Durations that Grafana fills in

Where the algebra takes `"5m"`, an expression of a dashboard takes these, too.

| name | in PromQL |
|---|---|
"""
UNITS = """\
## Units

Units are multiplied and divided, `bytes_ / seconds`; a number has one by `percent(5)` or `milliseconds(200)`. A countable thing that is not
here is `unit("parcels")`.

| name | written |
|---|---|
"""


def shown(default: object) -> str:
    if default is inspect.Parameter.empty:
        return "needed"
    return f"`{default.__name__}`" if isinstance(default, type) else f"`{default!r}`"


def since(made: type[Part], field: str) -> str:
    """The oldest program that takes it, where not every one does."""
    said = made.field_since(field)
    return said and f", from {said} on"


def section(made: type[Part]) -> str:
    rows = [
        f"| `{name}` | {'`' + str(field.annotation).replace('|', chr(92) + '|') + '`'} | {shown(field.default)}{since(made, name)} |"
        for name, field in inspect.signature(made).parameters.items()
    ]
    own = [part.split(">>>")[0].rstrip() for part in (inspect.cleandoc(made.__doc__ or ""),)]
    table = ["| field | type | default |", "|---|---|---|", *rows] if rows else []
    return "\n".join([f"## {made.__name__}", "", *own, "", *table]).rstrip() + "\n"


def called(function: Callable[..., object]) -> str:
    """How a function is called, without its types."""
    written = []
    keywords = False
    for each in inspect.signature(function).parameters.values():
        if each.kind is each.KEYWORD_ONLY and not keywords:
            written.append("*")
            keywords = True
        name = ("*" if each.kind is each.VAR_POSITIONAL else "**" if each.kind is each.VAR_KEYWORD else "") + each.name
        keywords = keywords or each.kind is each.VAR_POSITIONAL
        written.append(name if each.default is each.empty else f"{name}={each.default!r}")
    return f"{function.__name__}({', '.join(written)})"


def others() -> list[str]:
    """What is no class of declarations: functions, durations, units."""
    values = {name: getattr(mac, name) for name in mac.__all__}
    functions = [
        f"| `{called(each)}` | {' '.join(inspect.cleandoc(each.__doc__ or '').split(chr(10) * 2)[0].split())} |\n"
        for each in values.values()
        if inspect.isfunction(each)
    ]
    durations = [f"| `{name}` | `${each}` |\n" for name, each in values.items() if isinstance(each, GrafanaDuration)]
    units = [f"| `{name}` | {each} |\n" for name, each in values.items() if isinstance(each, Unit)]
    return [FUNCTIONS + "".join(functions), DURATIONS + "".join(durations), UNITS + "".join(units)]


def page() -> str:
    declarations = [made for made in CLASSES if issubclass(made, Declaration)]
    parts = [made for made in CLASSES if made not in declarations]
    return "\n".join([HEAD, *map(section, (*declarations, *parts)), *others()])


def test_the_page_is_what_the_classes_say() -> None:
    if os.environ.get("MAC_UPDATE"):
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page()


def test_every_public_name_is_on_the_page_or_named_by_it() -> None:
    text = page()
    told = {"Condition", "Quantity", "Unit", "Vector", "Label", "__version__"}  # what others give, or are written with
    assert [
        name
        for name in mac.__all__
        if name not in told and f"`{name}" not in text and f"## {name}\n" not in text and f"({name})" not in text
    ] == []


@pytest.mark.parametrize("made", CLASSES, ids=lambda made: made.__name__)
def test_python_itself_shows_the_fields_of(made: type[Part]) -> None:
    assert tuple(inspect.signature(made).parameters) == made.fields()
    assert made.__doc__
    assert "Annotated" not in str(inspect.signature(made))


def test_what_an_alert_takes_is_shown_as_it_is_written() -> None:
    assert str(inspect.signature(mac.Alert)).startswith(
        "(*, name: str, expr: Condition | str, for_: str = '0s', keep_firing_for: str = '0s', "
    )
