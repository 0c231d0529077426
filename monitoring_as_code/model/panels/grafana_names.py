"""The words that Grafana 13.2 knows: calculations, transformations, matchers and properties of overrides, colours.

Made of the registries of @grafana/data and of the types of @grafana/schema; units are in `grafana_units`. Grafana says nothing of a word
that it does not know: the step, the override or the colour is not there.
"""

from functools import lru_cache
from typing import Final


@lru_cache(maxsize=1)
def reducers() -> frozenset[str]:
    """The ids of calculations that make one value of many; those of percentiles, `p1` to `p99`, and the names of old included."""
    return frozenset((*_REDUCERS.split(), *(f"p{percent}" for percent in range(1, 100))))


@lru_cache(maxsize=1)
def transformations() -> frozenset[str]:
    """The ids of transformations."""
    return frozenset(_TRANSFORMATIONS.split())


@lru_cache(maxsize=1)
def field_matchers() -> frozenset[str]:
    """The ids by which an override says what it is of."""
    return frozenset(_FIELD_MATCHERS.split())


def knows_property(panel_type: str, name: str) -> bool:
    """Whether an override of this type of panel can set a property; of types that are not known it can set any of its own.

    >>> knows_property("timeseries", "custom.lineWidth"), knows_property("timeseries", "lineWidth"), knows_property("table", "custom.lineWidth")
    (True, False, False)
    """
    kind, _, rest = name.partition(".")
    if kind != "custom" or not rest:
        return kind in _properties()
    custom = custom_properties(panel_type)
    return custom is None or rest.split(".", 1)[0] in custom


def known_properties(panel_type: str) -> frozenset[str]:
    """All that an override of this type of panel can set, as far as that is known."""
    return _properties().union(f"custom.{name}" for name in custom_properties(panel_type) or ())


def having(name: str) -> tuple[str, ...]:
    """The types of panels that have a property of their own by this name.

    >>> having("custom.cellOptions")
    ('table',)
    """
    kind, _, rest = name.partition(".")
    return tuple(panel_type for panel_type, words in _CUSTOM.items() if kind == "custom" and rest.split(".", 1)[0] in words.split())


@lru_cache(maxsize=1)
def _properties() -> frozenset[str]:
    return frozenset(_PROPERTIES.split())


def custom_properties(panel_type: str) -> frozenset[str] | None:
    """What stands under `custom` for this type of panel; None for a type that is not known."""
    words = _CUSTOM.get(panel_type)
    return None if words is None else frozenset(words.split())


def knows_color(color: str) -> bool:
    """Whether Grafana can draw a colour: by a name of its palette or of CSS, in hexadecimal digits, or as `rgb(...)` or `hsl(...)`.

    >>> knows_color("semi-dark-red"), knows_color("#E24D42"), knows_color("DarkGreen"), knows_color("darkish-red"), knows_color("#12")
    (True, True, True, False, False)
    """
    if color.startswith("#"):
        digits = color[1:]
        return len(digits) in (3, 4, 6, 8) and all(digit in "0123456789abcdefABCDEF" for digit in digits)
    # What is neither a name nor a number is passed on to the browser; a variable may stand for any of these.
    return "(" in color or "$" in color or color in palette() or color.lower() in _css_names()


@lru_cache(maxsize=1)
def palette() -> frozenset[str]:
    """The names of Grafana's own colours."""
    return frozenset(
        (
            "transparent",
            "panel-bg",
            "text",
            *(f"{shade}{hue}" for hue in _HUES for shade in ("", "light-", "super-light-", "semi-dark-", "dark-")),
        )
    )


@lru_cache(maxsize=1)
def _css_names() -> frozenset[str]:
    # The spellings with an `e` are the browser's; Grafana passes on what it does not know.
    return frozenset(_CSS_COLORS.split())


@lru_cache(maxsize=1)
def color_modes() -> frozenset[str]:
    """The ids of ways to give colours to series."""
    return frozenset(_COLOR_MODES.split())


@lru_cache(maxsize=1)
def heatmap_schemes() -> frozenset[str]:
    """The colour schemes of heatmaps."""
    return frozenset(_SCHEMES.split())


