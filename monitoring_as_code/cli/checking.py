"""The checks of a project in each of its environments, by two processes where that pays; dashboards are made on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.runner import findings_of, lint, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.build import Plan
    from monitoring_as_code.cli.session import Session
    from monitoring_as_code.cli.settings import Settings
    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.lint.runner import Found, Part

# With fewer expressions, making dashboards on the way saves little memory, and a second process costs more time than it saves.
_MANY = 1000
# Of the expressions: the first process also checks what is none, and makes all that is no dashboard.
_SHARE = 0.5


def check_all(analysis: Analysis) -> list[Diagnostic]:
    """All findings. Afterwards `analysis.made` may have dashboards."""
    if len(analysis.uses) < _MANY or not analysis.project.complete:
        return lint(analysis)
    from monitoring_as_code.cli.beside import Beside, possible

    _prepare(analysis)
    every = parts(analysis)
    if not possible():
        return lint(analysis, _checked(analysis, every))
    first = _first_of_the_other(every)
    with Beside(lambda: _clean(analysis, every[first:])) as other:
        return lint(analysis, _checked(analysis, every[:first]), _from_the_other(analysis, every[first:], other))


def check_every(sessions: Sequence[Session]) -> list[Diagnostic]:
    """All findings of a project, in each of its environments that were loaded."""
    if len(sessions) == 1 and sessions[0].environment is None:
        return check_all(sessions[0].analysis)
    from monitoring_as_code.lint.environments import together

    return together([(each.analysis.project, check_all(each.analysis)) for each in sessions])


def plan_every(sessions: Sequence[Session]) -> Plan:
    """Every artifact, those of an environment below a folder of its name, and why they cannot all be there."""
    from monitoring_as_code.build import Plan, plan

    if len(sessions) == 1 and sessions[0].environment is None:
        return plan(sessions[0].analysis)
    from monitoring_as_code.lint.environments import together

    plans = [(each.analysis.project, plan(each.analysis)) for each in sessions]
    files = {f"{project.environment}/{path}": content for project, made in plans for path, content in made.files.items()}
    return Plan({path: files[path] for path in sorted(files)}, tuple(together([(project, made.problems) for project, made in plans])))


def within(settings: Settings, session: Session) -> str:
    """What the paths of the artifacts begin with that a command is about: all, unless `--env` names an environment."""
    return "" if settings.environment is None or session.environment is None else f"{session.environment}/"


def _prepare(analysis: Analysis) -> None:
    """What both processes need is worked out before there are two."""
    from monitoring_as_code.lint.rules import checks
    from monitoring_as_code.targets.grafana.watched import watching

    checks()
    watching(analysis)
    analysis.catalogue  # noqa: B018 - it is made when it is first asked for


def _first_of_the_other(every: list[Part]) -> int:
    """The first of the parts for the second process, all of them of dashboards."""
    first = len(every)
    left = _SHARE * sum(len(part.uses) for part in every)
    while first and every[first - 1].dashboards and left > 0:
        first -= 1
        left -= len(every[first].uses)
    return first


class _Checked(NamedTuple):
    found: list[Found]
    made: dict[str, bytes]


def _check(analysis: Analysis, part: Part) -> _Checked:
    """What is found in a part; if that is nothing, its dashboards as well."""
    from monitoring_as_code.targets.grafana import dashboard_file

    found = findings_of(part, analysis)
    made = {} if found else dict(dashboard_file(analysis, dashboard) for dashboard in part.dashboards)
    if part.dashboards and not found:
        analysis.forget(use for use in part.uses if use.in_dashboard)
    return _Checked(found, made)


def _checked(analysis: Analysis, some: Iterable[Part]) -> Iterator[Found]:
    for part in some:
        found, made = _check(analysis, part)
        analysis.made.update(made)
        yield from found


def _clean(analysis: Analysis, some: Iterable[Part]) -> Iterator[tuple[int, dict[str, bytes]]]:
    """In the second process: the numbers of the parts in which nothing was found, each with its dashboards."""
    for number, part in enumerate(some):
        found, made = _check(analysis, part)
        if not found:
            yield number, made


def _from_the_other(analysis: Analysis, some: list[Part], other: Iterable[tuple[int, dict[str, bytes]]]) -> Iterator[Found]:
    """What is found in the other's parts: those that it does not call clean are checked here."""
    left = dict(enumerate(some))
    for number, made in other:
        del left[number]
        analysis.made.update(made)
    yield from _checked(analysis, left.values())
