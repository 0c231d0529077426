"""The metrics of the instruments themselves, declared as any other: name them in definitions to query them."""

from typing import Literal, TypeAlias

from monitoring_as_code.model.labels import Label, Labels
from monitoring_as_code.model.metric import Counter

Reason: TypeAlias = Literal["domain", "budget", "labels", "value", "exemplar", "refused"]


class Drops(Labels):
    """Which metric it was, and why.

    A label's value outside of its `domain`; a series over the `budget`; `labels` that are missing, unknown or no text; a `value` that the
    kind of metric cannot have; an `exemplar` that is too long; or the client library `refused` the metric.
    """

    metric: Label[str]
    reason: Label[Reason]


dropped = Counter(
    name="mac_instrument_dropped_total",
    help="Samples that were not recorded as they were given, by metric and reason.",
    labels=Drops,
)
