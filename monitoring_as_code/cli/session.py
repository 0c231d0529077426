"""What the commands share: the project that they are asked about, and how findings are shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from monitoring_as_code.cli import console
from monitoring_as_code.diagnostics import Diagnostic, Severity, render
from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.cli.settings import Settings
    from monitoring_as_code.config import Config
    from monitoring_as_code.origin import Location

EXAMPLE = """\
A project is a folder with a folder `definitions`. Start one with a file definitions/orders.py:

    from monitoring_as_code import Counter
    orders = Counter(name="orders_total", help="Orders taken.")

then `mac build`; `mac --help` shows more."""


class Session(NamedTuple):
    """A project that was loaded and read, for one of its environments if it has some."""

    analysis: Analysis
    root: str
    build: str
    """The folder of the artifacts, of all environments."""

    @property
    def environment(self) -> str | None:
        """What it was loaded for; None if the project has no environments."""
        return self.analysis.project.environment


def open_project(settings: Settings) -> Session:
    """Load the project that the command was started in: for the environment that is named, or else for the first, with a word.

    Raises:
        click.ClickException: there is none.
        click.UsageError: there is no such environment.
    """
    root, config, problems = _configured(settings)
    if config.environments is not None and len(config.environments) > 1 and settings.environment is None:
        console.note(f"in the environment `{config.environments[0]}`, the first; `--env` names another")
    return _sessions(root, config, problems, (settings.environment,))[0]


def open_every(settings: Settings, changed: Callable[[Config], Config] = lambda config: config) -> list[Session]:
    """Load the project for each of its environments, or for the one that is named; once if it has none.

    Its configuration is as an option of the command has `changed` it.

    Raises:
        click.ClickException: there is none.
        click.UsageError: there is no such environment.
    """
    root, config, problems = _configured(settings)
    wanted = None if settings.environment is None else (settings.environment,)
    return _sessions(root, changed(config), problems, wanted)


def _sessions(root: str, config: Config, problems: tuple[Diagnostic, ...], environments: tuple[str | None, ...] | None) -> list[Session]:
    from monitoring_as_code.analysis import read_every

    return [Session(each, root, os.path.join(root, config.build)) for each in read_every(root, config, problems, environments)]


def _configured(settings: Settings) -> tuple[str, Config, tuple[Diagnostic, ...]]:
    from monitoring_as_code.config import find_root, read_config

    if not os.path.isdir(settings.directory):
        raise _cannot_run(f"there is no folder `{settings.directory}`")
    root = find_root(settings.directory)
    if root is None:
        where = os.path.abspath(settings.directory)
        raise _cannot_run(f"there is no project in `{where}` or in a folder above it.\n\n{EXAMPLE}")
    config, problems = read_config(root)
    if settings.environment is not None:
        from monitoring_as_code.cli.environments import refuse_unknown

        refuse_unknown(settings.environment, config)
    from monitoring_as_code.config import unknown_names
    from monitoring_as_code.lint.rules import RULE_NAMES, load
    from monitoring_as_code.promql.features import ALL_FEATURES

    problems += unknown_names(
        config, root, RULE_NAMES, ALL_FEATURES, lambda name: name != "stale-artifact" and not load(name).may_be_allowed
    )
    return root, config, problems


def _cannot_run(message: str) -> Exception:
    import click

    return click.ClickException(message)


def show(session: Session, settings: Settings, findings: Iterable[Diagnostic], form: str = "text") -> None:
    """Print findings. Paths are relative to where the command was started, so that they can be opened from there."""
    start = os.getcwd()
    base = start if f"{session.root}/".startswith(f"{start}/") else session.root
    machine = form in ("json", "sarif")
    colour = form == "text" and console.colours(settings.colour)
    told = tuple(findings)
    hidden = _secrets_beside(told) if form == "text" else ()
    console.out(render(told, form, root=base, colour=colour, columns=console.columns(), hidden=hidden), machine=machine)


def _secrets_beside(findings: Iterable[Diagnostic]) -> tuple[Location, ...]:
    """Where secrets are in the files of findings, which show lines of them: most findings are of something else."""
    from monitoring_as_code.lint.secret_shapes import secrets_at

    paths = {location.path for each in findings if (location := each.location) is not None}
    return tuple(location for path in sorted(paths) for _, location in secrets_at(path))


def errors(findings: Iterable[Diagnostic]) -> bool:
    """Whether one of them is an error."""
    return any(each.severity is Severity.ERROR for each in findings)


def shown_path(path: str) -> str:
    """A path as it is written in a sentence: relative to where the command was started, if it is below."""
    start = os.getcwd() + os.sep
    return path.removeprefix(start)
