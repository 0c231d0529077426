"""What is said before the command."""

from __future__ import annotations

from monitoring_as_code.light import NamedTuple


class Settings(NamedTuple):
    """Where to work, and whether results are coloured."""

    directory: str = "."
    colour: str = "auto"
