"""A place in a list of tokens, and how the parser says what is wrong there."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import NoReturn

from monitoring_as_code.promql.ast import Span
from monitoring_as_code.promql.errors import PromQLSyntaxError, shown
from monitoring_as_code.promql.height import TOO_LONG, TOO_LONG_HELP, TOO_NESTED, TOO_NESTED_HELP
from monitoring_as_code.promql.lexer import END, NUMBER, RANGE, STRAY, STRING, VARIABLE_NAME, Tokens

_STRAY_HELP = {
    ".": 'a name with a `.` is written in quotes, `{"queue.length"}`, and needs Prometheus 3',
    "=": "to compare, write `==`; to match a label, write it in `{}`",
    "=~": "`=~` matches labels: write it in `{}`",
    "!~": "`!~` matches labels: write it in `{}`",
    "!": "to compare, write `!=`; to drop series that another vector has, write `unless`",
    "&": "PromQL's word is `and`",
    "|": "PromQL's word is `or`",
    "~": "`=~` matches labels: write it in `{}`",
    "“": 'write straight quotes: `"`',
    "”": 'write straight quotes: `"`',
    "‘": 'write straight quotes: `"`',
    "’": 'write straight quotes: `"`',
    "\xa0": "write a plain space",
    "\ufeff": "remove the byte order mark",
    "–": "write a plain minus: `-`",
    "−": "write a plain minus: `-`",
    ";": "one expression is one query: write two",
}
_VARIABLE_HELP = "rules run in Prometheus, which has no variables: write the value itself"


class Cursor:
    """The tokens of a text, and which one comes next.

    `depth` is how deep the parser is inside of other expressions.
    """

    __slots__ = ("at", "depth", "features", "kinds", "source", "starts", "texts", "variables")

    def __init__(self, source: str, tokens: Tokens, features: AbstractSet[str], *, variables: bool, depth: int = 0) -> None:
        self.source = source
        self.kinds, self.texts, self.starts = tokens
        self.features = features
        self.variables = variables
        self.depth = depth
        self.at = 0

    def end_of(self, at: int) -> int:
        """Where the token with that number ends in the source."""
        return self.starts[at] + len(self.texts[at])

    def span_of(self, at: int) -> Span:
        """The characters of the token with that number."""
        start = self.starts[at]
        return Span(start, start + len(self.texts[at]))

    def expect(self, kind: str, wanted: str) -> None:
        """Step over a token of that kind.

        Raises:
            PromQLSyntaxError: another one is there; `wanted` says in words what was expected.
        """
        if self.kinds[self.at] != kind:
            self.unexpected(wanted)
        self.at += 1

    def unexpected(self, wanted: str, help: str | None = None) -> NoReturn:  # noqa: A002 (the word that diagnostics use)
        """Say that the next token is not what was wanted, with the help that the token itself suggests if none is given."""
        at = self.at
        kind = self.kinds[at]
        text = self.texts[at]
        span = self.span_of(at)
        if kind is STRAY or kind is RANGE:
            self.refuse_variable(span.start)
        if kind is END and span.start < len(self.source):  # the tokens of a range end at its bracket
            raise PromQLSyntaxError(f"expected {wanted}, but found `]`", Span(span.start, span.start + 1), help or "")
        if kind is END:
            raise PromQLSyntaxError(f"expected {wanted}, but the text ends here", span, self._closing_help() if help is None else help)
        if kind is STRAY:
            raise PromQLSyntaxError(f"`{_visible(text)}` has no meaning in PromQL here", span, _STRAY_HELP.get(text, help or ""))
        raise PromQLSyntaxError(
            f"expected {wanted}, but found {_described(kind, text)}",
            span,
            _STRAY_HELP.get(text, "") if help is None or text == "." else help,
        )

    def need(self, feature: str, what: str, span: Span) -> None:
        """Refuse experimental syntax whose feature flag is not among those that were allowed."""
        if feature not in self.features:
            raise PromQLSyntaxError(
                f"{what} is experimental and needs Prometheus's feature flag `{feature}`",
                span,
                f"run Prometheus with `--enable-feature={feature}`, and allow it here",
            )

    def too_deep(self) -> NoReturn:
        """Refuse a text that is nested more deeply than `MAX_NESTING`."""
        raise PromQLSyntaxError(TOO_NESTED, self.span_of(self.at), TOO_NESTED_HELP)

    def too_long(self) -> NoReturn:
        """Refuse a tree that is higher than `MAX_HEIGHT`."""
        raise PromQLSyntaxError(TOO_LONG, self.span_of(self.at), TOO_LONG_HELP)

    def _closing_help(self) -> str:
        open_ones: list[int] = []
        for at, kind in enumerate(self.kinds):
            if kind == "(":
                open_ones.append(self.starts[at])
            elif kind == ")" and open_ones:
                open_ones.pop()
        return f"the `(` at character {open_ones[-1] + 1} is still open" if open_ones else ""

    def refuse_variable(self, start: int) -> None:
        """Refuse one of Grafana's variables at that character, or the one after it, where none is allowed."""
        if self.variables or self.source[start] not in "$[":
            return
        from monitoring_as_code.promql.variables import find_variables

        found = find_variables(self.source[start : start + 200], start)
        if found and found[0].span.start <= start + 1:
            raise PromQLSyntaxError(f"`{found[0].text}` is a variable of Grafana, which has no meaning here", found[0].span, _VARIABLE_HELP)


def _visible(text: str) -> str:
    return text if text.isprintable() else f"U+{ord(text):04X}"


def _described(kind: str, text: str) -> str:
    text = shown(text)
    if kind is STRING:
        return f"the string `{text}`"
    if kind is NUMBER and text != ".":
        return f"the number `{text}`"
    if kind is VARIABLE_NAME:
        return f"the variable `{text}`"
    return f"`{text}`"
