"""The databases behind the services."""

from monitoring_as_code import Query, Row, TimeSeries, queries, rate_interval, seconds

from .. import databases, drawing
from ..databases import DatabaseErrors, Queries
from . import chosen

duration = databases.query_duration.where(chosen.instance)

database_row = Row(
    title="Databases",
    collapsed=True,
    panels=(
        TimeSeries(
            title="Query time P95",
            description="95 % of the queries are answered within this time, the ten slowest databases. At the line DatabaseHighQueryTime fires.",
            expr=databases.query_time_p95.topk(10),
            alert=databases.high_query_time,
            no_value="No queries",
        ),
        TimeSeries(
            title="Query time",
            description="Half of the queries are answered within P50, all but one in a hundred within P99.",
            queries=(
                Query(expr=duration.quantile(0.5, rate_interval), legend="P50"),
                Query(expr=duration.quantile(0.95, rate_interval), legend="P95"),
                Query(expr=duration.quantile(0.99, rate_interval), legend="P99"),
            ),
            log_scale=10,
            overrides=drawing.quantile_colors,
            no_value="No queries",
        ),
        TimeSeries(
            title="Query time by operation",
            description="The mean time of a query by what it does, the ten slowest. One that is slow alone lacks an index, or waits for a lock.",
            expr=duration.average(rate_interval, by=(Queries.operation,)).topk(10),
            no_value="No queries",
        ),
        TimeSeries(
            title="Query rate by operation",
            description="Queries by what they do, the ten commonest. A rise without more requests is a loop or a missing cache.",
            expr=duration.count.rate(rate_interval).sum(by=(Queries.operation,)).topk(10),
            unit=queries / seconds,
            no_value="No queries",
        ),
        TimeSeries(
            title="Connections",
            description="Connections in use and the size of the pools, the largest ten. Good is a wide gap between the two of a database.",
            expr=databases.pool.where(chosen.instance).sum(by=(databases.Pools.database, databases.Pools.type)).topk(10),
            no_value="No pools",
        ),
        TimeSeries(
            title="Database errors",
            description="Queries that failed by what went wrong, the ten commonest. Good is none.",
            expr=databases.database_errors.where(chosen.instance)
            .rate(rate_interval)
            .sum(by=(DatabaseErrors.database, DatabaseErrors.error_type))
            .topk(10),
            no_value="No errors",
        ),
    ),
)
