"""Light stand-ins: each does what the module does that it stands for."""

import copy
import hashlib
import inspect
import pickle
import typing

import pytest

from monitoring_as_code import light


class Theirs(typing.NamedTuple):
    """A point."""

    x: int
    y: "int | None" = None

    @property
    def both(self) -> tuple[int, int | None]:
        return self.x, self.y


class Ours(light.NamedTuple):
    """A point."""

    x: int
    y: "int | None" = None

    @property
    def both(self) -> tuple[int, int | None]:
        return self.x, self.y


class Under(Ours):
    __slots__ = ()


KINDS: tuple[typing.Any, ...] = (Theirs, Ours)


@pytest.mark.parametrize(
    "of",
    [
        lambda kind: tuple(kind(1)),
        lambda kind: tuple(kind(y=2, x=1)),
        lambda kind: kind(1, 2) == (1, 2),
        lambda kind: hash(kind(1, 2)) == hash((1, 2)),
        lambda kind: repr(kind(1, "a")).partition("(")[2],
        lambda kind: kind(1).both,
        lambda kind: kind(1)._replace(y=3).both,
        lambda kind: kind._make([1, 2]).both,
        lambda kind: kind(1)._asdict(),
        lambda kind: pickle.loads(pickle.dumps(kind(1, 2))).both,
        lambda kind: copy.deepcopy(kind(1, [2])).both,
        lambda kind: type(copy.copy(kind(1))) is kind,
        lambda kind: (kind._fields, kind._field_defaults, kind.__match_args__, kind.__doc__),
        lambda kind: list(inspect.signature(kind).parameters),
        typing.get_type_hints,
        lambda kind: hasattr(kind(1), "__dict__"),
        type,
    ],
)
def test_a_light_named_tuple_is_like_that_of_typing(of: typing.Callable[[typing.Any], object]) -> None:
    assert of(Ours) == of(Theirs)


@pytest.mark.parametrize(
    ("of", "error"),
    [
        (lambda kind: kind(), TypeError),
        (lambda kind: kind(1, 2, 3), TypeError),
        (lambda kind: kind(1, z=2), TypeError),
        (lambda kind: kind(1)._replace(z=2), ValueError),
        (lambda kind: kind._make([1]), TypeError),
        (lambda kind: setattr(kind(1), "x", 2), AttributeError),
        (lambda kind: setattr(kind(1), "z", 2), AttributeError),
    ],
)
def test_it_refuses_what_that_refuses(of: typing.Callable[[typing.Any], object], error: type[Exception]) -> None:
    for kind in KINDS:
        with pytest.raises(error):
            of(kind)


def test_a_field_without_a_default_after_one_with_a_default_is_a_mistake() -> None:
    made: typing.Any = type(Ours)
    with pytest.raises(TypeError, match="without a default"):
        made("Wrong", (light.NamedTuple,), {"__qualname__": "Wrong", "__annotations__": {"x": int, "y": int}, "x": 1})


def test_a_class_under_it_has_its_fields() -> None:
    assert type(Under(1)._replace(y=2)) is Under


def test_the_light_digest_is_the_digest() -> None:
    assert light.sha256(b"some").hexdigest() == hashlib.sha256(b"some").hexdigest()
