"""The Overview: are the users of AutoWeave well, and which service is not?"""

from monitoring_as_code import (
    AlertList,
    Annotation,
    BarGauge,
    Dashboard,
    DashboardLink,
    DatasourceVariable,
    GaugePanel,
    Query,
    Row,
    Stat,
    Table,
    Threshold,
    TimeSeries,
    queries,
    rate_interval,
    ratio,
    seconds,
)

from . import authentication, business, databases, hosts, monitoring, realtime, requests, services
from .requests import Http, InService

health = Row(
    title="Health",
    panels=(
        Stat(
            title="Failed services",
            description="Services that gave up. Anything but zero means that something AutoWeave does for its users does not happen.",
            expr=services.services.where(services.ServiceStates.status.one_of("failed", "error")).sum(),
            alert=services.service_down,
            color_by="background",
            width=4,
            height=6,
        ),
        GaugePanel(
            title="Error rate",
            description="Share of all requests that end with a status of 500 or above. Good is below 1 %.",
            expr=requests.http_requests.where(Http.status.matches("5..")).rate(rate_interval).sum()
            / requests.http_requests.rate(rate_interval).sum(),
            unit=ratio,
            alert=requests.high_error_rate,
            max=0.2,
            no_value="No requests",
            width=5,
            height=6,
        ),
        Stat(
            title="Requests",
            description="Requests of all services.",
            expr=requests.http_requests.rate(rate_interval).sum(),
            graph=True,
            width=5,
            height=6,
        ),
        Stat(
            title="Response time P95",
            description="95 % of all requests are answered within this time. Good is below half a second.",
            expr=requests.http_request_duration.quantile(0.95, rate_interval),
            alert=requests.high_response_time,
            graph=True,
            no_value="No requests",
            width=5,
            height=6,
        ),
        AlertList(title="Alerts", description="What fires now, or is about to.", width=5, height=6),
    ),
)

traffic = Row(
    title="Traffic, errors, duration",
    panels=(
        TimeSeries(
            title="Request rate by method",
            description="Requests by their method. A sudden rise without a rise in users is a retry storm or an attack.",
            expr=requests.http_requests.rate(rate_interval).sum(by=(Http.method,)),
            stacked=True,
        ),
        TimeSeries(
            title="Request rate by service",
            description="Requests of each service; the line is where HighRequestRate fires.",
            expr=requests.request_rate,
            alert=requests.high_request_rate,
        ),
        TimeSeries(
            title="Error rate by service",
            description="Share of a service's requests that end with a status of 500 or above; the line is where HighErrorRate fires.",
            expr=requests.error_ratio,
            alert=requests.high_error_rate,
        ),
        TimeSeries(
            title="Response time P95 by route",
            description="95 % of a route's requests are answered within this time; the ten slowest routes. The line is where the alert fires.",
            expr=requests.http_request_duration.quantile(0.95, rate_interval, by=(Http.route,)).topk(10),
            alert=requests.high_response_time,
        ),
    ),
)

platform = Row(
    title="Platform",
    panels=(
        TimeSeries(
            title="Active WebSocket connections",
            description="Open web sockets. A sudden drop means that clients lost their connection.",
            expr=realtime.websocket_connections.sum(by=(InService.service,)),
        ),
        BarGauge(
            title="Services by status",
            description="How many services are in each state of their life.",
            expr=services.services.sum(by=(services.ServiceStates.status,)),
        ),
        TimeSeries(
            title="Database operations rate",
            description="Queries a second, by what they do.",
            expr=databases.query_duration.count.rate(rate_interval).sum(by=(databases.Queries.operation,)),
            unit=queries / seconds,
        ),
        TimeSeries(
            title="Requests in flight",
            description="Requests that have not been answered yet. It rises when answers take longer.",
            expr=requests.http_requests_active.sum(by=(InService.service,)),
        ),
    ),
)

