"""Authentication, analytics and the shared memory: seldom the cause, and asked for when they are."""

from monitoring_as_code import Row, Stat, TimeSeries, rate_interval

from .. import analytics, authentication, memory
from . import chosen

access = Row(
    title="Authentication, analytics, memory",
    collapsed=True,
    panels=(
        TimeSeries(
            title="Attempts to log in",
            description="Attempts by method and how they ended, the ten commonest. Many failures of one method are an attack, or a broken client.",
            expr=authentication.auth_attempts.where(chosen.instance)
            .rate(rate_interval)
            .sum(by=(authentication.Attempts.method, authentication.Attempts.status))
            .topk(10),
            no_value="No attempts",
        ),
        TimeSeries(
            title="Rate limit hits",
            description="Requests refused by rate limiting, the ten endpoints with the most. Good is close to none.",
            expr=authentication.rate_limit_hits.where(chosen.instance)
            .rate(rate_interval)
            .sum(by=(authentication.Endpoints.endpoint,))
            .topk(10),
            no_value="None",
        ),
        Stat(
            title="Valid tokens",
            description="Tokens that are out, by what they are for. A sudden drop logs users out.",
            expr=authentication.auth_tokens.where(chosen.instance).sum(by=(authentication.Tokens.type,)),
            no_value="No tokens",
        ),
        TimeSeries(
            title="Analytics events",
            description="Events tracked, the ten commonest types. A drop without fewer users is a broken client.",
            expr=analytics.events_tracked.where(chosen.instance).rate(rate_interval).sum(by=(analytics.Tracked.event_type,)).topk(10),
            no_value="No events",
        ),
        TimeSeries(
            title="Analytics query time P95",
            description="95 % of the queries are answered within this time, the ten slowest kinds. Good is below a second.",
            expr=analytics.analytics_query_duration.where(chosen.instance)
            .quantile(0.95, rate_interval, by=(analytics.AnalyticsQueries.query_type,))
            .topk(10),
            no_value="No queries",
        ),
        TimeSeries(
            title="Memory storage size",
            description="How much the services keep in the storage they share. One that only rises is never cleared.",
            expr=memory.memory_size.where(chosen.instance).sum(by=(memory.Storages.storage_type,)),
            no_value="Nothing stored",
        ),
        TimeSeries(
            title="Memory storage operations",
            description="Operations on the storage by what they do. Reads that grow alone are a loop, writes that grow alone fill it.",
            expr=memory.memory_operations.where(chosen.instance).rate(rate_interval).sum(by=(memory.StorageOperations.operation,)),
            no_value="None",
        ),
    ),
)
