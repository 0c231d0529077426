"""Comments that excuse what no scenario notices: where they stand, what they excuse, and what is said of those that excuse nothing."""

from pathlib import Path

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.diagnostics import render
from monitoring_as_code.model.scenario import Scenario
from monitoring_as_code.prove.chart import Look
from monitoring_as_code.prove.mutations.mutant import Mutant
from monitoring_as_code.prove.mutations.report import as_json, as_text, findings
from monitoring_as_code.prove.mutations.running import Study, mutants, study
from tests.prove.shop import analysed

pytestmark = pytest.mark.engines("promtool")

# Of Jam's comparisons with 100 it notices `<` and `==`, but not `>=`; and neither 90 nor 110.
SCENARIOS = """\
over = Scenario(
    name="it is over", alert=jam, given=(Series(of=waiting, values=step(120, 80, at="6m")),),
    expect=(Fires(after="2m", within="2m"), Resolves(by="6m"), Reaches(receivers=(chat,))),
)
"""
JAM = 'jam = Alert(\n    name="Jam", expr=waiting > 100,'
OF_JAM = ("comparison", "threshold", "keep_firing_for")
ROUTE = "Route(receiver=pager, matchers=('severity=\"critical\"',)),"


def _studied(folder: Path, *changed: tuple[str, str], whole: bool = True) -> tuple[Analysis, Study]:
    analysis = analysed(folder, SCENARIOS, changed)

    def is_tried(each: Mutant) -> bool:
        return (each.subject.name == "Jam" and each.operator.name in OF_JAM) or each.where.startswith("routes[0]")

    return analysis, study(analysis, analysis.project.of(Scenario), [each for each in mutants(analysis) if is_tried(each)], whole=whole)


def _excused(found: Study) -> list[str]:
    return [f"{each.mutant.operator.name}: {each.mutant.after}: {each.excuse}" for each in found.outcomes if each.excuse]


COMPARISON = "# mac: allow[unnoticed-mutation] comparison: a job more or less"
PLACES = {
    "on the line of the argument": f'jam = Alert(\n    name="Jam",\n    expr=waiting > 100,  {COMPARISON}\n   ',
    "alone above the argument": f'jam = Alert(\n    name="Jam",\n    {COMPARISON}\n    expr=waiting > 100,',
    "on the first line of the call": f'jam = Alert(  {COMPARISON}\n    name="Jam", expr=waiting > 100,',
    "alone above the call": f"{COMPARISON}\n{JAM}",
}


@pytest.mark.parametrize("place", PLACES)
def test_an_excuse_is_of_the_changes_that_it_names_at_its_place(place: str, tmp_path: Path) -> None:
    _, found = _studied(tmp_path, (JAM, PLACES[place]))
    assert _excused(found) == ["comparison: jobs_waiting >= 100: a job more or less"]
    assert {each.mutant.operator.name for each in found.survivors if each.mutant.subject.name == "Jam"} == {"threshold"}
    assert not found.useless


def test_several_comments_may_stand_above_each_other_each_with_its_reason(tmp_path: Path) -> None:
    _, found = _studied(tmp_path, (JAM, f"{COMPARISON}\n# mac: allow[unnoticed-mutation] threshold: a guess\n{JAM}"))
    assert {each.partition(":")[0] for each in _excused(found)} == {"comparison", "threshold"}
    assert {each.rpartition(": ")[2] for each in _excused(found)} == {"a job more or less", "a guess"}


def test_a_route_is_excused_where_it_is_written(tmp_path: Path) -> None:
    comment = "# mac: allow[unnoticed-mutation] route's matcher dropped, route's matcher negated: the pager is tried by hand\n"
    _, found = _studied(tmp_path, (ROUTE, f"\n{comment}{ROUTE}"), (", Reaches(receivers=(chat,))", ""))
    assert {each.mutant.operator.name for each in found.outcomes if each.excuse} == {"route's matcher dropped", "route's matcher negated"}
    assert not found.useless


USELESS = {
    "comparison: nothing else is": "",
    "keep_firing_for: it never ends": "`keep_firing_for` is excused here, but none goes unnoticed",
    "comparson: a job more or less": "there is no change called `comparson`",
    "it does not matter": "this comment excuses nothing: it names no change, or gives no reason",
    "comparison": "this comment excuses nothing: it names no change, or gives no reason",
    "comparison:": "this comment excuses nothing: it names no change, or gives no reason",
}


@pytest.mark.parametrize("comment", USELESS)
def test_a_comment_that_excuses_nothing_is_told(comment: str, tmp_path: Path) -> None:
    _, found = _studied(tmp_path, (JAM, f"# mac: allow[unnoticed-mutation] {comment}\n{JAM}"))
    assert [each.message for each in found.useless] == ([USELESS[comment]] if USELESS[comment] else [])
    assert bool(_excused(found)) == (not found.useless)


def test_nothing_is_said_of_comments_where_not_all_is_tried(tmp_path: Path) -> None:
    assert not _studied(tmp_path, (JAM, f"# mac: allow[unnoticed-mutation] keep_firing_for: it never ends\n{JAM}"), whole=False)[1].useless


def test_excuses_are_counted_apart_and_listed_with_their_reasons(tmp_path: Path) -> None:
    comments = f"{COMPARISON}\n# mac: allow[unnoticed-mutation] keep_firing_for: it never ends\n"
    _, found = _studied(tmp_path, (JAM, comments + JAM))
    short, long = (as_text(found, str(tmp_path), Look(), 1.0, verbose=verbose) for verbose in (False, True))
    assert ", 1 excused, " in short.splitlines()[-1]
    assert "a job more or less" not in short.partition("warning[")[0]
    assert "    because a job more or less\n" in long
    assert found.score == 9 / 11  # of 12, one is excused, and two survive
    told = render(found.useless, "text", root=str(tmp_path))
    assert "`keep_firing_for` is excused here" in told
    assert told in short
    assert '"because": "a job more or less"' in as_json(found, str(tmp_path), 1.0)
    assert '"message": "`keep_firing_for` is excused here, but none goes unnoticed"' in as_json(found, str(tmp_path), 1.0)
    assert len(findings(found)) == len(found.survivors) + 1
