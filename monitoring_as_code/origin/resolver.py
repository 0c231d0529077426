"""From a place to line and column: `co_positions()` gives the call, `ast` its argument, the spelling of the literal the character."""

from __future__ import annotations

import ast
from itertools import islice

from monitoring_as_code.origin import Location, Origin, Place, Respelling
from monitoring_as_code.origin.literal import respelt, spelling, value_of
from monitoring_as_code.origin.source import Positioned, Source, Span, read, span_of

KEY = "[key]"


def resolve(origin: Origin, place: Place) -> Location:
    """Line and column of a place that starts at a call."""
    line, span = _positions(origin)
    path = origin.code.co_filename
    source = read(path)
    if source is None or line > len(source.lines):
        start, end = (1, 1) if span is None else (span[1] + 1, span[3] + 1)
        return Location(path, line, start, line if span is None else span[2], end, exact=False, text=place.text, span=place.span)
    node = _node(source, line, span)
    if node is not None:
        span = span or span_of(node)
        found = _inside(node, place, source)
        if found is not None:
            return _location(path, source, *found)
    exact = not place.path and place.span is None
    if span is None or span[2] > len(source.lines):
        text = source.lines[line - 1]
        start = len(text) - len(text.lstrip())
        return Location(path, line, start + 1, line, len(text.rstrip()) + 1, exact=False, text=place.text, span=place.span)
    call = _location(path, source, source.offset(span[0], span[1]), source.offset(span[2], span[3]))
    return call if exact else call._replace(exact=False, text=place.text, span=place.span)


def spelt(origin: Origin, place: Place, text: str) -> Respelling | None:
    """The change of a Python file that changes characters of a literal which stands in the call itself, and nowhere else."""
    line, span = _positions(origin)
    path = origin.code.co_filename
    source = read(path)
    call = None if source is None or line > len(source.lines) else _node(source, line, span)
    if source is None or call is None:
        return None
    node: ast.AST | None = call
    for step in place.path:
        # What a name stands for may be used elsewhere, too.
        node = None if node is None or isinstance(node, ast.Name) else _step(node, step, source)
    if not isinstance(node, ast.expr) or node is call or isinstance(node, ast.Name):
        return None
    node = _chosen(node, place.text) or node
    value = value_of(node)
    found = None if value is None else _characters(node, place._replace(span=place.span or (0, len(value))), source)
    if found is None:
        return None
    new = respelt(node, found[0], found[1], text, source)
    return None if new is None else Respelling(path, *found, new)


