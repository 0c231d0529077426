"""Pipelines: how often they run, how often they fail, and how long they take."""

from typing import Literal

from monitoring_as_code import (
    Alert,
    Counter,
    Histogram,
    Label,
    Labels,
    RuleGroup,
    Runbook,
    executions,
    items,
    label,
    seconds,
)


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
    description="{{ $labels.pipeline }} fails {{ $value | humanize }} times a second; more than 0.1 is too many.",
    runbook=Runbook(
        meaning="A pipeline fails more than six times a minute; what it should deliver is late or missing.",
        check=("The error of the last failed run, in the pipeline's log.", "Whether its input changed form.", "The integrations it calls."),
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

pipeline_alerts = RuleGroup(name="pipeline", rules=(execution_failures, processing_slow))
