"""What AutoWeave depends on: when users suffer and the services look well, the cause is here."""

from monitoring_as_code import Row, TimeSeries, queries, rate_interval, ratio, seconds

from .. import databases, integrations, pipelines

by_integration = (integrations.IntegrationRequests.integration,)
asked = integrations.integration_requests.rate(rate_interval).sum(by=by_integration)
refused = (
    integrations.integration_requests.where(integrations.IntegrationRequests.status.eq("failure"))
    .rate(rate_interval)
    .sum(by=by_integration)
)

dependencies = Row(
    title="Dependencies",
    panels=(
        TimeSeries(
            title="Database operations rate",
            description="Queries by what they do, the ten commonest operations. A rise without more requests is a loop or a missing cache.",
            expr=databases.query_duration.count.rate(rate_interval).sum(by=(databases.Queries.operation,)).topk(10),
            unit=queries / seconds,
            no_value="No queries",
        ),
        TimeSeries(
            title="Connection pool usage",
            description=(
                "Share of a pool's connections that are in use, the ten fullest pools. Good is below 70 %; at the line "
                "DatabaseConnectionPoolExhausted fires, and soon requests wait."
            ),
            expr=databases.pool_usage.topk(10),
            alert=databases.pool_exhausted,
            min=0,
            max=1,
            no_value="No pools",
        ),
        TimeSeries(
            title="Failed integration requests",
            description="Share of the requests to an integration that fail, the ten worst. Good is below 1 %; above, its users wait or miss data.",
            # One that never failed has no series of failures: its share is 0.
            expr=(refused.or_(asked * 0) / (asked > 0)).topk(10),
            unit=ratio,
            no_value="No requests",
        ),
        TimeSeries(
            title="Pipeline failures",
            description=(
                "Runs that fail, the ten pipelines with the most. Good is none; at the line PipelineExecutionFailures fires: what they "
                "deliver is late or missing."
            ),
            expr=pipelines.pipeline_executions.where(pipelines.Executions.status.eq("failure"))
            .rate(rate_interval)
            .sum(by=(pipelines.Executions.pipeline,))
            .topk(10),
            alert=pipelines.execution_failures,
            no_value="No failures",
        ),
    ),
)
