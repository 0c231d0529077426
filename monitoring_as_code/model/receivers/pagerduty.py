"""PagerDuty, by its Events API v2."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from monitoring_as_code.model.checking import Check, Field
from monitoring_as_code.model.fields import PositiveDuration, SecretFile, Text
from monitoring_as_code.model.routing import Integration

if TYPE_CHECKING:
    from monitoring_as_code.yaml_text import Plain


_SEVERITIES = ("critical", "error", "warning", "info")


def _severity(text: str) -> str:
    if "{{" not in text and text not in _SEVERITIES:
        message = f"PagerDuty knows no severity `{text}`, and refuses the event: write `critical`, `error`, `warning` or `info`"
        raise ValueError(message)
    return text


class PagerDuty(Integration):
    """A call of whoever is on duty. The integration's key is a secret: it is read from `routing_key_file`.

    It is always a key of Events API v2, which Alertmanager calls `routing_key`; its `service_key` belongs to the first version. The
    texts are templates of Alertmanager; those that are not given come from `alertmanager/templates/mac.tmpl`. `details` are shown with the
    incident, besides the summary, the runbook and the dashboard.
    """

    integration: ClassVar[str] = "pagerduty"

    routing_key_file: SecretFile = "/run/secrets/pagerduty_routing_key"
    description: Text = '{{ template "mac.title" . }}'
    severity: Annotated[Text, Check(_severity)] = '{{ template "mac.pagerduty.severity" . }}'
    component: Text | None = None
    group: Text | None = None
    class_: Text | None = None
    details: dict[Text, Text] = {}
    timeout: PositiveDuration | None = Field(default=None, since="Alertmanager 0.30")

    def settings(self) -> "dict[str, Plain]":
        """`class` is a word of Python."""
        given = super().settings()
        if self.class_ is not None:
            given["class"] = given.pop("class_")
        given["details"] = {
            "summary": '{{ template "mac.text" . }}',
            "runbook": '{{ template "mac.runbook" . }}',
            "dashboard": '{{ template "mac.dashboard" . }}',
            **self.details,
        }
        return given
