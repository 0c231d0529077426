"""Pipelines: how often they run, how often they fail, and how long they take."""

from typing import Literal

from monitoring_as_code import (
    Alert,
    Counter,
    Fires,
    Firing,
    Histogram,
    Label,
    Labels,
    Pending,
    Quiet,
    Reaches,
    Resolves,
    RuleGroup,
    Runbook,
    Scenario,
    Series,
    executions,
    items,
    label,
    observed,
    per_second,
    seconds,
    step,
)

from .monitoring import Target
from .routing import database_team, everybody, on_call, security_team


class Pipelines(Labels):
    """Which pipeline."""

    pipeline: Label[str] = label(at_most=50)


class Executions(Labels):
    """Which pipeline, and how it ended."""

    pipeline: Label[str] = label(at_most=50)
    status: Label[Literal["success", "failure"]]


class ProcessedItems(Labels):
    """Which pipeline, and what became of the item."""

    pipeline: Label[str] = label(at_most=50)
    status: Label[Literal["processed"]]


pipeline_executions = Counter(name="pipeline_executions_total", help="Pipeline runs.", unit=executions, labels=Executions)

pipeline_duration = Histogram(
    name="pipeline_processing_duration_seconds",
    help="Time that a run takes.",
    unit=seconds,
    labels=Pipelines,
    buckets=(0.1, 0.5, 1, 5, 10, 30, 60, 300),
)

pipeline_items = Counter(name="pipeline_items_processed_total", help="Items that went through.", unit=items, labels=ProcessedItems)


execution_failures = Alert(
    name="PipelineExecutionFailures",
    expr=pipeline_executions.where(Executions.status.eq("failure")).rate("5m").sum(by=(Executions.pipeline,)) > 0.1,
    for_="5m",
    severity="warning",
    labels={"category": "pipeline"},
    summary="Pipeline {{ $labels.pipeline }} keeps failing",
    description='{{ $labels.pipeline }} fails {{ printf "%.2f" $value }} times a second; more than 0.1 is too many.',
    runbook=Runbook(
        meaning="A pipeline fails more than six times a minute; what it should deliver is late or missing.",
        check=("The error of the last failed run, in the pipeline's log.", "Whether its input changed form.", "The integrations it calls."),
    ),
)

execution_failures_scenarios = (
    Scenario(
        name="a pipeline fails slightly more than six times a minute, on two backends together",
        alert=execution_failures,
        given=(
            Series(
                of=pipeline_executions.where(Executions.pipeline.eq("invoices"), Executions.status.eq("failure")),
                values=per_second(step(0, 0.06, at="5m")),
            ),
            Series(
                of=pipeline_executions.where(
                    Executions.pipeline.eq("invoices"), Executions.status.eq("failure"), Target.instance.eq("backend-2:3001")
                ),
                values=per_second(step(0, 0.046, at="5m")),
            ),
            Series(of=pipeline_executions.where(Executions.pipeline.eq("invoices"), Executions.status.eq("success")), values=per_second(2)),
            Series(
                of=pipeline_executions.where(Executions.pipeline.eq("search-index"), Executions.status.eq("failure")),
                values=per_second(0.01),
            ),
        ),
        expect=(
            Quiet(at="0s", until="9m"),
            Fires(after="14m", within="15m"),
            Firing(
                at="15m",
                labels={"pipeline": "invoices", "category": "pipeline"},
                count=1,
                annotations={"summary": "invoices", "description": "fails 0.11 times a second"},
            ),
            Reaches(receivers=(everybody,), not_to=(on_call, database_team, security_team)),
        ),
    ),
    Scenario(
        name="twice a minute, and four times on another backend, which is the limit",
        alert=execution_failures,
        given=(
            Series(
                of=pipeline_executions.where(Executions.pipeline.eq("invoices"), Executions.status.eq("failure")), values=per_second(2 / 60)
            ),
            Series(
                of=pipeline_executions.where(
                    Executions.pipeline.eq("invoices"), Executions.status.eq("failure"), Target.instance.eq("backend-2:3001")
                ),
                values=per_second(4 / 60),
            ),
        ),
        expect=(Quiet(at="0s", until="20m"),),
    ),
    Scenario(
        name="pipelines that succeed",
        alert=execution_failures,
        given=(
            Series(of=pipeline_executions.where(Executions.pipeline.eq("invoices"), Executions.status.eq("success")), values=per_second(5)),
        ),
        expect=(Quiet(at="0s", until="20m"),),
    ),
    Scenario(
        name="a pipeline is stopped after it has failed for a while",
        alert=execution_failures,
        given=(
            Series(
                of=pipeline_executions.where(Executions.pipeline.eq("invoices"), Executions.status.eq("failure")),
                values=per_second(10).missing(since="12m"),
            ),
        ),
        expect=(Fires(after="5m15s", within="5m15s"), Firing(at="16m15s"), Resolves(by="17m")),
    ),
)

