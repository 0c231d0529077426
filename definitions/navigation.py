"""Where the dashboards lead to: from one to the other with what was chosen, and out to the documentation."""

from monitoring_as_code import DashboardLink, Link

from .stack import DOCS

# By tag, so that a dashboard that is added later is found from these two.
dashboards = DashboardLink(
    title="AutoWeave", tags=("autoweave",), icon="dashboard", tooltip="The other dashboards, same time and variables"
)
runbooks = Link(
    title="Runbooks",
    url=f"{DOCS}/alerts.md",
    keep_time=False,
    keep_variables=False,
    new_tab=True,
    icon="doc",
    tooltip="What to do for each alert",
)

# From a series that has a label `service`, or from a line of a table with such a column: time range and data source are kept. By uid,
# because the two dashboards lead to each other.
to_service = Link(
    title="Details of ${__field.labels.service}",
    dashboard="autoweave-services",
    variables={"service": "${__field.labels.service}"},
)
# On the details themselves: the same page, of one route alone.
to_route = Link(
    title="Only ${__field.labels.route}",
    dashboard="autoweave-services",
    variables={"route": "${__field.labels.route}"},
)
to_service_of_line = Link(
    title="Details of ${__data.fields.service}",
    dashboard="autoweave-services",
    variables={"service": "${__data.fields.service}"},
)
