"""`kubernetes` of `[tool.mac]`, read only where it is set."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from monitoring_as_code.light import NamedTuple

_DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_DNS_NAME = re.compile(rf"{_DNS_LABEL.pattern}(\.{_DNS_LABEL.pattern})*")
_QUALIFIED = re.compile(r"(?:(?P<prefix>[^/]+)/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")
# A Service's port has a name of its own kind: RFC 6335, at least one letter.
_PORT = re.compile(r"(?=[0-9-]*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?")
_LONGEST_DNS_NAME = 253


class Kubernetes(NamedTuple):
    """How resources of Kubernetes are written; the defaults are what `kubernetes = true` gives."""

    namespace: str | None = None
    """Where they are; without a word that is said when they are applied."""
    labels: Mapping[str, str] = MappingProxyType({})
    """What the operator selects resources by, such as `release`."""
    secret: str | None = None
    """The Secret with the keys that receivers need; named after the stack without a word."""
    alertmanager: str = "resource"
    """`resource` for an AlertmanagerConfig, `secret` for Alertmanager's own configuration in a Secret."""
    ports: Mapping[str, str] = MappingProxyType({})
    """The name of the Service's port by scrape job; without one, the container's port is the target's."""
    dashboard_labels: Mapping[str, str] = MappingProxyType({"grafana_dashboard": "1"})
    """What Grafana's sidecar finds dashboards by."""
    folder_annotation: str = "grafana_folder"
    """In which annotation the sidecar reads a dashboard's folder."""


Fault = tuple[tuple[str | int, ...], str]


def kubernetes_fault(value: object) -> Fault | None:
    """What is wrong with it, after the path to the wrong value."""
    if isinstance(value, bool):
        return None
    if not isinstance(value, dict):
        return (), 'must be `true`, or a table such as `{ namespace = "monitoring" }`'
    for key, each in value.items():
        check = _KEYS.get(key)
        if check is None:
            return (key,), f"has no key `{key}`: there are {', '.join(f'`{known}`' for known in _KEYS)}"
        fault = check(each)
        if fault is not None:
            at, message = fault
            return (key, *at), message
    return None


def kubernetes_of(value: object) -> Kubernetes | None:
    """The settings that a value without a fault says."""
    if not isinstance(value, dict):
        return Kubernetes() if value else None
    return Kubernetes(**{key.replace("-", "_"): each for key, each in value.items()})


def _name(value: object) -> Fault | None:
    if not isinstance(value, str) or not _DNS_LABEL.fullmatch(value):
        return (), "must hold a name of Kubernetes: small letters, digits and hyphens, at most 63"
    return None


def _secret(value: object) -> Fault | None:
    if not isinstance(value, str) or not _DNS_NAME.fullmatch(value) or len(value) > _LONGEST_DNS_NAME:
        return (), "must hold the name of a Secret: small letters, digits, hyphens and dots"
    return None


def _form(value: object) -> Fault | None:
    return None if value in ("resource", "secret") else ((), 'must say `"resource"` or `"secret"` of `alertmanager`')


def _qualified(value: object) -> bool:
    found = _QUALIFIED.fullmatch(value) if isinstance(value, str) else None
    return found is not None and (found["prefix"] is None or _secret(found["prefix"]) is None)


def _annotation(value: object) -> Fault | None:
    return None if _qualified(value) else ((), "must hold the name of an annotation")


def _labels(value: object) -> Fault | None:
    if not isinstance(value, dict):
        return (), "must hold a table of labels"
    for name, text in value.items():
        if not _qualified(name) or not isinstance(text, str) or not _LABEL_VALUE.fullmatch(text):
            return (
                name,
            ), f"must hold labels of Kubernetes, but `{name}` is none: at most 63 letters, digits, `-`, `_` and `.`, as strings"
    return None


def _ports(value: object) -> Fault | None:
    if not isinstance(value, dict):
        return (), "must hold a table of scrape jobs, each with the name of a port"
    for job, port in value.items():
        if not isinstance(port, str) or not _PORT.fullmatch(port):
            return (job,), "must hold names of ports: at most 15 small letters, digits and hyphens, such as `http-metrics`"
    return None


_KEYS: Mapping[str, Callable[[object], Fault | None]] = {
    "namespace": _name,
    "labels": _labels,
    "secret": _secret,
    "alertmanager": _form,
    "ports": _ports,
    "dashboard-labels": _labels,
    "folder-annotation": _annotation,
}
