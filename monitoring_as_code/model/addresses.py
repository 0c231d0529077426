"""Where something listens: a host with its port, a path, the address of a page."""

import re
from typing import Annotated, TypeAlias

from monitoring_as_code.model.checking import Check, Disclosing
from monitoring_as_code.model.fields import Text

_ADDRESS = re.compile(r"(?:[^\s/:\[\]]+|\[[0-9a-fA-F:.]+\]):([0-9]{1,5})")


def _address(text: str) -> str:
    found = _ADDRESS.fullmatch(text)
    if "@" in text:
        message = "is no address: write a host and a port, `backend:3001`, and a login into `username` and `password_file`"
        raise Disclosing(message)
    if found is None or not 0 < int(found.group(1)) < 65536:
        message = f"`{text}` is no address: write a host and a port, `backend:3001`, and nothing else"
        raise ValueError(message)
    return text


def _path(text: str) -> str:
    if not re.fullmatch(r"/[^\s?#]*", text):
        message = f"`{text}` is no path: it starts with `/`, and has neither blanks, `?` nor `#`"
        raise ValueError(message)
    return text


def _web_address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", text):
        if "@" in text:
            message = "is no web address: it starts with `http://` or `https://`, and has no blanks"
            raise Disclosing(message)
        message = f"`{text}` is no web address: it starts with `http://` or `https://`, and has no blanks"
        raise ValueError(message)
    return text


def _endpoint(text: str) -> str:
    _web_address(text)
    if "@" in text.partition("://")[2].partition("/")[0]:
        message = "a password would be readable in the artifact: give `username` and `password_file`"
        raise Disclosing(message)
    for parameter in text.partition("#")[0].partition("?")[2].split("&"):
        name, _, value = parameter.partition("=")
        if value and holds_secret(name):
            message = f"`{name}` would be readable in the artifact: log in by a file, and give the address without it"
            raise Disclosing(message)
    return text


_SECRET_WORDS = ("apikey", "credential", "credentials", "passwd", "password", "secret", "token")
_SECRET_PAIRS = ("access-key", "api-key", "auth-key", "license-key", "secret-key", "insert-key")


def holds_secret(name: str) -> bool:
    """Whether what is called so, a parameter or a header, is nothing but a secret: `X-Api-Key`, `access_token`.

    >>> holds_secret("X-Api-Key"), holds_secret("access_token"), holds_secret("X-Scope-OrgID"), holds_secret("X-Token-Type")
    (True, True, False, False)
    """
    words = name.lower().replace("_", "-")
    return words.rpartition("-")[2] in _SECRET_WORDS or words.endswith(_SECRET_PAIRS)


def _domain(text: str) -> str:
    label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    if len(text) > 253 or not re.fullmatch(rf"{label}(?:\.{label})+", text):
        message = f"`{text}` is no domain: write it like `monitoring.example.com`, without `https://` and without a port"
        raise ValueError(message)
    return text


# A host and its port.
Address: TypeAlias = Annotated[Text, Check(_address)]
WebAddress: TypeAlias = Annotated[Text, Check(_web_address)]
# A web address without a password in it.
Endpoint: TypeAlias = Annotated[Text, Check(_endpoint)]
UrlPath: TypeAlias = Annotated[Text, Check(_path)]
Domain: TypeAlias = Annotated[Text, Check(_domain)]
