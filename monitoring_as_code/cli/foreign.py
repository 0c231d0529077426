"""`mac lint FILE...`: files of others."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import console

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.catalogue import Catalogue
    from monitoring_as_code.cli.settings import Settings
    from monitoring_as_code.config import Config
    from monitoring_as_code.diagnostics import Diagnostic


def lint_files(
    settings: Settings, files: tuple[str, ...], metrics: tuple[str, ...], form: str, *, fix: bool, unsafe: bool
) -> tuple[Analysis, list[Diagnostic]]:
    """Print what is wrong with rule files and dashboards."""
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.diagnostics import render
    from monitoring_as_code.foreign.reading import read_files
    from monitoring_as_code.lint.runner import lint

    if not os.path.isdir(settings.directory):
        raise click.ClickException(f"there is no folder `{settings.directory}`")
    root, config, known, problems = _known(settings, metrics)
    paths = [os.path.join(settings.directory, file) for file in files]

    def analysed() -> Analysis:
        return Analysis(read_files(paths, root, config), known)

    if fix:
        from monitoring_as_code.cli.fixing import fixed

        fixed(lambda: lint(analysed()), unsafe=unsafe)
    analysis = analysed()
    findings = [*problems, *lint(analysis)]
    machine = form in ("json", "sarif")
    colour = form == "text" and console.colours(settings.colour)
    console.out(render(findings, form, root=os.getcwd(), colour=colour, columns=console.columns()), machine=machine)
    files_read, uses = len(analysis.project.modules), len(analysis.uses)
    console.note(f"{files_read} file{'' if files_read == 1 else 's'} with {uses} expression{'' if uses == 1 else 's'} checked")
    return analysis, findings


def _known(settings: Settings, metrics: tuple[str, ...]) -> tuple[str, Config, Catalogue, list[Diagnostic]]:
    """The project's folder, or that of the command; the policies; the metrics to check against; and what is wrong with all that."""
    from monitoring_as_code.catalogue import Catalogue
    from monitoring_as_code.config import Config, find_root, read_config

    root = find_root(settings.directory)
    config, problems = (Config(), ()) if root is None else read_config(root)
    if root is not None:
        from monitoring_as_code.config import unknown_names
        from monitoring_as_code.lint.rules import RULE_NAMES

        problems += unknown_names(config, root, RULE_NAMES)
    root = root or os.path.abspath(settings.directory)
    if metrics:
        from monitoring_as_code.catalogues import shipped
        from monitoring_as_code.foreign.expositions import learn
        from monitoring_as_code.schema import known_by

        # A name is that of a catalogue; a file of the same name is given as `./prometheus`.
        files = [os.path.join(settings.directory, each) for each in metrics if shipped(each) is None]
        known, faults = learn(files)
        for exporter in filter(None, map(shipped, metrics)):
            known.draw_from(known_by(exporter))
        return root, config, known, [*problems, *faults]
    if not os.path.isdir(os.path.join(root, config.definitions)):
        return root, config, Catalogue(complete=False), list(problems)
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.diagnostics import Severity
    from monitoring_as_code.project import load_project

    project = load_project(root, config, problems)
    broken = [each for each in project.problems if each.severity is Severity.ERROR or each in problems]
    return root, config, Analysis(project).catalogue.copy(records_elsewhere=True), broken
