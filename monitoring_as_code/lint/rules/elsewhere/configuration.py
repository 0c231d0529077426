from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def configuration() -> None:
    """`[tool.mac]` of pyproject.toml says something that nobody understands.

    A key is unknown, a value has the wrong type, the name of a rule or feature does not exist, or a rule is turned off that cannot be.
    The default holds for it meanwhile. The keys, with their defaults:

        [tool.mac]
        definitions = "definitions"
        build = "build"
        environments = []             # what `by_env` chooses by: ["local", "production"]
        disable = []                  # rules that are off
        enable = []                   # rules that are on, of those that are off where nothing is said
        prometheus-version = "2.42"   # the oldest that must accept what is generated
        alertmanager-version = "0.25"
        promql-features = []          # experimental features that expressions may use
        window-scrapes = 4            # how many scrapes a window must hold
        panel-series = 1000           # how many series a query of a panel may show
        rule-series = 10000           # how many series a rule may give
        required-labels = []          # of every alert
        required-annotations = []
        severities = ["critical", "warning", "info", "none"]

        [tool.mac.severity]           # `"error"` or `"warning"` for a rule; every rule has one of its own
        unused-metric = "warning"
    """
