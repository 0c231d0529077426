"""What is worked on in the background."""

from monitoring_as_code import Row, TimeSeries, rate_interval

from .. import drawing, pipelines
from . import chosen

executions = pipelines.pipeline_executions.where(chosen.instance)

pipeline_row = Row(
    title="Pipelines",
    panels=(
        TimeSeries(
            title="Pipeline execution rates",
            description="Runs by pipeline and how they ended, the ten commonest. One that falls silent has lost its trigger.",
            expr=executions.rate(rate_interval).sum(by=(pipelines.Executions.pipeline, pipelines.Executions.status)).topk(10),
            no_value="No runs",
        ),
        TimeSeries(
            title="Pipeline outcomes",
            description="Runs by how they ended. Good is all green; PipelineExecutionFailures names the pipeline that fails.",
            expr=executions.rate(rate_interval).sum(by=(pipelines.Executions.status,)),
            stacked=True,
            overrides=drawing.outcome_colors,
            no_value="No runs",
        ),
        TimeSeries(
            title="Pipeline processing time P95",
            description="95 % of the runs end within this time, the ten slowest pipelines. At the line PipelineProcessingTimeSlow fires.",
            expr=pipelines.pipeline_duration.where(chosen.instance)
            .quantile(0.95, rate_interval, by=(pipelines.Pipelines.pipeline,))
            .topk(10),
            alert=pipelines.processing_slow,
            no_value="No runs",
        ),
        TimeSeries(
            title="Items processed",
            description="Items that went through, the ten busiest pipelines. Fewer items in as many runs means that the input dries up.",
            expr=pipelines.pipeline_items.where(chosen.instance).rate(rate_interval).sum(by=(pipelines.ProcessedItems.pipeline,)).topk(10),
            no_value="No items",
        ),
    ),
)
