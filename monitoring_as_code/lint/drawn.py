"""How panels draw the answers of their queries, declared ones and those of others in one form: axis, thresholds, stacking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from monitoring_as_code.analysis import once
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.words import dictionary, listed
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.infer.value import joined_range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.analysis import Analysis, Use
    from monitoring_as_code.catalogue import Range
    from monitoring_as_code.lint.reading import Reading

# What draws its thresholds by itself; a graph does it when it is told to.
_COLORED = frozenset({"stat", "gauge", "bargauge", "singlestat", "state-timeline", "status-history"})
# What shows one number of each series.
_NUMBERS = ("stat", "gauge", "bargauge", "piechart")
# What shows the numbers of an answer as they are.
_OF_NUMBERS = frozenset({*_COLORED, "timeseries", "graph", "table", "barchart"})
# Calculations whose result lies between the least and the greatest of the values.
_KEEPING = frozenset({"lastNotNull", "last", "firstNotNull", "first", "min", "max", "mean", "median", "current", "avg"})
# Properties by which a series is drawn below the axis.
_MIRRORING = frozenset({"custom.transform", "negative", "transform"})


# A number of a panel, and where it stands.
Bound: TypeAlias = "tuple[float, Place]"
# What a value mapping is of: numbers from the first to the second, which are the same for a single one; and where it stands.
Mapped: TypeAlias = "tuple[float, float, Place]"
# What an override is of: the series of this name, those that a regular expression matches, or those of a query; and where it stands.
Overridden: TypeAlias = "tuple[Literal['name', 'regex', 'query'], str, Place]"


class Drawn(NamedTuple):
    """A panel. `type` and `unit` are in Grafana's words.

    `thresholds` are the steps above the lowest colour, in their order, in the panel's unit; none when they are not drawn, or are percentages
    of the axis. `changed` are the properties that some series have otherwise. `as_it_is` says that nothing is done to the answers before
    they are drawn, and that all of them are of Prometheus. `reducers` make one value of those over time.
    """

    dashboard: Dashboard
    panel: QueryPanel
    type: str
    unit: str | None
    min: Bound | None
    max: Bound | None
    thresholds: tuple[Bound, ...]
    mappings: tuple[Mapped, ...]
    stacked: bool
    reducers: tuple[str, ...]
    changed: frozenset[str]
    as_it_is: bool
    uses: tuple[Use, ...]

    @property
    def shown(self) -> tuple[Use, ...]:
        """The queries that are drawn."""
        return tuple(use for use in self.uses if not getattr(use.part, "hidden", False))

    @property
    def overridden(self) -> tuple[Overridden, ...]:
        """What the panel's overrides are of, as far as it is said by names."""
        data = self.panel.__dict__.get("json_data")
        if isinstance(data, dict):
            return tuple(_overridden_in_json(self, data))
        found: list[Overridden] = []
        below = getattr(self.panel, "fill_below_to", None)
        if below is not None:
            found.append(("name", below, Place(self.panel.origin, ("fill_below_to",))))
        for each in self.panel.overrides:
            by = each.by
            if by in ("name", "regex", "query"):
                names = each.series if isinstance(each.series, tuple) else (each.series,)
                for index, name in enumerate(names):
                    path = ("series", index) if isinstance(each.series, tuple) else ("series",)
                    if isinstance(name, str):
                        found.append((by, name, Place(each.origin, path)))
        return tuple(found)

    @property
    def renames(self) -> bool:
        """Whether the panel calls its series otherwise than their legends do."""
        data = self.panel.__dict__.get("json_data")
        if not isinstance(data, dict):
            return getattr(self.panel, "display_name", None) is not None
        return bool(dictionary(dictionary(data.get("fieldConfig")).get("defaults")).get("displayName"))

    @property
    def refs(self) -> tuple[str, ...]:
        """The names of all queries; "" for one that has none."""
        data = self.panel.__dict__.get("json_data")
        if isinstance(data, dict):
            return tuple(str(dictionary(each).get("refId") or "") for each in listed(data.get("targets")))
        return tuple(self.ref(use) for use in self.uses)

    def ref(self, use: Use) -> str:
        """The name of a query of a declared panel."""
        from monitoring_as_code.naming import ref_id

        given = getattr(use.part, "ref_id", None)
        return given if isinstance(given, str) else ref_id(next(index for index, each in enumerate(self.uses) if each is use))

    @property
    def counts_itself(self) -> bool:
        """Whether a heatmap counts plain values into buckets that it makes."""
        data = self.panel.__dict__.get("json_data")
        if not isinstance(data, dict):
            return getattr(self.panel, "calculate", False) is not False
        options = dictionary(data.get("options"))
        # That of old is told what the answers are, and counts what it is not told of.
        return options.get("calculate") is True if options else data.get("dataFormat") != "tsbuckets"

    def asks_for_range(self, use: Use) -> bool:
        """Whether a query of a panel in JSON, all of whose queries are known, asks for the range, perhaps beside the newest value."""
        targets = listed(dictionary(self.panel.__dict__.get("json_data")).get("targets"))
        return any(each is use and dictionary(target).get("range") is True for each, target in zip(self.uses, targets, strict=False))

    @property
    def newest_only(self) -> bool:
        """Whether all that is shown is the newest value of each series."""
        data = self.panel.__dict__.get("json_data")
        if not isinstance(data, dict):
            # Bars, and the lines of a table, may be of moments.
            moments = self.type == "table" and "Time" not in getattr(self.panel, "hide", ())
            return self.panel.instant and self.type in (*_NUMBERS, "table") and not moments
        options = dictionary(data.get("options"))
        return (
            self.type in _NUMBERS
            and bool(self.reducers)
            and set(self.reducers) <= {"lastNotNull", "last"}
            and (self.type != "stat" or options.get("graphMode") == "none")
            and not options.get("sparkline")
            and dictionary(options.get("reduceOptions")).get("values") is not True
        )

    def values(self, analysis: Analysis) -> Range | None:
        """Between which numbers all that is drawn lies; None if something is done to the answers that may lead out of it."""
        uses = self.shown
        if not uses or not self.as_it_is or self.stacked or self.type not in _OF_NUMBERS or not self.changed.isdisjoint(_MIRRORING):
            return None
        if any(use.expr is None for use in uses) or not all(each in _KEEPING for each in self.reducers):
            return None
        arms = [analysis.value(use).arm for use in uses]
        if any(arm.part == "native" or not arm.floats for arm in arms):
            return None
        return joined_range(arm.range for arm in arms)


