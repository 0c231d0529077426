"""Alertmanager's matchers: `severity="critical"`, in the words that every version since 0.22 reads the same.

Alertmanager 0.27 brought a second parser, for UTF-8, which reads some texts differently from the first; those are refused here, with
what to write instead.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from monitoring_as_code.light import NamedTuple

MatchOp: TypeAlias = Literal["=", "!=", "=~", "!~"]

_SPACE = re.compile(r"[ \t\n\r\f\v]*")
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_BARE_VALUE = re.compile(r"[^\s{}!=~,\\\"'`]*")
_ESCAPES: Final = {"\\": "\\", '"': '"', "n": "\n"}
# Matches what it says, by itself or as alternatives: needs no regular expression, and RE2 costs 10 ms to import.
_LITERALS = re.compile(r"[A-Za-z0-9_:/, -]*(?:\|[A-Za-z0-9_:/, -]*)*")
NEGATED: Final[dict[MatchOp, MatchOp]] = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}


class MatcherSyntaxError(ValueError):
    """A text that is no matcher; `span` are the characters that are wrong, from and up to."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.span = (start, end)


class Matcher(NamedTuple):
    """What a label's value must be, or must not be. A label that an alert has not is empty."""

    name: str
    op: MatchOp
    value: str

    def __str__(self) -> str:
        value = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{self.op}"{value}"'

    def accepts(self, value: str) -> bool:
        """Whether a label of that value fulfils this."""
        if self.op in ("=", "!="):
            found = value == self.value
        else:
            alternatives = _alternatives(self.value)
            found = _regex(self.value).fullmatch(value) is not None if alternatives is None else value in alternatives
        return found == (self.op in ("=", "=~"))

    @property
    def negated(self) -> Matcher:
        """What all other values fulfil."""
        return Matcher(self.name, NEGATED[self.op], self.value)

    @property
    def values(self) -> frozenset[str] | None:
        """The only values that fulfil this; None if there is no such list."""
        if self.op == "=":
            return frozenset((self.value,))
        return _alternatives(self.value) if self.op == "=~" else None


@lru_cache(maxsize=10_000)
def parse_matcher(text: str) -> Matcher:
    r"""One matcher, such as `severity="critical"` or `team=~"db|storage"`.

    Raises:
        MatcherSyntaxError: `text` is none, or is one to some versions of Alertmanager only.

    >>> parse_matcher('severity =~ "critical|warning"')
    Matcher(name='severity', op='=~', value='critical|warning')
    >>> str(parse_matcher("team=db"))
    'team="db"'
    """
    at = _skip(text, 0)
    if text.startswith("{", at):
        raise MatcherSyntaxError("a matcher stands without braces; several are several texts", at, at + 1)
    found = _NAME.match(text, at)
    if found is None:
        raise MatcherSyntaxError('a matcher starts with a label\'s name: `severity="critical"`', at, max(at + 1, len(text.rstrip())))
    name, at = found.group(), _skip(text, found.end())
    op: MatchOp
    for op in ("=~", "!~", "!=", "="):
        if text.startswith(op, at):
            break
    else:
        raise MatcherSyntaxError(f"after `{name}` one of `=`, `!=`, `=~`, `!~` must come", at, at + 1)
    start = _skip(text, at + len(op))
    value, end = _quoted(text, start) if text.startswith('"', start) else _bare(text, start)
    rest = _skip(text, end)
    if rest < len(text):
        if text[rest] == ",":
            raise MatcherSyntaxError("one matcher a text: several are several texts", rest, rest + 1)
        raise MatcherSyntaxError("nothing may follow a matcher's value", rest, len(text))
    if op in ("=~", "!~") and _alternatives(value) is None:
        _check_regex(value, start, end)
    return Matcher(name, op, value)


def disjoint(one: tuple[Matcher, ...], other: tuple[Matcher, ...]) -> bool:
    """Whether it is certain that no alert fulfils all matchers of both."""
    for mine in one:
        for theirs in other:
            if mine.name != theirs.name:
                continue
            if mine.values is not None and not any(theirs.accepts(value) for value in mine.values):
                return True
            if theirs.values is not None and not any(mine.accepts(value) for value in theirs.values):
                return True
            if mine == theirs.negated:
                return True
    return False


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


def _quoted(text: str, start: int) -> tuple[str, int]:
    """The value in double quotes that starts at `start`, and where it has ended."""
    value: list[str] = []
    at = start + 1
    while at < len(text):
        character = text[at]
        if character == '"':
            return "".join(value), at + 1
        if character == "\\":
            escaped = _ESCAPES.get(text[at + 1 : at + 2])
            if escaped is None:
                raise MatcherSyntaxError(
                    "a backslash in a matcher is written twice: Alertmanager's versions read it differently otherwise", at, at + 2
                )
            value.append(escaped)
            at += 2
            continue
        if character == "\n":
            raise MatcherSyntaxError("a line break in a matcher is written as a backslash and `n`", at, at + 1)
        value.append(character)
        at += 1
    raise MatcherSyntaxError("the value's closing quote is missing", start, len(text))


def _bare(text: str, start: int) -> tuple[str, int]:
    found = _BARE_VALUE.match(text, start)
    end = start if found is None else found.end()
    if end == start and text[start : start + 1] not in ("'", "`", "{", "}", "\\"):
        what = "a value in double quotes must come here; for an empty one write two of them"
        raise MatcherSyntaxError(what, start, start + 1)
    if end < len(text) and not text[end].isspace() and text[end] != ",":
        raise MatcherSyntaxError(f"a value with `{text[end]}` must stand in double quotes", start, len(text.rstrip()))
    return text[start:end], end


@lru_cache(maxsize=4096)
def _alternatives(pattern: str) -> frozenset[str] | None:
    return frozenset(pattern.split("|")) if _LITERALS.fullmatch(pattern) else None


@lru_cache(maxsize=4096)
def _regex(pattern: str) -> Any:  # noqa: ANN401 - re2 ships no types
    import re2

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)  # Alertmanager's dot matches no line break, which is RE2's default


def _check_regex(value: str, start: int, end: int) -> None:
    import re2

    try:
        _regex(value)
    except re2.error as error:
        said = error.args[0]
        said = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        raise MatcherSyntaxError(f"RE2 refuses the regular expression: {said}", start, end) from None