def _positions(origin: Origin) -> tuple[int, Span | None]:
    code, instruction = origin
    line, end_line, column, end_column = next(islice(code.co_positions(), max(instruction, 0) // 2, None), (None, None, None, None))
    if line is None:
        line = code.co_firstlineno
    if end_line is None or column is None or end_column is None:  # compiled without columns
        return max(line, 1), None
    return max(line, 1), (line, column, end_line, end_column)


def _node(source: Source, line: int, span: Span | None) -> Positioned | None:
    if span is not None:
        return source.nodes.get(span) or source.calls_by_end.get(span[2:])
    starting = [node for node in source.calls_by_end.values() if node.lineno == line]
    return starting[0] if len(starting) == 1 else None


def _location(path: str, source: Source, start: int, end: int) -> Location:
    line, column = source.line_and_column(start)
    end_line, end_column = source.line_and_column(end)
    return Location(path, line, column, end_line, end_column)


def _inside(call: ast.AST, place: Place, source: Source) -> tuple[int, int] | None:
    """Characters of the source for what a place says beyond its call."""
    node: ast.AST = call
    for depth, step in enumerate(place.path):
        if step == KEY and depth == len(place.path) - 1:
            return _key(call, place.path[:-1], source)
        inner = _step(node, step, source)
        if inner is None:
            if depth == 0 or place.text is not None:
                return None
            break
        node = inner
    if not isinstance(node, ast.expr) or node is call:
        return None
    if place.span is None:
        return _offsets(node, source)
    return _characters(node, place, source)


def _characters(node: ast.expr, place: Place, source: Source) -> tuple[int, int] | None:
    node = _meant(node, source)
    node = _chosen(node, place.text) or node
    value, spelt = value_of(node), spelling(node, source)
    if value is None or spelt is None or place.span is None:
        return None
    shift = 0
    if place.text is not None and place.text != value:
        # What was checked may be a stripped form of what stands there.
        if not place.text or value.count(place.text) != 1:
            return None
        shift = value.index(place.text)
    start, end = place.span
    if not 0 <= start <= end <= spelt.length - shift:
        return None
    return spelt.source_span(start + shift, end + shift)


def _chosen(node: ast.expr, text: str | None) -> ast.expr | None:
    """The literal in a call of `by_env` that is the text; None if there is none, or several."""
    if text is None or not isinstance(node, ast.Call) or not _is_by_env(node.func):
        return None
    written = [(each, value_of(each)) for each in (*node.args, *(keyword.value for keyword in node.keywords))]
    found = [each for each, value in written if value is not None and text in (value, value.strip())]
    return found[0] if len(found) == 1 else None


def _is_by_env(function: ast.expr) -> bool:
    return (isinstance(function, ast.Name) and function.id == "by_env") or (
        isinstance(function, ast.Attribute) and function.attr == "by_env"
    )


def _key(call: ast.AST, path: tuple[str | int, ...], source: Source) -> tuple[int, int] | None:
    node: ast.AST | None = call
    for step in path[:-1]:
        node = None if node is None else _step(node, step, source)
    if node is None or not path:
        return None
    if isinstance(node, ast.expr):
        node = _meant(node, source)
    name = path[-1]
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg == name:
                start = source.offset(keyword.lineno, keyword.col_offset)
                return start, start + len(keyword.arg)
        spread = [keyword.value for keyword in node.keywords if keyword.arg is None]
        node = _meant(spread[0], source) if len(spread) == 1 else None
    if isinstance(node, ast.Dict):
        for key in node.keys:
            if isinstance(key, ast.Constant) and key.value == name:
                return _offsets(key, source)
    elif isinstance(node, ast.ClassDef):
        for target, _ in _assignments(node):
            if target.id == name:
                return _offsets(target, source)
    return None


def _step(node: ast.AST, step: str | int, source: Source) -> ast.expr | None:
    """One step down from a call, a literal or an operator."""
    if isinstance(node, ast.expr):
        node = _meant(node, source)
    match node:
        case ast.Call(args=args, keywords=keywords):
            if isinstance(step, int):
                return _element(args, step)
            for keyword in keywords:
                if keyword.arg == step:
                    return keyword.value
            spread = [keyword.value for keyword in keywords if keyword.arg is None]
            return _step(spread[0], step, source) if len(spread) == 1 and not isinstance(spread[0], ast.Call) else None
        case ast.Dict(keys=keys, values=values):
            found = [value for key, value in zip(keys, values, strict=True) if isinstance(key, ast.Constant) and key.value == step]
            return found[-1] if found else None
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return _element(elements, step) if isinstance(step, int) else None
        case ast.BinOp(left=left, right=right):
            return {0: left, 1: right}.get(step) if isinstance(step, int) else None
        case ast.Compare(left=left, comparators=[right]):
            return {0: left, 1: right}.get(step) if isinstance(step, int) else None
        case ast.UnaryOp(operand=operand):
            return operand if step == 0 else None
        case ast.Subscript(slice=index):
            return index if step == 0 else None
        case ast.ClassDef():
            return next((value for target, value in _assignments(node) if target.id == step), None)
        case _:
            return None


def _element(elements: list[ast.expr], index: int) -> ast.expr | None:
    if not 0 <= index < len(elements) or any(isinstance(element, ast.Starred) for element in elements[: index + 1]):
        return None
    return elements[index]


def _assignments(statement: ast.ClassDef) -> list[tuple[ast.Name, ast.expr]]:
    found: list[tuple[ast.Name, ast.expr]] = []
    for inner in statement.body:
        if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name):
            found.append((inner.target, inner.value or inner.target))
        elif isinstance(inner, ast.Assign):
            found.extend((target, inner.value) for target in inner.targets if isinstance(target, ast.Name))
    return found


def _meant(node: ast.expr, source: Source) -> ast.expr:
    """What a name stands for, if it is bound only once, by a plain assignment at module level."""
    for _ in range(8):  # `a = b; b = a` goes round for ever
        if not isinstance(node, ast.Name):
            break
        value = source.bindings.get(node.id)
        if value is None:
            break
        node = value
    return node


def _offsets(node: ast.expr, source: Source) -> tuple[int, int]:
    line, column, end_line, end_column = span_of(node)
    return source.offset(line, column), source.offset(end_line, end_column)
