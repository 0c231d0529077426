"""What an aggregation and a join ask of the labels of what they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.promql.ast import Name
from monitoring_as_code.prove.witnesses import evaluation
from monitoring_as_code.prove.witnesses.evaluation import names, signature
from monitoring_as_code.prove.witnesses.labelling import Demand

if TYPE_CHECKING:
    from monitoring_as_code.promql.ast import Aggregate, VectorMatching
    from monitoring_as_code.prove.witnesses.functions import Element


def inner_demand(node: Aggregate, demand: Demand) -> Demand:
    """What an aggregation asks of the elements that it takes together."""
    if node.op in ("topk", "bottomk", "limitk", "limit_ratio"):
        return demand
    said = names(node.grouping)
    if node.without:
        return demand._replace(
            labels={label: value for label, value in demand.labels.items() if label not in said}, allowed=demand.allowed | said
        )
    labels = {label: value for label, value in demand.labels.items() if label in said}
    wanted = set(said)
    if demand.closed:  # a label that may not be there must be missing below, too
        for label in said:
            if label not in demand.labels and label not in demand.allowed:
                labels[label] = ""
                wanted.discard(label)
    wanted -= {label for label, value in labels.items() if not value}
    if any(value and label not in said for label, value in demand.labels.items()):
        labels["__name__"] = "impossible"  # nothing gives a label back that was aggregated away
    return Demand(labels, frozenset(wanted), fresh=demand.fresh)


def of_group(node: Aggregate, inner: Demand, element: Element) -> Demand:
    """What is asked of the other elements of the group that this one is in."""
    return inner._replace(labels={**inner.labels, **evaluation.group_labels(node, element.labels)})


def sides(matching: VectorMatching, demand: Demand) -> tuple[Demand, Demand]:
    """What is asked of the two sides of an operator that joins."""
    if matching.card == "one-to-many":
        return side(matching, demand, many=False), side(matching, demand, many=True)
    return side(matching, demand, many=True), side(matching, demand, many=matching.card == "one-to-one")


def side(matching: VectorMatching, demand: Demand, *, many: bool) -> Demand:
    """What is asked of one side: the one with several elements for one of the other, or that other one."""
    said = frozenset(label.value for label in matching.labels if isinstance(label, Name))
    include = frozenset(label.value for label in matching.include if isinstance(label, Name))
    whole = matching.card in ("many-to-one", "one-to-many", "many-to-many")
    if many and whole:
        labels = {label: value for label, value in demand.labels.items() if label not in include}
        wanted = (demand.wanted - include) | (said if matching.on else frozenset())
        return demand._replace(labels=labels, wanted=wanted, allowed=demand.allowed | include)
    if matching.on:
        kept = said | (include if not many else frozenset())
        labels = {label: value for label, value in demand.labels.items() if label in kept}
        return Demand(labels, said | (demand.wanted & kept) | (include if not many else frozenset()), fresh=demand.fresh)
    if whole:
        labels = {label: value for label, value in demand.labels.items() if label in include}
        return Demand(labels, include, fresh=demand.fresh)
    labels = {label: value for label, value in demand.labels.items() if label not in said}
    return demand._replace(labels=labels, wanted=demand.wanted - said, allowed=demand.allowed | said)


def agreeing(matching: VectorMatching, element: Element, demand: Demand) -> Demand:
    """What is asked of the other side of a join, of which one side is this element."""
    agreed = dict(signature(element.labels, matching))
    said = names(matching.labels)
    labels = {**{label: value for label, value in demand.labels.items() if label not in agreed}, **agreed}
    if matching.on:
        return demand._replace(labels=labels, wanted=demand.wanted - agreed.keys())
    include = names(matching.include)
    return demand._replace(
        labels=labels, wanted=(demand.wanted - agreed.keys()) & (said | include), closed=True, allowed=demand.allowed | said
    )
