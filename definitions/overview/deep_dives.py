"""Rows that are opened when the first screen is not enough; what is closed asks Prometheus for nothing."""

from monitoring_as_code import (
    AlertList,
    BarGauge,
    Query,
    Row,
    Stat,
    StateTimeline,
    Table,
    Threshold,
    TimeSeries,
    ValueMapping,
    expression,
    rate_interval,
    ratio,
    seconds,
)

from .. import authentication, business, drawing, hosts, monitoring, navigation, requests, runtime
from ..requests import InService

history = Row(
    title="Alert history",
    collapsed=True,
    panels=(
        StateTimeline(
            title="When alerts fired",
            description="Each alert in the time range. What began first is closest to the cause.",
            expr="""
                2 * max by (alertname) (ALERTS{alertstate="firing", severity="critical"})
                or max by (alertname) (ALERTS{alertstate="firing", severity="warning"})
            """,
            mappings=drawing.firing,
            no_value="Nothing fired",
            width=16,
            height=9,
        ),
        AlertList(title="Firing and pending", description="What fires now, or is about to; good is an empty list.", width=8, height=9),
    ),
)

saturation = Row(
    title="Saturation",
    collapsed=True,
    panels=(
        TimeSeries(
            title="Requests in flight",
            description="Requests that have not been answered yet, the ten services with the most. It rises when answers take longer.",
            expr=requests.http_requests_active.sum(by=(InService.service,)).topk(10),
            color_scheme="palette-classic-by-name",
            data_links=(navigation.to_service,),
            no_value="No requests",
        ),
        TimeSeries(
            title="Event loop lag P99",
            description="How long an event waits for Node.js. Good is below 50 ms; above, every request waits: something computes for too long.",
            expr=runtime.lag_p99.max(by=("instance",)),
            no_value="Unknown",
        ),
        TimeSeries(
            title="CPU of the hosts",
            description="Share of the CPUs' time that is not idle. Good is below 80 %; above, everything slows down.",
            expr=hosts.cpu_usage.topk(10),
            min=0,
            max=1,
            no_value="Unknown",
        ),
        TimeSeries(
            title="Memory of the hosts",
            description="Share of the memory in use. Good is below 80 %; at the line MemoryShort fires, then the kernel ends a process.",
            expr=hosts.memory_usage.topk(10),
            alert=hosts.memory_short,
            min=0,
            max=1,
            no_value="Unknown",
        ),
        TimeSeries(
            title="Disk space left",
            description="Share of each file system that is free, the ten fullest. Good is above 20 %; below, DiskFilling fires if it shrinks.",
            expr=(hosts.disk_available.where(hosts.real_disks) / hosts.disk_size.where(hosts.real_disks))
            .min(by=("instance", hosts.mountpoint))
            .bottomk(10),
            alert=hosts.disk_filling,
            thresholds=(Threshold(value=0, color="red"), Threshold(value=0.2, color="green")),
            min=0,
            max=1,
            no_value="Unknown",
        ),
        TimeSeries(
            title="Disk busy",
            description="Share of the time in which a disk had something to do, the ten busiest. Good is below 80 %; above, writes queue up.",
            expr=hosts.disk_busy.rate(rate_interval).max(by=("instance", hosts.device)).topk(10),
            unit=ratio,
            max=1,
            no_value="Unknown",
        ),
        TimeSeries(
            title="Network of the hosts",
            description="Bytes received and sent. Good is far below what the interfaces can carry.",
            queries=(
                Query(expr=hosts.received.rate(rate_interval).sum(by=("instance",)), legend="{{instance}} received"),
                Query(expr=hosts.transmitted.rate(rate_interval).sum(by=("instance",)), legend="{{instance}} sent"),
            ),
            no_value="Unknown",
        ),
    ),
)

attempts = authentication.auth_attempts.rate(rate_interval).sum()
refused = authentication.auth_attempts.where(authentication.Attempts.status.eq("failure")).rate(rate_interval).sum()

