"""Services that are alike in size and differ in every name: 30 metrics, 2 dashboards of 12 panels (36 queries), 11 alerts each.

One table is written out twice: as definitions for `mac`, and as a script of the same dashboards for grafanalib. `0000` stands for the
service's number, in names, label values and thresholds, so that no two services share an expression.
"""

from typing import NamedTuple

LABELS = """
class Http(Labels):
    method: Label[Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]]
    route: Label[str] = label(at_most=100)
    status: Label[str] = label(pattern="[1-5][0-9]{2}", at_most=60)
    service: Label[Literal["orders-0000"]]


class Queue(Labels):
    queue: Label[str] = label(at_most=20)
    outcome: Label[Literal["success", "failure", "retried"]]
    service: Label[Literal["orders-0000"]]


class Pool(Labels):
    pool: Label[str] = label(at_most=10)
    service: Label[Literal["orders-0000"]]


class Service(Labels):
    service: Label[Literal["orders-0000"]]
"""

# kind, name, what it is, the class of its labels, further arguments
METRICS = (
    ("Counter", "requests_total", "Requests served.", "Http", "unit=requests"),
    ("Counter", "errors_total", "Requests that failed on our side.", "Http", "unit=requests"),
    ("Counter", "retries_total", "Requests that a client sent again.", "Http", "unit=requests"),
    ("Counter", "sent_bytes_total", "Bytes sent in responses.", "Http", "unit=bytes_"),
    ("Counter", "received_bytes_total", "Bytes received in requests.", "Http", "unit=bytes_"),
    ("Counter", "cache_hits_total", "Look-ups that the cache answered.", "Pool", "unit=requests"),
    ("Counter", "cache_misses_total", "Look-ups that the cache could not answer.", "Pool", "unit=requests"),
    ("Counter", "messages_published_total", "Messages put into a queue.", "Queue", "unit=messages"),
    ("Counter", "messages_consumed_total", "Messages taken out of a queue.", "Queue", "unit=messages"),
    ("Counter", "jobs_started_total", "Jobs begun.", "Queue", "unit=jobs"),
    ("Counter", "jobs_failed_total", "Jobs that gave up.", "Queue", "unit=jobs"),
    ("Counter", "logins_total", "People who signed in.", "Queue", "unit=attempts"),
    ("Gauge", "connections_active", "Connections that are open.", "Service", "unit=connections"),
    ("Gauge", "pool_size", "Connections that a pool may open.", "Pool", "unit=connections"),
    ("Gauge", "pool_in_use", "Connections of a pool that are in use.", "Pool", "unit=connections"),
    ("Gauge", "queue_length", "Messages that wait.", "Queue", "unit=messages"),
    ("Gauge", "queue_oldest_age_seconds", "How long the oldest message has waited.", "Queue", "unit=seconds"),
    ("Gauge", "memory_used_bytes", "Memory in use.", "Service", "unit=bytes_"),
    ("Gauge", "memory_limit_bytes", "Memory that may be used.", "Service", "unit=bytes_"),
    ("Gauge", "disk_free_bytes", "Room left on the disk.", "Service", "unit=bytes_"),
    ("Gauge", "disk_size_bytes", "Size of the disk.", "Service", "unit=bytes_"),
    ("Gauge", "workers_busy", "Workers that have a job.", "Service", "unit=processes"),
    ("Gauge", "workers_configured", "Workers that there are.", "Service", "unit=processes"),
    ("Gauge", "last_success_timestamp_seconds", "When the nightly job last succeeded.", "Service", "unit=timestamp"),
    (
        "Histogram",
        "request_duration_seconds",
        "Time to last byte.",
        "Http",
        "unit=seconds, buckets=(0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5)",
    ),
    ("Histogram", "query_duration_seconds", "Time of one query.", "Pool", "unit=seconds, buckets=(0.001, 0.01, 0.1, 0.5, 1, 5)"),
    ("Histogram", "job_duration_seconds", "Time of one job.", "Queue", "unit=seconds, buckets=(0.1, 1, 10, 60, 600)"),
    ("Histogram", "queue_wait_seconds", "Time that a message waited.", "Queue", "unit=seconds, buckets=(0.1, 1, 10, 60, 600)"),
    ("Histogram", "render_duration_seconds", "Time to render a page.", "Service", "unit=seconds, buckets=(0.01, 0.1, 1)"),
    ("Histogram", "payload_size_bytes", "Size of a request's body.", "Http", "unit=bytes_, buckets=(1e3, 1e4, 1e5, 1e6)"),
)


