"""The declared metrics at run time: what an application imports beside its declarations.

Recording itself needs nothing of this: `requests.inc(method="GET", ...)` is a method of what is declared. Here is what an application sets
up once: which registry, which metrics are there from the start, the page that Prometheus reads. A name is loaded when it is first asked for:
definitions that query `dropped` get no client library with it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitoring_as_code.instrument.drops import NotRecorded as NotRecorded
    from monitoring_as_code.instrument.drops import strict as strict
    from monitoring_as_code.instrument.own import dropped as dropped
    from monitoring_as_code.instrument.page import exposition as exposition
    from monitoring_as_code.instrument.registry import register as register
    from monitoring_as_code.instrument.registry import use as use

_MODULES = {
    "NotRecorded": "drops",
    "dropped": "own",
    "exposition": "page",
    "register": "registry",
    "strict": "drops",
    "use": "registry",
}

__all__ = ["NotRecorded", "dropped", "exposition", "register", "strict", "use"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - type checkers read the imports above
    module = _MODULES.get(name)
    if module is None:
        message = f"module `{__name__}` has no attribute `{name}`"
        raise AttributeError(message)
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value
