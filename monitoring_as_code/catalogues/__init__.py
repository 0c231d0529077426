"""What Node Exporter, Prometheus and Alertmanager expose, so that nobody has to declare it.

    from monitoring_as_code.catalogues import node_exporter

    jobs = (ScrapeJob(name="node", targets=("node-exporter:9100",), exporter=node_exporter),)
    load = node_exporter.node_load1

Each catalogue has every metric of the versions from Debian 12 to the newest, whatever collector or setting it takes; a label that came later,
or that some series lack, is known as such. Nothing is read before a query names a metric.
"""

from typing import TYPE_CHECKING, Any

from monitoring_as_code.model.declaration import being_loaded
from monitoring_as_code.model.shipped import ShippedExporter, catalogue_path

if TYPE_CHECKING:
    from monitoring_as_code.catalogues.alertmanager_types import Alertmanager
    from monitoring_as_code.catalogues.node_exporter_types import NodeExporter
    from monitoring_as_code.catalogues.prometheus_types import Prometheus

    node_exporter: NodeExporter
    prometheus: Prometheus
    alertmanager: Alertmanager

# What each is called where it is declared.
_NAMES = {"node_exporter": "node", "prometheus": "prometheus", "alertmanager": "alertmanager"}

__all__ = ["alertmanager", "node_exporter", "prometheus"]


def shipped(name: str) -> ShippedExporter | None:
    """The exporter of this name; None if no catalogue is called so."""
    if name not in _NAMES:
        return None
    # One for each load of definitions: it keeps what they named.
    noted = being_loaded()
    kept = globals() if noted is None else vars(noted)
    key = f"_shipped_{name}"
    if key not in kept:
        kept[key] = ShippedExporter.of(_NAMES[name], catalogue_path(name))
    made: ShippedExporter = kept[key]
    return made


def __getattr__(name: str) -> Any:  # noqa: ANN401 - what a module has
    made = shipped(name)
    if made is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return made
