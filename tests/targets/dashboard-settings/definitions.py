"""What a dashboard says of itself as a whole: time, refresh, links and annotations."""

from monitoring_as_code import (
    Annotation,
    Dashboard,
    DashboardLink,
    Gauge,
    Info,
    Label,
    Labels,
    Link,
    Row,
    Stack,
    Stat,
    TimeSeries,
    deploys,
    firing_alerts,
)

stack = Stack(name="parcels", dashboard_refresh="10s")


class Build(Labels):
    service: Label[str]
    version: Label[str]


build = Info(name="depot_build_info", help="What runs.", labels=Build)
parcels = Gauge(name="depot_parcels", help="Parcels in the depot.")
count = Stat(title="Parcels now", expr=parcels)
course = TimeSeries(title="Parcels", expr=parcels)

everything = Dashboard(
    name="Everything said",
    uid="everything",
    folder="Parcel Service",
    refresh="45s",
    refresh_intervals=("30s", "5m"),
    time_from="now-7d/d",
    time_to="now/d",
    now_delay="1m",
    timezone="Europe/Berlin",
    week_start="monday",
    fiscal_year_start_month=4,
    hide_time_picker=True,
    shared_crosshair="tooltip",
    native_annotations=False,
    live_now=True,
    preload=True,
    editable=True,
    links=(
        DashboardLink(title="Depots", tags=("depot",), dropdown=True, icon="dashboard", tooltip="All depots", new_tab=True, in_menu=True),
        Link(title="Source", url="https://git.example.org/parcels", icon="doc", tooltip="Where this is made", new_tab=True),
    ),
    annotations=(
        firing_alerts(),
        firing_alerts('severity="critical"', by=(Build.service,), name="Critical", panels=(course,), in_menu=True),
        deploys(build, by=(Build.service,), except_panels=(count,)),
        Annotation(
            name="Holidays",
            expr="depot_holiday_timestamp_seconds * 1000",
            title="{{name}}",
            tags=("name", "region"),
            step="1h",
            value_is_time=True,
            enabled=False,
            hide=True,
        ),
    ),
    rows=(Row(panels=(count, course)),),
)
quiet = Dashboard(name="No refresh", uid="quiet", refresh="off", time_from="2024-05-01T08:00:00Z", time_to="2024-05-02", rows=())
automatic = Dashboard(name="By the time range", uid="automatic", refresh="auto", timezone="utc", shared_crosshair=False, rows=())
