from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.lint.words import words

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def unknown_field_matcher(reading: Reading) -> Iterator[Finding]:
    """An override is of fields that are chosen in a way that Grafana does not have.

    Grafana leaves out the whole override. There are `byName`, `byNames`, `byRegexp`, `byType`, `byFrameRefID`, `byValue` and a few
    more.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(raw({"type": "stat", "title": "Waiting", "targets": [{"expr": "queue_length"}], "fieldConfig": {"overrides": [{"matcher": {"id": "byRegex", "options": "/a/"}, "properties": [{"id": "decimals", "value": 1}]}]}}),),
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
                    panels=(raw({"type": "stat", "title": "Waiting", "targets": [{"expr": "queue_length"}], "fieldConfig": {"overrides": [{"matcher": {"id": "byRegexp", "options": "/a/"}, "properties": [{"id": "decimals", "value": 1}]}]}}),),
                ),
            ),
        )
    """
    from monitoring_as_code.model.panels.grafana_names import field_matchers

    for word in words(reading, "matcher"):
        if word.text not in field_matchers():
            from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

            help_ = did_you_mean(word.text, field_matchers()) or f"there are {listed(sorted(field_matchers()), 'and')}"
            message = f"Grafana does not choose fields by `{word.text}`: the override is left out"
            yield Finding(message, word.place, help_, declaration=word.part)
