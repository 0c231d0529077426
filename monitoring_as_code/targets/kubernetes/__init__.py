"""Kubernetes, on request: resources of the Prometheus operator, and dashboards as ConfigMaps for the sidecar of Grafana's chart.

They are valid for the operator from 0.65 on; `docs/kubernetes.md` says how they are applied, and what differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics import Diagnostic

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis


def render(analysis: Analysis) -> Iterator[tuple[str, str] | Diagnostic]:
    """`kubernetes/`: a resource a file, and a `kustomization.yaml` that lists them; nothing unless the project wants it."""
    settings = analysis.project.config.kubernetes
    if settings is None:
        return
    from monitoring_as_code.targets.kubernetes.alerting import alerting
    from monitoring_as_code.targets.kubernetes.dashboards import dashboards
    from monitoring_as_code.targets.kubernetes.resource import Resources
    from monitoring_as_code.targets.kubernetes.rules import rules
    from monitoring_as_code.targets.kubernetes.scraping import monitors
    from monitoring_as_code.targets.provenance import generated
    from monitoring_as_code.yaml_text import to_yaml

    resources = Resources(analysis, settings)
    paths: list[str] = []
    parts: tuple[Callable[[Resources], Iterator[tuple[str, str] | Diagnostic]], ...] = (rules, monitors, alerting, dashboards)
    for part in parts:
        for made in part(resources):
            if isinstance(made, Diagnostic):
                yield made
            else:
                paths.append(made[0])
                yield f"kubernetes/{made[0]}", made[1]
    if paths:
        listed = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": sorted(set(paths))}
        yield "kubernetes/kustomization.yaml", to_yaml(listed, header=generated(analysis, ()))
