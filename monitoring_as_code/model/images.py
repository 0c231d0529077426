"""Which image of which program a stack runs: one table for all of it."""

from typing import Annotated, Any

from monitoring_as_code.model.checking import Check, Instance
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import Text


def _repository(text: str) -> str:
    if not _is_simple(text):
        import re

        host = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
        name = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
        # As the specification of references has it: names in small letters, behind a registry, which has a dot or a port, or is this machine.
        registry = rf"(?:localhost|{host}(?:\.{host})+|{host}(?=:))(?::[0-9]{{1,5}})?/"
        if not re.fullmatch(rf"(?:{registry})?{name}(?:/{name})*", text) or len(text) > 255:
            message = f"`{text}` is no repository: write it like `prom/prometheus` or `registry.example.com:5000/team/prometheus`"
            raise ValueError(message)
    return text


def _is_simple(text: str) -> bool:
    """Whether it is right at first sight, as most are: what each start looks at needs no regular expression, which takes long to compile."""
    parts = text.split("/")
    return len(text) < 100 and all(
        part.isascii() and part.islower() and part.replace("-", "").isalnum() and "-" not in part[0] + part[-1] for part in parts
    )


def _tag(text: str) -> str:
    if not 0 < len(text) <= 128 or text[0] in ".-" or not text.isascii() or not all(each.isalnum() or each in "_.-" for each in text):
        message = f"`{text}` is no tag: write a version such as `v3.15.0`"
        raise ValueError(message)
    return text


def _digest(text: str | None) -> str | None:
    if text is not None and not (text.startswith("sha256:") and len(text) == 71 and set(text[7:]) <= set("0123456789abcdef")):
        message = f"`{text}` is no digest: `sha256:` and 64 digits of base 16; `mac pin` asks the registry for it"
        raise ValueError(message)
    return text


class Image(Part):
    """A container's image: what runs is the `digest`, if it is given, whatever becomes of the `tag`."""

    repository: Annotated[Text, Check(_repository)]
    tag: Annotated[Text, Check(_tag)]
    digest: Annotated[Text | None, Check(_digest)] = None

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if fields.get("tag") == "latest" and not fields.get("digest"):
            message = "`latest` is another program tomorrow: give a version as the `tag`, or a `digest` beside it"
            raise ValueError(message)

    @property
    def reference(self) -> str:
        """As Compose and Docker take it."""
        return f"{self.repository}:{self.tag}" + (f"@{self.digest}" if self.digest else "")


class Images(Part):
    """The images of a stack. A digest stands here only where it was verified; `mac pin` asks the registries for the others."""

    prometheus: Instance[Image] = Image(
        repository="prom/prometheus", tag="v3.15.0", digest="sha256:efd719c99d83b060d9daefdcf00360461adf279f45ef5391f8d111892118753e"
    )
    alertmanager: Instance[Image] = Image(repository="prom/alertmanager", tag="v0.34.1")
    grafana: Instance[Image] = Image(
        repository="grafana/grafana", tag="13.2.3", digest="sha256:b28bae15e219c998fb0e0424ed724930cc61b1f61fb404d47c862f9a23f9e572"
    )
    node_exporter: Instance[Image] = Image(
        repository="prom/node-exporter", tag="v1.12.1", digest="sha256:1b4e4438faca4dd7e001dd445d161a4a2091b0fededa84093b3a8dfeae1f1be0"
    )
    traefik: Instance[Image] = Image(repository="traefik", tag="v3.5")
    nginx: Instance[Image] = Image(repository="nginx", tag="1.28-alpine")
    postgres: Instance[Image] = Image(repository="postgres", tag="17-alpine")
    thanos: Instance[Image] = Image(repository="quay.io/thanos/thanos", tag="v0.42.4")
