"""Two vectors: which elements meet, what labels the result has, and why nothing may match."""

from __future__ import annotations

from typing import Final

from monitoring_as_code.catalogue import ANY_NUMBER, Range
from monitoring_as_code.promql.ast import COMPARISONS, Binary, Name, VectorMatching
from monitoring_as_code.promql.infer.binaries import TRIMS, filtered, is_arithmetic, pair
from monitoring_as_code.promql.infer.calls import nameless, nameless_by
from monitoring_as_code.promql.infer.facts import Clash, JoinFact, Verdict
from monitoring_as_code.promql.infer.ranges import compared, passed
from monitoring_as_code.promql.infer.value import (
    ANYTHING,
    OPEN,
    Arm,
    Emptiness,
    LabelFact,
    Labels,
    Reason,
    Value,
    emptier,
    fuller,
    joined,
    joined_fact,
    joined_labels,
    met_fact,
    smallest,
    whole_key,
)
from monitoring_as_code.units import one

_MOST_ARMS: Final = 8
_NAME: Final = frozenset(("__name__",))
_METADATA: Final = frozenset(("__name__", "__type__", "__unit__"))  # the latter two are compared or not, as Prometheus was told
_PLAIN: Final = VectorMatching()


def join(node: Binary, left: Value, right: Value) -> tuple[Value, JoinFact, Verdict | None]:
    """The value of a binary operator between vectors, what is to be said of the match, and the verdict of a comparison."""
    matching = node.matching or _PLAIN
    lefts, rights = left.arms, right.arms
    if len(lefts) * len(rights) > _MOST_ARMS:
        lefts, rights = (joined(lefts),), (joined(rights),)
    meeting = _Meeting(node, matching)
    clashes = {(i, j): meeting.clash(one_arm, other) for i, one_arm in enumerate(lefts) for j, other in enumerate(rights)}
    never = all(clashes.values()) and not (matching.fill_left is not None or matching.fill_right is not None)
    fact = _fact(node, meeting, left, right, tuple(clash for clash in clashes.values() if clash), never=never)
    if node.op == "or":
        return _or(left, right), fact, None
    if node.op == "unless":
        empty: Emptiness = left.empty if never or left.empty == "always" else "always" if fact.drops_all else emptier(left.empty, "filter")
        return Value("vector", left.arms, empty), fact, None
    if node.op == "and":
        value = _and(node, meeting, left, lefts, rights, clashes=clashes, never=never)
        return value if right.empty != "always" else value._replace(empty="always"), fact, None
    value, verdict = _matched(node, meeting, lefts, rights, clashes=clashes, emptiness=(left.empty, right.empty), never=never)
    return value, fact, verdict


class _Meeting:
    """How the elements of two sides are matched, by `on` or by all labels but some."""

    def __init__(self, node: Binary, matching: VectorMatching) -> None:
        self.node = node
        self.matching = matching
        self.on = matching.on
        self.names = frozenset(item.value for item in matching.labels if isinstance(item, Name))
        self.certain = all(isinstance(item, Name) for item in matching.labels)
        self.include = tuple(item.value for item in matching.include if isinstance(item, Name))
        self.includes_unknown = len(self.include) != len(matching.include)

    def signature(self, left: Labels, right: Labels) -> frozenset[str]:
        """The labels known to be compared; there may be others when `ignoring` meets open labels, or a variable stands in the list."""
        if self.on:
            return self.names
        if not self.certain:
            return frozenset()
        return frozenset(left.facts.keys() | right.facts.keys()) - self.names - _METADATA

    def clash(self, left: Arm, right: Arm) -> Clash | None:
        """The first label in whose value the two can never agree."""
        names = sorted(self.signature(left.labels, right.labels))
        for name in names:
            one_fact, other = left.labels.get(name), right.labels.get(name)
            if one_fact is not other and met_fact(one_fact, other) is None:
                if name == "instance" and one_fact.values and other.values and "job" in names:
                    one_job, other_job = left.labels.get("job"), right.labels.get("job")
                    if met_fact(one_job, other_job) is None:  # a job's instances follow from the job, which says more
                        return Clash("job", one_job, other_job)
                return Clash(name, one_fact, other)
        return None

    def met(self, left: Labels, right: Labels) -> dict[str, LabelFact]:
        """What holds for each label of the signature after elements met."""
        result = {}
        for name in self.signature(left, right):
            fact = met_fact(left.get(name), right.get(name))
            if fact is not None:
                result[name] = fact
        return result

    def apart(self, arm: Arm, of_signature: frozenset[str]) -> frozenset[str] | None:
        """Labels beyond the signature that can tell apart elements with equal signatures; empty if there is only one each; None if unknown."""
        if any(not key - of_signature for key in arm.keys):
            return frozenset()
        if not arm.labels.closed or not arm.keys:
            return None
        return min(arm.keys, key=len) - of_signature

    def compares_all(self, labels: Labels) -> frozenset[str]:
        """The signature as far as one side knows it."""
        if self.on:
            return self.names
        return labels.possible - self.names - _NAME if self.certain else frozenset()


