"""The variables that Grafana itself fills in, by where it does."""

from __future__ import annotations

from typing import Final

IN_QUERIES: Final = frozenset(
    {
        "__auto",
        "__dashboard",
        "__from",
        "__interval",
        "__interval_ms",
        "__name",
        "__org",
        "__range",
        "__range_ms",
        "__range_s",
        "__rate_interval",
        "__rate_interval_ms",
        "__timezone",
        "__to",
        "__user",
    }
)
"""In a query of Prometheus."""

IN_LINKS: Final = frozenset({"__all_variables", "__cell", "__data", "__field", "__series", "__url", "__url_time_range", "__value"})
"""Only in a link, which knows what was clicked on."""


def is_built_in(name: str) -> bool:
    """Whether Grafana, or a data source of it, may know a variable that no dashboard declares."""
    return name.startswith("__") or name in ("timeFilter", "interval")
