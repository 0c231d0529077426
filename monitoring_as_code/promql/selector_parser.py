"""Selectors: `name{label="value"}`, and the lists of labels in `by (...)` and `on (...)`."""

from __future__ import annotations

from monitoring_as_code.promql.ast import COMPARISONS, Matcher, MatchOp, Name, Span, Variable, VectorSelector
from monitoring_as_code.promql.duration_parser import DurationParser
from monitoring_as_code.promql.errors import PromQLSyntaxError
from monitoring_as_code.promql.lexer import END, LABEL_WORDS, NAME, NUMBER, STRING, VARIABLE_NAME
from monitoring_as_code.promql.literals import unquote
from monitoring_as_code.promql.regexes import matches, problem
from monitoring_as_code.promql.variables import as_variable, find_variables, may_hold_variables

_MATCH_OPS: dict[str, MatchOp] = {"=": "=", "!=": "!=", "=~": "=~", "!~": "!~"}
_WORDS_IN_BRACES = LABEL_WORDS | {"without"}


class SelectorParser(DurationParser):
    """What chooses series."""

    __slots__ = ()

    def selector(self, name: str, name_span: Span, variables: tuple[Variable, ...] = ()) -> VectorSelector:
        """The selector whose name, if it has one, was read; its braces, if it has any, come next."""
        start = name_span.start
        if self.kinds[self.at] != "{":
            return VectorSelector(name, span=name_span, name_span=name_span, variables=variables)
        opening = self.at
        matchers: list[Matcher] = []
        stand_ins: list[Variable] = []
        self.at = opening + 1
        kinds = self.kinds
        while kinds[self.at] != "}":
            self._matcher(matchers, stand_ins)
            if kinds[self.at] == ",":
                self.at += 1
            elif kinds[self.at] != "}":
                if kinds[self.at] is END:
                    raise PromQLSyntaxError("the `{` is never closed", self.span_of(opening), "close it with `}`")
                self.unexpected("`,` or `}`")
        end = self.starts[self.at] + 1
        self.at += 1
        span = Span(start, end)
        if name:
            for matcher in matchers:
                if matcher.name == "__name__":
                    raise PromQLSyntaxError(
                        f"the metric's name is given twice: `{name}`, and here",
                        Span(matcher.name_span.start, matcher.value_span.end),
                        "name it before the braces or inside, not both",
                    )
        return VectorSelector(name, tuple(matchers), span=span, name_span=name_span, variables=variables, stand_ins=tuple(stand_ins))

    def must_choose(self, selector: VectorSelector) -> None:
        """Refuse a selector that would choose every series there is."""
        if selector.name or selector.stand_ins or any(is_choosy(matcher) for matcher in selector.matchers):
            return
        raise PromQLSyntaxError(
            "the selector has no name and no matcher that needs a value, so it would choose every series",
            selector.span,
            'name a metric, or write a matcher that no empty value satisfies, such as `job="api"`',
        )

    def labels(self) -> tuple[Name | Variable, ...]:
        """A list of labels in parentheses."""
        self.expect("(", "`(` and a list of labels")
        found: list[Name | Variable] = []
        while True:
            at = self.at
            kind = self.kinds[at]
            if kind == ")":
                self.at = at + 1
                return tuple(found)
            if kind in LABEL_WORDS:
                text = self.texts[at]
                if ":" in text:
                    raise PromQLSyntaxError(
                        f"`{text}` is no label: only a metric's name has colons in it",
                        self.span_of(at),
                        "write a label with other characters in quotes",
                    )
                found.append(Name(text, self.span_of(at)))
            elif kind is STRING:
                value = unquote(self.texts[at], self.starts[at])
                if not value:
                    raise PromQLSyntaxError("a label's name is empty", self.span_of(at))
                found.append(Name(value, self.span_of(at)))
            elif kind is VARIABLE_NAME and (variable := as_variable(self.texts[at], self.starts[at])):
                found.append(variable)
            else:
                self.unexpected("a label or `)`", _quote_help(kind, self.texts[at]))
            self.at = at + 1
            if self.kinds[self.at] == ",":
                self.at += 1
                if self.kinds[self.at] == ",":
                    self.unexpected("a label or `)`")
            elif self.kinds[self.at] != ")":
                self.unexpected("`,` or `)`")

    def _matcher(self, matchers: list[Matcher], stand_ins: list[Variable]) -> None:
        at = self.at
        kind = self.kinds[at]
        text = self.texts[at]
        start = self.starts[at]
        name_span = Span(start, start + len(text))
        name_variables: tuple[Variable, ...] = ()
        if kind is NAME or kind in _WORDS_IN_BRACES:
            if ":" in text:
                raise PromQLSyntaxError(
                    f"`{text}` is no label: only a metric's name has colons in it",
                    name_span,
                    f'a label with a colon is written in quotes: `{{"{text}"="..."}}`',
                )
            name = text
        elif kind is STRING:
            name = unquote(text, start)
            if self.kinds[at + 1] in {",", "}"}:
                self.at = at + 1
                if not name:
                    raise PromQLSyntaxError("the metric's name is empty", name_span)
                matchers.append(Matcher("__name__", "=", name, name_span, name_span, name_span))
                return
        elif kind is NUMBER and text.isalpha():  # inf, nan
            name = text
        elif kind is VARIABLE_NAME:
            name = text
            name_variables = find_variables(text, start)
            if self.kinds[at + 1] in {",", "}"}:
                self.at = at + 1
                stand_ins.append(Variable(name_variables[0].name, text, name_span))
                return
        elif kind is END:
            self.unexpected("a label or `}`", "the `{` is never closed")
        else:
            self.unexpected("a label or `}`" if matchers else "a label, a metric's name in quotes, or `}`", _quote_help(kind, text))
        op = _MATCH_OPS.get(self.kinds[at + 1])
        self.at = at + 1
        if op is None:
            compared = self.kinds[at + 1] in COMPARISONS
            self.unexpected(
                "`=`, `!=`, `=~` or `!~`",
                "the value of a label is matched, not compared" if compared else f'a matcher is written like `{text}="value"`',
            )
        self.at = at + 2
        if self.kinds[at + 2] is not STRING:
            value_kind, value_text = self.kinds[at + 2], self.texts[at + 2]
            quotable = value_kind in LABEL_WORDS or value_kind in {NUMBER, VARIABLE_NAME}
            self.unexpected("a string in quotes", f'write `{text}{op}"{value_text}"`' if quotable else "")
        literal = self.texts[at + 2]
        value_start = self.starts[at + 2]
        value_end = value_start + len(literal)
        value = unquote(literal, value_start)
        variables = name_variables
        if self.variables and may_hold_variables(literal):
            variables += find_variables(literal, value_start)
        if op in {"=~", "!~"}:
            self._check_pattern(value, Span(value_start, value_end), has_variables=bool(variables))
        self.at = at + 3
        matchers.append(Matcher(name, op, value, Span(start, value_end), name_span, Span(value_start, value_end), variables))

    def _check_pattern(self, pattern: str, span: Span, *, has_variables: bool) -> None:
        if has_variables:
            for variable in find_variables(pattern):
                pattern = pattern.replace(variable.text, "x", 1)
        wrong = problem(pattern)
        if wrong is not None:
            raise PromQLSyntaxError(
                f"the regular expression is wrong: {wrong}", span, "Prometheus reads RE2: https://github.com/google/re2/wiki/Syntax"
            )


def is_choosy(matcher: Matcher) -> bool:
    """Whether a series without the label fails the matcher."""
    if matcher.variables:
        return True
    match matcher.op:
        case "=":
            return matcher.value != ""
        case "!=":
            return matcher.value == ""
        case "=~":
            return not matches(matcher.value, "")
        case "!~":
            return matches(matcher.value, "")


def _quote_help(kind: str, text: str) -> str:
    if kind is NUMBER:
        return f'a label with that name is written in quotes: `"{text}"`'
    return ""