def _fact(node: Binary, meeting: _Meeting, left: Value, right: Value, clashes: tuple[Clash, ...], *, never: bool) -> JoinFact:
    left_arm, right_arm = left.arm, right.arm
    lefts, rights = left_arm.labels, right_arm.labels
    signature: frozenset[str] | None
    if meeting.on:
        signature = meeting.names if meeting.certain else None
    else:
        signature = None
        if meeting.certain and lefts.closed and rights.closed:
            signature = meeting.signature(lefts, rights) & (lefts.possible | rights.possible)
    absent = tuple(
        item.value
        for item in meeting.matching.labels
        if meeting.on
        and isinstance(item, Name)
        and lefts.get(item.value).presence == "never"
        and rights.get(item.value).presence == "never"
    )
    many, few = (rights, lefts) if meeting.matching.card == "one-to-many" else (lefts, rights)
    overwritten = tuple(  # without `on`, a label that is not ignored is the same on both sides
        name for name in meeting.include if many.get(name).presence == "always" and (meeting.on or name in meeting.names)
    )
    missing = tuple(name for name in meeting.include if few.get(name).presence == "never")
    one_signature = meeting.certain and (
        (meeting.on and not meeting.names)
        or all(labels.closed and not labels.possible - meeting.names - _NAME for labels in (lefts, rights))
    )
    return JoinFact(
        node,
        meeting.on,
        signature,
        "never" if never else "maybe",
        clashes,
        absent,
        meeting.apart(left_arm, meeting.compares_all(lefts)),
        meeting.apart(right_arm, meeting.compares_all(rights)),
        overwritten,
        missing,
        right_is_dead=node.op == "or" and one_signature and left.empty == "never",
        drops_all=node.op == "unless" and one_signature and right.empty == "never",
    )


def _or(left: Value, right: Value) -> Value:
    # An arm on the right is only there where the left has no match, so that it alone may be empty though the whole is not.
    rights = tuple(arm._replace(empty="data") if arm.empty == "never" else arm for arm in right.arms)
    arms = (*left.arms, *rights)
    if len(arms) > _MOST_ARMS:
        arms = (joined(arms),)
    elif len(arms) > 1:  # a key holds within an arm, and another arm may have an element with the same
        labels = joined_labels(arm.labels for arm in arms)
        keys = whole_key(labels)
        arms = tuple(arm._replace(keys=keys) for arm in arms)
    return Value("vector", arms, fuller(left.empty, right.empty))


def _and(
    node: Binary,
    meeting: _Meeting,
    left: Value,
    lefts: tuple[Arm, ...],
    rights: tuple[Arm, ...],
    *,
    clashes: dict[tuple[int, int], Clash | None],
    never: bool,
) -> Value:
    if never:
        reason = _never(node, clashes)
        return Value("vector", tuple(arm._replace(empty="always", empty_reason=reason) for arm in left.arms), "always")
    arms = []
    for i, arm in enumerate(lefts):
        partners = [other for j, other in enumerate(rights) if clashes[i, j] is None]
        if not partners:
            continue
        if len(partners) == 1:
            labels = arm.labels.but(meeting.met(arm.labels, partners[0].labels))
        else:
            labels = joined_labels(arm.labels.but(meeting.met(arm.labels, other.labels)) for other in partners)
        if not meeting.on and meeting.certain and all(other.labels.closed for other in partners) and not arm.labels.closed:
            labels = _closed_by(labels, meeting, partners)
        empty: Emptiness = "filter" if arm.empty in {"never", "data"} else arm.empty
        arms.append(arm._replace(labels=labels, empty=empty))
    return Value("vector", tuple(arms) or left.arms, emptier(left.empty, "filter"))


def _closed_by(labels: Labels, meeting: _Meeting, partners: list[Arm]) -> Labels:
    """An open label set that met closed ones on all its labels has no other labels than those, and those that were ignored."""
    facts = dict(labels.facts)
    for name in (*meeting.names, "__name__"):
        facts.setdefault(name, labels.rest)
    return Labels(facts, partners[0].labels.rest)


def _never(node: Binary, clashes: dict[tuple[int, int], Clash | None]) -> Reason:
    clash = next((clash for clash in clashes.values() if clash), None)
    return Reason(f"the sides of `{node.op}` never agree on `{clash.label}`" if clash else f"`{node.op}` never matches", node)


