"""The checks of a project, by two processes where that pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.lint.runner import Help, findings_of, lint, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.diagnostics import Diagnostic

# With fewer expressions, a second process costs more than it saves.
_WORTH_IT = 1000
# Of the expressions: the first process also checks what is none, and makes all that is no dashboard.
_SHARE = 0.5


def check_all(analysis: Analysis) -> list[Diagnostic]:
    """All findings. Where a second process helped, `analysis.made` has the dashboards that it has made."""
    if len(analysis.uses) < _WORTH_IT or not analysis.project.complete:
        return lint(analysis)
    from monitoring_as_code.cli.beside import Beside, possible

    if not possible():
        return lint(analysis)
    share = _share(analysis)
    _prepare(analysis)
    with Beside(lambda: _check_and_make(analysis, share)) as other:

        def clean() -> list[int]:
            found = []
            for number, made in other:
                found.append(number)
                analysis.made.update(made)
            return found

        return lint(analysis, Help(share, clean))


def _share(analysis: Analysis) -> range:
    """The parts for the second process, all of them of dashboards."""
    every = parts(analysis)
    first = len(every)
    left = _SHARE * len(analysis.uses)
    while first and every[first - 1].dashboards and left > 0:
        first -= 1
        left -= len(every[first].uses)
    return range(first, len(every))


def _prepare(analysis: Analysis) -> None:
    """What both processes need is worked out before there are two."""
    from monitoring_as_code.lint.rules import rules
    from monitoring_as_code.targets.grafana.watched import watching

    rules()
    watching(analysis)
    analysis.catalogue  # noqa: B018 - it is made when it is first asked for


def _check_and_make(analysis: Analysis, share: range) -> Iterator[tuple[int, dict[str, bytes]]]:
    """The parts in which nothing was found, each with its dashboards."""
    from monitoring_as_code.targets.grafana import dashboard_file

    every = parts(analysis)
    for number in share:
        if not findings_of(every[number], analysis):
            yield number, dict(dashboard_file(analysis, dashboard) for dashboard in every[number].dashboards)
