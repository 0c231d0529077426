"""PagerDuty, by its Events API v2."""

from typing import TYPE_CHECKING, ClassVar

from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.routing import Integration

if TYPE_CHECKING:
    from monitoring_as_code.yaml_text import Plain


class PagerDuty(Integration):
    """A call of whoever is on duty. The integration's key is a secret: it is read from `routing_key_file`.

    It is always a key of Events API v2, which Alertmanager calls `routing_key`; its `service_key` belongs to the first version. The
    texts are templates of Alertmanager; those that are not given come from `alertmanager/templates/mac.tmpl`. `details` are shown with the
    incident, besides the summary, the runbook and the dashboard.
    """

    integration: ClassVar[str] = "pagerduty"

    routing_key_file: Text = "/run/secrets/pagerduty_routing_key"
    description: Text = '{{ template "mac.title" . }}'
    severity: Text = '{{ template "mac.pagerduty.severity" . }}'
    component: Text | None = None
    group: Text | None = None
    class_: Text | None = None
    details: dict[Text, Text] = {}

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
