"""Which digest a tag of an image has, by the registry's own word (the OCI distribution API), and by the bytes that it serves."""

from __future__ import annotations

import base64
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from email.message import Message

    from monitoring_as_code.model.images import Image

_DOCKER_HUB = "registry-1.docker.io"
_LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")
# An index names the images of all platforms: its digest is what every machine can pull.
_INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_ACCEPT = ", ".join((*_INDEXES, "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"))
# The specification asks registries to take manifests of four megabytes.
_LARGEST = 4 << 20
_PATIENCE_SECONDS = 30.0
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class RegistryError(Exception):
    """Why nothing is known of an image; the text says what to do. `absent` if the registry has no such tag."""

    def __init__(self, text: str, *, absent: bool = False) -> None:
        super().__init__(text)
        self.absent = absent


class Pinned(NamedTuple):
    """What a tag leads to now."""

    digest: str
    platforms: int
    """How many it is there for; 1 if it is no index."""


class _Answer(NamedTuple):
    status: int
    headers: Message[str, str]
    body: bytes


def digest_of(image: Image) -> Pinned:
    """The digest of an image's tag, which has been computed of what the registry serves.

    Raises:
        RegistryError: it does not answer, does not know the tag, or serves something else than it says.
    """
    registry, name = _split(image.repository)
    session = _Session(registry, name)
    said = session.ask("HEAD", image.tag).headers.get("Docker-Content-Digest", "").strip()
    if said and not _DIGEST.fullmatch(said):
        raise RegistryError(f"`{registry}` gives `{image.repository}:{image.tag}` the digest `{said[:80]}`, which is none")
    # What is named by its digest cannot become another between the two questions.
    served = session.ask("GET", said or image.tag)
    computed = f"sha256:{sha256(served.body).hexdigest()}"
    if said and computed != said:
        raise RegistryError(
            f"`{registry}` serves another manifest of `{image.repository}:{image.tag}` than it says: {computed} instead of {said}; "
            "somebody between here and there may have changed it"
        )
    try:
        manifest = json.loads(served.body)
    except ValueError:
        raise RegistryError(f"`{registry}` serves no manifest of `{image.repository}:{image.tag}`, but something that is no JSON") from None
    if not isinstance(manifest, dict) or manifest.get("schemaVersion") != 2:
        raise RegistryError(f"`{registry}` serves a manifest of `{image.repository}:{image.tag}` that is not of version 2")
    found = manifest.get("manifests")
    # What signs an image stands among the platforms, as an unknown one.
    known = [each for each in found if each.get("platform", {}).get("os") != "unknown"] if isinstance(found, list) else [manifest]
    return Pinned(computed, len(known))


def _split(repository: str) -> tuple[str, str]:
    """The registry's address and the name in it, as Docker reads a repository."""
    first, slash, rest = repository.partition("/")
    if not slash:
        return _DOCKER_HUB, f"library/{repository}"
    if "." in first or ":" in first or first == "localhost":
        return (_DOCKER_HUB if first in ("docker.io", "index.docker.io") else first), rest
    return _DOCKER_HUB, repository


