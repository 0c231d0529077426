"""Rule files as PrometheusRule resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.targets.prometheus import rule_files

if TYPE_CHECKING:
    from monitoring_as_code.targets.kubernetes.resource import Resources
    from monitoring_as_code.yaml_text import Plain


def rules(resources: Resources) -> Iterator[tuple[str, str]]:
    """A PrometheusRule for each module with rules. Each group says how often it is evaluated: the server's own interval is not ours."""
    stack = resources.analysis.stack
    for file, groups, made_of in rule_files(resources.analysis):
        spec: list[Plain] = []
        for group in groups:
            rest = dict(group)
            found: dict[str, Plain] = {"name": rest.pop("name")}
            if stack is not None:
                found["interval"] = stack.evaluation_interval
            spec.append({**found, **rest})
        name = resources.name(file)
        resource = resources.monitoring("v1", "PrometheusRule", name, {"groups": spec})
        yield f"rules/{name}.yaml", resources.written(resource, made_of)
