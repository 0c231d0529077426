"""Node.js and its process, as the backend's client library exposes them by itself: is the runtime short of something?"""

from typing import Literal

from monitoring_as_code import Counter, Gauge, Histogram, Info, Label, Labels, bytes_, label, seconds, timestamp, unit


class Collections(Labels):
    """What kind of garbage collection: `major` ones stop the program longest."""

    kind: Label[Literal["major", "minor", "incremental", "weakcb"]]


class Spaces(Labels):
    """Which part of the heap: what a leak leaves behind gathers in `old`."""

    space: Label[str] = label(at_most=12)


class Resources(Labels):
    """What keeps the event loop awake: timers, sockets, files."""

    type: Label[str] = label(at_most=30)


class Versions(Labels):
    """Which Node.js."""

    version: Label[str] = label(at_most=5)


# Every program that is scraped exposes these under the same names, Prometheus itself included: choose them by their job.
cpu_time = Counter(name="process_cpu_seconds_total", help="CPU time that the process has used.", unit=seconds)
resident_memory = Gauge(name="process_resident_memory_bytes", help="Memory that the process holds.", unit=bytes_, least=0)
open_files = Gauge(name="process_open_fds", help="Files and sockets that are open.", unit=unit("files"), least=0)
most_files = Gauge(name="process_max_fds", help="How many files and sockets may be open.", unit=unit("files"), least=0)
started = Gauge(name="process_start_time_seconds", help="When the process was started.", unit=timestamp)

lag_p50 = Gauge(name="nodejs_eventloop_lag_p50_seconds", help="Half of the events wait no longer than this.", unit=seconds, least=0)
lag_p90 = Gauge(name="nodejs_eventloop_lag_p90_seconds", help="90 % of the events wait no longer than this.", unit=seconds, least=0)
lag_p99 = Gauge(name="nodejs_eventloop_lag_p99_seconds", help="99 % of the events wait no longer than this.", unit=seconds, least=0)
resources = Gauge(
    name="nodejs_active_resources",
    help="Resources that keep the event loop awake.",
    unit=unit("resources"),
    labels=Resources,
    least=0,
)

heap_used = Gauge(name="nodejs_heap_size_used_bytes", help="Heap that holds objects.", unit=bytes_, least=0)
heap_total = Gauge(name="nodejs_heap_size_total_bytes", help="Heap that is reserved.", unit=bytes_, least=0)
external_memory = Gauge(name="nodejs_external_memory_bytes", help="Memory of buffers, outside of the heap.", unit=bytes_, least=0)
heap_space = Gauge(name="nodejs_heap_space_size_used_bytes", help="Heap that holds objects, by space.", unit=bytes_, labels=Spaces, least=0)
collection_time = Histogram(
    name="nodejs_gc_duration_seconds",
    help="Time that a garbage collection takes.",
    unit=seconds,
    labels=Collections,
    buckets=(0.001, 0.01, 0.1, 1, 2, 5),
)

version = Info(name="nodejs_version_info", help="The version of Node.js, as a label.", labels=Versions)
