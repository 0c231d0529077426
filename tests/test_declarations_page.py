"""docs/declarations.md is what the classes say of themselves; `MAC_UPDATE=1` writes it."""

import inspect
import os
from pathlib import Path

import pytest

import monitoring_as_code as mac
from monitoring_as_code.model.declaration import Declaration, Part

PAGE = Path(__file__).parent.parent / "docs" / "declarations.md"
CLASSES = [each for name in mac.__all__ if isinstance(each := getattr(mac, name), type) and issubclass(each, Part)]
HEAD = """\
# What can be declared

Every class that `from monitoring_as_code import ...` gives, with its fields. All of them are given by name, and those without a default
are needed. `help(Alert)` in Python shows the same. The algebra of expressions is in `help(Gauge)` and `help(Counter)`, what labels are
in `help(Labels)`.
"""


def shown(default: object) -> str:
    if default is inspect.Parameter.empty:
        return "needed"
    return f"`{default.__name__}`" if isinstance(default, type) else f"`{default!r}`"


def section(made: type[Part]) -> str:
    rows = [
        f"| `{name}` | {'`' + str(field.annotation).replace('|', chr(92) + '|') + '`'} | {shown(field.default)} |"
        for name, field in inspect.signature(made).parameters.items()
    ]
    own = [part.split(">>>")[0].rstrip() for part in (inspect.cleandoc(made.__doc__ or ""),)]
    table = ["| field | type | default |", "|---|---|---|", *rows] if rows else []
    return "\n".join([f"## {made.__name__}", "", *own, "", *table]).rstrip() + "\n"


def page() -> str:
    declarations = [made for made in CLASSES if issubclass(made, Declaration)]
    parts = [made for made in CLASSES if made not in declarations]
    return "\n".join([HEAD, *map(section, (*declarations, *parts))])


def test_the_page_is_what_the_classes_say() -> None:
    if os.environ.get("MAC_UPDATE"):
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page()


@pytest.mark.parametrize("made", CLASSES, ids=lambda made: made.__name__)
def test_python_itself_shows_the_fields_of(made: type[Part]) -> None:
    assert tuple(inspect.signature(made).parameters) == made.fields()
    assert made.__doc__
    assert "Annotated" not in str(inspect.signature(made))


def test_what_an_alert_takes_is_shown_as_it_is_written() -> None:
    assert str(inspect.signature(mac.Alert)).startswith(
        "(*, name: str, expr: Condition | str, for_: str = '0s', keep_firing_for: str = '0s', "
    )
