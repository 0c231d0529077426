"""A panel of grafanalib, or the JSON of one, as it is."""

from typing import Any, ClassVar

from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.panel import Query, QueryPanel, Shown, Width
from monitoring_as_code.model.panels.drawing import JsonObject


class RawPanel(QueryPanel):
    """JSON that Grafana keeps; `raw` makes it from any panel. Its Prometheus queries are `queries`, so they are checked like all others.

    `dropped` says what `raw` left out, because nothing stands for it in today's Grafana.
    """

    type: ClassVar[str] = "raw"

    json_data: JsonObject
    dropped: tuple[Text, ...] = ()

    def grafana_options(self, shown: Shown) -> dict[str, Any]:  # noqa: ARG002
        """The options as they are."""
        options: dict[str, Any] = self.json_data.get("options", {})
        return options


def raw(
    panel: object,
    *,
    width: Width | None = None,
    height: int | None = None,
    x: int | None = None,
    y: int | None = None,
    id: int | None = None,  # noqa: A002 - Grafana's word for it
) -> RawPanel:
    """A panel of grafanalib, or plain JSON of any panel, to stand in a row.

    Width and height are those of its `gridPos`, if it has one and nothing is said; its id and place are not kept, so say them where they
    matter. A named data source becomes the dashboard's.

    Raises:
        ValueError: it is no panel.

    >>> raw({"type": "stat", "title": "Up", "targets": [{"expr": "up"}]}).queries[0].expr
    'up'
    """
    from monitoring_as_code.model.panels.normal import normalize

    normal = normalize(panel)
    json = normal.json
    if json["type"] == "row":
        message = "this is a row: pass on its panels one by one"
        raise ValueError(message)
    place = json.pop("gridPos", None)
    given_width, given_height = (_whole(place.get(key) if isinstance(place, dict) else None) for key in "wh")
    json.pop("id", None)
    per_row = json.pop("maxPerRow", None)
    repeat, direction = json.pop("repeat", None), json.pop("repeatDirection", "h")
    return RawPanel(
        title=_text(json.pop("title", "")),
        description=_text(json.pop("description", "")),
        repeat=repeat,
        repeat_direction="vertical" if direction == "v" and repeat else "horizontal",
        max_per_row=per_row if repeat and isinstance(per_row, int) and 1 <= per_row <= 24 else None,
        width=width or (given_width and min(given_width, 24)),
        height=height or (given_height and min(given_height, 100)),
        x=x,
        y=y,
        id=id,
        queries=tuple(
            Query(expr=target["expr"], legend=target.get("legendFormat"), instant=target["instant"], hidden=target.get("hide", False))
            for target in json.get("targets", ())
            if is_prometheus(target)
        ),
        json_data=json,
        dropped=normal.dropped,
    )


def is_prometheus(target: dict[str, Any]) -> bool:
    """Whether the query is PromQL, for all that its data source says."""
    kind = target.get("datasource", {}).get("type", "prometheus")
    return isinstance(target.get("expr"), str) and isinstance(kind, str) and "prometheus" in kind


def _whole(value: object) -> int | None:
    """A length of at least one; some tools write none, or fractions."""
    return max(1, int(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
