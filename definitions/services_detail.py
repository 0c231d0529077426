"""The Services Detail: why is a service not well?"""

from monitoring_as_code import (
    Dashboard,
    DashboardLink,
    DatasourceVariable,
    GaugePanel,
    Heatmap,
    Query,
    QueryVariable,
    Row,
    Stat,
    Table,
    TimeSeries,
    rate_interval,
    ratio,
)

from . import analytics, authentication, databases, integrations, memory, pipelines, realtime, requests, services
from .requests import Http, InService

# What the dashboard's variable has chosen.
chosen = Http.service.matches("$service")

state = Row(
    title="$service",
    panels=(
        Stat(
            title="Service uptime",
            description="Time since the service was started. A small value means that it has just been started again.",
            expr=services.uptime.where(chosen).min(by=(InService.service,)),
            width=6,
        ),
        GaugePanel(
            title="Health check success rate",
            description="Share of the health checks that succeed. Good is 100 %.",
            expr=services.health_checks.where(chosen, services.HealthChecks.status.eq("success"))
            .rate(rate_interval)
            .sum(by=(InService.service,))
            / services.health_checks.where(chosen).rate(rate_interval).sum(by=(InService.service,)),
            unit=ratio,
            max=1,
            no_value="No checks",
            width=6,
        ),
        TimeSeries(
            title="Failed health checks",
            description="Health checks that fail, a second; the line is where ServiceHealthCheckFailing fires.",
            expr=services.health_checks.where(chosen, services.HealthChecks.status.eq("failure"))
            .rate(rate_interval)
            .sum(by=(InService.service,)),
            alert=services.health_check_failing,
            width=12,
        ),
    ),
)

http = Row(
    title="HTTP",
    panels=(
        TimeSeries(
            title="Requests by status",
            description="Requests a second by the status they end with.",
            expr=requests.http_requests.where(chosen).rate(rate_interval).sum(by=(Http.status,)),
            stacked=True,
        ),
        TimeSeries(
            title="Errors by route",
            description="Requests that end with a status of 500 or above, for the ten routes that have most of them.",
            expr=requests.http_requests.where(chosen, Http.status.matches("5..")).rate(rate_interval).sum(by=(Http.route,)).topk(10),
            no_value="No errors",
        ),
        TimeSeries(
            title="Response time",
            description="Half of the requests are answered within P50, all but one in a hundred within P99.",
            queries=(
                Query(expr=requests.http_request_duration.where(chosen).quantile(0.5, rate_interval), legend="P50"),
                Query(expr=requests.http_request_duration.where(chosen).quantile(0.95, rate_interval), legend="P95"),
                Query(expr=requests.http_request_duration.where(chosen).quantile(0.99, rate_interval), legend="P99"),
            ),
        ),
        Heatmap(
            title="Response times",
            description="How the requests spread over response times: two bands mean two kinds of requests.",
            expr=requests.http_request_duration.where(chosen).bucket.rate(rate_interval).sum(by=("le",)),
        ),
    ),
)

event_bus = Row(
    title="Event bus and web sockets",
    panels=(
        TimeSeries(
            title="Events published",
            description="Events a second by topic.",
            expr=realtime.events_published.rate(rate_interval).sum(by=(realtime.Published.topic,)),
        ),
        TimeSeries(
            title="Event processing time P95",
            description="95 % of the events of a topic are handled within this time.",
            expr=realtime.event_processing_duration.quantile(0.95, rate_interval, by=(realtime.Handled.topic,)),
        ),
        TimeSeries(
            title="Subscribers",
            description="A topic without subscribers is published to nobody.",
            expr=realtime.subscribers.sum(by=(realtime.Topics.topic,)),
        ),
        TimeSeries(
            title="WebSocket messages",
            description="Messages a second, by their direction.",
            expr=realtime.websocket_messages.rate(rate_interval).sum(by=(realtime.Messages.direction,)),
        ),
    ),
)

pipeline_row = Row(
    title="Pipelines",
    panels=(
        TimeSeries(
            title="Pipeline execution rates",
            description="Runs a second by how they ended.",
            expr=pipelines.pipeline_executions.rate(rate_interval).sum(by=(pipelines.Executions.pipeline, pipelines.Executions.status)),
        ),
        TimeSeries(
            title="Pipeline processing time P95",
            description="95 % of the runs end within this time; the line is where PipelineProcessingTimeSlow fires.",
            expr=pipelines.pipeline_duration.quantile(0.95, rate_interval, by=(pipelines.Pipelines.pipeline,)),
            alert=pipelines.processing_slow,
        ),
        TimeSeries(
            title="Items processed",
            description="Items a second that went through.",
            expr=pipelines.pipeline_items.rate(rate_interval).sum(by=(pipelines.ProcessedItems.pipeline,)),
        ),
    ),
)

