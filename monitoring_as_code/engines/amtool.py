"""What Alertmanager's own checker says of a configuration."""

from collections.abc import Sequence
from pathlib import Path

from monitoring_as_code.engines.program import require
from monitoring_as_code.engines.report import Complaint, reported


def check_config(files: Sequence[Path | str], *, cwd: Path | None = None, timeout_seconds: float = 60) -> list[Complaint]:
    """Empty if amtool accepts all configurations and the templates that they name. Raises MissingEngine, EngineFailed."""
    if not files:
        return []
    answer = require("amtool").run("check-config", *map(str, files), cwd=cwd, timeout_seconds=timeout_seconds)
    complaints = reported(answer.output)
    if answer.code != 0 and not complaints:
        return [Complaint("", answer.output.strip() or f"amtool exits with {answer.code}")]
    return complaints
