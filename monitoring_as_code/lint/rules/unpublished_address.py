from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, definitions_only=True)
def unpublished_address(reading: Reading) -> Iterator[Finding]:
    """An access point leads people to a port of one of the stack's servers that is not open to them.

    The servers are published to this machine alone, 127.0.0.1, at the port of an access point whose host is `localhost`, and at a usual one
    otherwise. Whoever follows `http://monitoring.example.com:3000` in the docs finds nothing. What is for others stands behind the `proxy`, or
    behind one of your own, whose address is `https://...`.

    BAD:

        stack = Stack(
            name="shop",
            jobs=(ScrapeJob(name="shop", targets=("shop:80",)),),
            alertmanagers=("alertmanager:9093",),
            access_points=(AccessPoint(service="Grafana", url="http://grafana.shop.example:3000", container_port=3000),),
        )

    GOOD:

        stack = Stack(
            name="shop",
            jobs=(ScrapeJob(name="shop", targets=("shop:80",)),),
            alertmanagers=("alertmanager:9093",),
            access_points=(AccessPoint(service="Grafana", url="http://localhost:3000", container_port=3000),),
        )
    """
    stack = reading.analysis.stack
    if stack is None or not stack.access_points or reading.project.config.kubernetes is not None:
        return
    from monitoring_as_code.model.topology import servers
    from monitoring_as_code.naming import slug

    for point in stack.access_points:
        host = point.url.partition("://")[2].partition("/")[0]
        port = host.rpartition(":")[2]
        # By TLS it is somebody else who answers, and who knows where the server is.
        if point.container_port is None or point.host_port is not None or not point.url.lower().startswith("http://"):
            continue
        if ":" not in host or not port.isdigit():
            continue
        for server in servers(stack):
            if slug(point.service) in (server.name, server.service):
                where = "nowhere, since there is a proxy" if stack.proxy is not None else f"at `127.0.0.1:{server.host_port}` alone"
                message = f"people are led to `{point.url}`, but {server.name} is published {where}"
                help_ = f"write `http://localhost:{port}`, or, behind a proxy, the address that people see, `https://...`"
                yield Finding(message, Place(point.origin, ("url",)), help_)
                break
