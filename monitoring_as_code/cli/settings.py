"""What is said before the command."""

from __future__ import annotations

from monitoring_as_code.light import NamedTuple


class Settings(NamedTuple):
    """Where to work, whether results are coloured, and the environment that `--env` names."""

    directory: str = "."
    colour: str = "auto"
    environment: str | None = None
