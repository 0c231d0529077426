"""The hosts, as Node Exporter sees them: CPU, memory, disk and network."""

from monitoring_as_code import (
    Alert,
    Fires,
    Firing,
    Pending,
    Quiet,
    Reaches,
    RecordingRule,
    Resolves,
    RuleGroup,
    Runbook,
    Scenario,
    Series,
    constant,
    hours,
    percent,
    ramp,
    ratio,
    spike,
)
from monitoring_as_code.catalogues import node_exporter

from .routing import database_team, everybody, on_call, security_team

mode = node_exporter.label("mode")
fstype = node_exporter.label("fstype")
mountpoint = node_exporter.label("mountpoint")
device = node_exporter.label("device")

cpu_time = node_exporter.node_cpu_seconds_total
memory_total = node_exporter.node_memory_MemTotal_bytes
memory_available = node_exporter.node_memory_MemAvailable_bytes
disk_available = node_exporter.node_filesystem_avail_bytes
disk_size = node_exporter.node_filesystem_size_bytes
disk_busy = node_exporter.node_disk_io_time_seconds_total
received = node_exporter.node_network_receive_bytes_total
transmitted = node_exporter.node_network_transmit_bytes_total

cpu_usage = RecordingRule(
    name="instance:node_cpu_usage:ratio_rate5m",
    help="Share of the CPUs' time that is not idle.",
    unit=ratio,
    expr=1 - cpu_time.where(mode.eq("idle")).rate("5m").avg(by=("instance",)),
)
memory_usage = RecordingRule(
    name="instance:node_memory_usage:ratio",
    help="Share of the memory that programs cannot have any more.",
    unit=ratio,
    expr=1 - memory_available.max(by=("instance",)) / memory_total.max(by=("instance",)),
)

# What is mounted from memory, or read-only by nature, does not fill up.
real_disks = fstype.not_matches("tmpfs|ramfs|overlay|squashfs|iso9660")

disk_filling = Alert(
    name="DiskFilling",
    expr=(disk_available.where(real_disks) / disk_size.where(real_disks) < percent(20)).and_(
        # Not below 0: no disk has less than nothing, so one that is full and stays so is predicted to have exactly that.
        disk_available.where(real_disks).predict_linear("6h", hours(24)) <= 0
    ),
    for_="30m",
    severity="warning",
    labels={"category": "host"},
    summary="{{ $labels.mountpoint }} of {{ $labels.instance }} will be full within a day",
    description="{{ $labels.mountpoint }} has {{ $value | humanizePercentage }} left, and at this pace nothing in 24 hours.",
    runbook=Runbook(
        meaning="A file system has less than a fifth left and shrinks so fast that it will be full within a day.",
        check=("What grows: logs, data of Prometheus, backups.", "Whether something that rotates or cleans up has stopped."),
        fix=("Remove what is not needed, or enlarge the disk.",),
    ),
)

