"""The scenarios as promtool's unit tests, so that a team without `mac` can run `promtool test rules build/prometheus/tests/*.yml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.model.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.analysis import Analysis


def render(analysis: Analysis) -> Iterator[tuple[str, str]]:
    """`prometheus/tests/<module>.yml` for each module whose alerts have scenarios; one more for each other evaluation interval."""
    if analysis.project.of(Scenario):
        from monitoring_as_code.targets.promtool_tests.files import files

        yield from files(analysis)
