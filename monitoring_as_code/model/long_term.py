"""Where samples are kept for years: existing engines, which the stack is configured for."""

from typing import Annotated, Any

from monitoring_as_code.model.addresses import Endpoint
from monitoring_as_code.model.checking import Check, Instance
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import DurationText, SecretFile, Text
from monitoring_as_code.model.limits import Limits
from monitoring_as_code.promql.durations import milliseconds


def _tenant(text: str | None) -> str | None:
    import re

    if text is not None and (text in (".", "..") or not re.fullmatch(r"[a-zA-Z0-9!\-_.*'()|]{1,150}", text)):
        message = f"`{text}` is no tenant: letters, digits and `!-_.*'()`, at most 150, several divided by `|`"
        raise ValueError(message)
    return text


class Thanos(Part):
    """Blocks of Prometheus in an object store, by a sidecar beside each; query, store and compactor read and tend them.

    `objstore_file` is Thanos's configuration of the bucket, which holds its keys and so is a secret. What is kept for `0s` is kept for ever:
    raw samples, those of five minutes, and those of one hour, which the compactor makes.
    """

    objstore_file: SecretFile = "/run/secrets/objstore.yml"
    retention_raw: DurationText = "0s"
    retention_5m: DurationText = "0s"
    retention_1h: DurationText = "0s"
    limits: Instance[Limits] = Limits(memory="1g", cpus=1.0)

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        # https://thanos.io/tip/components/compact.md/: what is removed before it was downsampled is lost.
        for name, least, made in (("retention_raw", "40h", "five minutes"), ("retention_5m", "10d", "one hour")):
            kept = fields.get(name, "0s")
            if 0 < milliseconds(kept) < milliseconds(least):
                message = f"`{name}` is `{kept}`, but the samples of {made} are made after `{least}`: keep it for longer, or for ever, `0s`"
                raise ValueError(message)


class Mimir(Part):
    """A Mimir that there is already: Prometheus writes to it, and Grafana reads from it.

    `url` is its address without the paths of its API. Several replicas write the same; Mimir keeps one of them if its HA tracker is on, by the external
    label `cluster` and the label `__replica__`, which the replica label becomes on the way.
    """

    url: Endpoint
    tenant: Annotated[Text | None, Check(_tenant)] = None
    username: Text | None = None
    password_file: SecretFile | None = None
    ca_file: SecretFile | None = None

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        url = fields.get("url", "").rstrip("/")
        beyond = next((path for path in ("/api/v1/push", "/prometheus", "/api/v1/write") if url.endswith(path)), None)
        if beyond is not None:
            message = f"`{beyond}` is added to the `url`, and stands there already: give `{url.removesuffix(beyond)}`"
            raise ValueError(message)
        if "?" in url or "#" in url:
            message = "paths are added to the `url`, so it can have neither `?` nor `#`"
            raise ValueError(message)
        if (fields.get("username") is None) != (fields.get("password_file") is None):
            message = "a login is a `username` and a `password_file`: give both, or neither"
            raise ValueError(message)
        if fields.get("ca_file") is not None and not fields.get("url", "").startswith("https://"):
            message = "`ca_file` does nothing without TLS: the `url` begins with `http://`"
            raise ValueError(message)

    @property
    def push_url(self) -> str:
        """Where Prometheus writes to."""
        return self.url.rstrip("/") + "/api/v1/push"

    @property
    def query_url(self) -> str:
        """Where Grafana reads from."""
        return self.url.rstrip("/") + "/prometheus"