disk_filling_scenarios = (
    Scenario(
        name="two disks have 19 % left: one loses 20 GB a day, the other 15",
        alert=disk_filling,
        interval="1m",
        given=(
            Series(of=disk_available.where(mountpoint.eq("/data")), values=ramp(19e9, 14e9, over="6h")),
            Series(of=disk_size.where(mountpoint.eq("/data")), values=constant(100e9)),
            Series(of=disk_available.where(mountpoint.eq("/")), values=ramp(19e9, 4e9, over="24h")),
            Series(of=disk_size.where(mountpoint.eq("/")), values=constant(100e9)),
        ),
        expect=(
            Fires(after="31m", within="31m"),
            Firing(
                at="40m",
                labels={"mountpoint": "/data", "category": "host"},
                count=1,
                annotations={"summary": "/data", "description": "18.44%"},
            ),
            Quiet(labels={"mountpoint": "/"}),
            Reaches(receivers=(everybody,), not_to=(on_call, database_team, security_team)),
        ),
    ),
    Scenario(
        name="the disk is full",
        alert=disk_filling,
        interval="1m",
        given=(Series(of=disk_available, values=constant(0)), Series(of=disk_size, values=constant(100e9))),
        expect=(Fires(after="30m", within="31m"), Firing(at="31m", annotations={"description": "0%"})),
    ),
    Scenario(
        # What happened more than six hours ago says nothing of tomorrow.
        name="a large import ends",
        alert=disk_filling,
        interval="5m",
        given=(
            Series(of=disk_available, values=ramp(40e9, 15e9, over="1h")),
            Series(of=disk_size, values=constant(100e9)),
        ),
        expect=(Firing(at="5h"), Resolves(by="6h45m")),
    ),
    Scenario(
        name="a disk loses as much, and comes down to 20 %",
        alert=disk_filling,
        interval="1m",
        given=(
            Series(of=disk_available, values=ramp(29e9, 20e9, over="90m")),
            Series(of=disk_size, values=constant(100e9)),
        ),
        expect=(Quiet(at="0s", until="90m"),),
    ),
    Scenario(
        name="what is mounted from memory may fill up",
        alert=disk_filling,
        interval="1m",
        given=(
            Series(of=disk_available.where(fstype.eq("tmpfs")), values=ramp(19e9, 13e9, over="1h")),
            Series(of=disk_size.where(fstype.eq("tmpfs")), values=constant(100e9)),
        ),
        expect=(Quiet(at="0s", until="1h"),),
    ),
    Scenario(
        name="somebody cleans up",
        alert=disk_filling,
        interval="1m",
        given=(
            Series(of=disk_available, values=ramp(19e9, 10e9, over="90m").then(constant(60e9), at="50m")),
            Series(of=disk_size, values=constant(100e9)),
        ),
        expect=(Firing(at="49m45s"), Resolves(by="50m")),
    ),
)

memory_short = Alert(
    name="MemoryShort",
    expr=memory_usage > percent(90),
    for_="10m",
    severity="warning",
    labels={"category": "host"},
    summary="{{ $labels.instance }} is short of memory",
    description="{{ $value | humanizePercentage }} of the memory of {{ $labels.instance }} is in use; 90 % is the limit.",
    runbook=Runbook(
        meaning="Programs have used nearly all memory; soon the kernel ends one of them.",
        check=("Which process grows.", "Whether the load is higher than usual."),
        fix=("Restart what leaks; move something to another host.",),
    ),
)

memory_short_scenarios = (
    Scenario(
        name="9 % of the memory are left",
        alert=memory_short,
        given=(
            Series(of=memory_available, values=spike(4e9, 0.72e9, at="2m", lasts="15m")),
            Series(of=memory_total, values=constant(8e9)),
        ),
        expect=(
            Quiet(at="1m45s"),
            Pending(at="11m45s"),
            Fires(after="12m", within="12m"),
            Firing(
                at="12m",
                labels={"instance": "node-exporter:9100", "category": "host"},
                annotations={"summary": "node-exporter:9100", "description": "91%"},
            ),
            Resolves(by="17m"),
            Reaches(receivers=(everybody,), not_to=(on_call, database_team, security_team)),
        ),
    ),
    Scenario(
        name="10 % left, which is the limit",
        alert=memory_short,
        given=(
            Series(of=memory_available, values=constant(0.8e9)),
            Series(of=memory_total, values=constant(8e9)),
        ),
        expect=(Quiet(at="0s", until="15m"),),
    ),
    Scenario(
        name="a nightly job takes the memory for nine minutes",
        alert=memory_short,
        given=(
            Series(of=memory_available, values=spike(4e9, 0.1e9, at="1m", lasts="9m")),
            Series(of=memory_total, values=constant(8e9)),
        ),
        expect=(Pending(at="9m45s"), Quiet(at="10m", until="15m")),
    ),
)

host_rules = RuleGroup(name="hosts", rules=(cpu_usage, memory_usage, memory_short))

# Six hours of samples take long to read, and a disk does not fill up within a minute.
disk_alerts = RuleGroup(name="disks", rules=(disk_filling,), interval="1m")
