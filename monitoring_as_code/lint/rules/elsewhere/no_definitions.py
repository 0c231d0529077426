from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def no_definitions() -> None:
    """There is nothing to work with: the folder of the definitions is missing, or nothing in it declares anything.

    A project is a folder with a folder `definitions`, of which every file is Python that declares metrics, alerts and dashboards. Another
    name for that folder is set by `definitions` in `[tool.mac]` of pyproject.toml.
    Where there is neither that folder nor such a table, here and in every folder above, there is no project at all: the command says so
    and ends with exit code 2.
    """
