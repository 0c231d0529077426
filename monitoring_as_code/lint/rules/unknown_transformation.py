from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.lint.words import words

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def unknown_transformation(reading: Reading) -> Iterator[Finding]:
    """A transformation has an id that Grafana does not know.

    Grafana passes the answer on as if the step were not there. The ids are other than the names in its editor: "Organize fields by name" is
    `organize`, "Join by field" `joinByField`.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Table(title="Waiting", expr="queue_length", transformations=(Transformation(id="sort", options={}),)),),
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
                    panels=(Table(title="Waiting", expr="queue_length", transformations=(Transformation(id="sortBy", options={}),)),),
                ),
            ),
        )
    """
    from monitoring_as_code.model.panels.grafana_names import transformations

    for word in words(reading, "transformation"):
        if word.text not in transformations():
            from monitoring_as_code.diagnostics.nearest import did_you_mean

            message = f"Grafana has no transformation `{word.text}`: the step is left out"
            yield Finding(message, word.place, did_you_mean(word.text, transformations()), declaration=word.part)
