"""What client libraries put on every page without being asked: facts of the process and of the language's runtime."""

from __future__ import annotations

# By the names that Prometheus has, `_total` aside, which OpenMetrics leaves out. What any program may record is not among them.
_NAMES = frozenset(
    (
        "process_cpu_seconds",
        "process_cpu_user_seconds",
        "process_cpu_system_seconds",
        "process_start_time_seconds",
        "process_open_fds",
        "process_max_fds",
        "process_threads",
        "process_resident_memory_bytes",
        "process_virtual_memory_bytes",
        "process_virtual_memory_max_bytes",
        "process_heap_bytes",
        "process_network_receive_bytes",
        "process_network_transmit_bytes",
        "python_info",
        "python_gc_objects_collected",
        "python_gc_objects_uncollectable",
        "python_gc_collections",
        "go_info",
        "go_goroutines",
        "go_threads",
        "nodejs_version_info",
        "nodejs_external_memory_bytes",
        "nodejs_gc_duration_seconds",
    )
)
_BEGINNINGS = (
    "go_gc_",
    "go_memstats_",
    "go_sched_",
    "go_sync_",
    "go_cpu_classes_",
    "go_cgo_",
    "go_godebug_",
    "go_memory_classes_",
    "promhttp_metric_handler_",
    "nodejs_eventloop_",
    "nodejs_heap_",
    "nodejs_active_",
    "jvm_",
)


def is_of_runtime(name: str) -> bool:
    """Whether the default collectors of a client library have a metric of this name.

    >>> is_of_runtime("process_cpu_seconds_total"), is_of_runtime("process_orders_total")
    (True, False)
    """
    return (
        name.removesuffix("_total") in _NAMES
        or name.removesuffix("_info") in ("python", "go", "nodejs_version")
        or name.startswith(_BEGINNINGS)
    )
