"""Which series an override is of, by Grafana's own matchers, and what it sets on them."""

from collections.abc import Callable
from typing import Any

import pytest

from monitoring_as_code import Override, SeriesWhere
from monitoring_as_code.targets.grafana.overrides import override_json

Ask = Callable[..., Any]


def series(ref: str, name: str, values: list[float]) -> dict[str, Any]:
    times = {"name": "Time", "type": "time", "values": [1000 * index for index in range(len(values))]}
    return {"refId": ref, "name": name, "fields": [times, {"name": "Value", "type": "number", "values": values}]}


SERIES = [series("A", "north", [1, 9]), series("A", "south", [0, 0]), series("B", "limit", [5, 5])]

CASES: list[tuple[Override, set[str]]] = [
    (Override(series="north", color="red"), {"north"}),
    (Override(series=("north", "limit"), color="red"), {"north", "limit"}),
    (Override(series=("north", "limit"), by="all_but", color="red"), {"south"}),
    (Override(series="/^(N|S)o/i", by="regex", color="red"), {"north", "south"}),
    (Override(series="B", by="query", color="red"), {"limit"}),
    (Override(series="number", by="type", color="red"), {"north", "south", "limit"}),
    (Override(series="string", by="type", color="red"), set()),
    (Override(series=SeriesWhere(calculation="allIsZero"), color="red"), {"south"}),
    (Override(series=SeriesWhere(calculation="max", op=">", value=5), color="red"), {"north"}),
    (Override(series=SeriesWhere(calculation="mean", op="<=", value=5), color="red"), {"north", "south", "limit"}),
    (Override(series=SeriesWhere(calculation="min", op="!=", value=0), color="red"), {"north", "limit"}),
]


@pytest.mark.parametrize(("override", "meant"), CASES)
def test_an_override_is_of_the_series_that_it_says(override: Override, meant: set[str], ask: Ask) -> None:
    config = {"defaults": {}, "overrides": [override_json(override, lambda link: {"title": link.title})]}
    frames = ask("overridden", {"config": config, "series": SERIES})
    colored = {field["shownAs"] for fields in frames for field in fields if field.get("color", {}).get("fixedColor") == "red"}
    # Nothing was said of the times, nor of the type of values that they have.
    assert colored - {"Time"} == meant


def test_an_override_sets_all_that_it_says(ask: Ask) -> None:
    override = Override(series="north", name="North", unit="s", decimals=1, min=0, max=10, no_value="-", line_width=3, negative=True)
    config = {"defaults": {}, "overrides": [override_json(override, lambda link: {"title": link.title})]}
    found = ask("overridden", {"config": config, "series": SERIES})[0][1]
    assert found["shownAs"] == "North"
    assert {name: found[name] for name in ("unit", "decimals", "min", "max", "noValue")} == {
        "unit": "s",
        "decimals": 1,
        "min": 0,
        "max": 10,
        "noValue": "-",
    }
    assert found["custom"] == {"lineWidth": 3, "transform": "negative-Y"}
