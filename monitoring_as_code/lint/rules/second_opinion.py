from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.places import place
from monitoring_as_code.lint.rule import ERROR, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR, of_expressions=True, definitions_only=True)
def second_opinion(reading: Reading) -> Iterator[Finding]:
    """Two parsers disagree about an expression.

    Every expression that is emitted is parsed again by promql-parser, which nobody here has written. If it refuses one, or understands
    something else, then one of the two parsers is wrong, and what Prometheus will say is uncertain. Where it is known to be behind
    Prometheus, it is not asked. So a finding of this rule is most likely a mistake of `mac`: please report it, and write the expression
    in another way meanwhile.

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        recorded = RecordingRule(name="job:queue_length:max", expr="max by (job) (queue_length)")
    """
    from monitoring_as_code.promql.second_opinion import disagreement

    # Kept only if another environment may ask of the same texts: of a large project they are many.
    asked: dict[str, str | None] = reading.analysis.by_text.setdefault("second opinion", {}) if reading.project.environment else {}
    for use in reading.uses:
        if use.expr is None:
            continue
        if use.text not in asked:
            asked[use.text] = disagreement(use.text, use.expr)
        said = asked[use.text]
        if said is not None:
            yield Finding(said, place(use, use.expr), "write it in another way, and report this", declaration=use.declaration)
