"""The emitted configuration and rules of Prometheus for a short run on loopback: only addresses and times differ, and that is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.prove.delivery.configuration import differences, read
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from pathlib import Path

_INTERVAL = "1s"


class Target(NamedTuple):
    """What Prometheus scrapes: its job and its real address."""

    job: str
    instance: str
    own: tuple[tuple[str, str], ...] = ()
    """The labels that its job puts on it."""

    @property
    def labels(self) -> dict[str, str]:
        """The labels that all its series get."""
        return {**dict(self.own), "job": self.job, "instance": self.instance}


def targets_of(text: str) -> list[Target]:
    """Every target of an emitted configuration, in its order."""
    return [
        Target(scrape["job_name"], address, tuple(static.get("labels", {}).items()))
        for scrape in read(text).get("scrape_configs", ())
        for static in scrape.get("static_configs", ())
        for address in static["targets"]
    ]


def quick_rules(files: Mapping[str, str]) -> dict[str, str]:
    """The emitted rule files, by their path below build/, with short times.

    Raises:
        AssertionError: something else differs, which is a mistake of this module.
    """
    return {path: _checked(text, _quick(read(text)), _IN_RULES) for path, text in files.items() if path.startswith("prometheus/rules/")}


def write(files: Mapping[str, str], folder: Path, addresses: Mapping[Target, str], alertmanager: str) -> Path:
    """Write the configuration that scrapes these addresses and knows this Alertmanager, and the rules; the configuration's path.

    Raises:
        AssertionError: something else differs from what is emitted, which is a mistake of this module.
    """
    before = files["prometheus/prometheus.yml"]
    written = {**quick_rules(files), "prometheus/prometheus.yml": _checked(before, _led(read(before), addresses, alertmanager), _IN_CONFIG)}
    for path, text in written.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder / "prometheus" / "prometheus.yml"


_IN_RULES = re.compile(r"groups\.\d+\.(?:interval|rules\.\d+\.(?:for|keep_firing_for))")
_IN_CONFIG = re.compile(
    r"global\.(?:scrape_interval|scrape_timeout|evaluation_interval)"
    r"|scrape_configs\.\d+\.(?:scrape_interval|scrape_timeout|scheme|(?:basic_auth|authorization|tls_config|static_configs)(?:\..*)?)"
    r"|alerting\.alertmanagers(?:\..*)?|remote_write(?:\..*)?"
)


def _checked(before: str, tree: dict[str, Any], may_differ: re.Pattern[str]) -> str:
    after = to_yaml(tree)
    others = [path for path in differences(before, after) if not may_differ.fullmatch(path)]
    if others:
        raise AssertionError("what is tried is not what is emitted: " + ", ".join(others))
    return after


def _quick(tree: dict[str, Any]) -> dict[str, Any]:
    for group in tree["groups"]:
        group.pop("interval", None)
        for rule in group["rules"]:
            rule.pop("keep_firing_for", None)
            if "for" in rule:
                rule["for"] = _INTERVAL
    return tree


def _led(tree: dict[str, Any], addresses: Mapping[Target, str], alertmanager: str) -> dict[str, Any]:
    tree["global"] |= {"scrape_interval": _INTERVAL, "evaluation_interval": _INTERVAL}
    tree["global"].pop("scrape_timeout", None)
    by_name = {(target.job, target.instance): address for target, address in addresses.items()}
    for scrape in tree.get("scrape_configs", ()):
        for name in ("scrape_interval", "scrape_timeout", "scheme", "basic_auth", "authorization", "tls_config"):
            scrape.pop(name, None)
        scrape["static_configs"] = [
            # The series keep the label that the real address gives them.
            {"targets": [by_name[scrape["job_name"], address]], "labels": {**static.get("labels", {}), "instance": address}}
            for static in scrape.get("static_configs", ())
            for address in static["targets"]
        ]
    if "alerting" in tree:
        tree["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [alertmanager]}]}]
    # What is tried here is nobody's record.
    tree.pop("remote_write", None)
    return tree
