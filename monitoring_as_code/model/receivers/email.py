"""E-mail, by the server that the routing names."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from monitoring_as_code.model.checking import Check
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.routing import Integration

if TYPE_CHECKING:
    from monitoring_as_code.yaml_text import Plain


def _line(text: str) -> str:
    if "\n" in text or "\r" in text:
        message = "a header is one line: what follows the line break would be a header of its own"
        raise ValueError(message)
    return text


def _headers(headers: dict[str, str]) -> dict[str, str]:
    seen: set[str] = set()
    for name, text in headers.items():
        if not name or not all("!" <= each <= "~" and each != ":" for each in name):
            message = f"`{name}` is no name of a header: letters, digits and hyphens"
            raise ValueError(message)
        if name.lower() == "subject":
            message = "`Subject` is said by `subject`"
            raise ValueError(message)
        if name.lower() in seen:
            message = f"the header `{name}` is there twice, and Alertmanager refuses that"
            raise ValueError(message)
        seen.add(name.lower())
        _line(text)
    return headers


def _somebody(to: str | tuple[str, ...]) -> str | tuple[str, ...]:
    addresses = (to,) if isinstance(to, str) else to
    for address in addresses:
        _line(address)
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
    subject: Annotated[Text, Check(_line)] = '{{ template "mac.title" . }}'
    text: Text = '{{ template "mac.text" . }}'
    html: Text = '{{ template "mac.email.html" . }}'
    headers: Annotated[dict[Text, Text], Check(_headers)] = {}

    def settings(self) -> "dict[str, Plain]":
        """Alertmanager has the addresses as one text, and the subject among the headers."""
        return {
            "send_resolved": self.send_resolved,
            "to": self.to if isinstance(self.to, str) else ", ".join(self.to),
            "headers": {"Subject": self.subject, **self.headers},
            "text": self.text,
            "html": self.html,
        }
