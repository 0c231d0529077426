from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.stack import Stack


@rule(ERROR, definitions_only=True)
def dead_address(reading: Reading) -> Iterator[Finding]:
    """An address leads to one of the stack's own servers, which does not listen there or is not there at all.

    The names of the stack's servers, `alertmanager` or `prometheus-2`, mean those servers, and each listens at one port, Alertmanager at 9093:
    9094 is where Alertmanagers talk to each other. Nothing that is sent elsewhere arrives. Prometheus does not write to itself, and the global
    one is there only where `global_prometheus` is declared.

    Where the declarations are for Kubernetes as well, Services have their own ports, and addresses are not looked at.

    BAD:

        stack = Stack(name="shop", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),), alertmanagers=("alertmanager:9094",))

    GOOD:

        stack = Stack(name="shop", jobs=(ScrapeJob(name="shop", targets=("shop:80",)),), alertmanagers=("alertmanager:9093",))
    """
    stack = reading.analysis.stack
    if stack is None or reading.project.config.kubernetes is not None:
        return
    yield from _alertmanagers(stack)
    yield from _targets(stack)
    yield from _written_to(stack)


def _alertmanagers(stack: Stack) -> Iterator[Finding]:
    for index, address in enumerate(stack.alertmanagers):
        found = _elsewhere(stack, address)
        if found is not None:
            name, port = found
            message = f"alerts are sent to `{address}`, but `{name}` listens at {port}"
            yield Finding(message, Place(stack.origin, ("alertmanagers", index)), f"write `{name}:{port}`")


def _targets(stack: Stack) -> Iterator[Finding]:
    for job in stack.jobs:
        for index, address in enumerate(job.targets):
            found = _elsewhere(stack, address)
            if found is not None:
                name, port = found
                message = f"`{job.name}` scrapes `{address}`, but `{name}` listens at {port}"
                yield Finding(message, Place(job.origin, ("targets", index)), f"write `{name}:{port}`", declaration=job)


def _written_to(stack: Stack) -> Iterator[Finding]:
    if not stack.prometheus.remote_write:
        return
    from monitoring_as_code.model.topology import GLOBAL, PROMETHEUS, service_at

    for written in stack.prometheus.remote_write:
        address = _address(written.url)
        host = address.rpartition(":")[0]
        place = Place(written.origin, ("url",))
        if host == GLOBAL and stack.global_prometheus is None:
            message = f"samples are sent to `{address}`, but the stack has no global Prometheus"
            help_ = "give it `global_prometheus=GlobalPrometheus(...)`, or write the address where another stack's can be reached"
            yield Finding(message, place, help_)
        elif service_at(stack, address) == PROMETHEUS or host in (PROMETHEUS, *stack.prometheus.names):
            message = f"samples are sent to `{address}`, where they come from"
            help_ = "leave it out: replicas scrape everything themselves; a Prometheus above them is `prometheus-global`"
            yield Finding(message, place, help_)
        elif (found := _elsewhere(stack, address)) is not None:
            name, port = found
            yield Finding(f"samples are sent to `{address}`, but `{name}` listens at {port}", place, f"write `{name}:{port}`")


def _elsewhere(stack: Stack, address: str) -> tuple[str, int] | None:
    """The server that an address names, and where it listens, if that is another port."""
    from monitoring_as_code.model.topology import ALERTMANAGER, GLOBAL, GRAFANA, PROMETHEUS, servers, service_at

    host, _, port = address.rpartition(":")
    for server in servers(stack):
        if host in (server.name, server.service):
            if port == str(server.port):
                return None
            # One that does not run leaves its name to others.
            everything = (*stack.alertmanagers, *(target for job in stack.jobs for target in job.targets))
            runs = server.service in (PROMETHEUS, GLOBAL, GRAFANA) or any(service_at(stack, each) == server.service for each in everything)
            gossip = server.service == ALERTMANAGER and port == "9094"
            return (host, server.port) if runs or gossip else None
    return None


def _address(url: str) -> str:
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0].partition("?")[0]
    return host if host.rpartition(":")[2].isdigit() else f"{host}:{443 if scheme == 'https' else 80}"
