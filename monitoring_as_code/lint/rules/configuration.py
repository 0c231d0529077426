from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def configuration() -> None:
    """`[tool.mac]` of pyproject.toml says something that nobody understands.

    A key is unknown, a value has the wrong type, or the name of a rule or feature does not exist. The default holds for it meanwhile.
    The keys are `definitions`, `build`, `disable`, `severity`, `prometheus-version`, `alertmanager-version` and `promql-features`.

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.", unused="an example")
    """
