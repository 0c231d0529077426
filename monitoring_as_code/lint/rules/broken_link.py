from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.boards import Board, Linked
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, whole_project=True)
def broken_link(reading: Reading) -> Iterator[Finding]:
    """A link leads to a dashboard that is not there, or gives a value to a variable that it has not.

    The first ends at "Dashboard not found", in the middle of an incident. The second opens a page that shows all services, when one was
    clicked on. What counts are the dashboards of this project: allow the finding if another one is made elsewhere.

    BAD:

        detail = Dashboard(name="Detail", uid="shop-detail", rows=(Row(title="All", panels=(Stat(title="Up", expr="sum(up)"),)),))
        board = Dashboard(
            name="Shop",
            uid="shop",
            rows=(Row(title="All", panels=(Stat(title="Up", expr="sum(up)"),)),),
            links=(Link(title="Detail", url="/d/shop-details/detail"),),
        )

    GOOD:

        detail = Dashboard(name="Detail", uid="shop-detail", rows=(Row(title="All", panels=(Stat(title="Up", expr="sum(up)"),)),))
        board = Dashboard(
            name="Shop",
            uid="shop",
            rows=(Row(title="All", panels=(Stat(title="Up", expr="sum(up)"),)),),
            links=(Link(title="Detail", url="/d/shop-detail/detail"),),
        )
    """
    every = {board.dashboard.uid: board for board in boards(reading)}
    for board in every.values():
        for link in board.links:
            if link.uid is not None:
                yield from _of_dashboard(board, link, every)
            elif not link.url:
                yield from _of_tags(board, link.place, tuple(getattr(link.part, "tags", ())), every)
        for panel in (panel for row in board.dashboard.rows for panel in row.panels if panel.type == "dashlist"):
            yield from _of_tags(board, Place(panel.origin, ("tags",)), getattr(panel, "tags", ()), every)


def _of_dashboard(board: Board, link: Linked, every: dict[str, Board]) -> Iterator[Finding]:
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    uid = link.uid or ""
    target = every.get(uid)
    if target is None:
        help_ = did_you_mean(uid, every) or f"there are {listed(sorted(every), 'and')}"
        yield Finding(f"no dashboard has the uid `{uid}`", link.place, help_, declaration=board.dashboard)
        return
    import re

    known = target.known
    passed = (*link.passed, *(found[1] for found in re.finditer(r"[?&]var-([A-Za-z_]\w*)=", link.url)))
    for name in passed:
        if name not in known:
            near = did_you_mean(name, sorted(known)) or f"it has {listed(sorted(known), 'and')}"
            yield Finding(f"`{target.dashboard.name}` has no variable `{name}`", link.place, near, declaration=board.dashboard)


def _of_tags(board: Board, place: Place, tags: tuple[str, ...], every: dict[str, Board]) -> Iterator[Finding]:
    """A finding for a list of dashboards that is empty."""
    if tags and not any(set(tags) <= {*each.dashboard.tags, "mac"} for each in every.values()):
        from monitoring_as_code.diagnostics.nearest import listed

        words = f"the tag `{tags[0]}`" if len(tags) == 1 else f"the tags {listed(tags, 'and')}"
        yield Finding(f"no dashboard has {words}", place, "name a tag that they have", declaration=board.dashboard)
