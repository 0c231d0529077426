"""The servers of a stack: how many there are, what they keep, and whom they answer."""

from typing import Annotated, Any, ClassVar

from monitoring_as_code.model.addresses import Address, Endpoint, holds_secret
from monitoring_as_code.model.checking import Check, Disclosing, Field, Instance
from monitoring_as_code.model.declaration import Needs, Part
from monitoring_as_code.model.fields import LabelSet, PlainName, PositiveDuration, SecretFile, Text
from monitoring_as_code.model.limits import Limits
from monitoring_as_code.model.security import Web


def replica_names(service: str, replicas: int) -> tuple[str, ...]:
    """What the servers are called: one alone is the service, several are numbered from 1."""
    return (service,) if replicas == 1 else tuple(f"{service}-{number}" for number in range(1, replicas + 1))


def _regex(text: str | None) -> str | None:
    if text is None:
        return None
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(text, options)
    except re2.error as error:
        said = error.args[0].decode() if isinstance(error.args[0], bytes) else error
        message = f"`{text}` is no regular expression of Prometheus: {said}"
        raise ValueError(message) from None
    if "$" in text.replace("$$", ""):
        message = "has a `$`, which is of no use: the whole name must match anyway"
        raise ValueError(message)
    return text


def _selectors(selectors: tuple[str, ...]) -> tuple[str, ...]:
    from monitoring_as_code.promql.ast import VectorSelector
    from monitoring_as_code.promql.parser import parse

    for text in selectors:
        found = parse(text)
        if not isinstance(found, VectorSelector) or found.offset is not None or found.at is not None or found.anchoring:
            message = f'`{text}` is no selector: federation takes series as they are, `{{__name__=~"service:.*"}}`, and no expressions'
            raise ValueError(message)
    return selectors


def _replica_label(name: str) -> str:
    import re

    if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name):
        message = f"`{name}` is no label name: letters, digits and underscores, not a digit first"
        raise ValueError(message)
    return name


class RemoteWrite(Part):
    """Another system that gets every sample as it is scraped: the global Prometheus, Mimir, VictoriaMetrics, a service.

    Of the metrics only those go there whose whole name matches `keep`, and none whose name matches `drop`. Log in with `username` and
    `password_file`, or with `bearer_token_file`. `headers` are sent along; a secret is never among them.
    """

    url: Endpoint
    name: PlainName | None = None
    username: Text | None = None
    password_file: SecretFile | None = None
    bearer_token_file: SecretFile | None = None
    ca_file: SecretFile | None = None
    server_name: Text | None = None
    headers: dict[Text, Text] = {}
    keep: Annotated[Text | None, Check(_regex)] = None
    drop: Annotated[Text | None, Check(_regex)] = None
    remote_timeout: PositiveDuration | None = None

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        check_login(fields)
        if not fields.get("url", "").startswith("https://"):
            idle = next((name for name in ("ca_file", "server_name") if fields.get(name) is not None), None)
            if idle is not None:
                message = f"`{idle}` does nothing without TLS: the `url` begins with `http://`"
                raise ValueError(message)
        for name in fields.get("headers", {}):
            # Prometheus refuses those that it sets itself.
            if name.lower() in (
                "authorization",
                "host",
                "content-encoding",
                "content-type",
                "x-prometheus-remote-write-version",
                "user-agent",
            ):
                message = f"the header `{name}` is Prometheus's own" + (
                    ": give `bearer_token_file`" if name.lower() == "authorization" else ", and cannot be another"
                )
                raise ValueError(message)
            if name.lower() in ("cookie", "proxy-authorization") or holds_secret(name):
                message = f"the header `{name}` would be readable in the artifact: log in with `bearer_token_file`, or with `username`"
                raise Disclosing(message, "headers", name)


