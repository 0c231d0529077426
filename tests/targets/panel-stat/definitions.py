"""One number: instant unless its course is drawn; colours from an alert's lower limit."""

from monitoring_as_code import Alert, Dashboard, Gauge, Query, Row, Stat, Threshold, ValueMapping
from monitoring_as_code.units import connections

drivers = Gauge(name="drivers_ready", help="Drivers who wait for a parcel.")
sockets = Gauge(name="scanner_connections", help="Scanners that are connected.", unit=connections)
few_drivers = Alert(name="FewDrivers", expr=drivers.sum() < 5, severity="warning", summary="{{ $value }} drivers are ready")
no_drivers = Alert(name="NoDrivers", expr=drivers.sum() < 1, severity="critical", summary="nobody drives")

parcels = Dashboard(
    name="Parcels",
    uid="parcels",
    rows=(
        Row(
            title="Depot",
            panels=(
                # Both alerts watch this expression, so both colour it: below 1 red, below 5 orange.
                Stat(title="Drivers ready", expr=drivers.sum(), no_value="no data", decimals=0),
                Stat(title="With its course", expr=sockets.sum(), graph=True),
                Stat(
                    title="Over the day", expr=sockets.sum(), graph=True, calculation="mean", color_by="background", show="value_and_name"
                ),
                Stat(
                    title="Gate",
                    expr="gate_state",
                    color_by="none",
                    orientation="horizontal",
                    mappings=(
                        ValueMapping(value="1", text="open", color="green"),
                        ValueMapping(value="0", text="closed", color="red"),
                        ValueMapping(low=2, high=4.5, text="moving"),
                        ValueMapping(low=5, text="broken", color="#ff00ff"),
                        ValueMapping(pattern="x.*", text="unknown"),
                        ValueMapping(special="null", text="no gate"),
                    ),
                ),
                Stat(title="Queue", expr="queue_length", thresholds=(Threshold(value=10, color="yellow"),), show_percent_change=True),
                Stat(
                    title="All options",
                    expr="queue_length",
                    calculation="p95",
                    justify="center",
                    wide_layout=False,
                    show_percent_change=True,
                    percent_change_color="inverted",
                    title_size=12,
                    value_size=40,
                    percent_size=10,
                ),
                Stat(
                    title="Each value",
                    queries=(Query(expr="queue_length", format="table"),),
                    all_values=True,
                    limit=10,
                    fields_shown="/^version$/",
                ),
            ),
        ),
    ),
)
