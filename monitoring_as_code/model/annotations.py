"""Annotations: moments and spans of time that are marked on the panels of a dashboard."""

from collections.abc import Sequence
from typing import Any

from monitoring_as_code.light import override
from monitoring_as_code.model.checking import Instance
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import PlainName, PositiveDuration, Text
from monitoring_as_code.model.labels import LabelName, label_name
from monitoring_as_code.model.metric import AnyMetric
from monitoring_as_code.model.panel import Panel, PanelExpression
from monitoring_as_code.model.panels.drawing import Color


class Annotation(Part):
    """Moments marked where `expr` has a value, points that follow each other being one span; on all panels, on `panels`, or on all but some.

    `title` and `text` are templates (`{{service}}`), `tags` labels whose values are shown as tags. `step` is the least time between two
    moments. With `value_is_time` the value says when it was, in milliseconds. `enabled` says whether it is shown at first, `hide` takes
    its switch away, and `in_menu` puts that into the menu of controls, which Grafana has since 12.3.
    """

    name: PlainName
    expr: PanelExpression
    title: Text = ""
    text: Text = ""
    tags: tuple[Text, ...] = ()
    color: Color = "blue"
    step: PositiveDuration | None = None
    value_is_time: bool = False
    enabled: bool = True
    hide: bool = False
    in_menu: bool = False
    panels: tuple[Instance[Panel], ...] = ()
    except_panels: tuple[Instance[Panel], ...] = ()

    @classmethod
    @override
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if fields.get("panels") and fields.get("except_panels"):
            message = "`panels` and `except_panels` exclude each other: give the shorter one"
            raise ValueError(message)


def firing_alerts(
    matchers: str = "",
    *,
    by: Sequence[LabelName[Any] | str] = (),
    name: str = "Alerts",
    title: str = "{{alertname}}",
    text: str | None = None,
    color: str = "red",
    enabled: bool = True,
    **other: Any,
) -> Annotation:
    """The time in which alerts fire, those that the matchers take; an alert on many things is one span, unless `by` tells them apart.

    >>> firing_alerts('severity="critical"', by=("service",)).text
    '{{severity}} {{service}}'
    """
    labels = [label_name(each) for each in by]
    selector = f'ALERTS{{alertstate="firing"{", " + matchers if matchers else ""}}}'
    expr = f"max by ({', '.join(('alertname', 'severity', *labels))}) ({selector})"
    shown = " ".join(f"{{{{{label}}}}}" for label in ("severity", *labels)) if text is None else text
    return Annotation(name=name, expr=expr, title=title, text=shown, color=color, enabled=enabled, **other)


def deploys(
    metric: AnyMetric | str,
    *,
    version: LabelName[Any] | str = "version",
    by: Sequence[LabelName[Any] | str] = (),
    matchers: str = "",
    name: str = "Deploys",
    title: str | None = None,
    color: str = "blue",
    enabled: bool = True,
    **other: Any,
) -> Annotation:
    """The moments at which a version was first seen that was not there in the hour before; `metric` is one that has it as a label.

    `by` names the labels of what is deployed, such as its service. A restart of the same version is no deploy, and neither are scrapes
    that fail for less than an hour.

    >>> deploys("build_info", by=("service",)).title
    '{{service}} {{version}}'
    """
    labels = [label_name(each) for each in (*by, version)]
    selector = (metric if isinstance(metric, str) else metric.name) + (f"{{{matchers}}}" if matchers else "")
    grouped = f"count by ({', '.join(labels)})"
    # One step is one moment: an offset that is shorter would let a deploy fall between two of them.
    expr = f"{grouped} ({selector}) unless {grouped} (last_over_time({selector}[1h] offset $__interval))"
    shown = " ".join(f"{{{{{label}}}}}" for label in labels) if title is None else title
    return Annotation(name=name, expr=expr, title=shown, color=color, enabled=enabled, **other)