_REDUCERS: Final = """
    lastNotNull current last firstNotNull first min max mean avg median variance stdDev sum total count countAll range delta step diff
    logmin allIsZero allIsNull changeCount distinctCount diffperc allValues uniqueValues
"""
_TRANSFORMATIONS: Final = """
    append reduce order organize rename calculateField seriesToColumns seriesToRows merge concatenate labelsToFields filterFields
    filterFieldsByName filterFrames filterByRefId renameByRegex filterByValue noop ensureColumns groupBy sortBy histogram configFromData
    rowsToFields prepareTimeSeries convertFieldType convertFrameType fieldLookup heatmap spatial joinByField joinByLabels extractFields
    groupingToMatrix limit partitionByValues timeSeriesTable transpose formatTime formatString regression smoothing groupToNestedTable
"""
_FIELD_MATCHERS: Final = """
    byType byTypes numeric time byName byRegexp byNames byRegexpOrNames byFrameRefID first firstTimeField byValue
"""
_PROPERTIES: Final = """
    displayName displayNameFromDS description unit min max fieldMinMax decimals noValue color mappings thresholds links actions filterable
    interval type path writeable
"""
_AXIS: Final = """
    axisBorderShow axisCenteredZero axisColorMode axisGridShow axisLabel axisPlacement axisSoftMax axisSoftMin axisWidth scaleDistribution
    hideFrom
"""
_GRAPH: Final = f"""
    {_AXIS} barAlignment barMaxWidth barWidthFactor drawStyle fillBelowTo fillColor fillOpacity gradientMode insertNulls lineColor
    lineInterpolation lineStyle lineWidth pointColor pointSize pointSymbol showPoints showValues spanNulls stacking thresholdsStyle transform
"""
_CUSTOM: Final = {
    "barchart": f"{_AXIS} fillOpacity gradientMode lineWidth thresholdsStyle",
    "bargauge": "hideFrom",
    "candlestick": _GRAPH,
    "gauge": "hideFrom neutral",
    "heatmap": "hideFrom scaleDistribution",
    "histogram": f"{_AXIS} stacking fillOpacity gradientMode lineWidth",
    "piechart": "hideFrom",
    "stat": "hideFrom",
    "state-timeline": f"{_AXIS} fillOpacity lineWidth",
    "status-history": f"{_AXIS} fillOpacity lineWidth",
    # `hidden` is of before 12.2, `displayMode` of before 9.
    "table": "align cellOptions displayMode filterable footer hidden hideFrom hideHeader inspect minWidth sortable styleField tooltip width "
    "wrapHeaderText wrapText",
    "timeseries": _GRAPH,
    "trend": _GRAPH,
}
_HUES: Final = ("red", "orange", "yellow", "green", "blue", "purple")
_COLOR_MODES: Final = """
    fixed shades gradient thresholds palette-classic palette-classic-by-name palette-colorblind palette-categorical-next
    palette-categorical-next-2 palette-categorical-next-3 continuous-viridis continuous-magma continuous-plasma
    continuous-inferno continuous-cividis continuous-GrYlRd continuous-RdYlGr continuous-BlYlRd continuous-YlRd continuous-BlPu
    continuous-YlBl continuous-blues continuous-reds continuous-greens continuous-purples
"""
_SCHEMES: Final = """
    BrBG PiYG PRGn PuOr RdBu RdGy RdYlBu RdYlGn Spectral Blues Greens Greys Oranges Purples Reds Turbo Cividis Viridis Magma Inferno Plasma
    Warm Cool Cubehelix CubehelixDefault BuGn BuPu GnBu OrRd PuBuGn PuBu PuRd RdPu YlGnBu YlGn YlOrBr YlOrRd Rainbow Sinebow
"""
_CSS_COLORS: Final = """
    aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood cadetblue chartreuse
    chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta
    darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet
    deeppink deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green
    greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral
    lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon lightseagreen lightskyblue lightslategray
    lightslategrey lightsteelblue lightyellow lime limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple
    mediumseagreen mediumslateblue mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite
    navy oldlace olive olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink
    plum powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue
    slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato turquoise violet wheat white whitesmoke yellow
    yellowgreen
"""
