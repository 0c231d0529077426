from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading

# What browsers run, or show as a page of this one.
_SCHEMES = frozenset({"javascript", "vbscript", "data"})


@rule(ERROR)
def unsafe_link(reading: Reading) -> Iterator[Finding]:
    """A link is a program instead of an address.

    Grafana makes `about:blank` of a link with the scheme `javascript`, `vbscript` or `data`, so it leads nowhere; where somebody has switched
    that off, who can change a dashboard acts in the name of everybody who looks at it. Link to a page.

    BAD:

        board = Dashboard(
            name="Shop",
            uid="shop",
            rows=(Row(title="All", panels=(Stat(title="Up", expr="sum(up)"),)),),
            links=(Link(title="Back", url="javascript:history.back()"),),
        )

    GOOD:

        board = Dashboard(
            name="Shop",
            uid="shop",
            rows=(Row(title="All", panels=(Stat(title="Up", expr="sum(up)"),)),),
            links=(Link(title="Shop", url="https://shop.example/"),),
        )
    """
    for board in boards(reading):
        for link in board.links:
            if ":" in link.url:
                # Browsers read over blanks and line breaks in a scheme.
                scheme = "".join(link.url.split(":", 1)[0].split()).lower()
                if scheme in _SCHEMES:
                    message = f"a link with the scheme `{scheme}` is a program, and Grafana lets it lead nowhere"
                    yield Finding(message, link.place, "link to a page", declaration=board.dashboard)
