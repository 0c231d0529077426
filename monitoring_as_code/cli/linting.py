"""What `mac lint` does; a plain one comes here without click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.cli import CANNOT_RUN, FINDINGS, FINE, console

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.cli.settings import Settings
    from monitoring_as_code.config import Config
    from monitoring_as_code.diagnostics import Diagnostic


def lint(
    settings: Settings,
    *,
    files: tuple[str, ...] = (),
    metrics: tuple[str, ...] = (),
    fix: bool = False,
    unsafe: bool = False,
    form: str = "text",
    statistics: bool = False,
    target: Mapping[str, str] = {},
) -> int:
    """Print all findings."""
    if files:
        from monitoring_as_code.cli.foreign import lint_files

        analysis, findings = lint_files(settings, files, metrics, form, fix=fix or unsafe, unsafe=unsafe)
    else:
        checked = _lint_definitions(settings, form, target, fix=fix or unsafe, unsafe=unsafe)
        if checked is None:
            return CANNOT_RUN
        analysis, findings = checked
    if statistics:
        from time import process_time

        from monitoring_as_code.lint.statistics import as_text
        from monitoring_as_code.lint.statistics import statistics as counted

        told = as_text(counted(analysis, findings), process_time())
        if form == "text":
            console.out(told)
        else:  # the output is a program's
            console.note(told.rstrip("\n"))
    return FINDINGS if findings else FINE


def _lint_definitions(
    settings: Settings, form: str, target: Mapping[str, str], *, fix: bool, unsafe: bool
) -> tuple[Analysis, list[Diagnostic]] | None:
    from monitoring_as_code import pydantic_engine
    from monitoring_as_code.build import freshness
    from monitoring_as_code.cli.checking import check_every, plan_every, within
    from monitoring_as_code.cli.session import errors, open_every, show

    if fix:
        from monitoring_as_code.cli.fixing import fixed

        fixed(lambda: check_every(open_every(settings, lambda config: _changed(config, target))), unsafe=unsafe)
    sessions = open_every(settings, lambda config: _changed(config, target))
    session = sessions[0]
    pydantic_engine.for_plain_data()
    findings = check_every(sessions)
    if not errors(findings) and not target:  # else nobody knows what the artifacts should be
        wanted = plan_every(sessions)
        try:
            artifacts = wanted.problems or freshness(session.build, wanted.files, within(settings, session))
        except OSError as error:
            console.note(f"mac: `{error.filename}` cannot be read: {error.strerror}")
            return None
        config = session.analysis.project.config
        findings += [
            each._replace(severity=config.severity.get(each.rule, each.severity)) for each in artifacts if each.rule not in config.disable
        ]
    show(session, settings, findings, form)
    return session.analysis, findings


def _changed(config: Config, target: Mapping[str, str]) -> Config:
    """The configuration as the option wants it."""
    if not target:
        return config
    from monitoring_as_code.cli.target import retargeted

    return retargeted(config, target)
