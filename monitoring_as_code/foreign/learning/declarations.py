"""Learnt metrics as a file of declarations, laid out as `ruff format` lays it out.

What takes more than a line ends in a comma, so that the layout stays whatever length of line its project has.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import TYPE_CHECKING

from monitoring_as_code import __all__ as PUBLIC_NAMES  # noqa: N812 - a list of names that are taken
from monitoring_as_code import units
from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.foreign.learning.metrics import Learnt, LearntLabel, LearntMetric
    from monitoring_as_code.units import Unit

_WIDTH = 88
_LONGEST_NAME = 50
_IMPORTED = frozenset(
    {"Counter", "Exporter", "Gauge", "Histogram", "Info", "Label", "Labels", "Literal", "Summary", "Untyped", "label", "unit"}
)
_UNITS = [
    "seconds",
    "milliseconds",
    "microseconds",
    "nanoseconds",
    "timestamp",
    "bytes_",
    "bits",
    "ratio",
    "percent",
    "celsius",
    "volts",
    "amperes",
    "joules",
    "watts",
    "meters",
    "grams",
    "hertz",
    "attempts",
    "connections",
    "errors",
    "events",
    "jobs",
    "messages",
    "packets",
    "queries",
    "requests",
    "responses",
]


class _LabelsClass(NamedTuple):
    name: str
    labels: tuple[LearntLabel, ...]


def declarations(learnt: Learnt, *, source: str, exporter: str | None = None) -> str:
    """A module that declares these metrics.

    Args:
        learnt: what the pages showed.
        source: what the pages are called, for the first line.
        exporter: the program's name, if the metrics are another program's.
    """
    return _Writer(learnt, exporter).module(source)


class _Writer:
    def __init__(self, learnt: Learnt, exporter: str | None) -> None:
        self.learnt = learnt
        self.exporter = exporter
        self.units = _unit_names()
        self.taken = {*_IMPORTED, *self.units.values(), *dir(builtins), *keyword.kwlist, *keyword.softkwlist}
        self.variables = {metric.name: self._free(_identifier(metric.name)) for metric in learnt.metrics}
        self.classes = self._classes()
        self.used = {"Exporter"} if exporter is not None else set()

    def module(self, source: str) -> str:
        body = [*(self._class(each) for each in self.classes.values()), self._metrics()]
        if self.exporter is not None:
            body.append(self._exporter(self.exporter))
        left_out = self._left_out()
        head = f'"""{_docstring(source, len(self.learnt.metrics))}"""\n'
        text = "\n".join([head, *self._imports()])
        if self.classes:
            text += "\n\n" + "\n\n\n".join(body[: len(self.classes)]) + "\n\n\n"
        else:
            text += "\n"
        return text + "\n\n".join(each for each in (*body[len(self.classes) :], *left_out) if each) + "\n"

    def _free(self, name: str) -> str:
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def _imports(self) -> Iterator[str]:
        if "Literal" in self.used:
            yield "from typing import Literal\n"
            self.used.discard("Literal")
        names = sorted(self.used, key=lambda name: (not name[:1].isupper(), name))
        one_line = f"from monitoring_as_code import {', '.join(names)}"
        if names:
            yield (
                f"{one_line}\n" if len(one_line) <= _WIDTH else "\n".join(_exploded("from monitoring_as_code import (", names, ")")) + "\n"
            )

    # Classes of labels.

    def _classes(self) -> dict[tuple[LearntLabel, ...], _LabelsClass]:
        """One class for each set of labels, named after the labels, or after what the metrics' names have in common."""
        by_labels: dict[tuple[LearntLabel, ...], list[str]] = {}
        for metric in self.learnt.metrics:
            if metric.labels:
                by_labels.setdefault(metric.labels, []).append(metric.name)
        wanted = {labels: _class_name(labels, names) for labels, names in by_labels.items()}
        found: dict[tuple[LearntLabel, ...], _LabelsClass] = {}
        for labels, names in by_labels.items():
            name, common = wanted[labels], _camel(_common(names)) if _common(names) else ""
            if list(wanted.values()).count(name) > 1 and not name.startswith(common):
                name = common + name if len(common + name) <= _LONGEST_NAME else name
            found[labels] = _LabelsClass(self._free_class(name), labels)
        return dict(sorted(found.items(), key=lambda item: item[1].name))

    def _free_class(self, name: str) -> str:
        stem = name if name.endswith("Labels") else f"{name}Labels"
        candidates = chain((name, stem), (f"{stem}{number}" for number in count(2)))
        free = next(each for each in candidates if each not in self.taken and each not in PUBLIC_NAMES)
        self.taken.add(free)
        return free

    def _class(self, made: _LabelsClass) -> str:
        self.used.update({"Label", "Labels"})
        attributes: set[str] = set()
        lines = [f"class {made.name}(Labels):"]
        for label in made.labels:
            attribute = label.name
            while keyword.iskeyword(attribute) or attribute.startswith("_") or attribute in _OF_A_CLASS or attribute in attributes:
                attribute = f"label{attribute}" if attribute.startswith("_") else f"{attribute}_"
            attributes.add(attribute)
            lines += self._label(label, attribute)
        return "\n".join(lines)

    def _label(self, label: LearntLabel, attribute: str) -> Iterator[str]:
        domain = label.domain
        name = f"name={_text(label.name)}" if attribute != label.name else ""
        comments = [f"looks unbounded: {domain.open_ended}"] if domain.open_ended else []
        comments += ["some series lack it"] if label.optional else []
        if comments:
            yield f"    # {'; '.join(comments)}"
        if domain.values is not None:
            self.used.add("Literal")
            shown = [_text(value) for value in domain.values]
            tail = f" = label({name})" if name else ""
            self.used.update({"label"} if name else ())
            line = f"    {attribute}: Label[Literal[{', '.join(shown)}]]{tail}"
            if len(line) <= _WIDTH:
                yield line
            else:
                yield f"    {attribute}: Label["
                yield "        Literal["
                yield from (f"            {value}," for value in shown)
                yield "        ]"
                yield f"    ]{tail}"
            return
        arguments = [
            *([f"pattern={_text(domain.pattern)}"] if domain.pattern else ()),
            *([f"at_most={domain.at_most}"] if domain.at_most else ()),
            *([name] if name else ()),
        ]
        self.used.update({"label"} if arguments else ())
        line = f"    {attribute}: Label[str]" + (f" = label({', '.join(arguments)})" if arguments else "")
        yield from [line] if len(line) <= _WIDTH else _exploded(f"    {attribute}: Label[str] = label(", arguments, "    )", "        ")

    # Metrics.

    def _metrics(self) -> str:
        return "\n".join(line for metric in self.learnt.metrics for line in self._metric(metric))

    def _metric(self, metric: LearntMetric) -> Iterator[str]:
        kind = "Untyped" if metric.kind == "unknown" else metric.kind.capitalize()
        self.used.add(kind)
        if metric.word:
            yield f"# {metric.word}"
        arguments = [f"name={_text(metric.name)}", f"help={_text(metric.help)}"]
        if metric.unit is not None:
            arguments.append(f"unit={self._unit(metric.unit)}")
        if metric.labels:
            arguments.append(f"labels={self.classes[metric.labels].name}")
        if metric.buckets:
            arguments.append(_numbers("buckets", metric.buckets))
        if metric.quantiles:
            arguments.append(_numbers("quantiles", metric.quantiles))
        arguments += [f"{name}={_number(value)}" for name, value in (("least", metric.least), ("most", metric.most)) if value is not None]
        line = f"{self.variables[metric.name]} = {kind}({', '.join(arguments)})"
        yield from (
            [line] if len(line) <= _WIDTH and "\n" not in line else _exploded(f"{self.variables[metric.name]} = {kind}(", arguments, ")")
        )

    def _unit(self, unit: Unit) -> str:
        name = self.units.get(id(unit))
        if name is not None:
            self.used.add(name)
            return name
        self.used.add("unit")
        return f"unit({_text(str(unit))})"

    def _exporter(self, name: str) -> str:
        variable = self._free(_identifier(f"{name}_exporter"))
        names = [self.variables[metric.name] for metric in self.learnt.metrics]
        one_line = f"metrics=({', '.join(names)}{',' if len(names) == 1 else ''})"
        metrics = [one_line] if len(names) < 2 else _exploded("metrics=(", names, ")")
        return "\n".join(_exploded(f"{variable} = Exporter(", [f"name={_text(name)}", "\n    ".join(metrics)], ")"))

    def _left_out(self) -> list[str]:
        by_reason: dict[str, list[str]] = {}
        for name, reason in self.learnt.left_out.items():
            by_reason.setdefault(reason, []).append(name)
        return [
            "\n".join([f"# Left out, as {reason}:", *(f"#   {_comment(name)}" for name in names)]) for reason, names in by_reason.items()
        ]


