"""How much of a machine a service may take."""

from typing import Annotated

from monitoring_as_code.model.checking import Check, Field
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import Text


def _memory(text: str) -> str:
    number = text[:-1] if text[-1:] in ("b", "k", "m", "g") else text
    if not number.isascii() or not number.isdecimal() or number.startswith("0"):
        message = f"`{text}` is no size: write it like `512m` or `2g`, or as a number of bytes"
        raise ValueError(message)
    return text


class Limits(Part):
    """What a container may take at most: memory in bytes or as `512m` and `2g`, processors, and processes with their threads."""

    memory: Annotated[Text, Check(_memory)]
    cpus: float = Field(gt=0)
    pids: int = Field(default=256, ge=1)