class _Session:
    """Questions to one registry about one repository; a token is asked for once."""

    def __init__(self, registry: str, name: str) -> None:
        self.registry = registry
        self.name = name
        host = registry.rpartition(":")[0] if re.search(r":[0-9]+$", registry) else registry
        self._local = host in _LOOPBACK
        self._authorization = ""
        # A proxy of the environment is not asked for what is on this machine.
        self._opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if self._local else []))

    def ask(self, method: str, reference: str) -> _Answer:
        """A manifest, by its tag or digest."""
        url = f"{'http' if self._local else 'https'}://{self.registry}/v2/{self.name}/manifests/{reference}"
        answer = self._open(method, url, self._authorization)
        if answer.status == 401 and not self._authorization:
            self._authorization = self._admitted(answer.headers.get("WWW-Authenticate", ""))
            answer = self._open(method, url, self._authorization)
        shown = f"{self.name}:{reference}" if not reference.startswith("sha256:") else f"{self.name}@{reference}"
        if answer.status in (401, 403):
            raise RegistryError(
                f"`{self.registry}` does not let us see `{shown}`: `docker login {self.registry}`, if it is private, or a wrong name"
            )
        if answer.status == 404:
            raise RegistryError(f"`{self.registry}` has no `{shown}`", absent=True)
        if answer.status == 429:
            raise RegistryError(
                f"`{self.registry}` answers no more for now, since it was asked too often from here: try again later, or log in"
            )
        if answer.status != 200:
            raise RegistryError(f"`{self.registry}` answers {answer.status} when it is asked for `{shown}`")
        return answer

    def _admitted(self, challenge: str) -> str:
        """What is said to be let in, as the registry has asked for it."""
        scheme, _, rest = challenge.partition(" ")
        login = _login(self.registry)
        if scheme.lower() == "basic":
            if not login:
                raise RegistryError(f"`{self.registry}` wants a login: `docker login {self.registry}`")
            return f"Basic {login}"
        asked = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        realm = asked.pop("realm", "")
        parts = urllib.parse.urlsplit(realm)
        if scheme.lower() != "bearer" or not (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK and self._local)
        ):
            raise RegistryError(f"`{self.registry}` asks for a login in a way that is not known: `{challenge[:80]}`")
        asked.setdefault("scope", f"repository:{self.name}:pull")
        query = urllib.parse.urlencode({key: value for key, value in asked.items() if key in ("service", "scope")})
        answer = self._open("GET", f"{realm}{'&' if parts.query else '?'}{query}", f"Basic {login}" if login else "")
        try:
            found = json.loads(answer.body) if answer.status == 200 else {}
            token = str(found.get("token") or found.get("access_token") or "")
        except (ValueError, AttributeError):
            token = ""
        if not token or not token.isprintable():
            raise RegistryError(
                f"`{parts.hostname}` gives no token for `{self.name}` ({answer.status}): `docker login {self.registry}`, if it is private"
            )
        return f"Bearer {token}"

    def _open(self, method: str, url: str, authorization: str) -> _Answer:
        request = urllib.request.Request(url, method=method, headers={"Accept": _ACCEPT, "User-Agent": "mac-pin"})  # noqa: S310 - made above
        if authorization:
            request.add_unredirected_header("Authorization", authorization)  # not for whoever it is sent on to
        try:
            with self._opener.open(request, timeout=_PATIENCE_SECONDS) as response:
                body = response.read(_LARGEST + 1)
                if len(body) > _LARGEST:
                    raise RegistryError(f"`{self.registry}` serves more than {_LARGEST >> 20} MB, which is no manifest")
                return _Answer(response.status, response.headers, body)
        except urllib.error.HTTPError as error:
            with error:
                return _Answer(error.code, error.headers, error.read(_LARGEST))
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise RegistryError(
                f"`{urllib.parse.urlsplit(url).netloc}` cannot be reached: {reason}; what a tag leads to is only known there"
            ) from None


def _login(registry: str) -> str:
    """The login that `docker login` has kept for a registry, in base 64; empty if there is none, or a helper of Docker keeps it."""
    folder = os.environ.get("DOCKER_CONFIG") or os.path.join(os.path.expanduser("~"), ".docker")
    try:
        known: Any = json.loads((Path(folder) / "config.json").read_text("utf-8")).get("auths", {})
    except (OSError, ValueError, AttributeError):
        return ""
    names = ("https://index.docker.io/v1/", "docker.io") if registry == _DOCKER_HUB else (registry, f"https://{registry}")
    for name in names:
        entry = known.get(name) if isinstance(known, Mapping) else None
        text = entry.get("auth", "") if isinstance(entry, Mapping) else ""
        try:
            if text and b":" in base64.b64decode(text, validate=True):
                return str(text)
        except ValueError:
            continue
    return ""
