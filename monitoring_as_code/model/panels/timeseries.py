"""Values over time."""

from typing import ClassVar

from monitoring_as_code.model.dashboard import QueryPanel


class TimeSeries(QueryPanel):
    """Lines over time, the panel for most questions. `stacked` is for parts of a whole only."""

    type: ClassVar[str] = "timeseries"

    stacked: bool = False
