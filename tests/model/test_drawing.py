"""What cannot be drawn is refused where it is written, and said in words that help."""

from typing import Any, get_args

import pytest

from monitoring_as_code import (
    BinaryOperation,
    FilterByValue,
    FilterFieldsByName,
    GroupBy,
    LibraryPanel,
    Link,
    Override,
    Reduce,
    SeriesWhere,
    Threshold,
    ValueFilter,
    ValueMapping,
)
from monitoring_as_code.model.declaration import InvalidDeclaration, Part
from monitoring_as_code.model.panels.drawing import PaletteColor
from monitoring_as_code.model.panels.grafana_names import palette

SHOWN = {"text": "x"}
ZERO = SeriesWhere(calculation="allIsZero")
ABOVE = ValueFilter(field="Value", op=">", value=1)

REFUSED: list[tuple[type[Part], dict[str, Any], str]] = [
    (Threshold, {"value": 1, "color": "dark-grean"}, "`dark-grean` is no colour: did you mean `dark-green`"),
    (Threshold, {"value": 1, "color": "qqqq"}, "`qqqq` is no colour: write one of Grafana's such as `dark-red`"),
    (Threshold, {"value": 1, "color": "#12"}, "`#12` is no colour"),
    (ValueMapping, SHOWN, "a mapping needs `value`, `low`, `high`, `pattern` or `special`"),
    (ValueMapping, {"value": "1"}, "a mapping needs `text`, `color` or `icon`"),
    (ValueMapping, {"value": "1", "low": 1, **SHOWN}, "a mapping is of one kind, and this one has `value` already"),
    (ValueMapping, {"low": 1, "pattern": "a", **SHOWN}, "a mapping is of one kind, and this one has `low` already"),
    (ValueMapping, {"pattern": "a", "special": "nan", **SHOWN}, "a mapping is of one kind, and this one has `pattern` already"),
    (ValueMapping, {"value": 0, "special": "nan", **SHOWN}, "a mapping is of one kind, and this one has `value` already"),
    (ValueMapping, {"low": 2, "high": 1, **SHOWN}, "no number is from 2 to 1"),
    (Override, {"series": ZERO, "by": "regex"}, "a `SeriesWhere` says by itself how series are found"),
    (Override, {"series": ("a", "b"), "by": "regex"}, "takes one regular expression, and `series` has several"),
    (Override, {"series": ("A", "B"), "by": "query"}, "takes one query, and `series` has several"),
    (Override, {"series": "numbers", "by": "type"}, "`numbers` is no type of values"),
    (Override, {"series": "a", "line_style": (5,)}, "a pattern is the lengths of strokes and gaps in turn"),
    (Override, {"series": "a", "right_axis": True, "axis_placement": "left"}, "says where the axis is, and so does `right_axis`"),
    (ValueFilter, {"field": "a", "op": ">"}, "`>` needs a `value`"),
    (ValueFilter, {"field": "a", "op": ">", "value": "many"}, "`>` compares with a number, or with a variable"),
    (ValueFilter, {"field": "a", "op": "is null", "value": 1}, "`is null` compares with nothing"),
    (ValueFilter, {"field": "a", "op": "between", "value": 1}, "`between` needs `value` and `to`"),
    (ValueFilter, {"field": "a", "op": "==", "value": 1, "to": 2}, "`to` is for `between` alone"),
    (FilterByValue, {"filters": ()}, "at least 1 item"),
    (FilterFieldsByName, {}, "a filter of fields needs `names` or a `pattern`"),
    (GroupBy, {"by": ()}, "at least 1 item"),
    (Reduce, {"calculations": ("average",)}, "Input should be"),
    (BinaryOperation, {"left": "a", "op": "%", "right": 2}, "Input should be"),
    (LibraryPanel, {"title": "t", "uid": "u", "name": "n", "description": "d"}, "`description` is kept in Grafana's library"),
    (LibraryPanel, {"title": "t", "uid": "u", "name": "n", "links": (Link(title="l", url="/"),)}, "`links` is kept in Grafana's library"),
]


@pytest.mark.parametrize(("made", "given", "said"), REFUSED, ids=lambda each: each.__name__ if isinstance(each, type) else None)
def test_what_cannot_be_drawn_is_refused_with_the_reason(made: type[Part], given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidDeclaration) as refused:
        made(**given)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "color",
    ["red", "super-light-purple", "transparent", "text", "teal", "DarkGreen", "#f00", "#1f60c480", "rgba(1, 2, 3, 0.5)", "hsl(1 2% 3%)"],
)
def test_every_way_to_write_a_colour_is_taken(color: str) -> None:
    assert Threshold(value=1, color=color).color == color


def test_an_editor_completes_all_of_grafanas_palette() -> None:
    assert set(get_args(PaletteColor)) == palette() - {"panel-bg"}


@pytest.mark.parametrize("given", [{"value": 0}, {"value": False}, {"value": ""}, {"low": 0}, {"high": 0}, {"low": 0, "high": 0}])
def test_zero_and_nothing_are_values_that_can_be_mapped(given: dict[str, Any]) -> None:
    assert ValueMapping(text="", **given).text == ""
