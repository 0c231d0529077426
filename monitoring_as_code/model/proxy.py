"""What stands between people and the stack, and speaks TLS with them."""

from typing import Annotated, Any

from monitoring_as_code.model.addresses import Domain, Endpoint
from monitoring_as_code.model.checking import Check, Instance
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import SecretFile, Text
from monitoring_as_code.model.limits import Limits


def _email(text: str) -> str:
    name, _, host = text.rpartition("@")
    if not name or "." not in host or not text.isprintable() or " " in text:
        message = f"`{text}` is no e-mail address: the authority writes to it before a certificate ends"
        raise ValueError(message)
    return text


class Traefik(Part):
    """Traefik, which gets itself a certificate for `domain`, and leads it to Grafana.

    `ca_server` is the authority's directory (ACME); without it, Let's Encrypt.
    """

    domain: Domain
    email: Annotated[Text, Check(_email)]
    ca_server: Endpoint | None = None
    limits: Instance[Limits] = Limits(memory="256m", cpus=0.5)


class Nginx(Part):
    """nginx with a certificate that somebody else renews, which leads `domain` to Grafana."""

    domain: Domain
    certificate_file: SecretFile = "/run/secrets/proxy_certificate"
    key_file: SecretFile = "/run/secrets/proxy_key"
    limits: Instance[Limits] = Limits(memory="128m", cpus=0.5)

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if fields.get("key_file") is not None and fields.get("key_file") == fields.get("certificate_file"):
            message = f"the certificate and its key are one file, `{fields['key_file']}`: give each its own"
            raise ValueError(message)
