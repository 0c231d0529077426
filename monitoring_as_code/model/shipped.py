"""An exporter whose metrics are data that ships with the package: read when a query names one, and only that one."""

import os
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from monitoring_as_code import units
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.labels import Label, LabelName, Labels
from monitoring_as_code.model.metric import AnyMetric, Counter, Exporter, Gauge, Histogram, Info, Metric, Summary
from monitoring_as_code.origin import Anchor, Location, Place
from monitoring_as_code.units import Unit

_CLASSES: dict[str, type[Metric[Any]]] = {"counter": Counter, "histogram": Histogram, "info": Info, "summary": Summary}


class Row(NamedTuple):
    """What a catalogue's line says. `labels` and `extra` are as they stand there: see the file's head."""

    name: str
    kind: str
    unit: Unit | None
    labels: str
    extra: str
    help: str

    @property
    def numbers(self) -> tuple[float, ...]:
        """The bounds of a gauge, the buckets of a histogram, or the quantiles of a summary."""
        return tuple(map(float, self.extra.split()))


class RowLabel(NamedTuple):
    """A label as a catalogue's line says it: all its values, or how many there may be, or nothing of them."""

    name: str
    values: tuple[str, ...] | None
    at_most: int | None
    optional: bool


def read_labels(text: str) -> Iterator[RowLabel]:
    """The labels of a line.

    >>> list(read_labels("mode=idle,user device<30?"))[1]
    RowLabel(name='device', values=None, at_most=30, optional=True)
    """
    for each in text.split():
        name, _, values = each.rstrip("?").partition("=")
        name, _, most = name.partition("<")
        yield RowLabel(name, tuple(values.split(",")) if values else None, int(most) if most else None, each.endswith("?"))


class Line(Anchor):
    """The line of a catalogue on which a metric stands."""

    __slots__ = ("metric", "path")

    def __init__(self, path: str, metric: str) -> None:
        self.path = path
        self.metric = metric

    def locate(self, place: Place) -> Location:  # noqa: ARG002 - a line has no parts
        """The line."""
        with open(self.path, encoding="utf-8") as file:
            number = next((number for number, line in enumerate(file, 1) if line.startswith(f"{self.metric}\t")), 1)
        return Location(self.path, number, 1, number, len(self.metric) + 1)


class ShippedExporter(Exporter):
    """An exporter that knows all metrics of a program.

    `exporter.node_load1` is the metric of that name, for the algebra; `exporter.label("device")` a label, for its matchers. In text the
    names are just written. `metrics` are those that were added to it, or named like this.
    """

    keeps_names: ClassVar[bool] = True

    path: str

    @classmethod
    def of(cls, name: str, path: str, metrics: tuple[AnyMetric, ...] = ()) -> "ShippedExporter":
        """The exporter with the catalogue in this file; nobody notes that it was made, since it is declared by whoever names it."""
        return cls.as_read(Line(path, ""), name=name, path=path, metrics=metrics)

    def extended(self, *, name: str, metrics: tuple[AnyMetric, ...]) -> "ShippedExporter":
        """The same program with more metrics, such as those of Node Exporter's textfile collector, under another name."""
        return ShippedExporter(name=name, path=self.path, metrics=(*self.metrics, *metrics))

    if not TYPE_CHECKING:  # which know the names

        def __getattr__(self, name: str) -> Metric[...]:
            found = None if name.startswith("_") else self.metric(name)
            if found is None:
                from monitoring_as_code.diagnostics.nearest import did_you_mean

                advice = "" if name.startswith("_") else did_you_mean(name, self.names())
                message = f"exporter `{self.name}` has no metric `{name}`" + (f": {advice}" if advice else "")
                raise AttributeError(message)
            if found not in self.metrics:
                self.__dict__["metrics"] = (*self.metrics, found)
            return found

    def label(self, name: str) -> LabelName[Any]:
        """A label of its metrics."""
        made: Label[Any] = Label(name=name)
        return LabelName(made)

    def metric(self, name: str) -> Metric[...] | None:
        """The metric of this name as a declaration, always the same one; None if there is none."""
        made = self._made.get(name)
        if made is None:
            row = self.row(name)
            if row is None:
                return None
            made = self._made[name] = _declared(row, self.path)
        return made

    def row(self, name: str) -> Row | None:
        """What the catalogue says of a metric."""
        # Looking through a whole catalogue takes longer than all else, and most names begin like none in it.
        start = self._text.find(f"\n{name}\t") if name.startswith(self._heads["names"]) else -1
        return None if start < 0 else _row(self._text[start + 1 : self._text.index("\n", start + 1)])

    def metric_of_series(self, name: str) -> Metric[...] | None:
        """The metric that a series belongs to, by its name with or without a suffix."""
        found = self.metric(name)
        if found is not None and not isinstance(found, Histogram):
            return found
        for suffix in ("_bucket", "_sum", "_count"):
            if name.endswith(suffix):
                base = self.metric(name.removesuffix(suffix))
                if isinstance(base, Histogram) or (isinstance(base, Summary) and suffix != "_bucket"):
                    return base
        return found

    def names(self) -> list[str]:
        """All names of metrics."""
        return [line.partition("\t")[0] for line in self._text.split("\n")[1:] if line and line[0] != "#"]

    def may_have(self, name: str) -> bool:
        """Whether there may be a metric of this name all the same, made of what the kernel, a driver or a setting gives."""
        return name.startswith(self._heads["open"])

    @cached_property
    def _made(self) -> dict[str, Metric[Any]]:
        return {}

    @cached_property
    def _text(self) -> str:
        with open(self.path, encoding="utf-8") as file:
            return "\n" + file.read()

    @cached_property
    def _heads(self) -> dict[str, tuple[str, ...]]:
        """How names begin, by the head of the file: all of its `names`, and those that are `open`."""
        lines = self._text[1 : self._text.index("\n", self._text.index("\n# open") + 1)].split("\n")
        return {words[1]: tuple(words[2:]) for words in map(str.split, lines) if words[1] in ("names", "open")}


def _row(line: str) -> Row:
    name, kind, unit, labels, extra, help_ = line.split("\t")
    found: Unit | None = None
    if unit:
        found = units.unit(unit.removeprefix("noun:")) if unit.startswith("noun:") else getattr(units, unit)
    return Row(name, kind, found, labels, extra, help_)


def _declared(row: Row, path: str) -> Metric[Any]:
    fields: dict[str, Any] = {"name": row.name, "help": row.help, "unit": row.unit, "unused": None, "labels": _labels(row.labels)}
    numbers = row.numbers
    match row.kind:
        case "histogram":
            fields["buckets"] = numbers
        case "summary":
            fields["quantiles"] = numbers
        case "gauge" | "unknown":
            fields["least"], fields["most"] = (*numbers, None, None)[:2]
        case _:
            pass
    return _CLASSES.get(row.kind, Gauge).as_read(Line(path, row.name), **fields)


_made_labels: dict[str, type[Labels]] = {}


def _labels(text: str) -> type[Labels]:
    """The class of a metric's labels; metrics with the same labels share it."""
    found = _made_labels.get(text)
    if found is None:
        made = {each.name: Label[str](values=each.values, at_most=each.at_most, name=each.name) for each in read_labels(text)}
        found = type("Labels", (Labels,), {**made, "__annotations__": dict.fromkeys(made, Label[str])}) if made else Labels
        _made_labels[text] = found
    return found


def catalogue_path(name: str) -> str:
    """Where the catalogue of this name is."""
    return os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "catalogues", f"{name}.tsv")
