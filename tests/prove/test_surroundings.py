"""What stands around an alert decides with it: its group's limit, the server's labels, alerts that it reads, alerts that hold it back."""

from pathlib import Path

import pytest

from tests.prove.shop import analysed, proved

pytestmark = pytest.mark.engines("promtool")

TWO_QUEUES = (
    "given=(Series(of='jobs_waiting{queue=\"a\"}', values=constant(500)), Series(of='jobs_waiting{queue=\"b\"}', values=constant(500)))"
)
JAMMED = "given=(Series(of=waiting, values=constant(500)),)"
QUEUES = ("class Http(Labels):", "class Queues(Labels):\n    queue: Label[str]\n\n\nclass Http(Labels):")
FLOOD = """
flood = Alert(
    name="Flood", expr=waiting > 200, for_="4m", severity="critical", runbook="https://example.com/flood", summary="{{ $value }} jobs wait",
)
"""
HELD_BACK = (
    "routes=(Route(receiver=pager, matchers=('severity=\"critical\"',)),)",
    "routes=(Route(receiver=pager, matchers=('severity=\"critical\"',)),),\n"
    "    inhibitions=(Inhibition(source=('severity=\"critical\"',), target=('severity=\"warning\"',)),)",
)
META = """
meta = Alert(
    name="Meta", expr='count(ALERTS{alertname="Jam", alertstate="firing"}) > 0', severity="warning", runbook="https://example.com/meta",
    summary="Jobs wait",
)
"""

RECORDED = """
recorded = RecordingRule(name="shop:jobs_waiting:sum", help="Jobs.", expr=waiting.sum())
{alert} = Alert(
    name="Recorded", expr=recorded > 100, severity="warning", runbook="https://example.com/recorded", summary="Jobs wait",
)
"""
SLOWLY = RECORDED.format(alert="slow") + 'group = RuleGroup(name="slow", rules=(recorded,), interval="5m")\n'
ORDERED = RECORDED.format(alert="early") + 'group = RuleGroup(name="ordered", rules=(early, recorded))\n'
LATER = 'given=(Series(of=waiting, values=step(0, 500, at="1m")),)'
FOR_A_WHILE = 'given=(Series(of=waiting, values=constant(500).missing(since="6m")),), lasts="12m"'
NIGHT = """
night = Alert(
    name="Night", expr="hour() == 3", severity="warning", runbook="https://example.com/night", summary="It is dark",
)
"""

# The definitions beside the shop's, the scenario, what is changed in the shop, and what of it does not hold.
CASES: dict[str, tuple[str, str, tuple[tuple[str, str], ...], tuple[str, ...]]] = {
    "more alerts than their group allows are none at all": (
        "group = RuleGroup(name='jobs', rules=(jam,), limit=1)\n",
        f'Scenario(name="two queues", alert=jam, {TWO_QUEUES}, expect=(Firing(at="3m", count=2),))',
        (('help="Jobs that wait.")', 'help="Jobs that wait.", labels=Queues)'), QUEUES),
        ("promtool says: rule: Jam, time: 0s, err: exceeded limit of 1 with 2 alerts",),
    ),
    "as many alerts as their group allows fire": (
        "group = RuleGroup(name='jobs', rules=(jam,), limit=2)\n",
        f'Scenario(name="two queues", alert=jam, {TWO_QUEUES}, expect=(Firing(at="3m", count=2),))',
        (('help="Jobs that wait.")', 'help="Jobs that wait.", labels=Queues)'), QUEUES),
        (),
    ),
    "the server's labels are labels of what is sent": (
        "",
        f'Scenario(name="jobs", alert=jam, {JAMMED}, expect=(Reaches(receivers=(chat,), labels={{"cluster": "eu"}}),))',
        (),
        (),
    ),
    "who is reached depends on alerts that nobody names": (
        FLOOD,
        f'Scenario(name="jobs", alert=jam, {JAMMED}, expect=(Reaches(receivers=(chat,), at="5m"),))',
        (HELD_BACK,),
        ("it reaches nobody",),
    ),
    "before the other alert fires, this one is sent": (
        FLOOD,
        f'Scenario(name="jobs", alert=jam, {JAMMED}, expect=(Reaches(receivers=(chat,), at="3m"),))',
        (HELD_BACK,),
        (),
    ),
    "a recording rule is evaluated as often as its own group": (
        SLOWLY,
        f'Scenario(name="jobs", alert=slow, {LATER}, expect=(Quiet(at="0s", until="4m30s"), Firing(at="5m"), Firing(at="9m30s")))',
        (),
        (),
    ),
    "what nobody records again is gone": (
        SLOWLY,
        f'Scenario(name="jobs", alert=slow, {FOR_A_WHILE}, expect=(Firing(at="5m"), Firing(at="9m30s"), Quiet(at="10m")))',
        (),
        (),
    ),
    "rules are evaluated in the order of their group": (
        ORDERED,
        f'Scenario(name="jobs", alert=early, {JAMMED}, expect=(Quiet(at="0s"), Firing(at="30s")))',
        (),
        (),
    ),
    "a scenario begins at its own time of day": (
        NIGHT,
        'Scenario(name="night", alert=night, starts="2026-01-05 02:58", expect=(Quiet(at="1m30s"), Firing(at="2m"), Firing(at="4m")))',
        (),
        (),
    ),
    "an alert may read another one": (
        META,
        f'Scenario(name="jobs", alert=meta, {JAMMED}, expect=(Quiet(at="1m"), Firing(at="3m")))',
        (),
        (),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_surrounds_an_alert_counts(case: str, tmp_path: Path) -> None:
    definitions, scenario, changed, happened = CASES[case]
    analysis = analysed(tmp_path, f"{definitions}\nscenario = {scenario}\n", changed)
    assert [failure.happened for proof in proved(analysis) for failure in proof.verdict.failures] == list(happened)
