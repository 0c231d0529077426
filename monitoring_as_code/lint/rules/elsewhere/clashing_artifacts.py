from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def clashing_artifacts() -> None:
    """Two declarations give artifacts of one path.

    Files are named after what is declared: a dashboard's after its uid, a page after its alert. Two names may differ and still give one
    path, since not every file system tells small letters from capital ones. Rename one of the declarations.
    """
