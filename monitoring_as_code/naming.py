"""Every name that is generated is made here, so that two places that mean the same thing agree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitoring_as_code.light import sha256

if TYPE_CHECKING:  # names are made of declarations, but this module is below them
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.stack import Stack

_NO_WORD = re.compile(r"[^a-z0-9]+")
# Neither hidden nor a path, and the same on every system.
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,62}[A-Za-z0-9]")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# Grafana keeps a panel's id in 32 bits; small numbers are left to panels that people add by hand.
MOST_PANEL_IDS = 2**31 - 1

# A file's name has 255 bytes at most, its ending and that of a staged copy included.
_LONGEST_SLUG = 100
_LONGEST_DNS_LABEL = 63


def slug(name: str) -> str:
    """`name` as a file name and a part of a URL: lower case, words joined by hyphens; never empty.

    >>> slug("HighErrorRate"), slug("P95 by route")
    ('high-error-rate', 'p95-by-route')
    """
    words = _NO_WORD.sub("-", _HUMP.sub("-", name).lower()).strip("-")
    if not words or len(words) > _LONGEST_SLUG:
        return f"{words[:_LONGEST_SLUG]}x{sha256(name.encode()).hexdigest()[:8]}"
    return words


def folder(name: str) -> str:
    """A folder on disk whose name Grafana shows as it is given, if a path can hold that; else as a slug.

    >>> folder("AutoWeave Backend"), folder("a/b")
    ('AutoWeave Backend', 'a-b')
    """
    return name if _FOLDER.fullmatch(name) else slug(name)


def resource_name(*parts: str) -> str:
    """A resource's name in Kubernetes, a label of DNS: small letters, digits and hyphens, at most 63.

    >>> resource_name("shop", "HighErrorRate"), len(resource_name("shop", "x" * 90))
    ('shop-high-error-rate', 63)
    """
    name = "-".join(map(slug, parts))
    if len(name) <= _LONGEST_DNS_LABEL:
        return name
    return f"{name[: _LONGEST_DNS_LABEL - 9]}-{sha256(name.encode()).hexdigest()[:8]}"


# The names under which people know some secrets.
_ALSO_CALLED = {"PAGERDUTY_ROUTING_KEY": ("PAGERDUTY_SERVICE_KEY",)}
_NO_VARIABLE = re.compile(r"[^A-Za-z0-9]")


def secret_variables(path: str) -> tuple[str, ...]:
    """The variables that hold what is in the file of a secret, the usual one first; each has one beside it that names another file, `..._FILE`.

    >>> secret_variables("/run/secrets/slack_webhook_url"), secret_variables("/run/secrets/pagerduty_routing_key")
    (('SLACK_WEBHOOK_URL',), ('PAGERDUTY_ROUTING_KEY', 'PAGERDUTY_SERVICE_KEY'))
    """
    variable = _NO_VARIABLE.sub("_", path.rsplit("/", 1)[-1]).upper()
    if variable[:1].isdigit():
        variable = f"_{variable}"
    return (variable, *_ALSO_CALLED.get(variable, ()))


def panel_id(dashboard_uid: str, row: str, title: str, occurrence: int) -> int:
    """A panel's id, from what it is and not from where it stands: inserting a panel moves no other's.

    `occurrence` counts the panels of the same title in the same row, from 0.
    """
    digest = sha256("\0".join((dashboard_uid, row, title, str(occurrence))).encode()).digest()
    return int.from_bytes(digest[:4], "big") % MOST_PANEL_IDS + 1


def ref_id(index: int) -> str:
    """The name of a panel's query: A to Z, then AA, AB ...

    >>> ref_id(0), ref_id(25), ref_id(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def runbook_path(alert_name: str) -> str:
    """Where an alert's page is, below the docs; alerts whose names give the same slug share a page.

    >>> runbook_path("HighErrorRate")
    'runbooks/high-error-rate.md'
    """
    return f"runbooks/{slug(alert_name)}.md"


def metric_path(name: str) -> str:
    """Where a metric's page is, below the docs, if it has one; metrics whose names give the same slug share a page.

    >>> metric_path("http_requests_total")
    'metrics/http-requests-total.md'
    """
    return f"metrics/{slug(name)}.md"


def runbook_url(stack: Stack | None, alert: Alert) -> str | None:
    """Where the pager's runbook link leads: the URL that the alert was given, else its generated page; None if that is published nowhere."""
    if isinstance(alert.runbook, str):
        return alert.runbook
    if stack is None or stack.docs_url is None:
        return None
    return f"{stack.docs_url.rstrip('/')}/{runbook_path(alert.name)}"


def dashboard_url(stack: Stack | None, uid: str, view_panel: int | None = None) -> str | None:
    """The address of a dashboard, or of one panel of it alone; None if the stack does not say where Grafana is."""
    if stack is None or stack.grafana_url is None:
        return None
    panel = "" if view_panel is None else f"?viewPanel={view_panel}"
    return f"{stack.grafana_url.rstrip('/')}/d/{uid}{panel}"
