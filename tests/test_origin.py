"""A case is a file in which «» mark what must be pointed at, and the path from the call to the text that has it."""

import ast
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring_as_code.origin import Location, Origin, Place, callers, here, locate
from monitoring_as_code.origin.literal import spelling
from monitoring_as_code.origin.source import Source


class Case(NamedTuple):
    claim: str
    source: str
    path: tuple[str | int, ...] = ()
    text: str | None = None
    """What of the value is meant; the whole argument if not given."""
    exact: bool = True


CASES = [
    Case("a call is itself", 'x = «call(expr="up")»\n'),
    Case("a call of several lines is all of them", 'x = «call(\n    expr="up",\n)»\n'),
    Case("the inner of two calls", 'x = [1, «call(expr=str("up"))», 2]\n'),
    Case("an argument is its value", 'call(name="x", expr=«"up"»)\n', ("expr",)),
    Case("an argument that is a name is that name", 'Q = "up"\ncall(expr=«Q»)\n', ("expr",)),
    Case("an argument by position", 'call("a", «"b"»)\n', (1,)),
    Case("the name of a keyword", 'call(a=1, «expr»="up")\n', ("expr", "[key]")),
    Case("a keyword in a dict that is spread", 'call(**{"a": "x", "expr": "«up» > 1"})\n', ("expr",), "up"),
    Case("a key in a dict that is spread", 'call(**{"a": "x", «"expr"»: "up"})\n', ("expr", "[key]")),
    Case("a plain literal", 'call(expr="rate(«load»[5m])")\n', ("expr",), "load"),
    Case("a raw literal", "call(expr=r'{x=~\"«\\d»\"}')\n", ("expr",), "\\d"),
    Case("an escape is one character", 'call(expr="a\\t\\"«\\x41»\\u00e9 b")\n', ("expr",), "A"),
    Case("a named character", 'call(expr="\\N{BULLET} «up»")\n', ("expr",), "up"),
    Case("an octal escape", 'call(expr="\\101 «up»")\n', ("expr",), "up"),
    Case("an escape that is none is two characters", 'call(expr="up =~ «\\\\d» x")\n', ("expr",), "\\d"),
    Case("a literal in three quotes", 'call(expr="""\n  sum(\n    «up»\n  )\n""")\n', ("expr",), "up"),
    Case("a quote within three quotes", 'call(expr="""a "b" ""«c»""")\n', ("expr",), "c"),
    Case("literals side by side", 'call(expr="a" \'b\' r"«c»")\n', ("expr",), "c"),
    Case("a text over two literals", 'call(expr="su«m" "(u»p)")\n', ("expr",), "m(u"),
    Case("parentheses with comments", 'call(expr=(\n  "sum("  # "not this"\n  "«up»)"\n))\n', ("expr",), "up"),
    Case("a line that goes on", 'call(expr="a + \\\n«up»")\n', ("expr",), "up"),
    Case("a line that goes on between literals", 'call(expr="a + " \\\n "«up»")\n', ("expr",), "up"),
    Case("a sum of literals", 'call(expr="a + " + "«up»")\n', ("expr",), "up"),
    Case("other scripts before it", 'é = call(name="漢字", expr="{a=\\"ü\\"} + «up»")\n', ("expr",), "up"),
    Case("a value in a dict", 'call(labels={"a": "b", "severity": "«pa»ge"})\n', ("labels", "severity"), "pa"),
    Case("a value in a call of dict", 'call(labels=dict(severity="«pa»ge"))\n', ("labels", "severity"), "pa"),
    Case("a key in a dict", 'call(labels={"a": "b", «"severity"»: "page"})\n', ("labels", "severity", "[key]")),
    Case("an item of a tuple", 'call(by=("a", "«b»"))\n', ("by", 1), "b"),
    Case("an item of a list in a tuple", 'call(rows=(["a"], ["b", "«c»"]))\n', ("rows", 1, 1), "c"),
    Case("an item behind a spread one", 'x = «call(by=(*"a", "b"))»\n', ("by", 1), "b", exact=False),
    Case("a name bound once at module level", 'Q: str = "sum(«up»)"\ncall(expr=Q)\n', ("expr",), "up"),
    Case("an item of a name bound once", 'BY = ("a", "«b»")\ncall(by=BY)\n', ("by", 1), "b"),
    Case("a method on a line of its own", 'up = thing()\nx = (\n    up\n    .call("«5m»")\n)\n', (0,), "5m"),
    Case("the right side of an operator", "x = up > «0.5»\n", (1,)),
    Case("an operator is both its sides", "x = «up > 0.5»\n"),
    Case("a class is its statement", "@decorated\n«class Labels(metaclass=Noting):\n    status = 1»\n"),
    Case("an attribute in the body of a class", 'class Labels(metaclass=Noting):\n    «status»: int = "x"\n', ("status", "[key]")),
    Case("an f-string is nowhere, so the call is", 'm = "up"\nx = «call(expr=f"sum({m})")»\n', ("expr",), "up", exact=False),
    Case("a name bound twice", 'Q = "up"\nQ = "up"\nx = «call(expr=Q)»\n', ("expr",), "up", exact=False),
    Case("a loop's variable", 'for q in ("up",):\n    x = «call(expr=q)»\n', ("expr",), "up", exact=False),
    Case("a comprehension", 'x = [«call(expr=q + " > 0")» for q in ("up",)]\n', ("expr",), "up", exact=False),
    Case("keywords from elsewhere", 'x = «call(**dict(zip(["expr"], ["up"])))»\n', ("expr",), "up", exact=False),
    Case("an argument that is not there", "x = «call()»\n", ("name",), exact=False),
    Case("what cannot be followed ends at what can", "x = call(labels=«make()»)\n", ("labels", "severity")),
]


