"""The file of `mac test --junit`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitoring_as_code.diagnostics import Diagnostic


def write_junit(path: str, text: str) -> None:
    """Write a report.

    Raises:
        click.ClickException: it cannot be written.
    """
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise click.ClickException(f"`{path}` cannot be written: {error.strerror}") from None


def unfinished(findings: Iterable[Diagnostic] = (), root: str = "") -> str:
    """The report of a run that stopped at these errors of the definitions; without any, of one that has not come to its end."""
    from monitoring_as_code.prove.reports.junit import not_run

    return not_run("the run did not come to its end: what it printed says why", findings, root)
