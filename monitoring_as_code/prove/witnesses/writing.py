"""Witnesses as code at the end of the modules whose alerts they are of, with what must be imported for them."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from monitoring_as_code.model.metric import Metric
from monitoring_as_code.model.scenario import USUAL_START, Fires, Pending, Quiet
from monitoring_as_code.model.stack import Stack
from monitoring_as_code.prove.witnesses.scenarios import BARE, BEYOND, BRIEF, SHORT, Line

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.scenario import Expectation, Scenario
    from monitoring_as_code.prove.witnesses import Witness

_PACKAGE = "monitoring_as_code"
_WIDTH = 120
_ENDINGS: Mapping[str, str] = {BEYOND: "fires", BARE: "fires", SHORT: "stays_quiet", BRIEF: "is_too_brief"}


class Change(NamedTuple):
    """A file of the definitions, and what it becomes."""

    path: str
    text: str
    added: int
    """How many scenarios are new in it."""


def changes(analysis: Analysis, witnesses: Iterable[Witness]) -> list[Change]:
    """The files with the scenarios of these witnesses; those of alerts that no name leads to are left out."""
    by_path: dict[str, list[Witness]] = {}
    for each in witnesses:
        declared = analysis.project.declared(each.alert)
        if declared is not None and each.scenarios and not isinstance(declared.holder, Stack):
            by_path.setdefault(declared.module.path, []).append(each)
    found: list[Change] = []
    for path, theirs in sorted(by_path.items()):
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
        changed = _Module(analysis, path, text).with_scenarios(theirs)
        if changed is not None:
            found.append(Change(path, changed, sum(len(each.scenarios) for each in theirs)))
    return found


def write(found: Iterable[Change]) -> None:
    """Each file, replaced as a whole."""
    for change in found:
        beside = f"{change.path}.mac-new"
        with open(beside, "w", encoding="utf-8", newline="") as file:
            file.write(change.text)
        os.chmod(beside, os.stat(change.path).st_mode & 0o777)
        os.replace(beside, change.path)


class _Module:
    """One file, and the names that it has."""

    def __init__(self, analysis: Analysis, path: str, text: str) -> None:
        self.analysis = analysis
        self.path = path
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.tree = ast.parse(text)
        self.bound: set[str] = set()
        self.imported: dict[str, str] = {}
        """What was imported from other modules of the definitions: by module and name, the name that it has here."""
        self.starred = False
        self.prefix = ""
        for node in self.tree.body:
            self._note(node)

    def _note(self, node: ast.stmt) -> None:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            self.bound.add(node.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                self.bound.add(alias.asname or alias.name.partition(".")[0])
                if alias.name == _PACKAGE:
                    self.prefix = (alias.asname or alias.name) + "."
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                name = alias.asname or alias.name
                self.bound.add(name)
                if node.module == _PACKAGE and alias.name == "*":
                    self.starred = True
                if node.module != _PACKAGE:
                    self.imported[f"{(node.module or '').rpartition('.')[2]}.{alias.name}".lstrip(".")] = name
        else:
            self.bound.update(each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))

    def with_scenarios(self, witnesses: Sequence[Witness]) -> str | None:
        """The file's text with these scenarios at its end; None if no name leads to any of the alerts."""
        blocks: list[str] = []
        for each in witnesses:
            alert = self._alert(each.alert)
            if alert is not None:
                blocks += [self._block(alert, each.alert, scenario) for scenario in each.scenarios]
        if not blocks:
            return None
        used = {name for block in blocks for name in re.findall(r"(?<![\w.])([A-Za-z_]+)\(", block)} & _PUBLIC
        text = self._with_imports(used)
        if self.prefix and not self.starred and not self._from_import():
            blocks = [re.sub(rf"(?<![\w.])({'|'.join(sorted(_PUBLIC))})\(", rf"{self.prefix}\1(", block) for block in blocks]
        joined = "\n\n".join(blocks).replace("\n", self.newline)
        return f"{text.rstrip()}{self.newline}{self.newline}{joined}{self.newline}"

    def _alert(self, alert: Alert) -> str | None:
        declared = self.analysis.project.declared(alert)
        if declared is None:
            return None
        if declared.holder is None:
            return declared.variable
        rules = getattr(declared.holder, "rules", ())
        index = next((index for index, rule in enumerate(rules) if rule is alert), None)
        return None if index is None else f"{declared.variable}.rules[{index}]"

    def _block(self, alert: str, declared: Alert, scenario: Scenario) -> str:
        lines: tuple[Line, ...] = scenario.__dict__["_lines"]
        stem = (
            alert if alert.isidentifier() else re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", declared.name)).strip("_").lower()
        )
        name = self._free(f"{stem}_{_ENDINGS[scenario.name]}")
        parts = [f'    name="{scenario.name}",', f"    alert={alert},"]
        if lines:
            parts.append(_tuple("given", [f"Series(of={self._series(line)}, values={line.code})" for line in lines]))
        parts.append(_tuple("expect", [_expectation(each) for each in scenario.expect]))
        if scenario.interval is not None:
            parts.append(f'    interval="{scenario.interval}",')
        if scenario.starts != USUAL_START:
            parts.append(f'    starts="{scenario.starts}",')
        return "\n".join([f"{name} = Scenario(", *parts, ")"])

    def _free(self, name: str) -> str:
        found, number = name, 2
        while found in self.bound:
            found, number = f"{name}_{number}", number + 1
        self.bound.add(found)
        return found

    def _series(self, line: Line) -> str:
        """A series by the names that the module has for it, or as text."""
        metric = next((each for each in self.analysis.project.of(Metric) if each.name == line.name), None)
        variable = None if metric is None else self._name_of(metric)
        if metric is None or variable is None:
            return _quoted(line.text)
        if not line.labels:
            return variable
        labels = getattr(metric.labels, "__name__", "")
        class_name = labels if labels in self.bound else None
        attributes = _attributes(metric.labels)
        if class_name is None or any(label not in attributes for label in line.labels):
            return _quoted(line.text)
        matchers = ", ".join(f"{class_name}.{attributes[label]}.eq({_quoted(value)})" for label, value in line.labels.items())
        return f"{variable}.where({matchers})"

    def _name_of(self, metric: Metric[...]) -> str | None:
        declared = self.analysis.project.declared(metric)
        if declared is None or not declared.variable.isidentifier():
            return None
        if declared.holder is not None and not hasattr(declared.holder, "metrics"):
            return None
        if declared.module.path == self.path:
            return declared.variable if declared.holder is None else None
        short = declared.module.name.rpartition(".")[2]
        direct = self.imported.get(f"{short}.{declared.variable}")
        if direct is not None and declared.holder is None:
            return direct
        module = next((name for key, name in self.imported.items() if key.rpartition(".")[2] == short), None)
        return f"{module}.{declared.variable}" if module is not None and declared.holder is None else None

    def _from_import(self) -> ast.ImportFrom | None:
        return next(
            (node for node in self.tree.body if isinstance(node, ast.ImportFrom) and node.module == _PACKAGE and not node.level), None
        )

    def _with_imports(self, used: set[str]) -> str:
        missing = {name for name in used if name not in self.bound}
        if self.starred or not missing:
            return self.text
        found = self._from_import()
        lines = self.text.splitlines(keepends=True)
        if found is None:
            if self.prefix:
                return self.text
            at = max((node.end_lineno or 0 for node in self.tree.body if isinstance(node, ast.Import | ast.ImportFrom)), default=0)
            lines.insert(at, _import([*sorted(missing, key=_order)], several_lines=False).replace("\n", self.newline))
            return "".join(lines)
        start, end = found.lineno - 1, found.end_lineno or found.lineno
        if "#" in "".join(lines[start:end]):  # what is said there stays where it is
            lines.insert(end, _import([*sorted(missing, key=_order)], several_lines=False).replace("\n", self.newline))
            return "".join(lines)
        names = [alias.name if alias.asname is None else f"{alias.name} as {alias.asname}" for alias in found.names]
        new = _import(sorted({*names, *missing}, key=_order), several_lines=end - start > 1)
        lines[start:end] = [new.replace("\n", self.newline)]
        return "".join(lines)


