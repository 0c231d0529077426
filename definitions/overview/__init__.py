"""The Overview: are the users of AutoWeave well, and which service is not?"""

from monitoring_as_code import Dashboard, DatasourceVariable

from .. import annotations, navigation
from .deep_dives import access, history, meta, saturation
from .dependencies import dependencies
from .health import health
from .platform import platform
from .traffic import traffic

overview = Dashboard(
    name="AutoWeave Backend Overview",
    uid="autoweave-overview",
    description="Are the users of AutoWeave well, and which service is not? Made from definitions/overview.",
    tags=("autoweave", "generated"),
    folder="AutoWeave",
    time_from="now-6h",
    variables=(DatasourceVariable(name="datasource", label="Data source"),),
    rows=(health, traffic, platform, dependencies, history, saturation, access, meta),
    links=(navigation.dashboards, navigation.runbooks),
    annotations=(annotations.starts, annotations.firing),
)
