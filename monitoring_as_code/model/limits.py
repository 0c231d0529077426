"""How much of a machine a service may take."""

from monitoring_as_code.model.checking import Field
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import Text


class Limits(Part):
    """What a container may take at most: memory in bytes or as `512m` and `2g`, processors, and processes with their threads."""

    memory: Text = Field(pattern=r"^[1-9][0-9]*[bkmg]?$", form="a number of bytes, such as `512m` or `2g`")
    cpus: float = Field(gt=0)
    pids: int = Field(default=256, ge=1)
