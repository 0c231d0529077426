"""Panels fill the 24 columns: equal shares, given widths, tall ones, collapsed rows; ids stay when a title recurs."""

from monitoring_as_code import Dashboard, Heatmap, Row, Stat, TextPanel, TimeSeries


def lines(count: int) -> tuple[TimeSeries, ...]:
    return tuple(TimeSeries(title=f"Line {number}", expr=f"depot_{number}") for number in range(count))


parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(title="", panels=tuple(Stat(title="Depot", expr=f"depot_{number}") for number in range(5))),
        Row(title="Five in two lines", panels=lines(5)),
        Row(title="Seven collapsed", panels=lines(7), collapsed=True),
        Row(title="Widths", panels=(*(TimeSeries(title="Same", expr="depot_1", width=10) for _ in range(2)), *lines(2))),
        Row(title="Tall", panels=(TextPanel(content="short"), Heatmap(title="Tall", expr="depot_2", height=12), *lines(1))),
        Row(title="Tall", panels=lines(1)),
        Row(title="Empty"),
    ),
)
