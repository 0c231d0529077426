from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING)
def suppression_without_reason() -> None:
    """A comment allows a finding without saying why.

    A comment such as `# mac: allow[rate-of-gauge] the exporter calls a counter a gauge` keeps a finding out: on the line of the finding, on
    the first line of the declaration's call, or alone above either. Several rules are separated by commas. The reason is for those
    who read it in a year, and ask whether it still holds.

    BAD:

        load = Gauge(name="load", help="Work.")
        recorded = RecordingRule(name="instance:load:rate5m", expr="rate(load[5m])")  # mac: allow[rate-of-gauge]

    GOOD:

        load = Gauge(name="load", help="Work.")
        recorded = RecordingRule(name="instance:load:rate5m", expr="rate(load[5m])")  # mac: allow[rate-of-gauge] it only grows, by mistake of its author
    """
