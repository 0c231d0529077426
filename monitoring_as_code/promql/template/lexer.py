"""Cuts the actions of Go's templates, `{{ ... }}`, into words and signs, as Go's own lexer does."""

from __future__ import annotations

import re
from functools import cache

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import Span


class Fault(NamedTuple):
    """Why a template cannot be read, or fails when it is filled in; the characters; and what to do, if there is one thing."""

    message: str
    span: Span
    help: str = ""


class Refused(Exception):  # noqa: N818 - a fault, on its way to whom asked
    """A template that cannot be read."""

    def __init__(self, message: str, start: int, end: int, help_: str = "") -> None:
        super().__init__(message)
        self.fault = Fault(message, Span(start, end), help_)


class Token(NamedTuple):
    """A word or sign. `spaced` says that a blank stands before it, which counts in Go's templates."""

    kind: str
    text: str
    start: int
    end: int
    spaced: bool


_BLANKS = " \t\r\n"
# What may follow a name, besides a blank and the end of the action.
_AFTER_NAME = ".,|:()"


@cache
def _word() -> re.Pattern[str]:
    return re.compile(
        r'(?P<string>"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`)'
        r"|(?P<char>'(?:[^'\\\n]|\\[^\n])*')"
        r"|(?P<number>[+-]?\.?[0-9](?:[eEpP][+-]|[\w.])*(?:[+-][0-9.]+i)?|[+-])"
        r"|(?P<variable>\$\w*)|(?P<field>\.\w+)|(?P<dot>\.)|(?P<word>\w+)|(?P<sign>:=|[=|(),])|(?P<other>.)",
        re.DOTALL,
    )


@cache
def _number() -> re.Pattern[str]:
    decimal = r"(?:(?:\d+(?:_\d+)*)?\.?\d+(?:_\d+)*|\d+(?:_\d+)*\.)(?:[eE][+-]?\d+)?"
    return re.compile(
        rf"[+-]?(?:0[xX]_?[0-9a-fA-F_]+(?:\.[0-9a-fA-F]*)?(?:[pP][+-]?\d+)?|0[oO]?_?[0-7_]*|0[bB]_?[01][01_]*|(?!0\d+$){decimal}i?|{decimal}[+-]{decimal}i)"
    )


@cache
def _escapes() -> re.Pattern[str]:
    return re.compile(r"\\(?:[abfnrtv\\\"']|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|(?P<wrong>.))", re.DOTALL)


def after_comment(text: str, start: int) -> int | None:
    """Where the comment ends that the action at `start` is; None if it is none."""
    at = start + 2
    if text.startswith("-", at) and text[at + 1 : at + 2] in tuple(_BLANKS):
        at += 2
    if not text.startswith("/*", at):
        return None
    end = text.find("*/", at)
    if end < 0:
        raise Refused("this comment is never closed by `*/`", at, at + 2)
    end += 2
    if text.startswith("}}", end):
        return end + 2
    if text[end : end + 1] in tuple(_BLANKS) and text.startswith("-}}", end + 1):
        return end + 4
    raise Refused("`}}` must follow the end of a comment at once", end - 2, end)


def action(text: str, start: int) -> tuple[list[Token], int]:
    """The tokens of the action that begins at `start`, with `}}` as the last, and where it has ended."""
    position = start + 2
    if text.startswith("-", position) and text[position + 1 : position + 2] in tuple(_BLANKS):  # {{- trims what is before
        position += 2
    tokens: list[Token] = []
    word = _word()
    depth = 0
    length = len(text)
    while True:
        before = position
        while position < length and text[position] in _BLANKS:
            position += 1
        spaced = position > before
        if text.startswith("}}", position) or (text.startswith("-}}", position) and spaced):
            end = position + (2 if text[position] == "}" else 3)
            if depth:
                opened = [token for token in tokens if token.text in ("(", ")")]
                raise _unclosed(opened)
            tokens.append(Token("}}", "}}", position, end, spaced))
            return tokens, end
        found = word.match(text, position)
        if found is None or text.startswith("{{", position):
            raise Refused("`{{` is never closed by `}}`", start, start + 2)
        kind, end = found.lastgroup or "other", found.end()
        token = Token(kind, found[0], position, end, spaced)
        if kind == "sign":
            token = Token(found[0], found[0], position, end, spaced)
            depth += 1 if found[0] == "(" else -1 if found[0] == ")" else 0
            if depth < 0:
                raise Refused("there is no `(` for this `)`", position, end)
        elif kind in ("variable", "field", "word"):
            _check_end_of_name(text, token)
        elif kind in ("string", "char"):
            _check_escapes(token)
        elif kind == "number":
            if _number().fullmatch(token.text) is None or (text[end : end + 1].isalnum()):
                raise Refused(f"`{token.text}` is no number", position, end, _arithmetic(token.text))
        elif kind == "other":
            raise _strange(text, token, tokens)
        tokens.append(token)
        position = end


def _unclosed(parentheses: list[Token]) -> Refused:
    open_: list[Token] = []
    for token in parentheses:
        if token.text == "(":
            open_.append(token)
        else:
            open_.pop()
    return Refused("this `(` is never closed", open_[-1].start, open_[-1].end)


def _check_end_of_name(text: str, token: Token) -> None:
    end = token.end
    following = text[end : end + 1]
    if following and following not in _AFTER_NAME and following not in _BLANKS and not text.startswith("}}", end):
        help_ = ""
        if following == "[":
            closed = text.find("]", end)
            inside = text[end + 1 : closed].strip("\"'`") if closed > 0 else ""
            path = f"{token.text}.{inside}" if inside.isidentifier() else f'index {token.text} "..."'
            help_ = f"write `{path}`"
        elif following in _OPERATORS:
            help_ = _OPERATORS[following]
        raise Refused(f"`{following}` cannot follow `{token.text}` in a template", end, end + 1, help_)


COMPARE = "comparisons are functions: `gt $value 5.0`"
COMPUTE = "templates do not calculate: do it in the expression"
_OPERATORS = {">": COMPARE, "<": COMPARE, "!": COMPARE, "=": COMPARE, "*": COMPUTE, "/": COMPUTE, "%": COMPUTE, "+": COMPUTE, "-": COMPUTE}


def _arithmetic(text: str) -> str:
    return COMPUTE if text[0] in "+-" else ""


def _check_escapes(token: Token) -> None:
    text = token.text
    if text[0] == "`":
        return
    quote = text[0]
    for found in _escapes().finditer(text):
        if found["wrong"] is not None or found[0] == ("\\'" if quote == '"' else '\\"'):
            start = token.start + found.start()
            raise Refused(
                f"`{found[0]}` means nothing in a text of Go",
                start,
                start + len(found[0]),
                "write the backslash twice, or the text in backticks",
            )
    if quote == "'" and len(_escapes().sub("x", text[1:-1])) != 1:
        raise Refused("in single quotes stands one character", token.start, token.end, "write a text in double quotes")


def _strange(text: str, token: Token, before: list[Token]) -> Refused:
    sign, start = token.text, token.start
    if sign in "\"'`":
        return Refused("this string is never closed", start, len(text))
    if sign == "{" and not before:
        return Refused("there is a `{` too many: an action starts with two", start, start + 1)
    if sign == "}":
        return Refused("`}` means nothing in a template: an action ends with two", start, start + 1)
    return Refused(f"`{sign}` means nothing in a template", start, start + 1, _OPERATORS.get(sign, ""))
