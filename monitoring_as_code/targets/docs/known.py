"""What the docs know beside the declarations: where the application records, and what its page had, if pyproject.toml says where to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.diagnostics import Diagnostic
    from monitoring_as_code.foreign.application import Recordings
    from monitoring_as_code.foreign.sightings import SeenMetric


class Known(NamedTuple):
    """Each is None if nobody said where to look."""

    recorded: Recordings | None = None
    seen: Mapping[str, SeenMetric] | None = None

    def recorded_in(self, metric: str) -> list[tuple[str, str]]:
        """The files that record it, each with the function; without lines, which change with every edit above them."""
        sites = () if self.recorded is None else self.recorded.recorded.get(metric, ())
        return sorted({(site.path, site.function) for site in sites})


NOTHING = Known()


def known(analysis: Analysis) -> tuple[Known, list[Diagnostic]]:
    """What there is, from files of the project alone, and why there is no more."""
    config = analysis.project.config
    if not config.sources and config.conformance is None:
        return NOTHING, []
    from monitoring_as_code.config import RULE, place_of
    from monitoring_as_code.diagnostics import Diagnostic, Severity
    from monitoring_as_code.foreign.application import NoSources, recordings
    from monitoring_as_code.foreign.sightings import NoReport, read_report

    project = analysis.project
    problems = []
    recorded = seen = None
    try:
        recorded = recordings(project, config.sources) if config.sources else None
    except NoSources as error:
        problems.append(Diagnostic(RULE, Severity.ERROR, str(error), place_of(project.root, "sources")))
    try:
        seen = None if config.conformance is None else read_report(project.root, config.conformance)
    except NoReport as error:
        help_ = f"`mac conform URL --report {config.conformance}` writes it"
        problems.append(Diagnostic(RULE, Severity.ERROR, str(error), place_of(project.root, "conformance"), help_))
    return Known(recorded, seen), problems
