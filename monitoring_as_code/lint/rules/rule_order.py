from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.model.alert import RecordingRule
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.ast import MatrixSelector, walk
from monitoring_as_code.promql.infer.selectors import metric_name

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Group
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def rule_order(reading: Reading) -> Iterator[Finding]:
    """A rule reads what a later rule of its group records, or a record is made from one of another group.

    The rules of a group are evaluated one after the other, so a rule sees what those before it have just recorded, and of those after it
    what they recorded last time: it is late by an interval. Groups are evaluated independently of each other; a record that is made from
    one of another group is late by up to that group's interval, and a quotient of the two mixes different moments. Put the rules into
    one group, in the order in which they read each other. An alert may read records of other groups: it waits for longer than that.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        share = RecordingRule(name="job:queue_length:share", expr="job:queue_length:max / ignoring (job) group_left () max(job:queue_length:max)")
        longest = RecordingRule(name="job:queue_length:max", expr="max by (job) (queue_length)")
        group = RuleGroup(name="queue", rules=(share, longest))

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        longest = RecordingRule(name="job:queue_length:max", expr="max by (job) (queue_length)")
        share = RecordingRule(name="job:queue_length:share", expr="job:queue_length:max / ignoring (job) group_left () max(job:queue_length:max)")
        group = RuleGroup(name="queue", rules=(longest, share))
    """
    recorded: dict[str, list[tuple[int, int, RecordingRule]]] = {}
    groups = reading.analysis.groups
    for number, group in enumerate(groups):
        for position, each in enumerate(group.rules):
            if isinstance(each, RecordingRule):
                recorded.setdefault(each.name, []).append((number, position, each))
    for number, group in enumerate(groups):
        for position, reader in enumerate(group.rules):
            use = reading.analysis.use(reader)
            told: set[str] = set()
            ranged = {id(node.selector) for node in walk(use.expr) if isinstance(node, MatrixSelector)} if use.expr is not None else set()
            for selector in reading.analysis.selectors(use):
                name = metric_name(selector)
                # One sample more or less of many makes no difference.
                if name in told or name not in recorded or selector.offset is not None or id(selector) in ranged:
                    continue
                if isinstance(reader, RecordingRule) and name == reader.name:
                    continue  # builds on its own past
                found = [each for each in recorded[name] if reading.file_of(each[2]) == reading.file_of(reader)]
                # Why others have made two groups of it, nobody here can know.
                of_record = isinstance(reader, RecordingRule) and not reading.project.foreign
                message = _late(found, groups, number, position, of_record=of_record)
                if message is None:
                    continue
                told.add(name)
                where = f"`{name}` is recorded here"
                related = tuple((Place(each.origin), where) for _, _, each in found[:1])
                help_ = "put both into one group, the one that is read first"
                yield Finding(f"`{name}` is {message}", place(use, selector), help_, related, declaration=reader)


def _late(
    found: list[tuple[int, int, RecordingRule]], groups: tuple[Group, ...], number: int, position: int, *, of_record: bool
) -> str | None:
    """Why what is read is of the last evaluation; nothing if it is fresh, or as fresh as it must be."""
    own = [at for group, at, _ in found if group == number]
    if own:
        return "recorded by a later rule of this group, so what is read is one interval old" if all(at > position for at in own) else None
    if not of_record:
        return None
    other = groups[found[0][0]]
    return f"recorded in another group, `{other.name}`, so what is read is up to one interval old"
