"""Every character of a text in YAML or JSON is found where it stands."""

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring_as_code.foreign.document import documents
from monitoring_as_code.foreign.spelling import spelling
from monitoring_as_code.origin import Place
from monitoring_as_code.origin.source import Source

# Words as PromQL has them, and what YAML and JSON make of the rest; a carriage return cannot stand in a file whose line ends are known.
TEXTS = st.text(
    st.sampled_from("ab{}\"'\\#:,[]~=|> \n\tä😀-%&*!?") | st.characters(codec="utf-8", exclude_characters="\r\x85\u2028\u2029"), max_size=40
)
STYLES = st.sampled_from([None, "'", '"', "|", ">"])


@given(TEXTS, STYLES, st.sampled_from([20, 80, 1000]))
@settings(max_examples=600, deadline=None)
def test_each_character_of_a_yaml_text_is_found(value: str, style: str | None, width: int) -> None:
    text = yaml.dump({"a": {"expr": value}, "b": 1}, default_style=style, width=width, allow_unicode=True)
    (document,) = documents("given.yml", Source(text))
    anchor = document.anchor(("a",))
    node = document.node(("a", "expr"))
    assert node is not None
    assert node.value == value
    assert node.style is not None
    spelt = spelling(node.style, value, text, node.start, node.end)
    assert spelt is not None
    for index, character in enumerate(value):
        start, end = spelt.source_span(index, index + 1)
        assert node.start <= start < end <= node.end or character in " \n\t"
        shown = text[start:end]
        assert shown in (character, "''") or shown.startswith("\\") or character in " \n\t"
    assert anchor.locate(Place(anchor, ("expr",), (0, len(value)), value)).exact


@given(TEXTS, st.booleans())
@settings(max_examples=300, deadline=None)
def test_each_character_of_a_json_text_is_found(value: str, ascii_only: bool) -> None:
    text = json.dumps({"panels": [{"expr": value}]}, ensure_ascii=ascii_only)
    (document,) = documents("given.json", Source(text))
    node = document.node(("panels", 0, "expr"))
    assert node is not None
    spelt = spelling("json", value, text, node.start, node.end)
    assert spelt is not None
    for index, character in enumerate(value):
        start, end = spelt.source_span(index, index + 1)
        assert json.loads(f'"{text[start:end]}"') == character


@pytest.mark.parametrize(
    ("spelt", "value", "part", "new", "result"),
    [
        ('a: "x \\"y\\""', 'x "y"', '"y"', '"z\\"', 'a: "x \\"z\\\\\\""'),
        ("a: 'it''s y'", "it's y", "it's", "that's", "a: 'that''s y'"),
        ("a: |\n  x\n  y\n", "x\ny\n", "y", "z", "a: |\n  x\n  z\n"),
        ("a: >\n  x\n  y\n", "x y\n", "y", "z w", "a: >\n  x\n  z w\n"),
        ("a: x y", "x y", "y", "z", "a: x z"),
        # What would be something else than this text is not written.
        ("a: x y", "x y", "y", "z: w", None),
        ("a: x y", "x y", "y", "# z", None),
        ("a: {b: x y}", None, "y", "z, c: d", None),
        ("a: |\n  x\n", "x\n", "x", "y\nz", None),
        ('{"a": "x\\u0079"}', "xy", "y", '"', '{"a": "x\\""}'),
    ],
)
def test_a_changed_text_is_written_in_the_form_that_stands_there(
    spelt: str, value: str | None, part: str, new: str, result: str | None
) -> None:
    (document,) = documents("given.json" if spelt.startswith("{") else "given.yml", Source(spelt))
    anchor = document.anchor()
    path: tuple[str, ...] = ("a",) if value is not None else ("a", "b")
    value = value or "x y"
    start = value.index(part)
    change = anchor.spelt(Place(anchor, path, (start, start + len(part)), value), new)
    assert (None if change is None else spelt[: change.start] + change.text + spelt[change.end :]) == result


def test_a_mapping_that_is_merged_into_itself_and_a_list_that_holds_itself_end() -> None:
    (first,) = documents("given.yml", Source("a: &a\n  <<: *a\n  b: c\n"))
    assert first.node(("a", "x")) is None
    (second,) = documents("given.yml", Source("a: &a [x, *a]\n"))
    assert second.data == {"a": ["x", None]}


def test_what_a_mapping_says_itself_wins_over_what_is_merged() -> None:
    (document,) = documents("given.yml", Source("base: &base {x: far, y: away}\na:\n  x: near\n  <<: *base\n"))
    assert document.data["a"] == {"x": "near", "y": "away"}
    node = document.node(("a", "x"))
    assert node is not None
    assert node.value == "near"
    node = document.node(("a", "y", "[key]"))
    assert node is not None
    assert document.location(node.start, node.end)[1:5] == (1, 22, 1, 23)
