from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.lint.words import words

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def unknown_reducer(reading: Reading) -> Iterator[Finding]:
    """A panel or a transformation asks for a calculation that Grafana does not have.

    Grafana leaves out what it does not know, so the number, or the column of the legend, is missing. The calculations have ids of their
    own: `lastNotNull`, `mean`, `p95`.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(raw({"type": "stat", "title": "Waiting", "targets": [{"expr": "sum(queue_length)"}], "options": {"reduceOptions": {"calcs": ["average"]}}}),),
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
                    panels=(raw({"type": "stat", "title": "Waiting", "targets": [{"expr": "sum(queue_length)"}], "options": {"reduceOptions": {"calcs": ["mean"]}}}),),
                ),
            ),
        )
    """
    from monitoring_as_code.model.panels.grafana_names import reducers

    for word in words(reading, "reducer"):
        if word.text not in reducers():
            from monitoring_as_code.diagnostics.nearest import did_you_mean

            help_ = (
                _MEANT.get(word.text.lower()) or did_you_mean(word.text, reducers()) or "take one such as `lastNotNull`, `mean` or `max`"
            )
            yield Finding(f"Grafana has no calculation `{word.text}`", word.place, help_, declaration=word.part)


_MEANT = {
    "average": "did you mean `mean`?",
    "current": "did you mean `lastNotNull`?",
    "maximum": "did you mean `max`?",
    "minimum": "did you mean `min`?",
    "latest": "did you mean `lastNotNull`?",
    "last*": "did you mean `lastNotNull`?",
    "difference": "did you mean `diff`?",
    "stddev": "did you mean `stdDev`?",
}