_PUBLIC = frozenset({"Scenario", "Series", "Fires", "Quiet", "Pending", "constant", "ramp", "step", "observed", "per_second"})


def _import(names: Sequence[str], *, several_lines: bool) -> str:
    line = f"from {_PACKAGE} import {', '.join(names)}\n"
    if not several_lines and len(line) <= _WIDTH:
        return line
    return f"from {_PACKAGE} import (\n" + "".join(f"    {name},\n" for name in names) + ")\n"


def _order(name: str) -> tuple[int, str]:
    """Constants, classes, the rest, each by name: as the usual tools sort imports."""
    return 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name


def _tuple(argument: str, items: Sequence[str]) -> str:
    line = f"    {argument}=({', '.join(items)}{',' if len(items) == 1 else ''}),"
    if len(line) <= _WIDTH and len(items) == 1:
        return line
    return "\n".join([f"    {argument}=(", *(f"        {item}," for item in items), "    ),"])


def _expectation(each: Expectation) -> str:
    if isinstance(each, Fires):
        return f'Fires(within="{each.within}")'
    if isinstance(each, Pending):
        return f'Pending(at="{each.at}")'
    if isinstance(each, Quiet):
        said = [f'{name}="{value}"' for name in ("at", "until") if (value := getattr(each, name)) is not None]
        return f"Quiet({', '.join(said)})"
    raise TypeError(type(each).__name__)


def _attributes(labels: object) -> dict[str, str]:
    """The attributes of a class of labels, by the labels' names."""
    found: dict[str, str] = {}
    for base in reversed(getattr(labels, "__mro__", ())):
        for attribute in vars(base):
            if not attribute.startswith("_"):
                name = getattr(getattr(labels, attribute, None), "name", None)
                if isinstance(name, str):
                    found[name] = attribute
    return found


def _quoted(text: str) -> str:
    if '"' in text and "'" not in text and "\\" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
