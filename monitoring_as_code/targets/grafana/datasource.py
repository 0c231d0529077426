"""Provisioning: where Grafana finds the data, and the dashboards."""

from __future__ import annotations

from collections.abc import Mapping

from monitoring_as_code.model.stack import Stack
from monitoring_as_code.yaml_text import Plain, to_yaml

DATASOURCE_NAME = "Prometheus"
# Dashboards, bookmarks and Explore's links hold it: it never changes.
DATASOURCE_UID = "prometheus"


def datasources(stack: Stack, header: str) -> str:
    """The provisioning file of the data source; it holds no secret."""
    source: Mapping[str, Plain] = {
        "name": DATASOURCE_NAME,
        "uid": DATASOURCE_UID,
        "type": "prometheus",
        "access": "proxy",
        "url": stack.prometheus_url,
        "isDefault": True,
        "editable": False,
        "jsonData": {
            "httpMethod": "POST",
            "prometheusType": "Prometheus",
            # $__rate_interval is four of these at least, so that a rate always has two samples.
            "timeInterval": stack.scrape_interval,
            "manageAlerts": True,
        },
    }
    return to_yaml({"apiVersion": 1, "prune": True, "datasources": [source]}, header=header)


def dashboard_provider(header: str) -> str:
    """The provisioning file of the dashboards: a folder of files is a folder of Grafana."""
    provider: Mapping[str, Plain] = {
        "name": "mac",
        "type": "file",
        "disableDeletion": False,
        "allowUiUpdates": False,
        "updateIntervalSeconds": 10,
        "options": {"path": "/etc/grafana/dashboards", "foldersFromFilesStructure": True},
    }
    return to_yaml({"apiVersion": 1, "providers": [provider]}, header=header)
