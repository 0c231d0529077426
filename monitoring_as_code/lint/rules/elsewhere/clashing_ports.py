from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def clashing_ports() -> None:
    """Two services of the stack would be published at one port of the machine.

    Compose takes such a file, and Docker finds out when it starts the second of them. The ports are those of the stack's access points; a
    service without one has its usual port, 9091 for Prometheus, 9093 for Alertmanager, 9100 for Node Exporter, 3003 for Grafana and 9190 for
    the global Prometheus. Give one of the two an `AccessPoint` with another port.
    """