access = Row(
    title="Access and business",
    collapsed=True,
    panels=(
        TimeSeries(
            title="Failed attempts to log in",
            description="Share of the attempts that fail. Good is below 10 %; at the line HighAuthFailureRate fires: look for guessed passwords.",
            expr=refused.or_(attempts * 0) / (attempts > 0),
            unit=ratio,
            alert=authentication.high_auth_failure_rate,
            max=1,
            no_value="No attempts",
        ),
        TimeSeries(
            title="Requests refused by rate limiting",
            description="Requests turned away because a client asked too often. Good is close to none; at the line RateLimitingActive fires.",
            expr=authentication.rate_limit_hits.rate(rate_interval).sum(),
            alert=authentication.rate_limiting,
            no_value="None",
        ),
        TimeSeries(
            title="Business operations",
            description="What users do that matters to the business, by how it ended, the ten commonest. A drop is lost business.",
            expr=business.business_operations.rate(rate_interval)
            .sum(by=(business.Operations.operation, business.Operations.status))
            .topk(10),
            no_value="No operations",
        ),
        Table(
            title="Business figures",
            description="The newest value of each figure; each has a unit of its own.",
            expr=business.business_value.max(by=(business.Figures.metric_name,)),
            legend="Newest value",
            rename={"metric_name": "Figure"},
            order=("metric_name",),
            sort_by="Figure",
            ascending=True,
            no_value="No figures",
        ),
    ),
)

meta = Row(
    title="Monitoring",
    collapsed=True,
    panels=(
        Stat(
            title="Watchdog",
            description="The alert that always fires. Good is alive; if it is gone, rules are not evaluated, and no other alert can fire.",
            expr='max(ALERTS{alertname="Watchdog", alertstate="firing"})',
            unit="none",
            alert=monitoring.watchdog,
            mappings=(ValueMapping(value="1", text="Alive", color="green"),),
            no_value="Gone",
            width=4,
            height=7,
        ),
        Stat(
            title="Age of the newest sample",
            description="How long ago each job was last scraped. Good is below half a minute; above, this page shows the past.",
            expr=expression("time() - max by (job) (timestamp(up))"),
            unit=seconds,
            decimals=0,
            thresholds=(Threshold(value=60, color="red"),),
            no_value="No samples",
            width=6,
            height=7,
        ),
        Stat(
            title="Age of the configuration",
            description="How long ago Prometheus took over its configuration. After a deployment of rules it starts again at zero.",
            expr=expression("time()") - monitoring.configured.max(),
            unit=seconds,
            decimals=0,
            no_value="Unknown",
            width=4,
            height=7,
        ),
        BarGauge(
            title="Targets that answer",
            description="1 for each target that Prometheus can scrape, 0 for one that it cannot: TargetDown fires.",
            expr="min by (job, instance) (up)",
            alert=monitoring.target_down,
            unit="none",
            thresholds=(Threshold(value=0, color="red"), Threshold(value=1, color="green")),
            max=1,
            no_value="No targets",
            width=10,
            height=7,
        ),
        TimeSeries(
            title="Time a scrape takes",
            description="Good is below a second. Above a few seconds a target is overloaded, or exposes too much.",
            expr="max by (job, instance) (scrape_duration_seconds)",
            no_value="No targets",
        ),
        TimeSeries(
            title="Failed rule evaluations",
            description="Rules that could not be evaluated. Good is none: they are alerts that cannot fire. The log of Prometheus says why.",
            expr=monitoring.rule_failures.rate(rate_interval).sum(by=("rule_group",)).topk(10),
            no_value="None",
        ),
        TimeSeries(
            title="Failed notifications",
            description="Notifications that did not reach anybody, by channel. Good is none; check the channel's secret and address.",
            expr=monitoring.failed_notifications.rate(rate_interval).sum(by=("integration",)),
            no_value="None",
        ),
    ),
)
