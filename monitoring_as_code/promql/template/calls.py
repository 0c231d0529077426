"""What functions of templates take and give: what must fail when a template is filled in."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import Span
from monitoring_as_code.promql.template.lexer import Fault
from monitoring_as_code.promql.template.vocabulary import ANY, BASIC, BUILTINS, ELEMENTS, MAPS, WORDS, Dialect, signature

if TYPE_CHECKING:
    from monitoring_as_code.promql.template.reader import Query


class Operand(NamedTuple):
    """A value in a template: what kind of words it is, its type, and its characters. `callable` says that it may take arguments."""

    kind: str
    type: str
    start: int
    end: int
    text: str
    callable: bool = False


_COMPARING = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})


class Calls:
    """Evaluates commands by their types alone, and keeps what must fail."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.dialect = dialect
        self.failures: list[Fault] = []
        self.queries: list[Query] = []

    def fail(self, message: str, start: int, end: int, help_: str = "") -> None:
        """Keeps what must go wrong."""
        self.failures.append(Fault(message, Span(start, end), help_))

    def indexed(self, of: Operand, key: Operand) -> None:
        """Is told of `index of key`."""

    def evaluate(self, operands: list[Operand], piped: Operand | None) -> Operand:
        """A command: its first operand is a function of the others and of what is piped into it, or else stands alone."""
        first = operands[0]
        arguments = [self.evaluate([each], None) if each.kind == "function" else each for each in operands[1:]]
        if piped is not None:
            arguments.append(piped)
        start, end = (first if piped is None else piped).start, operands[-1].end
        if first.kind == "function":
            return Operand("pipeline", self._called(first, arguments), start, end, self.text[start:end])
        if first.kind == "nil":
            self.fail("`nil` alone is no value", first.start, first.end)
        elif arguments and not first.callable:
            self.fail(f"`{first.text}` is no function, and takes no arguments", first.start, first.end)
        elif arguments:
            return first._replace(end=end, text=self.text[first.start : end])
        return first

    def _called(self, function: Operand, arguments: list[Operand]) -> str:
        name = function.text
        taken = signature(self.dialect.functions.get(name) or BUILTINS[name])
        least = len(taken.parameters) - taken.variadic
        if name == "eq":
            least = 2
        if len(arguments) < least or (len(arguments) > len(taken.parameters) and not taken.variadic):
            count = "nothing" if not least else f"{least} argument{'s' if least > 1 else ''}"
            given = len(arguments) or "none"
            self.fail(f"`{name}` takes {'at least ' if taken.variadic else ''}{count}, but gets {given}", function.start, function.end)
            return taken.result
        for index, argument in enumerate(arguments):
            wanted = taken.parameters[min(index, len(taken.parameters) - 1)]
            if not _fits(argument, wanted):
                self.fail(f"`{name}` needs {WORDS[wanted]}, but `{argument.text}` is {WORDS[argument.type]}", argument.start, argument.end)
                return taken.result
        if name in self.dialect.functions:
            if name == "query" and arguments[0].kind == "string":
                self._queried(arguments[0])
            return taken.result
        if name in _COMPARING:
            self._compared(name, arguments)
        elif name == "index":
            return self._indexed(arguments)
        elif name == "len" and arguments[0].type in ("float", "int", "bool", "sample", "root", "alert", "data"):
            self.fail(f"`len` needs something to count, but `{arguments[0].text}` is {WORDS[arguments[0].type]}", *_span(arguments[0]))
        elif name == "printf":
            self._printed(arguments)
        elif name in ("and", "or"):
            types = {argument.type for argument in arguments}
            return types.pop() if len(types) == 1 else ANY
        return taken.result

    def _compared(self, name: str, arguments: list[Operand]) -> None:
        first = arguments[0]
        for each in arguments[1:]:
            if first.type in BASIC and each.type in BASIC and first.type != each.type:
                help_ = ""
                for one, another in ((first, each), (each, first)):
                    if one.kind == "number" and one.type == "int" and another.type == "float":
                        help_ = f"write `{one.text}.0`"
                message = (
                    f"`{name}` compares what is alike, but `{first.text}` is {WORDS[first.type]}, and `{each.text}` {WORDS[each.type]}"
                )
                literal = first.kind in ("number", "string", "bool") and each.kind not in ("number", "string", "bool")
                self.fail(message, *_span(first if literal else each), help_)
                return
        if name not in ("eq", "ne"):
            for each in arguments:
                if each.type == "bool" or each.type in MAPS or each.type in ("samples", "sample", "alerts", "alert", "root", "data"):
                    self.fail(f"`{name}` compares numbers or texts, but `{each.text}` is {WORDS[each.type]}", *_span(each))
                    return

    def _indexed(self, arguments: list[Operand]) -> str:
        of, *keys = arguments
        if len(keys) != 1:
            return ANY if keys else of.type
        key = keys[0]
        if of.type in MAPS:
            if key.type in ("int", "float", "bool"):
                self.fail(f"`{of.text}` is indexed by names, but `{key.text}` is {WORDS[key.type]}", *_span(key))
            self.indexed(of, key)
            return "string"
        if of.type in ELEMENTS:
            if key.type in ("string", "float", "bool"):
                self.fail(f"`{of.text}` is indexed by whole numbers, but `{key.text}` is {WORDS[key.type]}", *_span(key))
            return ELEMENTS[of.type]
        if of.type in ("float", "int", "bool", "sample", "root", "data", "alert"):
            self.fail(f"`index` finds nothing in `{of.text}`, {WORDS[of.type]}", *_span(of))
        return ANY

    def _queried(self, literal: Operand) -> None:
        from monitoring_as_code.promql.template.reader import Query

        inside = literal.text[1:-1]
        exact = literal.text[0] == "`" or "\\" not in inside
        if not exact:
            inside = inside.replace("\\\\", "\0").replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t")
            if "\\" in inside:
                return
            inside = inside.replace("\0", "\\")
        self.queries.append(Query(inside, Span(literal.start, literal.end), exact))

    def _printed(self, arguments: list[Operand]) -> None:
        layout, *values = arguments
        if layout.kind != "string" or "[" in layout.text or "*" in layout.text:
            return
        verbs = [found for found in _verbs().finditer(layout.text) if found[1] != "%"]
        for found, value in zip(verbs, values, strict=False):
            if value.type in _UNFIT and found[1] in _UNFIT[value.type]:
                help_ = "write `%.0f`, or leave the number to `humanize`" if value.type == "float" and found[1] == "d" else ""
                start = layout.start + found.start() if "\\" not in layout.text else layout.start
                message = f"`{found[0]}` cannot show `{value.text}`, {WORDS[value.type]}: it would read `%!{found[1]}(...)`"
                self.fail(message, start, start + len(found[0]) if "\\" not in layout.text else layout.end, help_)
                return
        if len(verbs) != len(values):
            told = f"has {len(verbs) or 'no'} place{'' if len(verbs) == 1 else 's'} for {len(values) or 'no'} value{'' if len(values) == 1 else 's'}"
            self.fail(f"{layout.text} {told}", *_span(layout))


@cache
def _verbs() -> re.Pattern[str]:
    return re.compile(r"%[-+# 0]*\d*(?:\.\d*)?([^\d.])")


# The verbs of `printf` that cannot show a type.
_UNFIT = {
    "float": frozenset("dcUoOsqt"),
    "string": frozenset("dfFeEgGtcUboO"),
    "int": frozenset("fFeEgGst"),
    "bool": frozenset("dfFeEgGscUboOxXq"),
}


def _span(operand: Operand) -> tuple[int, int]:
    return operand.start, operand.end


def _fits(argument: Operand, wanted: str) -> bool:
    given = argument.type
    if ANY in (given, wanted) or given == wanted:
        return True
    if wanted == "number":
        return given in ("string", "float", "int", "time")
    if wanted == "float":
        return given == "int" and argument.kind == "number"
    return wanted == "kv" and given in MAPS
