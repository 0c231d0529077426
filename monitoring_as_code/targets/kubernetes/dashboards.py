"""Dashboards as ConfigMaps, which the sidecar of Grafana's chart finds by a label."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.origin import Place
from monitoring_as_code.pydantic_engine import from_json, to_json
from monitoring_as_code.targets.grafana import dashboard_text
from monitoring_as_code.yaml_text import stands_raw

if TYPE_CHECKING:
    from monitoring_as_code.targets.kubernetes.resource import Resources

OVERSIZED_RESOURCE = "oversized-resource"
# What Kubernetes takes of a ConfigMap's keys and values together.
LARGEST = 1024 * 1024


def dashboards(resources: Resources) -> Iterator[tuple[str, str] | Diagnostic]:
    """A ConfigMap for each dashboard, or why there can be none."""
    for dashboard in resources.analysis.project.of(Dashboard):
        text = _plain(dashboard_text(resources.analysis, dashboard))
        key = f"{dashboard.uid}.json"
        if _size(key, text) > LARGEST:
            text = _plain(to_json(from_json(text.encode())).decode()) + "\n"
        if (size := _size(key, text)) > LARGEST:
            message = f"`{dashboard.name}` takes {size:,} bytes, but Kubernetes takes {LARGEST:,} at most in a ConfigMap"
            help_ = "cut the dashboard in two, or let panels repeat over a variable"
            yield Diagnostic(OVERSIZED_RESOURCE, Severity.ERROR, message, Place(dashboard.origin), help_)
            continue
        name = resources.name("dashboard", dashboard.uid)
        folder = None if dashboard.folder is None else {resources.settings.folder_annotation: dashboard.folder}
        metadata = resources.metadata(name, resources.settings.dashboard_labels, folder)
        yield f"dashboards/{name}.yaml", resources.holding("ConfigMap", metadata, {key: text}, (dashboard,))


def _size(key: str, text: str) -> int:
    return len(key) + len(text.encode())


def _plain(text: str) -> str:
    """JSON in which nothing that a reader of YAML takes for a line break or refuses stands as it is."""
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(each if each == "\n" or stands_raw(each) else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    """As JSON writes it: in units of UTF-16."""
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
