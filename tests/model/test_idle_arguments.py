"""An argument that would do nothing is refused where it is written, with what it needs."""

from typing import Any

import pytest

from monitoring_as_code import (
    AlertList,
    BarGauge,
    Concatenate,
    CustomVariable,
    Dashboard,
    ExtractFields,
    FormatString,
    Heatmap,
    IntervalVariable,
    LibraryPanel,
    Link,
    Logs,
    Override,
    Query,
    QueryVariable,
    Stat,
    Table,
    TextPanel,
    Threshold,
    TimeSeries,
    ValueMapping,
)
from monitoring_as_code.model.declaration import InvalidDeclaration, Part

UP: dict[str, Any] = {"title": "Up", "expr": "up"}
NAMED = {"name": "a", "values": ("a", "b")}
OF_JOB = {"name": "job", "metric": "up", "values_of": "job"}
STEPS = {"name": "step", "values": ("1m", "5m")}
RED = (Threshold(value=200, color="red"),)

REFUSED: list[tuple[type[Part], dict[str, Any], str]] = [
    (TimeSeries, {**UP, "max_per_row": 3}, "`max_per_row` does nothing without `repeat`"),
    (TimeSeries, {**UP, "repeat_direction": "vertical"}, "`repeat_direction` does nothing without `repeat`"),
    (TimeSeries, {**UP, "min": 0.0, "soft_min": 1.0}, "`soft_min` does nothing beside `min`"),
    (TimeSeries, {**UP, "soft_min": 5.0, "soft_max": 1.0}, "`soft_min` must be below `soft_max`"),
    (TimeSeries, {**UP, "linear_threshold": 1.0}, "`linear_threshold` does nothing without `log_scale`"),
    (TimeSeries, {**UP, "bar_width": 0.5}, '`bar_width` is of bars: give `style="bars"`'),
    (TimeSeries, {**UP, "color_by_value": "max"}, "`color_by_value` does nothing without `color_scheme`"),
    (TimeSeries, {**UP, "legend_values": ("min",), "legend_placement": "hidden"}, "`legend_values` does nothing unless `legend_placement`"),
    (TimeSeries, {**UP, "legend_sort_by": "Nope"}, "`legend_sort_by` names no column of the legend: those are `Name`, `Last *`, `Max`"),
    (TimeSeries, {**UP, "tooltip": "none", "tooltip_sort": "asc"}, "`tooltip_sort` does nothing unless `tooltip` is `multi`"),
    (TimeSeries, {**UP, "thresholds": RED, "threshold_mode": "percentage"}, "are from 0 to 100"),
    (TimeSeries, {**UP, "links": (Link(title="a", url="/", icon="doc"),)}, "`icon` is shown on top of a dashboard only"),
    (Stat, {**UP, "limit": 3}, "`limit` does nothing without `all_values`"),
    (Stat, {**UP, "all_values": True, "calculation": "max"}, "`calculation` does nothing beside `all_values`"),
    (Stat, {**UP, "percent_size": 10}, "`percent_size` does nothing without `show_percent_change`"),
    (Stat, {**UP, "fields_shown": "/(/"}, "`/(/` is no regular expression"),
    (BarGauge, {**UP, "min_height": 50, "max_height": 2}, "no bar is at least 50 and at most 2 pixels high"),
    (Heatmap, {**UP, "thresholds": RED}, "a heatmap draws no `thresholds`"),
    (Table, {**UP, "ascending": True}, "`ascending` does nothing without `sort_by`"),
    (Table, {**UP, "page_size": 5}, "`page_size` does nothing without `pages`"),
    (Table, {**UP, "legend": "{{job}}"}, "`{{job}}` would be the name of the column as it is"),
    (Table, {"title": "T", "queries": (Query(expr="up", legend="a"), Query(expr="up", legend="a"))}, "two columns would be called `a`"),
    (Table, {**UP, "rename": {"job": "A", "instance": "A"}}, "two columns would be called `A`"),
    (TextPanel, {"content": "a", "language": "go"}, "`language` does nothing unless `mode` is `code`"),
    (Logs, {"title": "L", "source": "loki"}, "asks for nothing: give `expr` or `queries`"),
    (AlertList, {"title": "A", "states": ()}, "at least 1 item"),
    (AlertList, {"title": "A", "matching": "{bad}"}, "`{bad}` has no matcher in it"),
    (Stat, {**UP, "mappings": (ValueMapping(value=1.0, text="a"), ValueMapping(value=1.0, text="b"))}, "`mappings` has `1.0` twice"),
    (LibraryPanel, {"title": "A", "uid": "", "name": "a"}, "at least 1 character"),
    (Override, {"series": "a"}, "an override says what is drawn otherwise"),
    (Override, {"series": "", "color": "red"}, "`series` names none"),
    (Override, {"series": "a", "min": 5.0, "max": 1.0}, "`min` must be below `max`"),
    (CustomVariable, {**NAMED, "all_value": ".*"}, "`all_value` does nothing without `include_all`"),
    (QueryVariable, {**OF_JOB, "include_all": False, "all_value": "a.*"}, "`all_value` does nothing without `include_all`"),
    (IntervalVariable, {**STEPS, "auto_count": 10}, "`auto_count` does nothing without `auto`"),
    (ExtractFields, {"source": "a", "pattern": "a"}, "`pattern` does nothing unless `format` is `regexp`"),
    (ExtractFields, {"source": "a", "format": "kvp", "paths": {"a": "b"}}, "`paths` does nothing unless `format` is `json`"),
    (FormatString, {"field": "a", "format": "Trim", "start": 2}, "`start` does nothing unless `format` is `Substring`"),
    (FormatString, {"field": "a", "format": "Substring", "start": 50, "end": 5}, "`start` must be before `end`"),
    (Concatenate, {"label": "a"}, "`label` does nothing unless `frame_name` is `label`"),
    (Dashboard, {"name": "A", "uid": "a", "rows": (), "folder": "a/b"}, "`a/b` cannot be the name of a folder"),
]
TAKEN: list[tuple[type[Part], dict[str, Any]]] = [
    (TimeSeries, {**UP, "repeat": "job", "max_per_row": 3}),
    (TimeSeries, {**UP, "repeat_direction": "horizontal"}),  # as it is anyway
    (TimeSeries, {**UP, "max_per_row": None}),
    (TimeSeries, {**UP, "bar_width": 0.5, "overrides": (Override(series="a", style="bars"),)}),
    (TimeSeries, {**UP, "tooltip_sort": "asc"}),
    (TimeSeries, {**UP, "tooltip": "single", "tooltip_sort": "asc", "options": {"tooltip": {"mode": "multi"}}}),
    (Stat, {**UP, "calculation": "max"}),
    (QueryVariable, {**OF_JOB, "all_value": "a.*"}),
    (Concatenate, {"frame_name": "label", "label": "a"}),
]


@pytest.mark.parametrize(("kind", "fields", "words"), REFUSED, ids=[f"{kind.__name__}: {words[:40]}" for kind, _, words in REFUSED])
def test_what_would_do_nothing_is_refused_with_the_way_out(kind: type[Part], fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidDeclaration) as raised:
        kind(**fields)
    assert words in str(raised.value)


@pytest.mark.parametrize(("kind", "fields"), TAKEN, ids=[f"{kind.__name__} {number}" for number, (kind, _) in enumerate(TAKEN)])
def test_what_does_something_is_taken(kind: type[Part], fields: dict[str, Any]) -> None:
    kind(**fields)
