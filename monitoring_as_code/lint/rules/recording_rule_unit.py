from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.agreement import because, conversion, disagree, named
from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def recording_rule_unit(reading: Reading) -> Iterator[Finding]:
    """A recording rule says that it records another unit than its expression gives.

    What is said of the unit goes into the docs, into the panels that show the rule, and into the checks of all that reads it: one wrong
    word makes all of them wrong. Where the expression's unit is known the rule need not say it.

    BAD:

        sent = Counter(name="sent_bytes_total", help="Bytes sent.", unit=bytes_)
        rate = RecordingRule(name="instance:sent_bytes:rate5m", expr="rate(sent_bytes_total[5m])", unit=bits / seconds)

    GOOD:

        sent = Counter(name="sent_bytes_total", help="Bytes sent.", unit=bytes_)
        rate = RecordingRule(name="instance:sent_bits:rate5m", expr="rate(sent_bytes_total[5m]) * 8", unit=bits / seconds)
    """
    for recorded in reading.recording_rules:
        use = reading.analysis.use(recorded)
        if recorded.unit is None or use.expr is None:
            continue
        arm = reading.analysis.value(use).arm
        if arm.literal or arm.unit is None or not disagree(arm.unit, recorded.unit):
            continue
        message = f"the rule says that it records {named(recorded.unit)}, but its expression gives {named(arm.unit)}"
        help_ = conversion(arm.unit, recorded.unit, "the expression")
        help_ = f"leave `unit` out, or {help_}" if help_ else "leave `unit` out, it is inferred"
        yield Finding(message, Place(recorded.origin, ("unit",)), help_, because(reading, use, use.expr), declaration=recorded)
