from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def broken_manifest() -> None:
    """The manifest in build/ cannot be read, so nobody knows which files there are ours.

    Somebody has edited it, a merge has left its marks in it, or a newer `mac` wrote it. Take it back from version control, or delete
    build/ if all in it is generated, and build again.
    """
