"""What Prometheus's own checker says of rule files and of a whole configuration."""

from collections.abc import Sequence
from pathlib import Path

from monitoring_as_code.engines.program import require
from monitoring_as_code.engines.report import Complaint, reported


def check_rules(files: Sequence[Path | str], *, cwd: Path | None = None, timeout_seconds: float = 60) -> list[Complaint]:
    """Empty if promtool accepts all rule files; a rule that is there twice is a complaint too. Raises MissingEngine, EngineFailed."""
    return _check(["check", "rules", "--lint=all", *map(str, files)], cwd, timeout_seconds) if files else []


def check_config(file: Path | str, *, cwd: Path | None = None, timeout_seconds: float = 60) -> list[Complaint]:
    """Empty if promtool accepts a prometheus.yml, the rule files that it names included. Raises MissingEngine, EngineFailed."""
    return _check(["check", "config", "--lint=all", str(file)], cwd, timeout_seconds)


def _check(arguments: list[str], cwd: Path | None, timeout_seconds: float) -> list[Complaint]:
    answer = require("promtool").run(*arguments, cwd=cwd, timeout_seconds=timeout_seconds)
    complaints = reported(answer.output)
    if answer.code != 0 and not complaints:  # a version that words it otherwise: nothing is lost
        return [Complaint("", answer.output.strip() or f"promtool exits with {answer.code}")]
    return complaints
