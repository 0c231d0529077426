"""Public rule files and dashboards are read whole, and every character of them is found."""

from pathlib import Path

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.catalogue import Catalogue
from monitoring_as_code.config import Config
from monitoring_as_code.foreign.expositions import learn
from monitoring_as_code.foreign.reading import read_files
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.origin import Place, locate


@pytest.mark.parametrize("kind", ["rules", "dashboards"])
def test_every_expression_of_public_files_is_found_at_its_characters(corpus: Path, kind: str) -> None:
    analysis = Analysis(read_files([str(corpus / kind)], str(corpus), Config()), Catalogue(complete=False))
    assert not analysis.project.problems
    assert len(analysis.uses) > 500
    for use in analysis.uses:
        text = use.written
        assert text is not None
        for span in ((0, 1), (len(text) - 1, len(text)), (0, len(text))):
            found = locate(Place(use.part.origin, (use.argument,), span, text))
            assert found.exact, text
    for finding in lint(analysis):
        assert finding.location is not None
        assert finding.location.exact, finding


def test_a_catalogue_is_learnt_of_every_public_exposition(corpus: Path) -> None:
    for file in sorted((corpus / "metrics").iterdir()):
        catalogue, problems = learn([str(file)])
        assert not problems
        assert len(catalogue), file.name
        for name in catalogue.series_names():
            assert catalogue.lookup(name) is not None
            assert not catalogue.lacks(name)


def test_names_in_public_files_are_slips_of_exposed_ones_only_where_they_are(corpus: Path) -> None:
    files = [str(file) for file in sorted((corpus / "metrics").glob("live__*")) if "openmetrics" not in file.name]
    known, _ = learn(files)
    found = lint(Analysis(read_files([str(corpus / "rules"), str(corpus / "dashboards")], str(corpus), Config()), known))
    # The one that is: Prometheus gave this counter its suffix later, and the dashboard is older.
    said = [each.message for each in found if each.rule in ("unknown-metric", "rate-of-gauge", "mixed-units")]
    assert said == ["no metric `prometheus_tsdb_head_series_not_found` has been exposed"]
