"""Scrape jobs as ServiceMonitor resources, as far as their targets are Services, and as ScrapeConfig resources otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.model.stack import ScrapeJob, Stack
    from monitoring_as_code.targets.kubernetes.resource import Resources
    from monitoring_as_code.yaml_text import Plain

_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# `shop` in the namespace of the resource, `shop.backend.svc` in another one; `shop.example` may be anything.
_SERVICE = re.compile(rf"({_LABEL})(?:\.({_LABEL})\.svc(?:\..+)?)?")
# What the operator puts on every series. Metrics may have labels of these names, and expressions were checked without them.
_OPERATORS_LABELS = "container|endpoint|namespace|pod|service"


class _Endpoint(NamedTuple):
    service: str
    namespace: str | None
    port: int


def monitors(resources: Resources) -> Iterator[tuple[str, str] | Diagnostic]:
    """A ServiceMonitor for each job and namespace, and a ScrapeConfig for what is no Service. Series have the labels that were declared."""
    stack = resources.analysis.stack
    if stack is None:
        return
    yield from _unknown_jobs(resources, [job.name for job in stack.jobs])
    for job in stack.jobs:
        services: dict[str | None, list[_Endpoint]] = {}
        others: list[str] = []
        for target in job.targets:
            endpoint = _endpoint(target)
            if endpoint is None:
                others.append(target)
            else:
                services.setdefault(endpoint.namespace, []).append(endpoint)
        for namespace, endpoints in services.items():
            name = resources.name(job.name) if namespace is None else resources.name(job.name, namespace)
            spec = _service_monitor(resources, stack, job, namespace, endpoints)
            resource = resources.monitoring("v1", "ServiceMonitor", name, spec)
            yield f"monitors/{name}.yaml", resources.written(resource, (job, stack))
        if others:
            name = resources.name(job.name)
            resource = resources.monitoring("v1alpha1", "ScrapeConfig", name, _scrape_config(stack, job, others))
            yield f"scrapes/{name}.yaml", resources.written(resource, (job, stack))


def _unknown_jobs(resources: Resources, known: list[str]) -> Iterator[Diagnostic]:
    """A port of a job that there is not would be passed over."""
    for name in resources.settings.ports:
        if name not in known:
            from monitoring_as_code.config import RULE, place_of
            from monitoring_as_code.diagnostics.nearest import did_you_mean

            place = place_of(resources.analysis.project.root, "kubernetes", "ports", name, key=True)
            message = f"`ports` names the scrape job `{name}`, but the stack has none of that name"
            yield Diagnostic(RULE, Severity.ERROR, message, place, did_you_mean(name, known))


def _endpoint(target: str) -> _Endpoint | None:
    """The Service that a target names in the cluster's DNS; None if it may be something else."""
    host, _, port = target.rpartition(":")
    found = _SERVICE.fullmatch(host)
    return None if found is None or host == "localhost" else _Endpoint(found[1], found[2], int(port))


def _service_monitor(
    resources: Resources, stack: Stack, job: ScrapeJob, namespace: str | None, endpoints: list[_Endpoint]
) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    if namespace is not None:
        found["namespaceSelector"] = {"matchNames": [namespace]}
    # The target names the Service, and not its labels: all are looked at, and that one is kept.
    found["selector"] = {}
    found["endpoints"] = [_scraped(stack, job, endpoint, resources.settings.ports.get(job.name)) for endpoint in endpoints]
    return found | _limits(job)


def _scraped(stack: Stack, job: ScrapeJob, endpoint: _Endpoint, port: str | None) -> dict[str, Plain]:
    found: dict[str, Plain] = {"targetPort": endpoint.port} if port is None else {"port": port}
    found["interval"] = job.scrape_interval or stack.scrape_interval
    timeout = job.scrape_timeout or stack.scrape_timeout
    if timeout is not None:
        found["scrapeTimeout"] = timeout
    if job.metrics_path != "/metrics":
        found["path"] = job.metrics_path
    if job.scheme != "http":
        found["scheme"] = job.scheme
    if job.honor_labels:
        found["honorLabels"] = True
    found["relabelings"] = [
        {"action": "keep", "sourceLabels": ["__meta_kubernetes_service_name"], "regex": endpoint.service},
        {"action": "labeldrop", "regex": _OPERATORS_LABELS},
        *(
            # Two dollars are one: a single one is a group of the regular expression.
            {"action": "replace", "targetLabel": name, "replacement": value.replace("$", "$$")}
            for name, value in _labels(job).items()
        ),
    ]
    return found


def _scrape_config(stack: Stack, job: ScrapeJob, targets: list[str]) -> dict[str, Plain]:
    found: dict[str, Plain] = {
        "staticConfigs": [{"targets": targets, "labels": _labels(job)}],
        "scrapeInterval": job.scrape_interval or stack.scrape_interval,
    }
    timeout = job.scrape_timeout or stack.scrape_timeout
    if timeout is not None:
        found["scrapeTimeout"] = timeout
    if job.metrics_path != "/metrics":
        found["metricsPath"] = job.metrics_path
    if job.scheme != "http":
        found["scheme"] = job.scheme.upper()  # in this resource, older operators take capital letters only
    if job.honor_labels:
        found["honorLabels"] = True
    return found | _limits(job)


def _limits(job: ScrapeJob) -> dict[str, Plain]:
    """How much a page may hold, and how it is read: a resource says it of all its targets."""
    words = {
        "sample_limit": "sampleLimit",
        "label_limit": "labelLimit",
        "body_size_limit": "bodySizeLimit",
        "scrape_protocols": "scrapeProtocols",
        "fallback_scrape_protocol": "fallbackScrapeProtocol",
    }
    return {word: said for name, word in words.items() if (said := getattr(job, name))}


def _labels(job: ScrapeJob) -> dict[str, str]:
    """What each series of the job has; the operator would call the job otherwise."""
    return {"job": job.name, **job.labels}