integration_row = Row(
    title="Integrations",
    panels=(
        TimeSeries(
            title="Integration request rates",
            description="Requests to the systems of others, by how they ended.",
            expr=integrations.integration_requests.rate(rate_interval).sum(
                by=(integrations.IntegrationRequests.integration, integrations.IntegrationRequests.status)
            ),
        ),
        TimeSeries(
            title="Integration errors",
            description="Errors a second by what went wrong.",
            expr=integrations.integration_errors.rate(rate_interval).sum(
                by=(integrations.IntegrationErrors.integration, integrations.IntegrationErrors.error_type)
            ),
            no_value="No errors",
        ),
        Table(
            title="Integrations by state",
            description="How many integrations of each type are in each state.",
            expr=integrations.integrations.sum(by=(integrations.IntegrationStates.type, integrations.IntegrationStates.status)),
        ),
    ),
)

database_row = Row(
    title="Databases",
    panels=(
        TimeSeries(
            title="Connection pool usage",
            description="Share of the pool's connections that are in use; the line is where DatabaseConnectionPoolExhausted fires.",
            expr=databases.pool_usage,
            alert=databases.pool_exhausted,
            max=1,
        ),
        TimeSeries(
            title="Query time P95",
            description="95 % of the queries are answered within this time; the line is where DatabaseHighQueryTime fires.",
            expr=databases.query_time_p95,
            alert=databases.high_query_time,
        ),
        TimeSeries(
            title="Query time by operation",
            description="The mean time of a query, by what it does.",
            expr=databases.query_duration.average(rate_interval, by=(databases.Queries.operation,)),
        ),
        TimeSeries(
            title="Database errors",
            description="Queries that failed, a second, by what went wrong.",
            expr=databases.database_errors.rate(rate_interval).sum(
                by=(databases.DatabaseErrors.database, databases.DatabaseErrors.error_type)
            ),
            no_value="No errors",
        ),
    ),
)

access = Row(
    title="Authentication, analytics, memory",
    collapsed=True,
    panels=(
        TimeSeries(
            title="Attempts to log in",
            description="Attempts a second by how they ended.",
            expr=authentication.auth_attempts.rate(rate_interval).sum(by=(authentication.Attempts.method, authentication.Attempts.status)),
        ),
        TimeSeries(
            title="Failed attempts to log in",
            description="Share of the attempts that fail; the line is where HighAuthFailureRate fires.",
            expr=authentication.auth_attempts.where(authentication.Attempts.status.eq("failure")).rate(rate_interval).sum()
            / authentication.auth_attempts.rate(rate_interval).sum(),
            unit=ratio,
            alert=authentication.high_auth_failure_rate,
            max=1,
            no_value="No attempts",
        ),
        TimeSeries(
            title="Rate limit hits",
            description="Requests refused by rate limiting, by endpoint.",
            expr=authentication.rate_limit_hits.rate(rate_interval).sum(by=(authentication.Endpoints.endpoint,)),
            no_value="None",
        ),
        Stat(
            title="Valid tokens",
            description="Tokens that are out, by what they are for.",
            expr=authentication.auth_tokens.sum(by=(authentication.Tokens.type,)),
        ),
        TimeSeries(
            title="Analytics events",
            description="Events tracked a second, and how many of them sampling left out.",
            expr=analytics.events_tracked.rate(rate_interval).sum(by=(analytics.Tracked.sampled,)),
        ),
        TimeSeries(
            title="Analytics query time P95",
            description="95 % of the queries are answered within this time.",
            expr=analytics.analytics_query_duration.quantile(0.95, rate_interval, by=(analytics.AnalyticsQueries.query_type,)),
        ),
        TimeSeries(
            title="Memory storage size",
            description="How much the services keep in the storage they share.",
            expr=memory.memory_size.sum(by=(memory.Storages.storage_type,)),
        ),
        TimeSeries(
            title="Memory storage operations",
            description="Operations a second on the storage.",
            expr=memory.memory_operations.rate(rate_interval).sum(by=(memory.StorageOperations.operation,)),
        ),
    ),
)

services_detail = Dashboard(
    name="AutoWeave Services Detail",
    uid="autoweave-services",
    description="Why is a service not well? Made from definitions/services_detail.py.",
    tags=("autoweave",),
    folder="AutoWeave",
    variables=(
        DatasourceVariable(name="datasource", label="Data source"),
        QueryVariable(name="service", label="Service", metric=services.uptime, values_of=InService.service),
    ),
    rows=(state, http, event_bus, pipeline_row, integration_row, database_row, access),
    links=(DashboardLink(title="AutoWeave", tags=("autoweave",)),),
)
