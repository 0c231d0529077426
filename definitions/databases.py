"""Databases: the connection pool, the queries and their errors."""

from typing import Literal

from monitoring_as_code import (
    Alert,
    Counter,
    Gauge,
    Histogram,
    Label,
    Labels,
    RecordingRule,
    RuleGroup,
    Runbook,
    connections,
    errors,
    label,
    percent,
    ratio,
    seconds,
)


class Pools(Labels):
    """Which database, and whether the connections in use (`active`) or the pool's size (`total`) is meant."""

    database: Label[str] = label(at_most=20)
    type: Label[Literal["active", "total"]]


class Queries(Labels):
    """Which database, and what was done."""

    database: Label[str] = label(at_most=20)
    operation: Label[str] = label(at_most=30)


class DatabaseErrors(Queries):
    """Which database, what was done, and what went wrong."""

    error_type: Label[str] = label(at_most=20)


pool = Gauge(name="database_connections_active", help="Connections of the pool.", unit=connections, labels=Pools, least=0)

query_duration = Histogram(
    name="database_query_duration_seconds",
    help="Time that a query takes.",
    unit=seconds,
    labels=Queries,
    buckets=(0.001, 0.01, 0.1, 0.5, 1, 5),
)

database_errors = Counter(name="database_errors_total", help="Queries that failed.", unit=errors, labels=DatabaseErrors)


pool_usage = RecordingRule(
    name="database_instance:database_connections:ratio",
    help="Share of the pool's connections that are in use.",
    unit=ratio,
    # The two sides differ in `type`, so matching must ignore it; with it no series would ever match.
    expr=pool.where(Pools.type.eq("active")).max(by=(Pools.database, "instance"))
    / pool.where(Pools.type.eq("total")).max(by=(Pools.database, "instance")),
)

query_time_p95 = RecordingRule(
    name="database:database_query_duration_seconds:p95_rate5m",
    help="The time that 95 % of the queries stay below.",
    unit=seconds,
    expr=query_duration.quantile(0.95, "5m", by=(Queries.database,)),
)


pool_exhausted = Alert(
    name="DatabaseConnectionPoolExhausted",
    expr=pool_usage > percent(90),
    for_="5m",
    severity="critical",
    labels={"category": "database", "team": "database"},
    summary="The connection pool of {{ $labels.database }} is nearly used up",
    description="{{ $value | humanizePercentage }} of the connections to {{ $labels.database }} are in use; 90 % is the limit.",
    runbook=Runbook(
        meaning="Nearly all connections of the pool are taken. Soon requests wait for one, then fail.",
        check=(
            "Long queries that hold connections: *Query time P95*.",
            "Whether there are more requests than usual, or connections that are never given back.",
        ),
        fix=("End the sessions that hold connections without need.", "Enlarge the pool if the database can bear it."),
    ),
)

high_query_time = Alert(
    name="DatabaseHighQueryTime",
    expr=query_time_p95 > seconds(0.5),
    for_="5m",
    severity="warning",
    labels={"category": "database", "team": "database"},
    summary="Queries on {{ $labels.database }} are slow",
    description="The slowest 5 % of the queries on {{ $labels.database }} take {{ $value | humanizeDuration }}; 0.5 s is the limit.",
    runbook=Runbook(
        meaning="The slowest queries take more than half a second; pages that need them are slow.",
        check=(
            "Which operation is slow: *Query time by operation*.",
            "Missing indexes, locks, a migration that runs.",
            "The database's host.",
        ),
    ),
)

database_alerts = RuleGroup(name="database", rules=(pool_usage, query_time_p95, pool_exhausted, high_query_time))
