"""The PromQL that an alert's templates ask for by `query "..."`, found in the template's text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.analysis import Use
from monitoring_as_code.promql import PromQLSyntaxError, parse
from monitoring_as_code.promql.infer import infer

if TYPE_CHECKING:
    from monitoring_as_code.catalogue import Catalogue
    from monitoring_as_code.lint.reading import Written
    from monitoring_as_code.promql.infer.facts import SelectorFact


def asked(texts: Iterable[Written], catalogue: Catalogue) -> Iterator[tuple[Use, SelectorFact]]:
    """The selectors of what can be read, in texts that are an argument of their own: a use knows no place inside of a dictionary."""
    for written in texts:
        for query in written.template.queries if len(written.path) == 1 else ():
            if query.exact:
                # Blanks in front, so that the spans are those of the template's text.
                padded = " " * (query.span.start + 1) + query.text
                try:
                    tree = parse(padded)
                except PromQLSyntaxError:
                    continue
                use = Use(written.alert, written.alert, written.path[0], False, written.text, tree, query.text, None)
                for selector in infer(tree, catalogue).selectors:
                    yield use, selector
