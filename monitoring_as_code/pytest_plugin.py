"""The scenarios of a project as pytest's tests: `pytest --mac`, or `mac = true` in pytest's configuration.

Nothing of it is imported, and nothing collected, in a run that does not ask. A scenario is a test of the definitions file that it stands in:
`definitions/requests.py::HighErrorRate::6 % fail`. All that are selected are played together when the first of them runs.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _pytest._code.code import TerminalRepr, TracebackStyle

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.scenario import Scenario
    from monitoring_as_code.prove.running import Proof


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--mac`, and its setting."""
    words = "Run the scenarios of the project's alerts (`mac test`) as tests."
    parser.getgroup("mac", "monitoring as code").addoption("--mac", action="store_true", default=False, help=words)
    parser.addini("mac", words, type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Find the project, if it is asked for; without one there is nothing to collect."""
    if not (config.getoption("--mac") or config.getini("mac")):
        return
    from monitoring_as_code.config import find_root, read_config

    # Who names files of a project means that one, wherever pytest has been started.
    named = (folder for each in config.args if (folder := _folder_of(_path(each, config))) is not None)
    root = next((found for each in (config.rootpath, *named) if (found := find_root(str(each))) is not None), None)
    if root is None:
        raise pytest.UsageError(f"--mac: there is no project in {config.rootpath} or in a folder above it")
    settings, _ = read_config(root)
    definitions = Path(root, settings.definitions)
    config.pluginmanager.register(_Scenarios(Path(root), definitions), "mac-scenarios")
    asked = config.args_source is pytest.Config.ArgsSource.ARGS
    if not asked and not any(definitions.is_relative_to(_path(each, config)) for each in config.args):
        config.args.append(str(definitions))  # else a `testpaths` would leave them out


def _path(argument: str, config: pytest.Config) -> Path:
    return (config.invocation_params.dir / argument.partition("::")[0]).resolve()


def _folder_of(path: Path) -> Path | None:
    return path if path.is_dir() else path.parent if path.is_file() else None


class _Scenarios:
    """Collects the scenarios of one project, and proves them."""

    def __init__(self, root: Path, definitions: Path) -> None:
        self.root = root
        self.definitions = definitions
        self._proofs: dict[int, Proof] = {}
        self._error: BaseException | None = None
        self._refused: Path | None = None

    @cached_property
    def analyses(self) -> list[Analysis]:
        """The project, loaded for each of its environments when the first of its files is collected."""
        from monitoring_as_code.analysis import read_every
        from monitoring_as_code.config import read_config

        settings, problems = read_config(str(self.root))
        return list(read_every(str(self.root), settings, problems))

    @cached_property
    def alike(self) -> list[int]:
        """Of each environment, the first whose proofs are the same: that one is played."""
        from monitoring_as_code.prove.sameness import first_alike

        return first_alike(self.analyses)

    @property
    def played(self) -> Iterable[Analysis]:
        """The environments whose proofs differ."""
        return [self.analyses[number] for number in dict.fromkeys(self.alike)]

    @cached_property
    def errors(self) -> str:
        """What lint finds, if that is an error: then nothing is run."""
        from monitoring_as_code.diagnostics import Severity, render
        from monitoring_as_code.lint.environments import together
        from monitoring_as_code.lint.runner import lint

        found = together([(each.project, lint(each)) for each in self.analyses])
        wrong = [each for each in found if each.severity is Severity.ERROR]
        return render(wrong, "text", root=str(self.root)) if wrong else ""

    def told(self, path: Path) -> str:
        """The errors, for the first file that asks, and for it again; others name that one."""
        self._refused = self._refused or path
        return self.errors if path == self._refused else f"as said of {self._refused}"

    @pytest.hookimpl
    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> _Definitions | None:
        """A definitions file."""
        if file_path.suffix != ".py" or not file_path.is_relative_to(self.definitions):
            return None
        made: _Definitions = _Definitions.from_parent(parent, path=file_path)
        made.scenarios = self
        return made

    @pytest.hookimpl
    def pytest_report_collectionfinish(self) -> list[str]:
        """Which environments are not played, since others have the same proofs."""
        if "alike" not in self.__dict__:
            return []
        names = [each.project.environment for each in self.analyses]
        return [
            f"mac: in the environment `{names[number]}` the proofs are the same as in `{names[first]}`"
            for number, first in enumerate(self.alike)
            if first != number
        ]

    def proof(self, wanted: Scenario, selected: Iterable[Scenario]) -> Proof:
        """What became of a scenario; with it all that are selected are proved."""
        if self._error is not None:
            raise self._error
        if id(wanted) not in self._proofs:
            from monitoring_as_code.prove.running import proofs, verdicts

            ids = {id(each) for each in selected}
            try:
                for analysis in self.played:
                    asked = [each for each in analysis.project.of(type(wanted)) if id(each) in ids]
                    self._proofs |= {id(each.scenario): each for each in proofs(analysis, verdicts(analysis, asked))}
            except Exception as error:
                self._error = error
                raise
        return self._proofs[id(wanted)]


class _Definitions(pytest.File):
    """A definitions file, which contains the alerts that scenarios in it are about."""

    scenarios: _Scenarios

    def collect(self) -> Iterable[_About]:
        """The alerts, in the order of their first scenario."""
        from monitoring_as_code.model.scenario import Scenario

        if self.scenarios.errors:
            raise self.CollectError("the definitions have errors\n" + self.scenarios.told(self.path))
        by_alert: dict[str, list[tuple[str | None, Scenario]]] = {}
        for project in [each.project for each in self.scenarios.played]:
            for scenario in project.of(Scenario):
                declared = project.declared(scenario)
                if declared is not None and Path(declared.module.path).resolve() == self.path.resolve():
                    by_alert.setdefault(scenario.alert.name, []).append((project.environment, scenario))
        for name, found in by_alert.items():
            made: _About = _About.from_parent(self, name=name)
            made.scenarios, made.found = self.scenarios, found
            yield made


class _About(pytest.Collector):
    """An alert."""

    scenarios: _Scenarios
    found: list[tuple[str | None, Scenario]]

    def collect(self) -> Iterable[ScenarioItem]:
        """Its scenarios, in each environment in which their proofs differ."""
        for environment, scenario in self.found:
            name = scenario.name if environment is None else f"{scenario.name} [{environment}]"
            made: ScenarioItem = ScenarioItem.from_parent(self, name=name)
            made.scenarios, made.scenario = self.scenarios, scenario
            yield made


class _Failed(Exception):  # noqa: N818 - what it says
    """A scenario did not go as expected."""


class ScenarioItem(pytest.Item):
    """A scenario."""

    scenarios: _Scenarios
    scenario: Scenario

    def runtest(self) -> None:
        """Prove it; who asks for proofs and has no promtool gets failures, since a run of skipped ones would look like a proof."""
        from monitoring_as_code.engines import missing

        absent = missing("promtool")
        if absent is not None:
            raise _Failed(str(absent))
        selected = [each.scenario for each in self.session.items if isinstance(each, ScenarioItem)]
        proof = self.scenarios.proof(self.scenario, selected)
        if not proof.holds:
            from monitoring_as_code.prove.chart import Look
            from monitoring_as_code.prove.reports.text import failures

            # pytest writes a heading of its own, and takes the first line for its summary.
            lines = list(failures([proof], str(self.scenarios.root), Look()))
            raise _Failed("\n".join(lines[lines.index("", 1) + 1 :]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: TracebackStyle | None = None) -> str | TerminalRepr:
        """What `mac test` shows of it."""
        return str(excinfo.value) if isinstance(excinfo.value, _Failed) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it stands."""
        from monitoring_as_code.origin import Place, locate

        return self.path, locate(Place(self.scenario.origin)).line - 1, f"{self.scenario.alert.name}: {self.name}"