processing_slow = Alert(
    name="PipelineProcessingTimeSlow",
    expr=pipeline_duration.quantile(0.95, "5m", by=(Pipelines.pipeline,)) > seconds(60),
    for_="10m",
    severity="warning",
    labels={"category": "pipeline"},
    summary="Pipeline {{ $labels.pipeline }} is slow",
    description="The slowest 5 % of the runs of {{ $labels.pipeline }} take {{ $value | humanizeDuration }}; a minute is the limit.",
    runbook=Runbook(
        meaning="The slowest runs of a pipeline take more than a minute. Work may pile up behind them.",
        check=(
            "Whether there is more to do than usual: *Items processed*.",
            "The databases and integrations that it uses.",
            "CPU and memory of the host.",
        ),
    ),
)

processing_slow_scenarios = (
    Scenario(
        name="the slowest runs of one pipeline take 60.5 s",
        alert=processing_slow,
        given=(
            Series(of=pipeline_duration.where(Pipelines.pipeline.eq("invoices")), values=observed(step(0.5, 0, at="12m"), {0.95: 60.5})),
            Series(of=pipeline_duration.where(Pipelines.pipeline.eq("search-index")), values=observed(0.5, {0.95: 4})),
        ),
        expect=(
            Pending(at="10m"),
            Fires(after="10m15s", within="10m15s"),
            Firing(
                at="11m",
                labels={"pipeline": "invoices", "category": "pipeline"},
                count=1,
                annotations={"summary": "invoices", "description": "1m 0s"},
            ),
            Resolves(by="17m15s"),
            Reaches(receivers=(everybody,), not_to=(on_call, database_team, security_team)),
        ),
    ),
    Scenario(
        name="60 s, which is the limit",
        alert=processing_slow,
        given=(Series(of=pipeline_duration, values=observed(0.5, {0.95: 60})),),
        expect=(Quiet(at="0s", until="20m"),),
    ),
    Scenario(
        # All runs of the pipeline count, wherever they run: of these less than 5 % are slow at first.
        name="another backend is slow, and has one in 50 runs, then one in six",
        alert=processing_slow,
        given=(
            Series(of=pipeline_duration, values=observed(50, {0.99: 4})),
            Series(
                of=pipeline_duration.where(Target.instance.eq("backend-2:3001")),
                values=observed(step(1, 10, at="5m"), {0.5: 200}),
            ),
        ),
        expect=(Quiet(at="0s", until="5m30s"), Pending(at="7m"), Firing(at="17m", count=1)),
    ),
    Scenario(
        # Once it does not run, the rate of five minutes is nothing, and so is the time that runs take.
        name="a slow pipeline ends before ten minutes are over",
        alert=processing_slow,
        given=(Series(of=pipeline_duration, values=observed(step(0.5, 0, at="4m"), {0.95: 200})),),
        expect=(Pending(at="8m15s"), Quiet(at="9m15s", until="20m")),
    ),
)

pipeline_alerts = RuleGroup(name="pipeline", rules=(execution_failures, processing_slow))