def check_login(fields: dict[str, Any]) -> None:
    """Refuse half of a login, and two."""
    if (fields.get("username") is None) != (fields.get("password_file") is None):
        message = "a login is a `username` and a `password_file`: give both, or neither"
        raise ValueError(message)
    if fields.get("username") is not None and fields.get("bearer_token_file") is not None:
        message = "`bearer_token_file` and `username` exclude each other: Prometheus takes one of them"
        raise ValueError(message)


class PrometheusServer(Part):
    """Prometheus, or several that do the same. Each of them scrapes all targets and evaluates all rules, so that one may fail.

    They are told apart by the external label `replica_label`, `prometheus-1` and so on; it is no label of the alerts, which Alertmanager would
    take for different ones otherwise. What is kept is limited by the stack's `retention` and by `retention_size`, whichever is reached first.
    """

    replicas: int = Field(default=1, ge=1, le=4)
    replica_label: Annotated[Text, Check(_replica_label)] = "replica"
    retention_size: Text | None = Field(
        default=None, pattern=r"^[1-9][0-9]*(?:B|KB|MB|GB|TB|PB|EB)$", form="a size such as `512MB` or `50GB`"
    )
    remote_write: tuple[Instance[RemoteWrite], ...] = ()
    remote_write_receiver: bool = False
    web: Instance[Web] | None = None
    limits: Instance[Limits] = Limits(memory="2g", cpus=2.0)

    @property
    def names(self) -> tuple[str, ...]:
        """What its replicas are called."""
        return replica_names("prometheus", self.replicas)


class AlertmanagerServer(Part):
    """Alertmanager, or several as a cluster, which tell each other what they have said, so that nobody hears of an alert twice.

    One of them notifies at once, and each of the others waits for `peer_timeout` longer than the one before, 15 seconds if nothing is said: so
    much later somebody hears of an alert when the first one is gone.
    """

    replicas: int = Field(default=1, ge=1, le=4)
    peer_timeout: PositiveDuration | None = None
    web: Instance[Web] | None = None
    limits: Instance[Limits] = Limits(memory="256m", cpus=0.5)

    _needs: ClassVar[Needs] = {"peer_timeout": (("replicas",), (2, 3, 4))}

    @property
    def names(self) -> tuple[str, ...]:
        """What its replicas are called."""
        return replica_names("alertmanager", self.replicas)


class Federation(Part):
    """Series of other Prometheus servers, taken as they are, every `scrape_interval`.

    `match` chooses them by selectors: recording rules, `{__name__=~"service:.*"}`, and not all there is. Without `targets` they are
    taken from all replicas of this stack's own Prometheus.
    """

    name: PlainName = "federation"
    match: Annotated[tuple[Text, ...], Check(_selectors)] = Field(min_length=1)
    targets: tuple[Address, ...] = ()
    labels: LabelSet = {}
    scrape_interval: PositiveDuration | None = None


class GlobalPrometheus(Part):
    """A Prometheus above those of the stacks, `prometheus-global`: it federates, others write to it, and it has no rules.

    One of several stacks declares it; the others write to it, `RemoteWrite(url="https://.../api/v1/write")`.
    """

    federate: tuple[Instance[Federation], ...] = ()
    remote_write_receiver: bool = False
    scrape_interval: PositiveDuration = "1m"
    retention: PositiveDuration = "90d"
    retention_size: Text | None = Field(
        default=None, pattern=r"^[1-9][0-9]*(?:B|KB|MB|GB|TB|PB|EB)$", form="a size such as `512MB` or `50GB`"
    )
    external_labels: LabelSet = {}
    web: Instance[Web] | None = None
    limits: Instance[Limits] = Limits(memory="2g", cpus=2.0)

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        federated = fields.get("federate", ())
        if not federated and not fields.get("remote_write_receiver"):
            message = "gets no series: give `federate`, or let others write to it, `remote_write_receiver=True`"
            raise ValueError(message)
        names = [each.name for each in federated]
        twice = next((name for index, name in enumerate(names) if name in names[:index]), None)
        if twice is not None:
            message = f"`federate` has two that are called `{twice}`: give each a `name`"
            raise ValueError(message)
