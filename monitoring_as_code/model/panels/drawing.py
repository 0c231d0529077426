"""How values are drawn: thresholds, mappings of values, exceptions for some series, transformations of the answer."""

import math
from typing import Annotated, Any, Literal, TypeAlias

from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import Text
from monitoring_as_code.units import Unit

Color: TypeAlias = Literal["green", "yellow", "orange", "red", "blue", "purple", "gray", "text", "transparent"] | Text


def json_value(value: Any) -> Any:  # noqa: ANN401 - JSON is any of its types
    """`value` with sorted keys and without nulls but open ends: Grafana's schema says absent, not null.

    Raises:
        ValueError: it is no JSON, or holds a number that JSON has not.
    """
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                message = f"a key must be text, not {key!r}"
                raise ValueError(message)  # noqa: TRY004 - pydantic turns a ValueError into a fault of this field
        return {key: json_value(value[key]) for key in sorted(value) if value[key] is not None or _is_open_end(key, value)}
    if isinstance(value, list | tuple):
        return [json_value(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        message = "JSON has no NaN and no infinity"
        raise ValueError(message)
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            message = "half of a surrogate pair cannot be written as UTF-8"
            raise ValueError(message) from None
        return value
    if value is None or isinstance(value, bool | int | float):
        return value
    message = f"{type(value).__name__} is no JSON"
    raise ValueError(message)


def _is_open_end(key: str, parent: dict[str, Any]) -> bool:
    """The nulls that the schema wants: below a lowest threshold, and at an open end of a range."""
    return (key == "value" and "color" in parent) or (key in ("from", "to") and "result" in parent)


# Options that are passed on to Grafana as they are.
JsonObject: TypeAlias = Annotated[dict[str, Any], Check(json_value)]


class Threshold(Part):
    """From `value` on, in the panel's unit, the colour is `color`."""

    value: float
    color: Color


class ValueMapping(Part):
    """What is shown in place of a value: of one value as text, of numbers from `low` to `high`, of texts that match `pattern`, or a special one."""

    value: Text | None = None
    low: float | None = None
    high: float | None = None
    pattern: Text | None = None
    special: Literal["null", "nan", "null+nan", "true", "false", "empty"] | None = None
    text: Text | None = None
    color: Color | None = None


class Override(Part):
    """Some series drawn otherwise: the one of this name, those whose name matches a regular expression, or those of a query (`A`, `B`).

    `properties` are Grafana's own, by their ids (`custom.lineWidth`), for what has no argument here.
    """

    series: Text
    by: Literal["name", "regex", "query"] = "name"
    name: Text | None = None
    color: Color | None = None
    unit: Instance[Unit] | Text | None = None
    decimals: int | None = Field(default=None, ge=0, le=20)
    right_axis: bool = False
    hidden: bool = False
    properties: JsonObject = {}


class Transformation(Part):
    """One step that changes the answer before it is drawn, by Grafana's id and options: `Transformation(id="sortBy", options={...})`."""

    id: Text
    options: JsonObject = {}
