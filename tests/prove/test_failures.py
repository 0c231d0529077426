"""A scenario that fails is shown with its place, what happened, why, and a picture: data/failures/ has what a user sees, whole.

MAC_UPDATE=1 writes the files; read what changed.
"""

import os
from pathlib import Path

import pytest

from monitoring_as_code.prove.chart import Look
from monitoring_as_code.prove.reports.text import failures
from tests.prove.shop import analysed, proved

pytestmark = pytest.mark.engines("promtool")
DATA = Path(__file__).parent / "data" / "failures"

# What is given and expected; and what is changed in the definitions, if the scenario is right and they are not.
CASES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "too-little": (
        'Scenario(name="4 % fail", alert=failing, given=(served("200", 96), served("503", 4)), expect=(Fires(within="10m"),))',
        (),
    ),
    "too-short": (
        'Scenario(name="a spike", alert=jam, given=(Series(of=waiting, values=spike(0, 500, at="2m", lasts="1m")),),\n'
        '    expect=(Firing(at="4m"),))',
        (),
    ),
    "nothing-selected": (
        'Scenario(name="clients fail", alert=failing, given=(served("200", 96), served("404", 40)), expect=(Firing(at="8m"),))',
        (),
    ),
    "nothing-given": ('Scenario(name="no traffic", alert=failing, expect=(Pending(at="3m"),))', ()),
    "not-quiet": (
        'Scenario(name="6 % fail", alert=failing, given=(served("200", 94), served("503", 6)), expect=(Quiet(at="0s", until="7m"),))',
        (),
    ),
    "late": (
        'Scenario(name="6 % fail", alert=failing, given=(served("200", 94), served("503", 6)),\n'
        '    expect=(Pending(at="5m"), Fires(within="5m"), Firing(at="7m", annotations={"summary": "7%"})))',
        (),
    ),
    "early": (
        'Scenario(name="jobs", alert=jam, given=(Series(of=waiting, values=constant(500)),), expect=(Fires(within="9m", after="3m"),))',
        (),
    ),
    "not-resolved": (
        'Scenario(name="jobs", alert=jam, given=(Series(of=waiting, values=step(500, 50, at="8m")),), expect=(Resolves(by="7m"),))',
        (),
    ),
    "misrouted": (
        'Scenario(name="6 % fail", alert=failing, given=(served("200", 94), served("503", 6)),\n'
        '    expect=(Reaches(receivers=(pager,), not_to=("chat",), at="7m"),))',
        (("matchers=('severity=\"critical\"',)", "matchers=('severity=\"page\"',)"),),
    ),
    "lost-label": (
        'Scenario(name="6 % fail", alert=failing, given=(served("200", 94), served("503", 6)), expect=(Firing(at="7m", labels={"service": "web"}),))',
        ((".sum(by=(Http.service,))", ".sum()"),),
    ),
    "broken-template": (
        'Scenario(name="6 % fail", alert=failing, given=(served("200", 94), served("503", 6)), expect=(Firing(at="7m"),))',
        (("{{ $labels.service }} fails", "{{ $labels.service | humanize }} fails"),),
    ),
    "wrong-verb": (
        'Scenario(name="jobs", alert=jam, given=(Series(of=waiting, values=constant(500)),), expect=(Firing(at="3m"),))',
        (("{{ $value }} jobs", '{{ printf \\"%d\\" $value }} jobs'),),
    ),
    "seldom-evaluated": (
        'Scenario(name="jobs", alert=jam, given=(Series(of=waiting, values=constant(500)),), expect=(Firing(at="4m", count=1),))\n'
        'group = RuleGroup(name="slow", interval="5m", rules=(jam,))',
        (),
    ),
    "between-evaluations": (
        'Scenario(name="jobs", alert=jam, given=(Series(of=waiting, values=constant(500)),),\n'
        '    expect=(Quiet(at="1m10s"), Firing(at="1m59s"), Firing(at="3m", count=2)))',
        (),
    ),
    "mute-on-its-way": (
        'Scenario(name="6 % fail", alert=failing, given=(served("200", 94), served("503", 6)), starts="2026-01-05 03:00",\n'
        '    expect=(Reaches(receivers=(pager,), at="7m"),))',
        (
            ("routing = ", 'day = TimeInterval(name="day", times=(TimeRange(start="08:00", end="18:00"),))\nrouting = '),
            (
                "routes=(Route(receiver=pager, matchers=('severity=\"critical\"',)),)",
                "routes=(Route(receiver=pager, matchers=('severity=\"critical\"',), active_time_intervals=(day,)), "
                "Route(receiver=pager, matchers=('team=\"web\"',)),)",
            ),
        ),
    ),
    "several-instances": (
        'Scenario(name="three shops", alert=jam, expect=(Firing(at="3m", count=3), Quiet(labels={"instance": "c:8000"})),\n'
        "    given=(Series(of='jobs_waiting{instance=~\"a:8000|b:8000\"}', values=constant(500)),\n"
        '        Series(of=\'jobs_waiting{instance="c:8000"}\', values=step(0, 101, at="4m"))))',
        (),
    ),
    "labels-that-do-not-meet": (
        'Scenario(name="6 % fail", alert=failing, given=(served("200", 94), served("503", 6)), expect=(Firing(at="7m"),))',
        (('rate("5m").sum(by=(Http.service,)) / requests', 'rate("5m").sum(by=(Http.service, Http.status)) / requests'),),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_user_sees_of_a_scenario_that_fails(case: str, tmp_path: Path) -> None:
    scenario, changed = CASES[case]
    found = proved(analysed(tmp_path, f"scenario = {scenario}\n", changed))
    shown = "\n".join(failures(found, str(tmp_path), Look())).lstrip("\n") + "\n"
    assert not found[0].holds
    file = DATA / f"{case}.txt"
    if os.environ.get("MAC_UPDATE"):
        DATA.mkdir(parents=True, exist_ok=True)
        file.write_text(shown, "utf-8")
    assert shown == file.read_text("utf-8")


@pytest.mark.parametrize("case", CASES)
def test_no_line_of_a_picture_is_wider_than_the_terminal_whatever_it_can_show(case: str, tmp_path: Path) -> None:
    scenario, changed = CASES[case]
    found = proved(analysed(tmp_path, f"scenario = {scenario}\n", changed))
    from monitoring_as_code.prove.chart import chart

    for columns in (40, 60, 80, 200):
        lines = chart(found[0].verdict, found[0].explanations, Look(columns=columns))
        assert lines
        assert max(map(len, lines)) <= columns
    plain = chart(found[0].verdict, found[0].explanations, Look(columns=80, unicode=False))
    assert "\n".join(plain).isascii()
