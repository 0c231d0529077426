"""Documentation for people: what is measured, what alerts, whom it reaches, and a page to open when it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.targets.docs import alerts, index, metrics, routing, runbooks
from monitoring_as_code.targets.docs.known import NOTHING, known
from monitoring_as_code.targets.docs.pages import Context
from monitoring_as_code.targets.docs.reached import Audience
from monitoring_as_code.targets.shown import Views

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.diagnostics import Diagnostic


def render(analysis: Analysis) -> Iterator[tuple[str, str] | Diagnostic]:
    """`docs/README.md` with what leads to the other pages; pages about things that are not declared are left out."""
    outside, problems = known(analysis)
    yield from problems
    context = Context(analysis, Audience(analysis), Views(analysis), outside)
    pages = [
        ("metrics.md", metrics.page(context)),
        ("alerts.md", alerts.page(context)),
        ("routing.md", routing.page(context)),
    ]
    written = [(path, text) for path, text in pages if text]
    yield "docs/README.md", index.page(context, [path for path, _ in written])
    for path, text in written:
        yield f"docs/{path}", text
    for path, text in runbooks.pages(context):
        yield f"docs/{path}", text
    if outside is not NOTHING:  # a page of its own for each metric only where there is more to say of it than fits into a row
        from monitoring_as_code.targets.docs import metric

        for path, text in metric.pages(context):
            yield f"docs/{path}", text
