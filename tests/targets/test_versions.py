"""Since when a field is known is what the real programs say: older ones refuse what is emitted of it, and all others take it.

The values are those of the cases beside this file, each tried alone. The newest are those of tests/newest.py.
"""

import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import NamedTuple

import pytest

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.config import OLDEST_ALERTMANAGER, OLDEST_PROMETHEUS, Config, read_config
from monitoring_as_code.engines.program import EngineName
from monitoring_as_code.lint.runner import lint
from monitoring_as_code.model import receivers
from monitoring_as_code.model.alert import Alert, RecordingRule, RuleGroup
from monitoring_as_code.model.declaration import Declaration, InvalidDeclaration, Part
from monitoring_as_code.model.long_term import Mimir
from monitoring_as_code.model.routing import Inhibition, Integration, Receiver, Route, Routing, Smtp
from monitoring_as_code.model.servers import AlertmanagerServer, Federation, GlobalPrometheus, PrometheusServer, RemoteWrite
from monitoring_as_code.model.stack import ScrapeJob, Stack
from monitoring_as_code.model.time_interval import TimeInterval, TimeRange
from monitoring_as_code.project import Project, load_project
from tests.newest import use_newest
from tests.targets import test_flags
from tests.targets.test_accepted import CASES, HERE, built, complaints, older

INTEGRATIONS = [
    made
    for module in iter_modules(receivers.__path__)
    for made in vars(import_module(f"{receivers.__name__}.{module.name}")).values()
    if isinstance(made, type) and issubclass(made, Integration) and made is not Integration
]
# All that Prometheus's and Alertmanager's configurations are made of, but the stack, of which much else is made.
CONFIGURING: list[type[Part]] = [
    *INTEGRATIONS,
    *(Receiver, Routing, Route, Inhibition, Smtp, TimeInterval, TimeRange),
    *(Alert, RecordingRule, RuleGroup),
    *(ScrapeJob, RemoteWrite, Federation, GlobalPrometheus, PrometheusServer, AlertmanagerServer, Mimir),
]
# What is about containers or about this package alone, or becomes a flag, which tests/targets/test_flags.py knows all of.
ELSEWHERE = {"limits", "web", "exporter", "unit", "help", "runbook", "retention_size", "remote_write_receiver"}


@cache
def declared(*, oldest: bool = False) -> list[Part]:
    """Every part of every case, or of those that the oldest programs must take."""
    found: dict[int, Part] = {}

    def walk(value: object) -> None:
        if isinstance(value, Part) and id(value) not in found:
            found[id(value)] = value
            for each in vars(value).values():
                walk(each)
        elif isinstance(value, tuple | list):
            for each in value:
                walk(each)

    for case in CASES:
        config, _ = read_config(HERE / case)
        if not oldest or (config.prometheus_version, config.alertmanager_version) == (OLDEST_PROMETHEUS, OLDEST_ALERTMANAGER):
            walk(list(loaded(case, config)))
    return list(found.values())


def loaded(case: str, config: Config) -> tuple[Declaration, ...]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "definitions").mkdir()
        shutil.copy(HERE / case / "definitions.py", Path(folder) / "definitions" / "case.py")
        return load_project(folder, config).declarations


def given(part: Part, field: str) -> bool:
    """Whether a field says something else than it would by itself."""
    return not hasattr(type(part), field) or getattr(part, field) != getattr(type(part), field)


def by_itself(made: type[Part], field: str) -> bool:
    """Whether something is emitted of a field without a word: nearly every case has it then."""
    return getattr(made, field, None) not in (None, False, (), {}) or (made, field) == (Routing, "name")


FIELDS = [(made, name) for made in CONFIGURING for name in made.fields() if name not in ELSEWHERE and not by_itself(made, name)]


@pytest.mark.parametrize(("made", "field"), FIELDS, ids=[f"{made.__name__}.{name}" for made, name in FIELDS])
def test_a_case_gives(made: type[Part], field: str) -> None:
    """So the real programs see it: the oldest take every case that is made for them, and each field that is not said to be newer is in one."""
    newer = bool(made.field_since(field) or getattr(made, "since", ""))
    assert [part for part in declared(oldest=not newer) if type(part) is made and given(part, field)]


