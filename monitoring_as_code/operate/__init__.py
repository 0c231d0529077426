"""A stack on this machine, from its start to its end: what runs it, what it needs, and how it is.

An engine (`engine.Engine`) runs the services of a blueprint; all else asks the services themselves, and does not care who runs them.
"""

from monitoring_as_code.operate.engine import Engine, Service, StackError, Started
from monitoring_as_code.operate.native import Native
from monitoring_as_code.operate.place import Place, places_of

__all__ = ["Engine", "Native", "Place", "Service", "StackError", "Started", "places_of"]
