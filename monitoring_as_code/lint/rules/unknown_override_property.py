from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.lint.words import words

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def unknown_override_property(reading: Reading) -> Iterator[Finding]:
    """An override sets a property that this type of panel does not have.

    Grafana does nothing with it. What one type of panel has, another one lacks, and its own properties stand under `custom`: a graph has
    `custom.lineWidth`, a table `custom.width`. Of panels of plugins nothing is said.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(TimeSeries(title="Waiting", expr="queue_length", overrides=(Override(series="a.*", by="regex", properties={"lineWidth": 2}),)),),
                ),
            ),
        )

    GOOD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(TimeSeries(title="Waiting", expr="queue_length", overrides=(Override(series="a.*", by="regex", properties={"custom.lineWidth": 2}),)),),
                ),
            ),
        )
    """
    from monitoring_as_code.model.panels.grafana_names import having, known_properties, knows_property

    for word in words(reading, "property"):
        if knows_property(word.panel_type, word.text):
            continue
        from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

        known = known_properties(word.panel_type)
        own = f"custom.{word.text}"
        others = having(word.text)
        help_ = f"it is one of panels of type {listed(others)}" if others else did_you_mean(word.text, known)
        help_ = f"did you mean `{own}`?" if own in known else help_
        yield Finding(f"a panel of type `{word.panel_type}` has no property `{word.text}` to set", word.place, help_, declaration=word.part)
