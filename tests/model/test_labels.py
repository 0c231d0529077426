"""Classes of labels."""

from typing import Literal

import pytest

from monitoring_as_code import Counter, Gauge, Label, Labels, label
from monitoring_as_code.model.declaration import InvalidDeclaration


class Base(Labels):
    service: Label[str] = label(at_most=5)


class Derived(Base):
    status: Label[Literal["ok", "failed", "gone"]] = label(emitted=("ok", "failed"))
    from_: Label[str] = label(name="from")


def test_labels_come_in_order_those_of_base_classes_first() -> None:
    assert [each.name for each in Derived.declared()] == ["service", "status", "from"]


def test_values_come_from_the_annotation() -> None:
    status = Derived.declared()[1]
    assert status.values == ("ok", "failed", "gone")
    assert status.emitted == ("ok", "failed")


def test_values_come_from_an_annotation_that_is_text() -> None:
    namespace: dict[str, object] = {"__name__": "later"}
    exec(
        "from __future__ import annotations\n"
        "from typing import Literal\n"
        "from monitoring_as_code import Label, Labels\n"
        "class Later(Labels):\n    way: Label[Literal['in', 'out']]\n",
        namespace,
    )
    later = namespace["Later"]
    assert isinstance(later, type)
    assert issubclass(later, Labels)
    import sys
    from types import ModuleType

    module = ModuleType("later")
    module.__dict__.update(namespace)
    sys.modules["later"] = module
    try:
        assert [each.values for each in later.declared()] == [("in", "out")]
    finally:
        del sys.modules["later"]


def test_an_instance_holds_the_values() -> None:
    made = Derived(service="billing", status="ok", from_="x")
    assert (made.service, made.status, made.from_) == ("billing", "ok", "x")


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (type("Bad", (Labels,), {"bad": label(name="a-b")}), "`a-b` is no label name"),
        (type("Bad", (Labels,), {"bad": label(name="__a")}), "`__a` is no label name"),
        (type("Bad", (Labels,), {"bad": label(values=("a",), emitted=("b",))}), "emits `b`"),
        (type("Bad", (Labels,), {"bad": label(pattern="(")}), "pattern"),
        (type("Bad", (Labels,), {"bad": label(at_most=0)}), "at most"),
        (type("Bad", (Labels,), {"_bad": label(name="bad")}), "`_bad` begins with an underscore"),
        (dict, "must be a class of labels"),
    ],
)
def test_what_prometheus_would_refuse_is_refused(labels: type[Labels], said: str) -> None:
    with pytest.raises(InvalidDeclaration) as caught:
        Counter(name="a_total", help="a", labels=labels)
    assert said in str(caught.value)


def test_the_bounds_of_a_gauge_are_in_their_order() -> None:
    with pytest.raises(InvalidDeclaration, match="which is more than `most`"):
        Gauge(name="level", help="Level.", least=2, most=1)
    assert Gauge(name="level", help="Level.", least=1, most=1).most == 1
