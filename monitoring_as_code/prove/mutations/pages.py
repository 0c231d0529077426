"""docs/mutations.md: what the operators, and the arguments, say of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.prove.mutations.operators import alerts, expression, routes

if TYPE_CHECKING:
    from monitoring_as_code.prove.mutations.mutant import Operator

_BEGIN = """# Mutations

`mac test --mutate` changes each alert, the recording rules that it reads and the routing in small ways, one at a time, and plays the scenarios
again. A change that no scenario notices is something that the scenarios do not prove: the report shows it with what would notice it.
`mac test --mutate HighErrorRate` changes that alert, and leaves the routing alone.

A change is

- **noticed by a scenario** that fails with it: the first one that does is enough, and is the last one that is tried;
- **noticed by the lint alone**, if `mac lint` finds something that it does not find without the change;
- **equivalent**, if it is proved that nothing can tell: the report prints the argument. There is no other way to be so;
- **excused**, if a comment in the definitions says why nothing can notice it; `-v` lists these with their reasons;
- **unnoticed** otherwise. Then the exit code is 1.

The score is the share that is noticed, of all that are neither equivalent nor excused. An alert without a scenario is tried on the witnesses that mac finds
for it, unless `--no-witnesses` is given. A scenario that fails without any change is not used, and named;
neither is one whose alerts read `ALERTS`, since all changes are played beside each other, under names of their own. A group's `limit` is not
looked at.

What scenarios cannot see is not changed: texts of runbooks and links, how notifications are grouped, and how often they are repeated.

An excuse names changes, as the tables below do, then says why: `# mac: allow[unnoticed-mutation] comparison, threshold: it is only drawn`.
It stands on the line of the argument, on the first line of the declaration's call, or alone above either, and excuses nothing else there.
A comment that excuses what is noticed, or nothing, is told, and the exit code is 1. See [the rule](rules/unnoticed-mutation.md).
"""
_ARGUMENTS = """
## Arguments for being equivalent

- **Groups of one series.** `sum`, `avg`, `max` and `min` of one series are that series: no two series that are declared fall into one group.
- **A label with one value.** Grouping by it, too, makes the same groups; no vector is joined with the result, and no route reads the label.
- **A matcher that all fulfil.** All declared values of the label do.
- **Kept out by the other side.** What a selector lets in more meets nothing, since the other side has the same matcher, and both are
  matched by all labels.
- **A factor.** `increase` is `rate` times the window. A quantile of buckets does not change with it, nor does whether a value is above 0, if no
  text shows the value. Neither does a quantile change if each bucket is the average of as many histograms, instead of their sum.
- **The same ways.** With the other routing every declared alert reaches the same receivers, in the same groups; and for every two it
  is decided alike whether one holds back the other.
"""


def page() -> str:
    """The whole page."""
    return _BEGIN + "".join(
        [
            "\n## Changes of expressions\n\nOf alerts, and of recording rules that an alert reads.\n",
            *_table(each.operator for each in expression.OPERATORS),
            "\n## Changes of alerts\n",
            *_table(each.operator for each in alerts.OPERATORS),
            "\n## Changes of the routing\n",
            *_table(each.operator for each in routes.OPERATORS),
            _ARGUMENTS,
        ]
    )


def _table(operators: Iterator[Operator]) -> Iterator[str]:
    yield "\n| name | what it does | before | after |\n|---|---|---|---|\n"
    for each in operators:
        yield f"| {each.name} | {each.does} | {_code(each.before)} | {_code(each.after)} |\n"


def _code(text: str) -> str:
    text = text.replace("|", "\\|")  # else a cell ends there
    return f"`{text}`" if text else ""
