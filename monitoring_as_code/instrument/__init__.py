"""The declared metrics at run time: what an application imports beside its declarations.

Recording itself needs nothing of this: `requests.inc(method="GET", ...)` is a method of what is declared. Here is what an application sets
up once: which registry, which metrics are there from the start, the page that Prometheus reads.
"""

from monitoring_as_code.instrument.drops import NotRecorded, strict
from monitoring_as_code.instrument.own import dropped
from monitoring_as_code.instrument.page import exposition
from monitoring_as_code.instrument.registry import register, use

__all__ = ["NotRecorded", "dropped", "exposition", "register", "strict", "use"]