def drawn(reading: Reading) -> tuple[Drawn, ...]:
    """Every panel with queries; none in the reading of a part of the expressions."""
    return _all(reading.analysis) if reading.rest else ()


def drawn_by(reading: Reading, use: Use) -> Drawn | None:
    """The panel that draws a query."""
    return _by_query(reading.analysis).get(id(use.part)) if use.in_dashboard else None


@once
def _by_query(analysis: Analysis) -> dict[int, Drawn]:
    return {id(use.part): each for each in _all(analysis) for use in each.uses}


@once
def _all(analysis: Analysis) -> tuple[Drawn, ...]:
    return tuple(
        _of(dashboard, panel, analysis.queries(panel))
        for dashboard in analysis.project.of(Dashboard)
        for row in dashboard.rows
        for panel in row.panels
        if isinstance(panel, QueryPanel)
    )


def _of(dashboard: Dashboard, panel: QueryPanel, uses: tuple[Use, ...]) -> Drawn:
    data = panel.__dict__.get("json_data")
    if isinstance(data, dict):
        return _of_json(dashboard, panel, uses, data)
    absolute = getattr(panel, "threshold_mode", "absolute") == "absolute"
    draws = panel.type != "timeseries" or getattr(panel, "threshold_style", "") != "off"
    return Drawn(
        dashboard,
        panel,
        panel.type,
        panel.unit if isinstance(panel.unit, str) else None,
        None if panel.min is None else (panel.min, Place(panel.origin, ("min",))),
        None if panel.max is None else (panel.max, Place(panel.origin, ("max",))),
        tuple((each.value, Place(each.origin, ("value",))) for each in panel.thresholds) if absolute and draws else (),
        tuple(_mapped(panel)),
        getattr(panel, "stacked", False) is not False,
        tuple(each for each in (panel.__dict__.get("calculation"),) if isinstance(each, str)),
        frozenset(name for each in panel.overrides for name in _set_by(each)),
        not panel.transformations,
        uses,
    )


def _set_by(override: Any) -> Iterator[str]:  # noqa: ANN401 - what it has is asked for
    for name, value in override.__dict__.items():
        if value not in (None, False, (), {}):
            yield {"name": "displayName", "stacked": "custom.stacking"}.get(name, name)
    yield from override.properties


def _mapped(panel: QueryPanel) -> Iterator[Mapped]:
    for each in panel.mappings:
        value = _number(each.value)
        if value is not None:
            yield (value, value, Place(each.origin, ("value",)))
        elif each.low is not None or each.high is not None:
            low = float("-inf") if each.low is None else each.low
            yield (low, float("inf") if each.high is None else each.high, Place(each.origin))


