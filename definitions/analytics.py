"""Analytics: the events that are tracked, and the queries on them."""

from typing import Literal

from monitoring_as_code import Counter, Histogram, Label, Labels, events, label, seconds


class Tracked(Labels):
    """What happened, and whether it was left out by sampling."""

    event_type: Label[str] = label(at_most=100)
    sampled: Label[Literal["true", "false"]]


class AnalyticsQueries(Labels):
    """What is asked."""

    query_type: Label[str] = label(at_most=30)


events_tracked = Counter(name="analytics_events_tracked_total", help="Analytics events.", unit=events, labels=Tracked)

analytics_query_duration = Histogram(
    name="analytics_query_duration_seconds",
    help="Time that an analytics query takes.",
    unit=seconds,
    labels=AnalyticsQueries,
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10),
)