class Newer(NamedTuple):
    """Something that not every version takes."""

    made: type[Part]
    field: str
    """"" for the whole class."""
    since: str

    @property
    def program(self) -> str:
        return self.since.partition(" ")[0].lower()

    @property
    def version(self) -> str:
        return self.since.partition(" ")[2]

    def part(self) -> Part:
        """One that says this, and nothing else that is as new."""
        for part in declared():
            if type(part) is self.made and (not self.field or given(part, self.field)):
                fields = {
                    name: getattr(part, name)
                    for name in part.fields()
                    if given(part, name) and (name == self.field or not part.field_since(name))
                }
                try:
                    return self.made(**fields)
                except InvalidDeclaration:
                    continue  # it is nothing without another one that is as new
        raise AssertionError(f"no case has {self}")

    def analysis(self, version: str) -> Analysis:
        """A project with it that must run on this version, and on the oldest of other programs."""
        part = self.part()
        if isinstance(part, Integration):
            receiver = Receiver(name="team", integrations=(part,))
            declarations: list[Declaration] = [receiver, Routing(receiver=receiver)]
        elif isinstance(part, ScrapeJob):
            declarations = [Stack(name="shop", jobs=(part,)), part]
        else:
            assert isinstance(part, RuleGroup)
            declarations = [part, *part.rules]
        return Analysis(Project("", Config(**{f"{self.program}_version": version}), declarations, complete=False))  # type: ignore[arg-type]


NEWER = [
    *(Newer(made, "", made.since) for made in INTEGRATIONS if made.since),
    *(Newer(made, name, since) for made, name in FIELDS if (since := made.field_since(name))),
]
IDS = [f"{each.made.__name__}{each.field and '.'}{each.field}" for each in NEWER]
# What reads the files of a program, and the oldest that anything is made for.
GENERATIONS: dict[str, tuple[EngineName, str]] = {
    "prometheus": ("promtool", OLDEST_PROMETHEUS),
    "alertmanager": ("amtool", OLDEST_ALERTMANAGER),
}


def tried(each: Newer, folder: Path) -> list[object]:
    """What the program says of it."""
    for path, content in written(each.analysis(each.version)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, "utf-8")
    return complaints(folder)


def written(analysis: Analysis) -> Iterator[tuple[str, str]]:
    from monitoring_as_code.targets import alertmanager, prometheus

    yield from prometheus.render(analysis)
    yield from alertmanager.render(analysis)


@pytest.mark.engines("promtool", "amtool")
@pytest.mark.parametrize("each", NEWER, ids=IDS)
def test_older_programs_refuse(each: Newer, tmp_path: Path) -> None:
    tool = GENERATIONS[each.program][0]
    assert bool(tried(each, tmp_path)) == older(tool, each.version)


@pytest.mark.parametrize("each", NEWER, ids=IDS)
def test_the_newest_programs_take(each: Newer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_newest(monkeypatch, "promtool", "amtool")
    assert not older(GENERATIONS[each.program][0], each.version)
    assert tried(each, tmp_path) == []


@pytest.mark.parametrize("case", CASES)
def test_the_newest_programs_accept(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_newest(monkeypatch, "promtool", "amtool")
    built(case, tmp_path)
    assert complaints(tmp_path) == []


@pytest.mark.parametrize("each", NEWER, ids=IDS)
def test_one_finding_says_what_is_too_new(each: Newer) -> None:
    oldest = GENERATIONS[each.program][1]
    said = [finding.message for finding in lint(each.analysis(oldest)) if finding.rule == "version-field"]
    assert said == [f"`{each.field or each.made.__name__}` needs {each.since}, but this must run on {oldest}"]
    assert not [finding for finding in lint(each.analysis(each.version)) if finding.rule == "version-field"]


def test_there_is_something_newer_of_both() -> None:
    assert {each.program for each in NEWER} == {"prometheus", "alertmanager"}


@pytest.mark.parametrize("environment", ["local", "production"])
def test_the_newest_programs_accept_the_example(environment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    use_newest(monkeypatch, "promtool", "amtool")
    shutil.copytree(root / "build" / environment, tmp_path / "build")
    assert complaints(tmp_path / "build") == []


@pytest.mark.parametrize("program", ["prometheus", "alertmanager"])
def test_the_newest_programs_know_every_flag(program: EngineName, monkeypatch: pytest.MonkeyPatch) -> None:
    use_newest(monkeypatch, program)
    test_flags.test_the_real_program_knows_every_flag(program)
