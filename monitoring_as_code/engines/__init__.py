"""The real programs: where they are, which version they are, what they say of what we emit.

`mac build` and `mac lint` need none of them; the tests and `mac test` ask them for the last word. They are called with lists, never
through a shell; each call has a limit; nothing that was started stays, and a server listens on loopback only.
"""

from monitoring_as_code.engines import amtool, promtool
from monitoring_as_code.engines.program import Engine, EngineFailed, EngineName, EngineTimeout, MissingEngine, find, missing, require
from monitoring_as_code.engines.report import Complaint, reported
from monitoring_as_code.engines.scratch import scratch
from monitoring_as_code.engines.server import Server, ServerFailed, alertmanager, prometheus

__all__ = [
    "Complaint",
    "Engine",
    "EngineFailed",
    "EngineName",
    "EngineTimeout",
    "MissingEngine",
    "Server",
    "ServerFailed",
    "alertmanager",
    "amtool",
    "find",
    "missing",
    "prometheus",
    "promtool",
    "reported",
    "require",
    "scratch",
]
