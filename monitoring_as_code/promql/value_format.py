"""How the templates of an alert format its value, and what follows it."""

from __future__ import annotations

import re
from functools import cache

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import Span


class ValueUse(NamedTuple):
    """The alert's value with the function that formats it, if there is one, and its characters; `then` is the character after the action."""

    formatter: str
    span: Span
    then: str = ""


_VALUE = r"(?P<value>\$value|\$\.Value|\.Value)(?!\w)"
# Inside of these the dot is something else.
_MOVES_DOT = re.compile(r"\{\{-?\s*(?:range|with|define|block)\b")


@cache
def _pattern() -> re.Pattern[str]:
    before = rf"(?P<before>[A-Za-z]\w*)\s+{_VALUE}"
    after = rf"{_VALUE}(?:\s*\|\s*(?P<after>[A-Za-z]\w*)\s*(?=\||-?\}}\}}))?".replace("(?P<value>", "(?P<piped>")
    return re.compile(rf"\{{\{{-?\s*(?:{before}|{after})\s*(?P<rest>\||-?\}}\}}(?P<then>.?))", re.DOTALL)


def value_uses(text: str) -> tuple[ValueUse, ...]:
    """Every `$value`, `$value | formatter` and `formatter $value` that is a whole action or begins one.

    >>> [(use.formatter, use.then) for use in value_uses("{{ $value | humanize }}% of {{ $value }}s")]
    [('humanize', '%'), ('', 's')]
    """
    if "alue" not in text:
        return ()
    moved = _MOVES_DOT.search(text) is not None
    found = []
    for match in _pattern().finditer(text):
        if moved and (match["value"] or match["piped"]) == ".Value":
            continue
        group = "before" if match["before"] else "after" if match["after"] else "piped"
        formatter = "" if group == "piped" else match[group]
        if not formatter and match["rest"] == "|":
            continue
        found.append(ValueUse(formatter, Span(*match.span(group)), match["then"] or ""))
    return tuple(found)