def _matched(
    node: Binary,
    meeting: _Meeting,
    lefts: tuple[Arm, ...],
    rights: tuple[Arm, ...],
    *,
    clashes: dict[tuple[int, int], Clash | None],
    emptiness: tuple[Emptiness, Emptiness],
    never: bool,
) -> tuple[Value, Verdict | None]:
    """Arithmetic and comparisons, element by element."""
    filled = meeting.matching.fill_left is not None or meeting.matching.fill_right is not None
    arms = []
    verdicts: set[Verdict | None] = set()
    for i, left in enumerate(lefts):
        for j, right in enumerate(rights):
            if clashes[i, j] is not None and not never and not filled:
                continue
            arm, verdict = _pair(node, meeting, left, right)
            arms.append(arm)
            verdicts.add(verdict)
    verdict = verdicts.pop() if len(verdicts) == 1 else "maybe"
    if node.op not in COMPARISONS:
        verdict = None
    empty = emptier(*emptiness)
    if never:
        empty = "always"
        reason = _never(node, clashes)
        arms = [arm._replace(empty="always", empty_reason=reason) for arm in arms]
    elif verdict is not None and not node.bool_modifier:
        empty = "always" if verdict == "never" else emptier(empty, "filter") if verdict == "maybe" else empty
    if empty == "never" and not _certain(lefts, rights):
        empty = "data"
    if filled:
        empty = "data"
        arms = [_filled(node, meeting, arm, lefts, rights) for arm in arms]
    if len(arms) > 1:
        keys = whole_key(joined_labels(arm.labels for arm in arms))
        arms = [arm._replace(keys=keys) for arm in arms]
    return Value("vector", tuple(arms), empty), verdict


def _certain(lefts: tuple[Arm, ...], rights: tuple[Arm, ...]) -> bool:
    """Whether the sides are one element without labels each, which always match, and no native histogram is in the way."""
    return all(arm.labels.closed and not arm.labels.possible - _NAME and arm.floats for arm in (*lefts, *rights))


def _filled(node: Binary, meeting: _Meeting, arm: Arm, lefts: tuple[Arm, ...], rights: tuple[Arm, ...]) -> Arm:
    """An element without partner meets one made up, whose labels are the signature's: so its labels may be those of either side."""
    left, right = joined_labels(arm.labels for arm in lefts), joined_labels(arm.labels for arm in rights)
    card = meeting.matching.card
    many, few = (right, left) if card == "one-to-many" else (left, right)
    never = LabelFact("never", reason=Reason(f"`{node.op}` leaves no such label", node))
    if not meeting.certain or meeting.includes_unknown:
        return arm._replace(labels=OPEN, keys=(), range=ANY_NUMBER)
    compared_names = meeting.names if meeting.on else frozenset(many.facts.keys() | few.facts.keys()) - meeting.names - _NAME
    facts = {name: joined_fact((many.get(name), few.get(name))) for name in compared_names}
    dropped = is_arithmetic(node.op) or node.bool_modifier
    if card == "one-to-one":
        facts.update((name, never) for name in meeting.names - compared_names)
        rest = never if meeting.on else joined_fact((many.rest, few.rest))
        facts["__name__"] = (
            never if dropped or (meeting.on and "__name__" not in meeting.names) else joined_fact((many.get("__name__"), never))
        )
    else:
        facts.update((name, joined_fact((fact, never))) for name, fact in many.facts.items() if name not in facts)
        facts.update((name, LabelFact("maybe")) for name in meeting.include)
        rest = joined_fact((many.rest, never if meeting.on else few.rest))
        if dropped and "__name__" not in meeting.include:
            facts["__name__"] = never
    labels = Labels(facts, rest)
    return arm._replace(labels=labels, keys=whole_key(labels), range=ANY_NUMBER)


def _pair(node: Binary, meeting: _Meeting, left: Arm, right: Arm) -> tuple[Arm, Verdict | None]:
    one_to_many = meeting.matching.card == "one-to-many"
    many, few = (right, left) if one_to_many else (left, right)
    labels = _result_labels(node, meeting, many.labels, few.labels)
    keys = _result_keys(node, meeting, many, few, labels)
    reason = Reason(f"made by `{node.op}`", node)
    if node.op in COMPARISONS:
        verdict = compared(node.op, left.range, right.range)
        if verdict != "maybe" and not (left.floats and right.floats):
            verdict = "maybe" if verdict == "always" or not (left.floats or right.floats) else verdict
        if node.bool_modifier:
            labels = nameless(labels, Reason(f"`__name__` is gone: `{node.op} bool` drops it", node))
            bounds = passed("==", compared_truth(verdict), compared_truth(verdict))
            return Arm(labels, smallest((*(key for key in keys if "__name__" not in key), *whole_key(labels))), "bool", "", one, bounds, "data", None,
                       floats=True, kind_reason=reason, unit_reason=reason, range_reason=reason), verdict  # fmt: skip
        kept = filtered(node, left, passed(node.op, left.range, right.range), verdict)
        empty = emptier(kept.empty, "data")
        return kept._replace(labels=labels, keys=keys, empty=empty), verdict
    kind, unit, bounds = pair(node, left, right)
    if node.op in TRIMS:
        kind, unit, bounds = left.kind, left.unit, left.range._replace(low=float("-inf"), high=float("inf"), nan=True, inf=True)
    part = left.part if left.part == right.part and node.op in {"+", "-"} else ""
    entry = left.entry if part and left.entry is right.entry else None
    floats = left.floats and right.floats
    empty = emptier(emptier(left.empty, right.empty), "data")
    return Arm(labels, keys, kind, part, unit, bounds, empty, entry, floats=floats, empty_reason=left.empty_reason or right.empty_reason,
               kind_reason=reason, unit_reason=reason, range_reason=reason), None  # fmt: skip