def _of_json(dashboard: Dashboard, panel: QueryPanel, uses: tuple[Use, ...], data: dict[str, Any]) -> Drawn:
    # `raw({...})` was given the JSON as its first argument; of a file it is the panel itself.
    before: tuple[str | int, ...] = () if "json_data" in dashboard.__dict__ else (0,)
    where = (*before, "fieldConfig", "defaults")
    config = dictionary(data.get("fieldConfig"))
    defaults = dictionary(config.get("defaults"))
    custom = dictionary(defaults.get("custom"))
    kind = data["type"] if isinstance(data.get("type"), str) else ""
    unit = defaults.get("unit")
    overrides = [dictionary(each) for each in listed(config.get("overrides"))]
    targets = [each for each in listed(data.get("targets")) if dictionary(each).get("expr") is not None]
    mode = dictionary(custom.get("stacking")).get("mode")
    reduced = dictionary(dictionary(data.get("options")).get("reduceOptions"))
    return Drawn(
        dashboard,
        panel,
        kind,
        unit if isinstance(unit, str) and unit else None,
        _bound(panel, defaults, "min", where),
        _bound(panel, defaults, "max", where),
        tuple(_steps(panel, kind, defaults, custom, where)),
        tuple(_mapped_in_json(panel, defaults, where)),
        mode in ("normal", "percent") or (kind == "graph" and data.get("stack") is True),
        tuple(str(each) for each in (*listed(reduced.get("calcs")), *([data["valueName"]] if "valueName" in data else []))),
        frozenset(str(dictionary(each).get("id")) for override in overrides for each in listed(override.get("properties")))
        | frozenset(key for each in listed(data.get("seriesOverrides")) for key in dictionary(each))
        | (frozenset() if custom.get("transform") in (None, "") else {"custom.transform"}),
        not listed(data.get("transformations")) and len(targets) == len(uses) == len(listed(data.get("targets"))),
        uses,
    )


def _bound(panel: QueryPanel, defaults: dict[str, Any], name: str, where: tuple[str | int, ...]) -> Bound | None:
    value = _number(defaults.get(name), texts=False)
    return None if value is None else (value, Place(panel.origin, (*where, name)))


def _steps(panel: QueryPanel, kind: str, defaults: dict[str, Any], custom: dict[str, Any], where: tuple[str | int, ...]) -> Iterator[Bound]:
    found = dictionary(defaults.get("thresholds"))
    color = dictionary(defaults.get("color")).get("mode", "thresholds" if kind in _COLORED else None)
    style = dictionary(custom.get("thresholdsStyle")).get("mode", "off")
    if found.get("mode") == "percentage" or (style == "off" and not (kind in _COLORED and color == "thresholds")):
        return
    # Whatever the first step says, it is the colour below all others.
    for index, step in enumerate(listed(found.get("steps"))[1:], 1):
        value = _number(dictionary(step).get("value"), texts=False)
        if value is not None:
            yield (value, Place(panel.origin, (*where, "thresholds", "steps", index, "value")))


def _mapped_in_json(panel: QueryPanel, defaults: dict[str, Any], where: tuple[str | int, ...]) -> Iterator[Mapped]:
    for index, each in enumerate(listed(defaults.get("mappings"))):
        options = dictionary(dictionary(each).get("options"))
        at = (*where, "mappings", index, "options")
        if dictionary(each).get("type") == "value":
            for text in options:
                value = _number(text)
                if value is not None:
                    yield (value, value, Place(panel.origin, (*at, text)))
        elif dictionary(each).get("type") == "range":
            low, high = options.get("from"), options.get("to")
            first, last = _number(low, texts=False), _number(high, texts=False)
            yield (float("-inf") if first is None else first, float("inf") if last is None else last, Place(panel.origin, at))


def _overridden_in_json(panel: Drawn, data: dict[str, Any]) -> Iterator[Overridden]:
    before: tuple[str | int, ...] = () if "json_data" in panel.dashboard.__dict__ else (0,)
    kinds: dict[str, Literal["name", "regex", "query"]] = {"byName": "name", "byRegexp": "regex", "byFrameRefID": "query"}
    for index, each in enumerate(listed(dictionary(data.get("fieldConfig")).get("overrides"))):
        matcher = dictionary(dictionary(each).get("matcher"))
        kind, text = kinds.get(str(matcher.get("id"))), matcher.get("options")
        # What a click in a legend has hidden, Grafana keeps as an override of its own.
        if kind is not None and isinstance(text, str) and "__systemRef" not in each:
            yield (kind, text, Place(panel.panel.origin, (*before, "fieldConfig", "overrides", index, "matcher", "options")))


def _number(value: object, *, texts: bool = True) -> float | None:
    if isinstance(value, bool) or not (isinstance(value, int | float) or (texts and isinstance(value, str))):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None