def _series(metric: str, more: str = "") -> str:
    return f'orders_0000_{metric}{{service="orders-0000"{", " + more if more else ""}}}'


def _rate(metric: str, by: str, more: str = "", window: str = "$__rate_interval") -> str:
    return f"sum by ({by}) (rate({_series(metric, more)}[{window}]))"


def _quantile(phi: float, metric: str, by: str, more: str = "") -> str:
    return f"histogram_quantile({phi}, {_rate(metric + '_bucket', 'le, ' + by, more)})"


def _mean(metric: str, by: str) -> str:
    return f"{_rate(metric + '_sum', by)} / {_rate(metric + '_count', by)}"


_FAILED = _rate("errors_total", "service")
_ALL = _rate("requests_total", "service")
_HITS = _rate("cache_hits_total", "pool")
_MISSES = _rate("cache_misses_total", "pool")


class Panel(NamedTuple):
    """A title, Grafana's unit, and pairs of expression and legend."""

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]


# The second dashboard begins with two of these, as dashboards do: 47 expressions of a service are 45 distinct ones.
_SHARED = (
    Panel("Requests", "reqps", ((_rate("requests_total", "method, route", 'method!="OPTIONS"'), "{{method}} {{route}}"),)),
    Panel("Share of failed requests", "percentunit", ((f"{_FAILED} / {_ALL}", "{{service}}"),)),
    Panel("Response time, P95", "s", ((_quantile(0.95, "request_duration_seconds", "route", 'status!~"5.."'), "{{route}}"),)),
    Panel(
        "Pool in use", "percentunit", ((f"max by (pool) ({_series('pool_in_use')}) / max by (pool) ({_series('pool_size')})", "{{pool}}"),)
    ),
    Panel("Memory in use", "percentunit", ((f"{_series('memory_used_bytes')} / {_series('memory_limit_bytes')}", "{{service}}"),)),
)

DASHBOARDS = (
    (
        "overview",
        (
            *_SHARED,
            Panel("Oldest message", "s", ((f"max by (queue) ({_series('queue_oldest_age_seconds')})", "{{queue}}"),)),
            Panel(
                "Response time",
                "s",
                (
                    (_quantile(0.5, "request_duration_seconds", "service"), "P50"),
                    (_quantile(0.99, "request_duration_seconds", "service"), "P99"),
                ),
            ),
            Panel(
                "Messages",
                "ops",
                (
                    (_rate("messages_published_total", "queue", 'outcome="success"'), "{{queue}} published"),
                    (_rate("messages_consumed_total", "queue", 'outcome="success"'), "{{queue}} consumed"),
                ),
            ),
            Panel(
                "Cache",
                "percentunit",
                ((f"{_HITS} / ({_HITS} + {_MISSES})", "{{pool}} hit"), (f"{_MISSES} / ({_HITS} + {_MISSES})", "{{pool}} missed")),
            ),
            Panel(
                "Network", "Bps", ((_rate("sent_bytes_total", "service"), "sent"), (_rate("received_bytes_total", "service"), "received"))
            ),
            Panel(
                "Queries",
                "s",
                (
                    (_quantile(0.95, "query_duration_seconds", "pool"), "{{pool}} P95"),
                    (_mean("query_duration_seconds", "pool"), "{{pool}} mean"),
                ),
            ),
            Panel("Workers", "short", ((_series("workers_busy"), "busy"), (_series("workers_configured"), "configured"))),
        ),
    ),
    (
        "work",
        (
            *_SHARED[:2],
            Panel(
                "Messages that wait",
                "short",
                (("max by (queue) (" + _series("queue_length", 'queue!="dead-letter"') + ")", "{{queue}}"),),
            ),
            Panel("Connections", "short", ((f"max({_series('connections_active')})", "open"),)),
            Panel("Since the nightly job", "s", ((f"time() - max({_series('last_success_timestamp_seconds')})", "ago"),)),
            Panel("Sign-ins", "short", ((f"sum by (outcome) (increase({_series('logins_total')}[1h]))", "{{outcome}}"),)),
            Panel(
                "Jobs",
                "ops",
                ((_rate("jobs_started_total", "queue"), "{{queue}} started"), (_rate("jobs_failed_total", "queue"), "{{queue}} failed")),
            ),
            Panel(
                "Job time",
                "s",
                (
                    (_quantile(0.9, "job_duration_seconds", "queue"), "{{queue}} P90"),
                    (_mean("job_duration_seconds", "queue"), "{{queue}} mean"),
                ),
            ),
            Panel(
                "Disk",
                "percentunit",
                (
                    (f"{_series('disk_free_bytes')} / {_series('disk_size_bytes')}", "free"),
                    (f"predict_linear({_series('disk_free_bytes')}[6h], 24 * 3600) / {_series('disk_size_bytes')}", "free tomorrow"),
                ),
            ),
            Panel(
                "Retries",
                "reqps",
                (
                    (_rate("retries_total", "method", 'method!="OPTIONS"'), "{{method}}"),
                    (f"topk(5, {_rate('retries_total', 'route')})", "{{route}}"),
                ),
            ),
            Panel(
                "Bodies",
                "bytes",
                (
                    (_quantile(0.95, "payload_size_bytes", "route"), "{{route}} P95"),
                    (_mean("payload_size_bytes", "route"), "{{route}} mean"),
                ),
            ),
            Panel(
                "Waiting",
                "s",
                (
                    (_quantile(0.95, "queue_wait_seconds", "queue"), "{{queue}} waits"),
                    (_quantile(0.95, "render_duration_seconds", "service"), "{{service}} renders"),
                ),
            ),
        ),
    ),
)


