"""Node.js below the service: a slow service with well dependencies is usually short of CPU, of memory, or blocks its own event loop."""

from monitoring_as_code import Query, Row, Stat, TimeSeries, rate_interval, ratio

from .. import drawing, runtime
from ..monitoring import Target
from ..stack import backend
from . import chosen

# Names that all programs share need the job as well.
ours = (Target.job.eq(backend.name), chosen.instance)

node = Row(
    title="Node.js",
    collapsed=True,
    panels=(
        TimeSeries(
            title="Event loop lag",
            description="How long events wait, on the worst instance. Good is a P99 below 50 ms; above, something computes for too long at once.",
            queries=(
                Query(expr=runtime.lag_p50.where(chosen.instance).max(), legend="P50"),
                Query(expr=runtime.lag_p90.where(chosen.instance).max(), legend="P90"),
                Query(expr=runtime.lag_p99.where(chosen.instance).max(), legend="P99"),
            ),
            overrides=drawing.quantile_colors,
            no_value="Unknown",
        ),
        TimeSeries(
            title="CPU",
            description="CPUs that the process keeps busy. JavaScript runs on one: near 100 %, everything else waits.",
            expr=runtime.cpu_time.where(*ours).rate(rate_interval).max(by=("instance",)),
            unit=ratio,
            no_value="Unknown",
        ),
        TimeSeries(
            title="Memory",
            description="Heap, buffers and all that the process holds, on the largest instance. A heap that rises from deploy to deploy leaks.",
            queries=(
                Query(expr=runtime.heap_used.where(chosen.instance).max(), legend="Heap used"),
                Query(expr=runtime.heap_total.where(chosen.instance).max(), legend="Heap reserved"),
                Query(expr=runtime.external_memory.where(chosen.instance).max(), legend="Buffers"),
                Query(expr=runtime.resident_memory.where(*ours).max(), legend="Process"),
            ),
            no_value="Unknown",
        ),
        TimeSeries(
            title="Heap by space",
            description="What fills the heap. Good is a saw-tooth; `old` that only rises is a leak.",
            expr=runtime.heap_space.where(chosen.instance).sum(by=(runtime.Spaces.space,)),
            stacked=True,
            no_value="Unknown",
        ),
        TimeSeries(
            title="Garbage collection",
            description="Share of the time that goes into collecting garbage, by kind. Good is below 5 %; above, the heap is too small.",
            expr=runtime.collection_time.where(chosen.instance).sum.rate(rate_interval).sum(by=(runtime.Collections.kind,)),
            unit=ratio,
            no_value="None",
        ),
        TimeSeries(
            title="Active resources",
            description="Timers, sockets and files that keep the event loop awake, the ten commonest kinds. One that only rises is never closed.",
            expr=runtime.resources.where(chosen.instance).sum(by=(runtime.Resources.type,)).topk(10),
            no_value="None",
        ),
        TimeSeries(
            title="Open files",
            description="Share of the files and sockets that may be open. Good is below 70 %; at 100 % no connection is accepted any more.",
            expr=runtime.open_files.where(*ours).max(by=("instance",)) / runtime.most_files.where(*ours).max(by=("instance",)),
            unit=ratio,
            min=0,
            max=1,
            no_value="Unknown",
        ),
        Stat(
            title="Node.js version",
            description="What the instances run. Good is one version; two are a roll-out that has not ended.",
            expr=runtime.version.where(chosen.instance).count(by=(runtime.Versions.version,)),
            unit="none",
            show="name",
            no_value="Unknown",
        ),
    ),
)
