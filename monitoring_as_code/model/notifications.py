"""The templates that a receiver's texts may ask for by `{{ template "..." . }}`."""

from typing import Final

# Those of `alertmanager/templates/mac.tmpl`.
OWN_TEMPLATES: Final = frozenset(
    {
        "mac.dashboard",
        "mac.email.html",
        "mac.markdown.text",
        "mac.pagerduty.severity",
        "mac.runbook",
        "mac.slack.color",
        "mac.slack.escaped",
        "mac.slack.text",
        "mac.slack.title",
        "mac.summary",
        "mac.text",
        "mac.title",
    }
)


def is_alertmanagers(name: str) -> bool:
    """Whether Alertmanager brings a template of this name itself: `slack.default.title`, `__subject`. Each version has some more."""
    return name.startswith("__") or ".default." in name
