"""The systems of others: what is asked of them, and how they answer."""

from monitoring_as_code import Override, Row, Table, TimeSeries, ValueMapping, rate_interval

from .. import drawing, integrations
from ..integrations import IntegrationErrors, IntegrationRequests, IntegrationStates
from . import chosen

made = integrations.integration_requests.where(chosen.instance)

integration_row = Row(
    title="Integrations",
    panels=(
        TimeSeries(
            title="Integration request rates",
            description="Requests to the systems of others, the ten asked most.",
            expr=made.rate(rate_interval).sum(by=(IntegrationRequests.integration,)).topk(10),
            no_value="No requests",
        ),
        TimeSeries(
            title="Integration outcomes",
            description="Requests by how they ended. Good is all green; *Integration errors* tells what went wrong.",
            expr=made.rate(rate_interval).sum(by=(IntegrationRequests.status,)),
            stacked=True,
            overrides=drawing.outcome_colors,
            no_value="No requests",
        ),
        TimeSeries(
            title="Integration errors",
            description="Errors by what went wrong, the ten commonest. Good is none; time-outs are theirs, refused requests may be ours.",
            expr=integrations.integration_errors.where(chosen.instance)
            .rate(rate_interval)
            .sum(by=(IntegrationErrors.integration, IntegrationErrors.error_type))
            .topk(10),
            no_value="No errors",
        ),
        Table(
            title="Integrations by state",
            description="How many integrations of each type are in each state. Good is active; unhealthy and failed ones need somebody.",
            expr=integrations.integrations.where(chosen.instance).sum(by=(IntegrationStates.type, IntegrationStates.status)).topk(50),
            legend="Integrations",
            rename={"type": "Type", "status": "State"},
            order=("type", "status"),
            sort_by="Integrations",
            mappings=(
                ValueMapping(value="active", color="green"),
                ValueMapping(value="unhealthy", color="orange"),
                ValueMapping(value="failed", color="red"),
            ),
            overrides=(Override(series="State", cells="color-text"),),
            no_value="No integrations",
        ),
    ),
)