def compared_truth(verdict: Verdict) -> Range:
    """What `bool` gives for a comparison of that verdict."""
    return Range(0.0 if verdict != "always" else 1.0, 1.0 if verdict != "never" else 0.0, nan=False, inf=False)


def _result_labels(node: Binary, meeting: _Meeting, many: Labels, few: Labels) -> Labels:
    matching = meeting.matching
    met = meeting.met(many, few)
    name_gone = Reason(f"`__name__` is gone: `{node.op}` drops it", node)
    labels = many
    if matching.card == "one-to-one" and meeting.on:
        gone = Reason(f"only the labels of `on` are left after `{node.op}`", node)
        facts = {name: met.get(name, ANYTHING) for name in meeting.names}
        if meeting.certain:
            never = LabelFact("never", reason=gone)
            for name, fact in many.facts.items():
                if name not in facts:
                    facts[name] = fact if fact.presence == "never" else never
            labels = Labels(facts, many.rest if many.closed else never)
        else:
            labels = Labels({name: facts.get(name) or _perhaps(fact) for name, fact in {**many.facts, **facts}.items()}, many.rest)
    elif matching.card == "one-to-one":
        ignored = Reason(f"`ignoring` drops it from `{node.op}`", node)
        facts = {**many.facts, **met}
        if not meeting.certain:
            facts = {name: _perhaps(fact) for name, fact in facts.items()}
        for name in meeting.names:
            if many.get(name).presence != "never":
                facts[name] = LabelFact("never", reason=ignored)
        rest = many.rest
        if meeting.certain and not many.closed and few.closed:
            facts.setdefault("__name__", many.rest)
            rest = few.rest
        labels = Labels(facts, rest)
    else:
        facts = {**many.facts, **met}
        rest = many.rest
        if not meeting.on and meeting.certain and not many.closed and few.closed:
            for name in (*meeting.names, "__name__"):
                facts.setdefault(name, many.rest)
            rest = few.rest
        from_one = Reason(f"`{'group_right' if matching.card == 'one-to-many' else 'group_left'}` takes it from the other side", node)
        for name in meeting.include:
            fact = facts[name] if name in met else few.get(name)
            facts[name] = LabelFact(fact.presence, fact.values, fact.pattern, fact.reason or from_one)
        labels = Labels(facts, rest)
        if meeting.includes_unknown:
            labels = Labels({name: ANYTHING for name in facts if name not in met}, ANYTHING)
    if is_arithmetic(node.op):
        if "__name__" in meeting.include:
            return labels
        return nameless_by(node.op, labels, name_gone)
    if node.op in TRIMS and labels.get("__name__").presence != "never":
        return labels.but({"__name__": ANYTHING})
    return labels


def _perhaps(fact: LabelFact) -> LabelFact:
    return LabelFact("maybe", fact.values, fact.pattern, fact.reason) if fact.presence == "always" else fact


def _result_keys(node: Binary, meeting: _Meeting, many: Arm, few: Arm, labels: Labels) -> tuple[frozenset[str], ...]:
    keys = list(whole_key(labels))
    gone = frozenset(meeting.include) | (_NAME if is_arithmetic(node.op) else frozenset())
    if meeting.includes_unknown:
        return tuple(keys)
    if meeting.matching.card != "one-to-one":
        keys += [key for key in many.keys if not key & gone]
    elif meeting.certain:
        if meeting.on:
            keys.append(frozenset(name for name in meeting.names if labels.get(name).presence != "never"))
            keys += [key for arm in (many, few) for key in arm.keys if key <= meeting.names and not key & gone]
        else:
            keys += [key for key in many.keys if not key & (gone | meeting.names)]
            keys += [key for key in few.keys if not key & (gone | meeting.names)]
    return smallest(keys)
