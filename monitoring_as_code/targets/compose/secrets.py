"""Which secrets each service of a stack needs, and what becomes of it without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.security import web_password_file, web_users_file
from monitoring_as_code.naming import secret_variables
from monitoring_as_code.targets.compose.values import FromEnv, required, variable

if TYPE_CHECKING:
    from monitoring_as_code.model.security import Web
    from monitoring_as_code.yaml_text import Plain

# Where Compose mounts the files; from there the entrypoint takes them to where the configuration reads them.
GIVEN = "/run/given"

# The service does not start; the channels that need it are taken out, those with an address for a secret also if it is none; it is told.
Without: TypeAlias = Literal["refuse", "silent", "silent-address", "tell"]


class Secret(NamedTuple):
    """One file that a service reads."""

    path: str
    without: Without
    purpose: str
    """What it is for, or what happens without it."""
    file_only: bool = False
    """Whether it is long, as certificates are, and so never the text of a variable."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Those that hold it, the usual one first."""
        return secret_variables(self.path)

    @property
    def known_as(self) -> str:
        """The variable that people know it by."""
        return self.variables[-1]

    @property
    def id(self) -> str:
        """What Compose calls it."""
        return self.variables[0].lower()

    @property
    def files(self) -> list[str]:
        """The variables that name a file with it."""
        return [f"{each}_FILE" for each in self.variables]

    def source(self) -> dict[str, Plain]:
        """Where Compose finds it. A secret from a variable is of no use: Compose puts it into no container whose files cannot be changed."""
        return {"file": variable(self.files, "/dev/null")}

    def demanded(self) -> dict[str, Plain]:
        """Where Compose finds it, for a service that cannot say itself what is missing."""
        return {"file": required(self.files[-1], f"the path of a file, {self.purpose}")}


class Given(NamedTuple):
    """How a service comes by its secrets: what its entrypoint reads, and what Compose is told."""

    secrets: tuple[Secret, ...]
    production: bool

    def table(self) -> str:
        """For the entrypoint: what a secret is called, where it goes, and what to say without it."""
        return "".join(
            "\t".join((each.id, " ".join(each.variables), each.without, each.path, self.named(each), each.purpose)) + "\n"
            for each in self.secrets
        )

    def named(self, secret: Secret) -> str:
        """The variables to set, in words."""
        return " or ".join(f"`{each}`" for each in (secret.files if self.by_file(secret) else secret.variables))

    def environment(self) -> dict[str, FromEnv]:
        """Texts of variables, which whoever may ask Docker can read: not in production."""
        return {each.variables[0]: variable(each.variables) for each in self.secrets if not self.by_file(each)}

    def mounts(self) -> list[Plain]:
        """The files that Compose mounts."""
        return [{"source": each.id, "target": f"{GIVEN}/{each.id}"} for each in self.secrets]

    def folders(self) -> list[str]:
        """Where the entrypoint writes them."""
        return sorted({each.path.rpartition("/")[0] or "/" for each in self.secrets})

    def by_file(self, secret: Secret) -> bool:
        """Whether it comes as a file alone."""
        return self.production or secret.file_only


def distinct(secrets: Iterable[Secret]) -> tuple[Secret, ...]:
    """Each path once, by its name; what needs it most is said of it."""
    weight: tuple[Without, ...] = ("refuse", "silent-address", "silent", "tell")
    found: dict[str, Secret] = {}
    for each in secrets:
        other = found.get(each.path)
        if other is None or weight.index(each.without) < weight.index(other.without):
            found[each.path] = each
    return tuple(sorted(found.values(), key=lambda each: (each.id, each.path)))


# What Prometheus reads to ask another server.
_CERTIFICATES = {
    "ca_file": "who signed the certificate",
    "cert_file": "the certificate to log in with",
    "key_file": "the key of the certificate to log in with",
}


def of_prometheus(tree: Mapping[str, Plain], service: str, web: Web | None) -> tuple[Secret, ...]:
    """Those of a Prometheus with this configuration."""
    return distinct((*_of_web(service, web), *_read_by(tree)))


def _read_by(tree: Mapping[str, Plain]) -> Iterator[Secret]:
    notified = {key: value for key, value in tree.items() if key == "alerting"}
    asked = {key: value for key, value in tree.items() if key != "alerting"}
    for key, path, where in (*files_in(notified, "alertmanager"), *files_in(asked)):
        if key in _CERTIFICATES:
            yield Secret(path, "refuse", f"{_CERTIFICATES[key]} of {where}", file_only=True)
        else:
            yield Secret(path, "tell", f"Prometheus cannot log in at {where}")


def of_alertmanager(tree: Mapping[str, Plain], web: Web | None) -> tuple[Secret, ...]:
    """Those of an Alertmanager with this configuration: of its channels, whoever is told by them, and of its pages."""
    channels: dict[str, tuple[Without, list[str]]] = {}
    mail = [path for _, path, _ in files_in(_mapping(tree.get("global")))]
    for receiver in _sequence(tree.get("receivers")):
        for kind, integrations in _mapping(receiver).items():
            for integration in _sequence(integrations):
                found = [(key, path) for key, path, _ in files_in(_mapping(integration))]
                if kind == "email_configs":
                    found += [("smtp", path) for path in mail]
                for key, path in found:
                    without: Without = "silent-address" if key.endswith("url_file") else "silent"
                    said = channels.setdefault(path, (without, []))[1]
                    who = f"{_mapping(receiver)['name']} by {kind.removesuffix('_configs')}"
                    if who not in said:
                        said.append(who)
    secrets = [Secret(path, without, _listed(who)) for path, (without, who) in channels.items()]
    return distinct((*secrets, *_of_web("alertmanager", web)))


def _listed(who: Sequence[str]) -> str:
    return ", ".join(who)


def _of_web(service: str, web: Web | None) -> Iterator[Secret]:
    if web is None:
        return
    for path, what in ((web.certificate_file, "the certificate"), (web.key_file, "the certificate's key")):
        if path is not None:
            yield Secret(path, "refuse", f"{what} of {service}", file_only=True)
    if web.users:
        yield Secret(
            web_users_file(service), "refuse", f"who may ask {service}: lines `user:hash`, as `htpasswd -nBC 10 USER` prints them", True
        )
        yield Secret(web_password_file(service), "refuse", f"the password of {web.users[0]} at {service}")


def files_in(tree: Mapping[str, Plain], where: str = "") -> Iterator[tuple[str, str, str]]:
    """Every path of a file in a configuration: its key, itself, and the name of what it is in."""
    name = tree.get("job_name", tree.get("url", tree.get("name")))
    where = where or (name if isinstance(name, str) else "")
    for key, value in tree.items():
        if isinstance(value, str):
            if key.endswith("_file"):
                yield key, value, where or "another server"
        elif isinstance(value, Mapping):
            yield from files_in(value, where)
        elif isinstance(value, Sequence):
            for each in value:
                if isinstance(each, Mapping):
                    yield from files_in(each, where)


def _mapping(value: Plain) -> Mapping[str, Plain]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: Plain) -> Sequence[Plain]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
