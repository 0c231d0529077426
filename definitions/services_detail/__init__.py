"""The Services Detail: why is a service not well?"""

from monitoring_as_code import Dashboard, DatasourceVariable, QueryVariable

from .. import annotations, navigation, requests, services
from ..monitoring import Target
from ..requests import Http, InService
from .access import access
from .databases import database_row
from .events import event_bus
from .health import health
from .http import http
from .integrations import integration_row
from .pipelines import pipeline_row
from .runtime import node

services_detail = Dashboard(
    name="AutoWeave Services Detail",
    uid="autoweave-services",
    description="Why is a service not well? Made from definitions/services_detail.",
    tags=("autoweave", "generated"),
    folder="AutoWeave",
    variables=(
        DatasourceVariable(name="datasource", label="Data source"),
        QueryVariable(name="service", label="Service", metric=services.uptime, values_of=InService.service),
        # Each offers what is left by those before it.
        QueryVariable(
            name="instance",
            label="Instance",
            description="Event bus, pipelines, integrations, databases and Node.js know no service: they are those of the instance.",
            metric=services.uptime,
            values_of=Target.instance,
            matchers='service=~"$service"',
        ),
        QueryVariable(
            name="route",
            label="Route",
            metric=requests.http_requests,
            values_of=Http.route,
            matchers='service=~"$service", instance=~"$instance"',
        ),
    ),
    rows=(health, http, event_bus, pipeline_row, integration_row, database_row, node, access),
    links=(navigation.dashboards, navigation.runbooks),
    annotations=(annotations.starts, annotations.firing),
)
