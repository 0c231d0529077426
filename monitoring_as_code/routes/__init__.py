"""Which way an alert takes through the route tree, which alerts come in one notification, and what can hold one back."""

from monitoring_as_code.routes.audience import Silence, alert_labels, declared_receivers, holds_back, same_value, silence
from monitoring_as_code.routes.tree import Branch, every_branch, receiver_name, route_tree
from monitoring_as_code.routes.walk import (
    Arrival,
    Group,
    Step,
    Values,
    arrivals,
    fulfilled,
    groups,
    route_of,
    sure_receivers,
    way,
)

__all__ = [
    "Arrival",
    "Branch",
    "Group",
    "Silence",
    "Step",
    "Values",
    "alert_labels",
    "arrivals",
    "declared_receivers",
    "every_branch",
    "fulfilled",
    "groups",
    "holds_back",
    "receiver_name",
    "route_of",
    "route_tree",
    "same_value",
    "silence",
    "sure_receivers",
    "way",
]
