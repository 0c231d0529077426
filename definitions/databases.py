"""Databases: the connection pool, the queries and their errors."""

from typing import Literal

from monitoring_as_code import (
    Alert,
    Counter,
    Fires,
    Firing,
    Gauge,
    Histogram,
    Inhibited,
    Label,
    Labels,
    Pending,
    Quiet,
    Reaches,
    RecordingRule,
    Resolves,
    RuleGroup,
    Runbook,
    Scenario,
    Series,
    connections,
    constant,
    errors,
    label,
    observed,
    percent,
    ramp,
    ratio,
    seconds,
    step,
)

from .monitoring import Target
from .routing import database_team, everybody, on_call, security_team
from .stack import backend


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

pool_exhausted_scenarios = (
    Scenario(
        name="91 of 100 connections are in use",
        alert=pool_exhausted,
        given=(
            Series(of=pool.where(Pools.database.eq("orders"), Pools.type.eq("active")), values=ramp(71, 91, over="5m")),
            Series(of=pool.where(Pools.database.eq("orders"), Pools.type.eq("total")), values=constant(100)),
            Series(of=pool.where(Pools.database.eq("users"), Pools.type.eq("active")), values=constant(10)),
            Series(of=pool.where(Pools.database.eq("users"), Pools.type.eq("total")), values=constant(20)),
        ),
        expect=(
            Quiet(at="4m30s"),
            Pending(at="5m"),
            Fires(after="10m", within="10m"),
            Firing(
                at="10m",
                labels={"database": "orders", "instance": backend.targets[0], "category": "database", "team": "database"},
                count=1,
                annotations={"summary": "orders", "description": "91%"},
            ),
            Reaches(receivers=(on_call, database_team), not_to=(everybody, security_team)),
        ),
    ),
    Scenario(
        name="90 of 100, which is the limit",
        alert=pool_exhausted,
        given=(
            Series(of=pool.where(Pools.type.eq("active")), values=constant(90)),
            Series(of=pool.where(Pools.type.eq("total")), values=constant(100)),
        ),
        expect=(Quiet(at="0s", until="10m"),),
    ),
    Scenario(
        name="connections are given back",
        alert=pool_exhausted,
        given=(
            Series(of=pool.where(Pools.type.eq("active")), values=step(99, 40, at="8m")),
            Series(of=pool.where(Pools.type.eq("total")), values=constant(100)),
        ),
        expect=(Firing(at="7m45s"), Resolves(by="8m")),
    ),
    Scenario(
        # What is in use is not closed, so more may be taken than there are.
        name="the pool is made smaller while it is in use",
        alert=pool_exhausted,
        given=(
            Series(of=pool.where(Pools.type.eq("active")), values=constant(60)),
            Series(of=pool.where(Pools.type.eq("total")), values=step(100, 50, at="2m")),
        ),
        expect=(Quiet(at="1m45s"), Fires(after="7m", within="7m"), Firing(at="7m", annotations={"description": "120%"})),
    ),
    Scenario(
        name="the backend restarts while the pool is full",
        alert=pool_exhausted,
        given=(
            Series(of=pool.where(Pools.type.eq("active")), values=constant(99).missing(since="3m", until="3m30s")),
            Series(of=pool.where(Pools.type.eq("total")), values=constant(100).missing(since="3m", until="3m30s")),
        ),
        expect=(Pending(at="2m45s"), Pending(at="4m45s"), Firing(at="10m")),
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

high_query_time_scenarios = (
    Scenario(
        name="the slowest queries of one database take 0.52 s",
        alert=high_query_time,
        given=(
            Series(of=query_duration.where(Queries.database.eq("orders")), values=observed(20, {0.95: 0.52})),
            Series(of=query_duration.where(Queries.database.eq("users")), values=observed(20, {0.95: 0.08})),
        ),
        expect=(
            Pending(at="5m"),
            Fires(after="5m15s", within="5m15s"),
            Firing(
                at="6m",
                labels={"database": "orders", "category": "database", "team": "database"},
                count=1,
                annotations={"summary": "orders", "description": "520ms"},
            ),
            Reaches(receivers=(database_team,), not_to=(everybody, on_call, security_team)),
        ),
    ),
    Scenario(
        name="0.5 s, which is the limit",
        alert=high_query_time,
        given=(Series(of=query_duration, values=observed(20, {0.95: 0.5})),),
        expect=(Quiet(at="0s", until="10m"),),
    ),
    Scenario(
        # All queries on the database count, whoever makes them: of these less than 5 % are slow at first.
        name="another backend makes slow reports, one in 50 queries, then one in six",
        alert=high_query_time,
        given=(
            Series(of=query_duration.where(Queries.operation.eq("select")), values=observed(50, {0.99: 0.05})),
            Series(
                of=query_duration.where(Queries.operation.eq("report"), Target.instance.eq("backend-2:3001")),
                values=observed(step(1, 10, at="5m"), {0.5: 3}),
            ),
        ),
        expect=(Quiet(at="0s", until="5m30s"), Pending(at="7m"), Firing(at="12m", count=1)),
    ),
    Scenario(
        # Without queries there is no time that they take: what is not known is not slow.
        name="nobody uses the slow database any more",
        alert=high_query_time,
        given=(Series(of=query_duration, values=observed(step(20, 0, at="10m"), {0.95: 3})),),
        expect=(Firing(at="14m15s"), Resolves(by="15m15s")),
    ),
    Scenario(
        # That the pool is used up says what to do; that queries wait for it follows from it. Another database is another matter.
        name="queries are slow because the pool is used up",
        alert=high_query_time,
        given=(
            Series(of=pool.where(Pools.database.eq("orders"), Pools.type.eq("active")), values=constant(100)),
            Series(of=pool.where(Pools.database.eq("orders"), Pools.type.eq("total")), values=constant(100)),
            Series(of=query_duration.where(Queries.database.eq("orders")), values=observed(20, {0.95: 2})),
            Series(of=query_duration.where(Queries.database.eq("users")), values=observed(20, {0.95: 2})),
        ),
        expect=(
            Firing(at="6m", alert=pool_exhausted),
            Inhibited(by=pool_exhausted, at="6m", labels={"database": "orders"}),
            Reaches(receivers=(database_team,), at="6m", labels={"database": "users"}),
        ),
    ),
)

database_alerts = RuleGroup(name="database", rules=(pool_usage, query_time_p95, pool_exhausted, high_query_time))
