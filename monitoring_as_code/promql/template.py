"""The templates of alerts (Go's, with Prometheus's variables) and of legends (Grafana's): which labels they read, and where.

Only what can be told without evaluating them. `.Labels` means the alert's labels only where the dot is still the alert: inside of
`range`, `with` and `define` it is something else.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple, TypeAlias

from monitoring_as_code.promql.ast import Span

Source: TypeAlias = Literal["labels", "external"]


class LabelUse(NamedTuple):
    """A label that a template reads. `guarded` says that it stands in, or under, a condition that asks for this label."""

    name: str
    span: Span
    source: Source = "labels"
    guarded: bool = False


class ValueUse(NamedTuple):
    """The alert's value, and how it is formatted: the function's name and place; none when it is written as it is. `then` is what follows."""

    formatter: str
    span: Span
    then: str = ""


class Fault(NamedTuple):
    """Why Prometheus would refuse a template, and the characters."""

    message: str
    span: Span


class Template(NamedTuple):
    """What is known of a template; nothing is said of its labels when it has a fault."""

    labels: tuple[LabelUse, ...] = ()
    fault: Fault | None = None
    values: tuple[ValueUse, ...] = ()


NOTHING = Template()

# A token of Go's templates: a comment, strings, `$x.y.z`, `.x.y`, words, signs.
_WORD = (
    r"/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`|'(?:[^'\\\n]|\\.)+'"
    r"|\$\w*(?:\.\w+)*|(?:\.\w+)+|\.(?!\w)|[A-Za-z_]\w*|\d[\w.]*|:=|[|()=,+-]|\S"
)
_OPENS = frozenset({"if", "with", "range", "define", "block"})
_VARIABLES = {"$labels": "labels", "$externalLabels": "external"}
_VALUE = (["$value"], [".Value"], ["$.Value"])
_FIELDS = {".Labels": "labels", ".ExternalLabels": "external"}


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(_WORD, re.DOTALL | re.ASCII), re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


@cache
def alert_template(text: str) -> Template:
    """What a template in an annotation or a label of a rule reads.

    >>> [(use.name, use.span) for use in alert_template("{{ $labels.job }} is down").labels]
    [('job', Span(start=11, end=14))]
    """
    if "{{" not in text:
        return NOTHING
    return _Scanner(text).scan()


@cache
def legend(text: str) -> tuple[LabelUse, ...]:
    """The labels in a legend of Grafana, `{{service}}`.

    >>> [(use.name, use.span) for use in legend("{{ service }} p95")]
    [('service', Span(start=3, end=10))]
    """
    if "{{" not in text:
        return ()
    found = []
    for action in _patterns()[1].finditer(text):
        name = action[1].strip()
        start = action.start(1) + len(action[1]) - len(action[1].lstrip())
        if name and not name.startswith("__"):  # __auto and the like are Grafana's own
            found.append(LabelUse(name, Span(start, start + len(name))))
    return tuple(found)


class _Block(NamedTuple):
    """An open `if`, `with` or `range`: the labels that it asks for, and whether the dot is another one inside."""

    word: str
    span: Span
    guards: frozenset[str]
    moves_dot: bool


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.uses: list[LabelUse] = []
        self.values: list[ValueUse] = []
        self.blocks: list[_Block] = []

    def scan(self) -> Template:
        text = self.text
        at = text.find("{{")
        while at >= 0:
            end = self._action(at)
            if isinstance(end, Fault):
                return Template(fault=end)
            at = text.find("{{", end)
        if self.blocks:
            block = self.blocks[-1]
            return Template(fault=Fault(f"`{block.word}` is never closed: its `{{{{ end }}}}` is missing", block.span))
        return Template(tuple(self.uses), values=tuple(self.values))

    def _action(self, start: int) -> int | Fault:
        """Reads the action that begins at `start`; where it ends."""
        text = self.text
        tokens: list[tuple[str, int]] = []
        position = start + 2
        pattern = _patterns()[0]
        while True:
            while position < len(text) and text[position] in " \t\r\n":
                position += 1
            if text.startswith("}}", position) or text.startswith("-}}", position):
                break
            token = pattern.match(text, position)
            if token is None or text.startswith("{{", position):
                return Fault("`{{` is never closed by `}}`", Span(start, start + 2))
            if token[0] in ('"', "'", "`"):
                return Fault("this string is never closed", Span(position, len(text)))
            tokens.append((token[0], position))
            position = token.end()
        if tokens and tokens[0][0] == "-":  # {{- trims
            tokens.pop(0)
        fault = self._read(tokens, Span(start, position + 2))
        end = text.index("}}", position) + 2
        self._value(tokens, text[end : end + 1])
        return fault or end

    def _value(self, tokens: list[tuple[str, int]], then: str) -> None:
        """Notes `$value`, `$value | formatter` and `formatter $value`."""
        words = [token for token, _ in tokens]
        at = next((index for index in (0, 1) if words[index : index + 1] in _VALUE), None)
        if at is None or (words[at] == ".Value" and any(block.moves_dot for block in self.blocks)):
            return
        formatter, position = "", tokens[at][1]
        if at == 0 and words[1:2] == ["|"] and len(tokens) > 2:
            formatter, position = tokens[2]
        elif at == 1:
            formatter, position = tokens[0]
        elif len(tokens) > 1:
            return
        last = len(tokens) == (3 if at == 0 and formatter else at + 1)
        if formatter.isidentifier() or not formatter:
            self.values.append(ValueUse(formatter, Span(position, position + len(formatter or words[at])), then if last else ""))

    def _read(self, tokens: list[tuple[str, int]], span: Span) -> Fault | None:
        word = tokens[0][0] if tokens else ""
        if word.startswith("/*"):
            return None
        if word == "end":
            if not self.blocks:
                return Fault("there is nothing for this `end` to close", span)
            self.blocks.pop()
            return None
        chained = word == "else" and len(tokens) > 1 and tokens[1][0] in ("if", "with")
        if word == "else":
            if not self.blocks:
                return Fault("there is no `if` for this `else`", span)
            block = self.blocks.pop()
            # A label that the `if` asked for may be read under `else if`, and its dot is the outer one again.
            self.blocks.append(block._replace(moves_dot=chained and tokens[1][0] == "with"))
        uses = self._labels(tokens)
        if word in _OPENS or chained:
            asks = word if word in _OPENS else tokens[1][0]
            guards = frozenset(use.name for use in uses) if asks in ("if", "with") else frozenset()
            uses = [use._replace(guarded=use.guarded or asks in ("if", "with")) for use in uses]
            if chained:
                self.blocks[-1] = self.blocks[-1]._replace(guards=self.blocks[-1].guards | guards)
            else:
                self.blocks.append(_Block(word, span, guards, word in ("with", "range", "define", "block")))
        self.uses.extend(uses)
        return None

    def _labels(self, tokens: list[tuple[str, int]]) -> list[LabelUse]:
        moved = any(block.moves_dot for block in self.blocks)
        found = []
        for index, (token, position) in enumerate(tokens):
            source: str | None = None
            head, _, rest = token.partition(".") if token[0] == "$" else (token, "", "")
            if token[0] == "$":
                source = _VARIABLES.get(head)
                if head == "$" and rest.partition(".")[0] in ("Labels", "ExternalLabels"):  # `$` is the outermost dot
                    head, _, rest = token.partition(".")[0], "", token.split(".", 2)[2] if token.count(".") > 1 else ""
                    source = "labels" if token.startswith("$.Labels") else "external"
            elif token[0] == "." and not moved and not (index and tokens[index - 1][0] == ")"):
                dotted = "." + token[1:].partition(".")[0]
                source = _FIELDS.get(dotted)
                rest = token[len(dotted) + 1 :]
            if source is None:
                continue
            name, start = rest.partition(".")[0], position + len(token) - len(rest)
            if not name and index and tokens[index - 1][0] == "index" and index + 1 < len(tokens):
                literal, start = tokens[index + 1]  # index $labels "name"
                name, start = (literal[1:-1], start + 1) if literal[0] in '"`' else ("", 0)
            if name:
                guarded = any(name in block.guards for block in self.blocks)
                found.append(LabelUse(name, Span(start, start + len(name)), "labels" if source == "labels" else "external", guarded))
        return found
