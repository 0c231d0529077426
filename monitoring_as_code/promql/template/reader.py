"""Reads Go's templates as Prometheus and Alertmanager do, and finds what must fail when they are filled in.

One pass: the grammar is that of Go 1.19's text/template, with which Prometheus 2.42 and Alertmanager 0.25 are built, and each operand has a
type as soon as it is read. What is wrong in the grammar is raised; what will fail, of which there may be several, is collected.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import Span
from monitoring_as_code.promql.template.calls import Calls, Operand
from monitoring_as_code.promql.template.lexer import COMPUTE, Fault, Refused, Token, action, after_comment
from monitoring_as_code.promql.template.vocabulary import ANY, BUILTINS, ELEMENTS, MAPS, WORDS, Dialect, other

Source: TypeAlias = Literal["labels", "external"]


class LabelUse(NamedTuple):
    """A label that a template reads. `guarded` says that it stands in, or under, a condition that asks for this label."""

    name: str
    span: Span
    source: Source = "labels"
    guarded: bool = False


class Query(NamedTuple):
    """PromQL that a template asks for by `query`, and the characters of the literal that it stands in.

    `exact` says that the literal holds the text as it is, one character further on.
    """

    text: str
    span: Span
    exact: bool


class Template(NamedTuple):
    """What is known of a template; nothing else is said of one that has a `fault`, which nobody can read.

    `failures` are what must go wrong when it is filled in. `templates` are those of others that it asks for.
    """

    labels: tuple[LabelUse, ...] = ()
    fault: Fault | None = None
    failures: tuple[Fault, ...] = ()
    queries: tuple[Query, ...] = ()
    templates: tuple[tuple[str, Span], ...] = ()


_KEYWORDS = frozenset({"if", "else", "end", "range", "with", "define", "block", "template", "break", "continue"})
_OPERANDS = frozenset({"string", "char", "number", "variable", "field", "dot", "word", "("})
# What a later stage of a pipeline cannot be.
_NO_COMMAND = frozenset({"string", "number", "bool", "nil", "dot"})


def read(text: str, dialect: Dialect) -> Template:
    """What a template reads, and what is wrong with it."""
    reader = _Reader(text, dialect)
    try:
        reader.whole()
    except Refused as refused:
        return Template(fault=refused.fault)
    except RecursionError:  # blocks in blocks, hundreds deep: nobody's own work, and Go may well read it
        return Template()
    called = tuple(each for each in reader.called if each[0] not in reader.defined)
    return Template(tuple(reader.labels), None, tuple(reader.failures), tuple(reader.queries), called)


def defined(text: str, dialect: Dialect) -> frozenset[str]:
    """The names of the templates that a text defines.

    Raises:
        Refused: nobody can read it.
    """
    reader = _Reader(text, dialect)
    reader.whole()
    return frozenset(reader.defined)


class _Reader(Calls):
    def __init__(self, text: str, dialect: Dialect) -> None:
        super().__init__(text, dialect)
        self.labels: list[LabelUse] = []
        self.called: list[tuple[str, Span]] = []
        self.defined: set[str] = set()
        self.at = 0
        self.tokens: list[Token] = []
        self.index = 0
        self.dot = dialect.root
        # A variable's type is in a list of one, which the blocks inside share.
        self.variables = {name: [type_] for name, type_ in dialect.variables.items()}
        self.guards: frozenset[str] = frozenset()
        self.ranges = 0

    def whole(self) -> None:
        """Reads the text to its end."""
        found = self._until_end(None)
        if found is not None:
            if found.text == "end":
                raise Refused("there is nothing for this `end` to close", found.start, found.end)
            raise Refused("there is no `if` for this `else`", found.start, found.end)

    def _until_end(self, opened: Token | None) -> Token | None:
        """Reads texts and actions up to the `end` or `else` of the block that was `opened`, or up to the end of the text.

        The token is that word, with the span of its action.
        """
        text = self.text
        while (start := text.find("{{", self.at)) >= 0:
            end = after_comment(text, start)
            if end is not None:
                self.at = end
                continue
            self.tokens, self.at = action(text, start)
            self.index = 0
            first = self.tokens[0]
            if first.kind != "word" or first.text not in _KEYWORDS:
                self._pipeline("an action", "}}")
                continue
            self.index = 1
            whole = first._replace(start=start, end=self.at)
            word = first.text
            if word in ("end", "else"):
                if word == "end":
                    self._close(first)
                return whole
            if word in ("if", "with", "range"):
                self._block(whole)
            elif word in ("break", "continue"):
                self._close(first)
                if not self.ranges:
                    raise Refused(f"there is no `range` around this `{word}`", first.start, first.end)
            elif word == "template":
                self._template(first)
            else:
                self._definition(whole, first, nested=opened is not None)
        if opened is not None:
            raise Refused(f"`{opened.text}` is never closed: its `{{{{ end }}}}` is missing", opened.start, opened.end)
        return None

    def _block(self, whole: Token) -> None:
        """`if`, `with` or `range`, up to its end."""
        word = whole.text
        outer = self.variables, self.dot, self.guards
        self.variables = dict(self.variables)
        before = len(self.labels)
        kind = self._pipeline(f"`{word}`", "}}", ranged=word == "range").type
        if word != "range":
            asked = [use._replace(guarded=True) for use in self.labels[before:]]
            self.labels[before:] = asked
            self.guards |= {use.name for use in asked}
        if word == "with":
            self.dot = kind
        elif word == "range":
            self.dot = ELEMENTS.get(kind, ANY)
            self.ranges += 1
        ended = self._until_end(whole)
        self.dot = outer[1]
        self.ranges -= word == "range"
        if ended is not None and ended.text == "else":
            following = self.tokens[self.index]
            if following.text == "if" and word == "if":
                self.index += 1
                self._block(whole._replace(text="if"))
            else:
                self._close(self.tokens[0])
                ended = self._until_end(whole)
                if ended is not None and ended.text == "else":
                    raise Refused("this `else` is the second one", ended.start, ended.end, "an `else if` stands before the `else`")
        self.variables, self.dot, self.guards = outer

    def _definition(self, whole: Token, first: Token, *, nested: bool) -> None:
        """`define` or `block`: what is inside knows nothing but the dot that it is given."""
        word = whole.text
        if word == "define" and nested:
            raise Refused("`define` cannot stand inside of another block", first.start, first.end)
        name = self._name(word)
        kind = ANY
        if word == "define":
            self._close(first)
        else:
            kind = self._pipeline("`block`", "}}").type
        if name in self.defined:
            raise Refused(f"the template `{name}` is defined twice", first.start, first.end)
        self.defined.add(name)
        outer = self.variables, self.dot, self.guards, self.ranges
        self.variables, self.dot, self.guards, self.ranges = {"$": [kind]}, kind, frozenset(), 0
        ended = self._until_end(whole)
        if ended is not None and ended.text == "else":
            raise Refused(f"`{word}` has no `else`", ended.start, ended.end)
        self.variables, self.dot, self.guards, self.ranges = outer

    def _template(self, first: Token) -> None:
        start = self.tokens[self.index].start
        name = self._name(first.text)
        self.called.append((name, Span(start, self.tokens[self.index - 1].end)))
        if self.tokens[self.index].kind != "}}":
            self._pipeline("`template`", "}}")

    def _name(self, word: str) -> str:
        token = self.tokens[self.index]
        if token.kind != "string":
            raise self._unexpected(token, f"after `{word}` comes a name in quotes")
        self.index += 1
        return token.text[1:-1]

    def _close(self, first: Token) -> None:
        token = self.tokens[self.index]
        if token.kind == "}}":
            return
        if first.text == "else" and token.text in ("if", "with"):
            message = f"`else {token.text}` is known to newer versions only" if token.text == "with" else "`else if` belongs to an `if`"
            raise Refused(message, token.start, token.end, f"write an `{token.text}` of its own after the `else`")
        raise self._unexpected(token, f"nothing may follow `{first.text}`")

    def _unexpected(self, token: Token, message: str) -> Refused:
        return Refused(message, token.start, token.end)

    def _pipeline(self, context: str, closing: str, *, ranged: bool = False) -> Operand:
        """Commands joined by `|`, whose result may go into variables."""
        tokens = self.tokens
        first = self.index
        opening = tokens[first]
        declared: list[Token] = []
        assigned = False
        while tokens[self.index].kind == "variable":
            sign = tokens[self.index + 1].kind
            if sign in (":=", "="):
                declared.append(tokens[self.index])
                assigned = sign == "="
                self.index += 2
            elif sign == ",":
                comma = tokens[self.index + 1]
                declared.append(tokens[self.index])
                self.index += 2
                if not ranged or len(declared) > 1:
                    raise Refused(f"{context} declares {'two variables' if ranged else 'one variable'} at most", comma.start, comma.end)
                if tokens[self.index].kind not in ("variable", "}}", ")"):
                    raise self._unexpected(tokens[self.index], "after the comma comes a second variable")
                continue
            break
        for name in declared:  # Go takes them for known from here on, though they have no value yet
            if name.text not in self.variables:
                if assigned:
                    self.fail(f"`{name.text}` is assigned, but nobody declared it", name.start, name.end, "declare it with `:=`")
                self.variables[name.text] = [ANY]
        result: Operand | None = None
        while True:
            token = tokens[self.index]
            if token.kind == closing:
                self.index += 1
                break
            if token.kind not in _OPERANDS or (token.kind == "word" and token.text in _KEYWORDS):
                what = f"`{token.text}`" if token.kind != "}}" else "the end"
                raise self._unexpected(token, f"a value must stand here, but there is {what}")
            result = self._command(result)
        if result is None:
            before = tokens[first - 1] if first else opening
            what = "a pair of parentheses" if closing == ")" else context
            raise Refused(f"{what} needs a value", before.start, tokens[self.index - 1].end if closing == ")" else before.end)
        if ranged and result.type in ("string", "float", "int", "bool", "sample", "root", "data", "alert"):
            self.fail(f"`range` cannot walk over `{result.text}`, {WORDS[result.type]}", result.start, result.end)
        self._declare(declared, result.type, assigned=assigned, ranged=ranged)
        return result._replace(kind="pipeline", start=opening.start)

    def _declare(self, names: list[Token], type_: str, *, assigned: bool, ranged: bool) -> None:
        types = [type_]
        if ranged:
            element = ELEMENTS.get(type_, ANY)
            index = ANY if element == ANY else "string" if type_ in MAPS else "int"
            types = [element] if len(names) == 1 else [index, element]
        for name, each in zip(names, types, strict=False):
            if assigned:
                if self.variables[name.text] != [each]:
                    self.variables[name.text][0] = ANY
            else:
                self.variables[name.text] = [each]

    def _command(self, piped: Operand | None) -> Operand:
        """An operand, or a function and its arguments; with the `|` after it."""
        operands: list[Operand] = []
        while True:
            token = self.tokens[self.index]
            if token.kind in _OPERANDS:
                if operands and not token.spaced:
                    help_ = COMPUTE if token.text[0] in "+-" else ""
                    raise Refused("a blank must stand between two values", token.start, token.end, help_)
                operands.append(self._operand(token))
                continue
            if token.kind == "|":
                self.index += 1
            elif token.kind not in ("}}", ")"):
                raise self._unexpected(token, f"`{token.text}` cannot stand here")
            break
        first = operands[0]
        if piped is not None and first.kind in _NO_COMMAND:
            raise Refused(f"`{first.text}` takes nothing from the `|` before it", first.start, first.end, "a function must stand here")
        return self.evaluate(operands, piped)

    def _operand(self, token: Token) -> Operand:
        self.index += 1
        found = self._term(token)
        while (following := self.tokens[self.index]).kind == "field" and not following.spaced:
            if found.kind in _NO_COMMAND:
                raise self._unexpected(following, f"`{found.text}` has no fields")
            if found.kind == "function":
                found = self.evaluate([found], None)
            self.index += 1
            found = self._field(found, following)
        return found

    def _term(self, token: Token) -> Operand:
        kind, text, start, end, _ = token
        if kind == "variable":
            known = self.variables.get(text)
            if known is None:
                raise self._unknown_variable(token)
            return Operand("variable", known[0], start, end, text)
        if kind == "field":
            return self._field(Operand("dot", self.dot, start, start, "."), token)
        if kind == "dot":
            return Operand("dot", self.dot, start, end, text)
        if kind == "string":
            return Operand("string", "string", start, end, text)
        if kind in ("number", "char"):
            fraction = kind == "number" and not text.lstrip("+-").lower().startswith("0x") and any(sign in text for sign in ".eEpP")
            return Operand("number", ANY if text.endswith("i") else "float" if fraction else "int", start, end, text)
        if kind == "(":
            found = self._pipeline("", ")")
            end = self.tokens[self.index - 1].end
            return found._replace(start=start, end=end, text=self.text[start:end])
        if text in ("true", "false"):
            return Operand("bool", "bool", start, end, text)
        if text == "nil":
            return Operand("nil", ANY, start, end, text)
        if text in _KEYWORDS:
            raise self._unexpected(token, f"a value must stand here, but there is `{text}`")
        if text not in BUILTINS and text not in self.dialect.functions:
            raise self._unknown_function(token)
        return Operand("function", ANY, start, end, text)

    def _field(self, of: Operand, token: Token) -> Operand:
        """`.name` of an operand."""
        name, start = token.text[1:], token.start + 1
        type_ = of.type
        fields = self.dialect.fields.get(type_)
        result = ANY
        method = False
        if fields is not None and name in fields:
            result = fields[name]
            method = type_ in ("kv", "alerts", "pairs")
        elif type_ in MAPS:
            result = "string"
            if type_ != "kv":
                self._read(name, Span(start, token.end), "labels" if type_ == "labels" else "external")
        elif type_ in ("string", "float", "int", "bool") or (fields is not None and type_ != "pairs"):
            what = f"`{of.text}`, {WORDS[type_]}," if of.text != "." else WORDS[type_]
            self.fail(f"{what} has no `.{name}`", token.start, token.end, self._near("." + name, [f".{each}" for each in fields or ()]))
        elif type_ in ELEMENTS:
            self.fail(f"`{of.text}`, {WORDS[type_]}, has no `.{name}`", token.start, token.end, "walk over it by `range`")
        return Operand("field", result, of.start, token.end, self.text[of.start : token.end], method or result == ANY)

    def _read(self, name: str, span: Span, source: Source) -> None:
        self.labels.append(LabelUse(name, span, source, name in self.guards))

    def indexed(self, of: Operand, key: Operand) -> None:
        """`index $labels "name"` reads a label."""
        if of.type in ("labels", "external") and key.kind == "string" and key.end - key.start > 2:
            self._read(key.text[1:-1], Span(key.start + 1, key.end - 1), "labels" if of.type == "labels" else "external")

    def _unknown_variable(self, token: Token) -> Refused:
        text = token.text
        help_ = self._near(text, (name for name in self.variables if name != "$"))
        if self.dialect.variables.keys() - self.variables.keys() and text in self.dialect.variables:
            help_ = "what is defined knows nothing but the dot that it is given: hand it over by `template`"
        elif text in ("$labels", "$value") and self.dialect.program == "Alertmanager":
            help_ = "a notification is about several alerts: `.CommonLabels`, or `.Labels` and `.Annotations` inside of `range .Alerts`"
        return Refused(f"there is no variable `{text}`", token.start, token.end, help_)

    def _unknown_function(self, token: Token) -> Refused:
        name = token.text
        dialect = self.dialect
        if name in dialect.later:
            return Refused(f"`{name}` is known to newer versions of {dialect.program} only", token.start, token.end)
        help_ = ""
        if "$" + name in self.variables:
            help_ = f"write `${name}`"
        elif name in other(dialect).functions or name in other(dialect).later:
            help_ = f"`{name}` is a function of {dialect.elsewhere}'s templates"
        else:
            help_ = self._near(name, (*dialect.functions, *BUILTINS))
        return Refused(f"there is no function `{name}`", token.start, token.end, help_)

    def _near(self, name: str, known: Iterable[str]) -> str:
        from monitoring_as_code.diagnostics.nearest import did_you_mean

        return did_you_mean(name, known) or ""