operations = Row(
    title="Business",
    panels=(
        TimeSeries(
            title="Business operations",
            description="What users do that matters to the business, by how it ended.",
            expr=business.business_operations.rate(rate_interval).sum(by=("operation", "status")),
            width=12,
        ),
        Table(
            title="Business figures",
            description="The newest value of each figure; each has a unit of its own.",
            expr=business.business_value.max(by=("metric_name",)),
            width=6,
        ),
        TimeSeries(
            title="Requests refused by rate limiting",
            description="Requests turned away because a client asked too often; the line is where RateLimitingActive fires.",
            expr=authentication.rate_limit_hits.rate(rate_interval).sum(),
            alert=authentication.rate_limiting,
            width=6,
        ),
    ),
)

machines = Row(
    title="Hosts",
    panels=(
        TimeSeries(
            title="CPU",
            description="Share of the CPUs' time that is not idle.",
            expr=hosts.cpu_usage,
            max=1,
        ),
        TimeSeries(
            title="Memory",
            description="Share of the memory in use; the line is where MemoryShort fires.",
            expr=hosts.memory_usage,
            alert=hosts.memory_short,
            max=1,
        ),
        TimeSeries(
            title="Disk space left",
            description="Share of each file system that is free.",
            expr=(hosts.disk_available.where(hosts.real_disks) / hosts.disk_size.where(hosts.real_disks)).min(
                by=("instance", hosts.Filesystems.mountpoint)
            ),
            alert=hosts.disk_filling,
            thresholds=(Threshold(value=0, color="red"), Threshold(value=0.2, color="green")),
            max=1,
        ),
        TimeSeries(
            title="Disk busy",
            description="Share of the time in which a disk had something to do.",
            expr=hosts.disk_busy.rate(rate_interval).max(by=("instance", hosts.Devices.device)),
            unit=ratio,
            max=1,
        ),
        TimeSeries(
            title="Network",
            description="Bytes a second, received and sent.",
            queries=(
                Query(expr=hosts.received.rate(rate_interval).sum(by=("instance",)), legend="{{instance}} received"),
                Query(expr=hosts.transmitted.rate(rate_interval).sum(by=("instance",)), legend="{{instance}} sent"),
            ),
        ),
    ),
)

meta = Row(
    title="Monitoring",
    collapsed=True,
    panels=(
        BarGauge(
            title="Targets that answer",
            description="1 for each target that Prometheus can scrape, 0 for one that it cannot.",
            expr="min by (job, instance) (up)",
            alert=monitoring.target_down,
            thresholds=(Threshold(value=0, color="red"), Threshold(value=1, color="green")),
            max=1,
        ),
        TimeSeries(
            title="Time a scrape takes",
            description="Above a few seconds a target is overloaded, or exposes too much.",
            expr="max by (job, instance) (scrape_duration_seconds)",
        ),
        TimeSeries(
            title="Failed rule evaluations",
            description="Rules that could not be evaluated: alerts that cannot fire.",
            expr=monitoring.rule_failures.rate(rate_interval).sum(by=(monitoring.RuleGroups.rule_group,)),
            no_value="None",
        ),
        TimeSeries(
            title="Failed notifications",
            description="Notifications that did not reach anybody, by channel.",
            expr=monitoring.failed_notifications.rate(rate_interval).sum(by=(monitoring.Notifications.integration,)),
            no_value="None",
        ),
    ),
)

overview = Dashboard(
    name="AutoWeave Backend Overview",
    uid="autoweave-overview",
    description="Are the users of AutoWeave well, and which service is not? Made from definitions/overview.py.",
    tags=("autoweave",),
    folder="AutoWeave",
    time_from="now-6h",
    variables=(DatasourceVariable(name="datasource", label="Data source"),),
    rows=(health, traffic, platform, operations, machines, meta),
    links=(DashboardLink(title="AutoWeave", tags=("autoweave",)),),
    annotations=(
        Annotation(
            name="Restarts",
            expr=services.uptime < 60,
            title="Restart",
            text="{{service}} was started",
            color="blue",
        ),
    ),
)
