from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def foreign_file() -> None:
    """A file that is not ours stands where the build must write.

    Only files that the manifest in build/ lists are ever changed or removed. Whatever else is there belongs to somebody: move it away, or
    delete it if nobody needs it, and build again.
    """
