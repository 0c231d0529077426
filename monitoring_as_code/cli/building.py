"""What `mac build` does; a plain one comes here without click."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from monitoring_as_code.cli import CANNOT_RUN, FINDINGS, FINE, console

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring_as_code.build import Written
    from monitoring_as_code.cli.session import Session
    from monitoring_as_code.cli.settings import Settings
    from monitoring_as_code.config import Config
    from monitoring_as_code.diagnostics import Diagnostic

# More are a count: a list that scrolls away is not read.
_MOST_NAMED = 10


def build(
    settings: Settings,
    *,
    check: bool = False,
    target: Mapping[str, str] = {},
    resources: tuple[str, ...] | None = None,
    quiet: bool = False,
) -> int:
    """Build, or say whether that would change something."""
    from monitoring_as_code import pydantic_engine
    from monitoring_as_code.build import BrokenManifestError, CannotWriteError, freshness, write
    from monitoring_as_code.cli.checking import check_every, plan_every, within
    from monitoring_as_code.cli.session import errors, open_every, show, shown_path

    sessions = open_every(settings, lambda config: _changed(config, target, resources))
    session = sessions[0]
    pydantic_engine.for_plain_data()
    findings = check_every(sessions)
    if errors(findings):
        return _refuse(session, settings, findings)
    wanted = plan_every(sessions)
    below = within(settings, session)
    folder = os.path.join(session.build, below).rstrip("/")
    if wanted.problems:
        return _refuse(session, settings, [*findings, *wanted.problems])
    if check:
        try:
            stale = freshness(session.build, wanted.files, below)
        except OSError as error:
            console.note(f"mac: `{error.filename}` cannot be read: {error.strerror}")
            return CANNOT_RUN
        if stale:
            show(session, settings, stale)
            return FINDINGS
        if not quiet:
            console.note(f"{shown_path(folder)} is up to date: {_files(len(wanted.files))}")
        return FINE
    try:
        done = write(
            session.build,
            wanted.files,
            within=below,
            waiting=lambda: console.note("another `mac build` is writing here: waiting for it"),
        )
    except BrokenManifestError as error:
        return _refuse(session, settings, [*findings, error.finding])
    except CannotWriteError as error:
        console.note(f"mac: {error}; nothing is lost, build again when that is mended")
        return CANNOT_RUN
    if done.problems:
        return _refuse(session, settings, [*findings, *done.problems])
    if findings:
        show(session, settings, findings)
    if not quiet:
        _tell(done)
        _remind(session)
    return FINE


def _changed(config: Config, target: Mapping[str, str], resources: tuple[str, ...] | None) -> Config:
    """The configuration as the options want it."""
    if not target and resources is None:
        return config
    from monitoring_as_code.cli.target import retargeted

    return retargeted(config, target, resources)


def _remind(session: Session) -> None:
    """What an option changed is for this time only, and every other command would call it stale."""
    from monitoring_as_code.config import read_config

    config, _ = read_config(session.root)
    used = session.analysis.project.config
    wanted = []
    for program in ("prometheus", "alertmanager", "grafana"):
        version = getattr(used, f"{program}_version")
        if version != getattr(config, f"{program}_version"):
            wanted.append(f'{program}-version = "{version}"')
    if used.grafana_resources != config.grafana_resources:
        forms = ", ".join(f'"{form}"' for form in used.grafana_resources)
        wanted.append(f"grafana-resources = [{forms}]")
    if wanted:
        console.note(f"`mac lint` compares with pyproject.toml; to keep this, write under [tool.mac]: {', '.join(wanted)}")


def _refuse(session: Session, settings: Settings, findings: list[Diagnostic]) -> int:
    from monitoring_as_code.cli.session import show

    show(session, settings, findings)
    console.note("nothing was written")
    return FINDINGS


def _tell(done: Written) -> None:
    changes = [*(f"  + {path}" for path in done.written), *(f"  - {path}" for path in done.removed)]
    for line in changes[:_MOST_NAMED]:
        console.note(line)
    if len(changes) > _MOST_NAMED:
        console.note(f"  and {len(changes) - _MOST_NAMED} more")
    console.note(f"{len(done.written)} written, {len(done.removed)} removed, {done.unchanged} unchanged")


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
