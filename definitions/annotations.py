"""What happened: moments that both dashboards mark on every panel, since most incidents begin with a change."""

from monitoring_as_code import Annotation, firing_alerts

from . import runtime
from .monitoring import Target
from .stack import backend

# A deployment starts the backend anew, and so does a crash; both are what one looks for. Grafana wants milliseconds.
starts = Annotation(
    name="Deployments and restarts",
    expr=runtime.started.where(Target.job.eq(backend.name)) * 1000,
    value_is_time=True,
    title="Backend started",
    text="{{instance}}",
    color="blue",
)

firing = firing_alerts('severity=~"warning|critical"', by=("service",))