class Called(NamedTuple):
    origin: Origin
    args: tuple[Any, ...]
    fields: dict[str, Any]


def run(path: Path, source: str) -> Called:
    """Executes a file, and says of its last call (operator, class) where it was and what it had."""
    path.write_bytes(source.encode())
    calls: list[Called] = []

    def call(*args: Any, **fields: Any) -> None:
        frame = sys._getframe(1)
        calls.append(Called(Origin(frame.f_code, frame.f_lasti), args, fields))

    class Thing:
        def call(self, *args: Any) -> None:
            frame = sys._getframe(1)
            calls.append(Called(Origin(frame.f_code, frame.f_lasti), args, {}))

        __gt__ = call

    class Noting(type):
        def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> "Noting":
            frame = sys._getframe(1)
            calls.append(Called(Origin(frame.f_code, frame.f_lasti), (), {}))
            return super().__new__(cls, name, bases, namespace)

    names = {"call": call, "up": Thing(), "thing": Thing, "Noting": Noting, "decorated": lambda each: each, "make": dict}
    exec(compile(source, str(path), "exec", dont_inherit=True), names)  # a file of the test's own
    return calls[-1]


def placed(case: Case, called: Called) -> Place:
    if case.text is None:
        return Place(called.origin, case.path)
    value: Any = called.args if isinstance(case.path[0], int) else called.fields
    for step in case.path:
        value = value[step]
    start = value.index(case.text)
    return Place(called.origin, case.path, (start, start + len(case.text)), value)


def cut(source: str, location: Location) -> str:
    """The source with the marks where the location is."""
    lines = source.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    start = starts[location.line - 1] + location.column - 1
    end = starts[location.end_line - 1] + location.end_column - 1
    return f"{source[:start]}«{source[start:end]}»{source[end:]}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.claim)
def test_points_at(case: Case, tmp_path: Path) -> None:
    source = case.source.replace("«", "").replace("»", "")
    place = placed(case, run(tmp_path / "file.py", source))
    location = locate(place)
    assert cut(source, location) == case.source
    assert location.exact == case.exact
    assert (location.text, location.span) == ((None, None) if case.exact else (place.text, place.span))


def test_a_file_in_its_declared_encoding(tmp_path: Path) -> None:
    source = '# coding: latin-1\r\ncall(name="é", expr="é + up")\r\n'
    called = run(tmp_path / "file.py", source.replace("\r\n", "\n"))
    (tmp_path / "file.py").write_bytes(source.encode("latin-1"))
    location = locate(Place(called.origin, ("expr",), (4, 6), "é + up"))
    assert (location.line, location.column, location.end_column) == (2, 26, 28)


def test_a_form_feed_or_line_separator_ends_no_line(tmp_path: Path) -> None:
    called = run(tmp_path / "file.py", 'x = "\u2028\x85"\n\x0c\ncall(expr="up")\n')
    assert locate(Place(called.origin, ("expr",), (0, 2), "up"))[1:5] == (3, 12, 3, 14)


