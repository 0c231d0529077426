"""What all resources have in common: names, metadata, and texts in ConfigMaps and Secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from monitoring_as_code.naming import resource_name
from monitoring_as_code.targets.provenance import generated
from monitoring_as_code.yaml_text import scalar, to_yaml

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.config.kubernetes import Kubernetes
    from monitoring_as_code.model.declaration import Declaration
    from monitoring_as_code.yaml_text import Plain

# What kustomize and people tell our resources by.
_MANAGED = {"app.kubernetes.io/managed-by": "mac"}


class Resources:
    """Makes resources of one project: what it is called in front of all names, and what it wants of each."""

    def __init__(self, analysis: Analysis, settings: Kubernetes) -> None:
        self.analysis = analysis
        self.settings = settings
        self.prefix = "mac" if analysis.stack is None else analysis.stack.name

    def name(self, *parts: str) -> str:
        """A name that begins with the project's."""
        return resource_name(self.prefix, *parts)

    @property
    def secret(self) -> str:
        """The Secret that holds what receivers need, which people make."""
        return self.settings.secret or self.name("alertmanager-secrets")

    def monitoring(self, version: str, kind: str, name: str, spec: Mapping[str, Plain]) -> dict[str, Plain]:
        """A resource that the operator selects by its labels."""
        metadata = self.metadata(name, self.settings.labels)
        return {"apiVersion": f"monitoring.coreos.com/{version}", "kind": kind, "metadata": metadata, "spec": spec}

    def metadata(self, name: str, labels: Mapping[str, str], annotations: Mapping[str, str] | None = None) -> dict[str, Plain]:
        """Name, namespace and labels, as Kubernetes has them on each resource."""
        found: dict[str, Plain] = {"name": name}
        if self.settings.namespace is not None:
            found["namespace"] = self.settings.namespace
        everything = {**_MANAGED, **labels}
        found["labels"] = {label: everything[label] for label in sorted(everything)}
        if annotations:
            found["annotations"] = annotations
        return found

    def written(self, resource: Mapping[str, Plain], made_of: Iterable[Declaration], *more: str) -> str:
        """A resource as a file, with more lines of its header."""
        return to_yaml(resource, header="\n".join((generated(self.analysis, made_of), *more)))

    def holding(
        self, kind: str, metadata: Mapping[str, Plain], texts: Mapping[str, str], made_of: Iterable[Declaration], *more: str
    ) -> str:
        """A ConfigMap or a Secret with texts by key, each as the lines that it has."""
        head = self.written({"apiVersion": "v1", "kind": kind, "metadata": metadata}, made_of, *more)
        field = "data" if kind == "ConfigMap" else "stringData"
        return "".join((head, f"{field}:\n", *(_block(key, texts[key]) for key in sorted(texts))))


def _block(key: str, text: str) -> str:
    """A text that begins with no blank and ends with one line break, as a literal block; other readers of YAML read just that."""
    lines: Iterator[str] = (f"    {line}\n" if line else "\n" for line in text.removesuffix("\n").split("\n"))
    return f"  {scalar(key)}: |\n{''.join(lines)}"