# What a class of labels has already, and what a label of that name would hide from the lines below it.
_OF_A_CLASS = frozenset({"declared", "mro", "Label", "Literal", "label", "str"})


def _unit_names() -> dict[int, str]:
    return {id(getattr(units, name)): name for name in _UNITS}


def _exploded(head: str, items: Iterable[str], tail: str, indent: str = "    ") -> list[str]:
    return [head, *(f"{indent}{item}," for item in items), tail]


def _numbers(name: str, values: tuple[float, ...]) -> str:
    shown = [_number(value) for value in values]
    line = f"{name}=({', '.join(shown)}{',' if len(shown) == 1 else ''})"
    if len(line) + 5 <= _WIDTH:
        return line
    return "\n".join([f"{name}=(", *(f"        {each}," for each in shown), "    )"])


def _number(value: float) -> str:
    """A number as Python spells it; whole ones without a point as long as they can be read at a glance."""
    return str(int(value)) if value == int(value) and abs(value) < 1e16 else repr(value)


def _docstring(source: str, metrics: int) -> str:
    told = "".join(each if each.isprintable() and each not in '\\"' else "?" for each in source)
    return f"Learnt from {told}: {metrics} metric{'' if metrics == 1 else 's'}."


def _comment(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text)


def _text(text: str) -> str:
    """A literal for a text, in double quotes unless that takes more backslashes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    inner = "".join(
        "\\" + each if each in ("\\", quote) else each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )
    return f"{quote}{inner}{quote}"


def _identifier(name: str) -> str:
    made = "".join(each if each.isascii() and (each.isalnum() or each == "_") else "_" for each in name)
    # What begins with an underscore is private to its module.
    return f"metric{made}" if made[:1] == "_" else f"metric_{made}" if not made[:1].isalpha() else made


def _class_name(labels: tuple[LearntLabel, ...], metrics: list[str]) -> str:
    """`CpuMode` for a few labels, else what the names of the metrics share."""
    common = _common(metrics)
    if len(labels) > 3 and common and len(_camel(common)) <= _LONGEST_NAME:
        return f"{_camel(common)}Labels"
    return "".join(_camel(label.name) for label in labels[:3]) + ("AndMore" if len(labels) > 3 else "")


def _common(names: list[str]) -> str:
    """The words with which all of these names begin; of one name all but the last."""
    words = [name.replace(":", "_").split("_") for name in names]
    shared: list[str] = []
    for column in zip(*words, strict=False):
        if len(set(column)) > 1:
            break
        shared.append(column[0])
    return "_".join(shared[:-1] if len(names) == 1 and len(shared) > 1 else shared)


def _camel(name: str) -> str:
    made = "".join(word[:1].upper() + word[1:] for word in _identifier(name).split("_"))
    return made or "Any"
