from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def stale_artifact() -> None:
    """A file in build/ is not what the definitions give.

    What runs is what is committed in build/, so it must be built again after each change of the definitions: run `mac build` and commit
    both together. A file there is never edited by hand, since the next build would undo it; change the definition that it comes from.
    `mac build --check` asks for this alone.
    """
