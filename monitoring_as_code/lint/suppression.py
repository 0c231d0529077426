"""Comments that allow a finding: `# mac: allow[rate-of-gauge] the exporter calls a counter a gauge`.

Such a comment stands on the line of the finding, on the line where the declaration's call begins, or alone above either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from monitoring_as_code.diagnostics import Diagnostic
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.rules import RULE_NAMES, load
from monitoring_as_code.origin import Location, Place, locate
from monitoring_as_code.origin.source import Source, read

_MARK = b"mac:"


class Allowed(NamedTuple):
    """One rule that a comment allows from a line up to the `last`, and why; `at` is the rule's name in the comment."""

    rule: str
    at: Location
    line: int
    last: int
    reason: str

    def covers(self, lines: Iterable[tuple[str, int]]) -> bool:
        """Whether it is about one of these lines of files."""
        return any(path == self.at.path and self.line <= line <= self.last for path, line in lines)


class Comments(NamedTuple):
    """What all comments allow, and what is wrong with them."""

    allowed: tuple[Allowed, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def read_comments(paths: Iterable[str], *, for_lint: bool = False) -> Comments:
    """The comments in these files that allow something. Only a file with such words in it is looked at closely.

    What is read `for_lint` may lack those that are of no interest to it: well-formed ones that excuse what another command finds.
    """
    allowed: list[Allowed] = []
    problems: list[Diagnostic] = []
    for path in paths:
        if not _may_hold_any(path, for_lint=for_lint):
            continue
        source = read(path)
        if source is None:
            continue
        for line, column, comment in _comments(source) if path.endswith(".py") else _yaml_comments(source):
            form = _form().match(comment)
            at = Location(path, line, column + 1, line, column + 1 + len(comment))
            if form is None:
                message = "this comment allows nothing: it names no rule"
                problems.append(_diagnostic("suppression-without-reason", message, at, "write `# mac: allow[rule-name] reason`"))
                continue
            if not form["reason"].strip():
                message = f"`allow[{form['rules']}]` gives no reason"
                problems.append(_diagnostic("suppression-without-reason", message, at, "say after the bracket why this is right here"))
            target = _target(source, line, column)
            last = target if path.endswith(".py") else _last_of_value(source, target)
            for name in re.finditer(r"[^,\s]+", form["rules"]):
                start = column + 1 + form.start("rules") + name.start()
                at_name = Location(path, line, start, line, start + len(name[0]))
                found = _checked(Allowed(name[0], at_name, target, last, form["reason"].strip()))
                if isinstance(found, Allowed):
                    allowed.append(found)
                else:
                    problems.append(found)
    return Comments(tuple(allowed), tuple(problems))


def _may_hold_any(path: str, *, for_lint: bool) -> bool:
    """Whether a file is worth decoding and cutting into lines: thousands are not, and take much memory."""
    try:
        with open(path, "rb") as file:
            text = file.read()
    except (OSError, ValueError):
        return False
    if for_lint and _MARK in text:  # the tokenizer takes 10 ms to start
        text = re.sub(
            rb"(?m)^[ \t]*# mac: allow\[([a-z-]+)\] \S.*$", lambda found: b"" if _is_of_others(found[1].decode()) else found[0], text
        )
    return _MARK in text


def _is_of_others(rule: str) -> bool:
    """Whether another command than `mac lint` finds what a comment allows."""
    return rule in RULE_NAMES and not load(rule).of_lint


def lines_of(place: Place | Location) -> set[tuple[str, int]]:
    """Where a comment may stand to allow a finding at this place: its line, and that of its call."""
    if isinstance(place, Location):
        return {(place.path, place.line)}
    return {(found.path, found.line) for found in (locate(place), locate(Place(place.origin)))}


def unused(allowed: Iterable[Allowed], used: set[Allowed]) -> Iterator[Diagnostic]:
    """A finding for each comment, or part of one, that allows what nobody finds; what the lint cannot find is not its business."""
    for each in allowed:
        if each not in used and load(each.rule).of_lint:
            message = f"`{each.rule}` is allowed here, but finds nothing"
            yield _diagnostic("unused-suppression", message, each.at, "remove it from the comment; what it excused is mended")


def _checked(allowed: Allowed) -> Allowed | Diagnostic:
    if allowed.rule not in RULE_NAMES:
        from monitoring_as_code.diagnostics.nearest import did_you_mean

        help_ = did_you_mean(allowed.rule, RULE_NAMES) or "`mac explain` lists them"
        return _diagnostic("unknown-rule", f"there is no rule `{allowed.rule}`", allowed.at, help_)
    if not load(allowed.rule).may_be_allowed:
        return _diagnostic("unused-suppression", f"`{allowed.rule}` cannot be allowed", allowed.at, "mend what it finds")
    return allowed


def _diagnostic(rule: str, message: str, at: Location, help_: str) -> Diagnostic:
    return Diagnostic(rule, load(rule).severity, message, at, help_)


@cache
def _form() -> re.Pattern[str]:
    return re.compile(r"#\s*mac:\s*allow\[(?P<rules>[^\]]*[^\],\s][^\]]*)\](?P<reason>.*)")


def _comments(source: Source) -> Iterator[tuple[int, int, str]]:
    """Line from 1, column from 0 and text of each comment that means us; a string with such words is none.

    It may stand behind another comment, as in `# noqa  # mac: allow[...] ...`.
    """
    from io import StringIO
    from tokenize import COMMENT, TokenError, generate_tokens

    try:
        for token in generate_tokens(StringIO(source.text).readline):
            if token.type == COMMENT and (found := re.search(r"#\s*mac:\s*allow", token.string)):
                yield token.start[0], token.start[1] + found.start(), token.string[found.start() :]
    except (TokenError, SyntaxError):  # no Python: loading has said so
        return


def _yaml_comments(source: Source) -> Iterator[tuple[int, int, str]]:
    """The same in a rule file. A PromQL comment inside of an expression counts as one, too."""
    form = re.compile(r"(?:^|(?<=\s))#\s*mac:\s*allow.*")
    for number, line in enumerate(source.lines, start=1):
        if "mac:" in line and (found := form.search(line)):
            yield number, found.start(), found[0]


def _target(source: Source, line: int, column: int) -> int:
    """The line that a comment is about: its own, or the next line of code when it stands alone."""
    if source.lines[line - 1][:column].partition("#")[0].strip():
        return line
    for number in range(line, len(source.lines)):
        text = source.lines[number].strip()
        if text and not text.startswith("#"):
            return number + 1
    return line


def _last_of_value(source: Source, line: int) -> int:
    """The last line of the YAML value that begins on a line, such as of the expression below `expr: |`."""
    key = re.match(r"[ ]*(?:- +)*(?=[^\s#:]+:[ ]+[^\s#&])", source.lines[line - 1])
    last = line
    for number in range(line, len(source.lines)) if key is not None else ():
        text = source.lines[number]
        if text.strip():
            if key is None or len(text) - len(text.lstrip(" ")) <= key.end():
                break
            last = number + 1
    return last