def test_a_text_that_was_stripped_is_found(tmp_path: Path) -> None:
    called = run(tmp_path / "file.py", 'call(expr="""\n  sum(up)\n""")\n')
    assert locate(Place(called.origin, ("expr",), (4, 6), "sum(up)"))[1:5] == (2, 7, 2, 9)


def test_the_end_of_a_text_is_before_its_quote(tmp_path: Path) -> None:
    called = run(tmp_path / "file.py", 'call(expr="sum(")\n')
    assert locate(Place(called.origin, ("expr",), (4, 4), "sum("))[1:5] == (1, 16, 1, 16)


def test_a_file_that_is_gone_still_has_a_line(tmp_path: Path) -> None:
    called = run(tmp_path / "file.py", '\n\ncall(expr="up")\n')
    (tmp_path / "file.py").unlink()
    location = locate(Place(called.origin, ("expr",), (0, 2), "up"))
    assert (location.path, location.line, location.exact, location.text) == (str(tmp_path / "file.py"), 3, False, "up")


@pytest.mark.parametrize("now", ["", "x\n" * 5, "def (\n" * 5, "\0\n\n\n", 'call(expr="upper")\n' * 3, '\n\ncall(expr="no")\n'])
def test_a_file_that_was_edited_since_is_no_trouble(now: str, tmp_path: Path) -> None:
    called = run(tmp_path / "file.py", '\n\ncall(expr="up")\n')
    (tmp_path / "file.py").write_text(now)
    location = locate(Place(called.origin, ("expr",), (0, 2), "up"))
    assert not location.exact or now.split("\n")[location.line - 1][location.column - 1 :].startswith("up")


def test_code_without_columns_still_has_its_call(tmp_path: Path) -> None:
    called = run(tmp_path / "file.py", '\nx = call(\n  expr="up")\n')
    code = called.origin.code
    # What `-X no_debug_ranges` leaves: a table of lines only. Entry kind 13 has no columns, 14 neither start nor end.
    bare = code.replace(co_linetable=bytes([0x80 | 13 << 3 | 7, 2]) * (len(code.co_code) // 16 + 1))
    assert next(iter(bare.co_positions()))[2] is None
    location = locate(Place(Origin(bare, 0), ("expr",), (0, 2), "up"))
    assert (location.line, location.column) == (3, 9)


def test_code_that_never_was_a_file_has_a_line() -> None:
    calls: list[Origin] = []
    exec(compile("\ncall()\n", "<made>", "exec"), {"call": lambda: calls.append(Origin(sys._getframe(1).f_code, sys._getframe(1).f_lasti))})
    assert locate(Place(calls[0]))[:3] == ("<made>", 2, 1)


def test_here_is_the_nearest_call_outside_of_the_package() -> None:
    namespace: dict[str, Any] = {"__name__": "monitoring_as_code.anything", "here": here, "callers": callers}
    exec("def declare():\n    return here(), callers()", namespace)

    def helper() -> tuple[Origin, tuple[Origin, ...]]:
        found: tuple[Origin, tuple[Origin, ...]] = namespace["declare"]()
        return found

    origin, outer = helper()
    assert origin.code is helper.__code__
    assert outer[0].code is helper.__code__
    assert outer[1].code.co_name == "test_here_is_the_nearest_call_outside_of_the_package"


PIECES = st.tuples(
    st.sampled_from(["", "r", "R", "u", "U"]),
    st.sampled_from(['"', "'", '"""', "'''"]),
    st.lists(
        st.sampled_from(
            ["a", "é", "漢", "{", "#", "\\\\", "\\n", "\\x41", "\\u00e9", "\\101", "\\d", "\\'", '\\"', "\\N{BULLET}", " ", "\\\n"]
        )
    ),
)


@pytest.mark.filterwarnings("ignore:invalid escape sequence")
@given(st.lists(PIECES, min_size=1, max_size=4), st.sampled_from([" ", "\n", " # \" '\n", " \\\n "]))
def test_every_character_of_a_literal_is_spelt_where_it_is_said(pieces: list[tuple[str, str, list[str]]], between: str) -> None:
    text = "(" + between.join(prefix + quote + "".join(body) + quote for prefix, quote, body in pieces) + ")"
    node = ast.parse(text, mode="eval").body
    found = spelling(node, Source(text))
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, str)
    assert found is not None
    for index, character in enumerate(node.value):
        start, end = found.source_span(index, index + 1)
        spelt = text[start:end]
        meant = spelt if len(spelt) == 1 else ast.literal_eval(f'"{spelt}"')
        assert meant == character