class Alert(NamedTuple):
    """A name, the condition as Python source, `for_`, severity and summary."""

    name: str
    condition: str
    duration: str
    severity: str
    summary: str


# Conditions of the algebra and as text, as teams write them; 0000 makes each threshold the service's own.
ALERTS = (
    Alert(
        "FailsOften",
        'errors_total.rate("5m").sum(by=(Http.service,)) / requests_total.rate("5m").sum(by=(Http.service,)) > 0.050000',
        "5m",
        "critical",
        "fails {{ $value | humanizePercentage }} of its requests",
    ),
    Alert(
        "Slow",
        'request_duration_seconds.where(Http.status.not_matches("5..")).quantile(0.95, "5m", by=(Http.service,)) > 1.0000',
        "5m",
        "warning",
        "answers slowly",
    ),
    Alert(
        "Flooded",
        'requests_total.where(Http.method.ne("OPTIONS")).rate("2m").sum(by=(Http.service,)) > 1000.0000',
        "2m",
        "warning",
        "gets {{ $value | humanize }} requests a second",
    ),
    Alert(
        "PoolFull",
        "pool_in_use.max(by=(Pool.pool, Pool.service)) / pool_size.max(by=(Pool.pool, Pool.service)) > 0.90000",
        "5m",
        "critical",
        "has no connections left in {{ $labels.pool }}",
    ),
    Alert(
        "QueueLong",
        'queue_length.where(Queue.queue.ne("dead-letter")).max(by=(Queue.queue, Queue.service)) > 1000.0000',
        "10m",
        "warning",
        "has {{ $value }} messages in {{ $labels.queue }}",
    ),
    Alert(
        "QueueStuck",
        '\'max by (queue, service) (orders_0000_queue_oldest_age_seconds{service="orders-0000"}) > 600.0000 and sum by (queue, service) (rate(orders_0000_messages_consumed_total{service="orders-0000"}[10m])) == 0\'',
        "10m",
        "critical",
        "takes no messages out of {{ $labels.queue }}",
    ),
    Alert(
        "MemoryShort",
        "memory_used_bytes / memory_limit_bytes > 0.90000",
        "10m",
        "warning",
        "uses {{ $value | humanizePercentage }} of its memory",
    ),
    Alert(
        "DiskFullSoon",
        '\'predict_linear(orders_0000_disk_free_bytes{service="orders-0000"}[6h], 24 * 3600) < 0 and orders_0000_disk_free_bytes{service="orders-0000"} / orders_0000_disk_size_bytes{service="orders-0000"} < 0.20000\'',
        "30m",
        "warning",
        "will have filled its disk in a day",
    ),
    Alert(
        "JobsFail",
        'jobs_failed_total.rate("15m").sum(by=(Queue.queue, Queue.service)) / jobs_started_total.rate("15m").sum(by=(Queue.queue, Queue.service)) > 0.10000',
        "15m",
        "warning",
        "fails jobs of {{ $labels.queue }}",
    ),
    Alert(
        "NightlyLate",
        "'time() - max by (service) (orders_0000_last_success_timestamp_seconds{service=\"orders-0000\"}) > 93600.0000'",
        "10m",
        "warning",
        "has had no nightly job for a day",
    ),
    Alert(
        "TooManyConnections", "connections_active.max(by=(Service.service,)) > 5000.0000", "5m", "warning", "holds {{ $value }} connections"
    ),
)
