"""What narrows a dashboard's variable: matchers without a metric around them, read as those of a selector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.analysis import Use
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql import PromQLSyntaxError, parse
from monitoring_as_code.promql.ast import Matcher, Span, VectorSelector
from monitoring_as_code.promql.infer import infer

if TYPE_CHECKING:
    from monitoring_as_code.catalogue import Catalogue, Entry
    from monitoring_as_code.model.dashboard import Dashboard
    from monitoring_as_code.model.variables import QueryVariable
    from monitoring_as_code.promql.infer.facts import SelectorFact


class Narrowed(NamedTuple):
    """A variable whose values are a label's on the series of one metric.

    `entry` is missing if nobody knows that metric. `use` is its matchers as an expression, if it has any that can be read; if not, `error`
    says why, with the characters of the text. `selector` is what is known of them, where the metric is.
    """

    dashboard: Dashboard
    variable: QueryVariable
    metric: str
    entry: Entry | None
    use: Use | None = None
    selector: SelectorFact | None = None
    error: PromQLSyntaxError | None = None


def narrowed(dashboard: Dashboard, variable: QueryVariable, catalogue: Catalogue) -> Narrowed:
    """A variable, read."""
    name = variable.metric if isinstance(variable.metric, str) else variable.metric.name
    entry = catalogue.lookup(name) or (None if isinstance(variable.metric, str) else catalogue.lookup(name + "_count"))
    found = Narrowed(dashboard, variable, name, entry)
    text = variable.matchers_text
    if not text.strip():
        return found
    before = "x" if text.lstrip().startswith("{") else "x{"
    try:
        tree = parse(before + text + ("" if before == "x" else "}"), variables=True)
    except PromQLSyntaxError as error:
        start, end = (min(max(at - len(before), 0), len(text)) for at in error.span)
        return found._replace(error=PromQLSyntaxError(error.message, Span(start, end), error.help))
    if not isinstance(tree, VectorSelector):
        return found
    selector = VectorSelector(name if entry is None else entry.name, tuple(_moved(matcher, -len(before)) for matcher in tree.matchers))
    use = Use(dashboard, variable, "matchers", True, text, selector, text, None)
    return found._replace(use=use, selector=None if entry is None else infer(selector, catalogue).selectors[0])


def _moved(matcher: Matcher, by: int) -> Matcher:
    whole, name, value = (Span(span.start + by, span.end + by) for span in (matcher.span, matcher.name_span, matcher.value_span))
    return Matcher(matcher.name, matcher.op, matcher.value, span=whole, name_span=name, value_span=value, variables=matcher.variables)
