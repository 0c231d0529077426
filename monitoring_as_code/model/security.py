"""Who may ask a server, and how what they say to each other is protected."""

from typing import Annotated, Any, Literal

from monitoring_as_code.model.checking import Check
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import SecretFile, Text


def _users(users: tuple[str, ...]) -> tuple[str, ...]:
    for index, user in enumerate(users):
        if not user or not user.isprintable() or ":" in user or " " in user:
            message = f"`{user}` is no name to log in with: neither empty, nor with a colon or a blank in it"
            raise ValueError(message)
        if user in users[:index]:
            message = f"`{user}` is there twice"
            raise ValueError(message)
    return users


class Web(Part):
    """How a server answers: by TLS with its certificate, and only those who log in as one of `users`.

    The hashes of the passwords are secrets as well. They are read when the server starts, from `/run/secrets/prometheus_web_users`,
    `alertmanager_web_users` or `prometheus_global_web_users`, each line a user, a colon and what `htpasswd -nBC 10 USER` prints behind it. The
    other services of the stack log in as the first user, with the password in `/run/secrets/prometheus_web_password` and so on. They
    trust `ca_file`, or the usual authorities, and expect `server_name` in the certificate, or the host that they ask.
    """

    certificate_file: SecretFile | None = None
    key_file: SecretFile | None = None
    users: Annotated[tuple[Text, ...], Check(_users)] = ("prometheus",)
    min_version: Literal["TLS12", "TLS13"] = "TLS12"
    ca_file: SecretFile | None = None
    server_name: Text | None = None

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        certificate, key = fields.get("certificate_file"), fields.get("key_file")
        if (certificate is None) != (key is None):
            message = "a certificate is of no use without its key: give `certificate_file` and `key_file`, or neither"
            raise ValueError(message)
        if certificate is not None and certificate == key:
            message = f"the certificate and its key are one file, `{key}`: everybody is shown the one, and nobody the other"
            raise ValueError(message)
        if certificate is None:
            idle = next((name for name in ("ca_file", "server_name", "min_version") if fields.get(name) is not None), None)
            if idle is not None:
                message = f"`{idle}` does nothing without TLS: give `certificate_file` and `key_file`, or leave `{idle}` out"
                raise ValueError(message)
            if fields.get("users") == ():
                message = "neither a certificate nor a user: leave `web` out"
                raise ValueError(message)

    @property
    def scheme(self) -> Literal["http", "https"]:
        """How its addresses begin."""
        return "http" if self.certificate_file is None else "https"


def web_users_file(service: str) -> str:
    """Where the users and the hashes of their passwords are, one a line, of a service such as `prometheus`."""
    return f"/run/secrets/{service.replace('-', '_')}_web_users"


def web_password_file(service: str) -> str:
    """Where the password is with which the stack's other services log in."""
    return f"/run/secrets/{service.replace('-', '_')}_web_password"


def passwords_in_clear(web: Web | None) -> bool:
    """Whether passwords would go over the network for everybody to read."""
    # One that was refused itself has no fields, and is told of already.
    return web is not None and "_origin" in web.__dict__ and bool(web.users) and web.certificate_file is None
