"""Nodes are what `dataclasses` would make of the same classes."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as their_field
from typing import Any

import pytest

from monitoring_as_code.promql.node import Node, field, replace


@dataclass(slots=True)
class Theirs:
    name: str
    size: int = 1
    place: int = their_field(default=-1, compare=False)
    origin: object = their_field(default=None, compare=False, repr=False)


class Ours(Node):
    name: str
    size: int = 1
    place: int = field(default=-1, compare=False)
    origin: object = field(default=None, compare=False, repr=False)


@pytest.mark.parametrize(
    "of",
    [
        lambda kind: repr(kind("a", place=3, origin=4)).partition("(")[2],
        lambda kind: kind("a") == kind("a", 1, 2, 3),
        lambda kind: kind("a") == kind("a", 2),
        lambda kind: kind("a") == "a",
        lambda kind: kind.__match_args__,
        lambda kind: kind.__hash__,
        lambda kind: hasattr(kind("a"), "__dict__"),
        type,
        lambda kind: [(each.default, each.kind) for each in inspect.signature(kind).parameters.values()],
    ],
)
def test_a_node_is_like_a_dataclass_with_slots(of: Callable[[Any], object]) -> None:
    assert of(Ours) == of(Theirs)


@pytest.mark.parametrize("arguments", [(), ("a", 1, 2, 3, 4)])
def test_it_refuses_other_arguments(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match=r"Ours\.__init__\(\)"):
        Ours(*arguments)


def test_two_classes_with_as_many_fields_have_constructors_of_their_own() -> None:
    class Other(Node):
        one: int
        two: int = 2
        three: int = 3
        four: int = 4

    assert (Other(1, four=5).four, Ours("a").size) == (5, 1)


def test_a_replaced_field_leaves_the_node_as_it_is() -> None:
    node = Ours("a", place=7)
    assert (replace(node, name="b").name, replace(node, name="b").place, node.name) == ("b", 7, "a")
