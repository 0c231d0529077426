"""E-mail, by the server that the routing names."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from monitoring_as_code.model.checking import Check
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.routing import Integration

if TYPE_CHECKING:
    from monitoring_as_code.yaml_text import Plain


def _somebody(to: str | tuple[str, ...]) -> str | tuple[str, ...]:
    addresses = (to,) if isinstance(to, str) else to
    if not addresses or not all(address.strip() for address in addresses):
        message = "names nobody: write an address, or several"
        raise ValueError(message)
    return to


class Email(Integration):
    """A letter to one address, or to several. The routing's `smtp` is the server that takes it.

    The texts are templates of Alertmanager; those that are not given come from `alertmanager/templates/mac.tmpl`.
    """

    integration: ClassVar[str] = "email"

    to: Annotated[Text | tuple[Text, ...], Check(_somebody)]
    subject: Text = '{{ template "mac.title" . }}'
    text: Text = '{{ template "mac.text" . }}'
    html: Text = '{{ template "mac.email.html" . }}'
    headers: dict[Text, Text] = {}

    def settings(self) -> "dict[str, Plain]":
        """Alertmanager has the addresses as one text, and the subject among the headers."""
        return {
            "send_resolved": self.send_resolved,
            "to": self.to if isinstance(self.to, str) else ", ".join(self.to),
            "headers": {"Subject": self.subject, **self.headers},
            "text": self.text,
            "html": self.html,
        }
