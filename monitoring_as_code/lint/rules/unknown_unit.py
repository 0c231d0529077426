from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.lint.words import words

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def unknown_unit(reading: Reading) -> Iterator[Finding]:
    """A panel's unit is none that Grafana knows.

    Grafana shows a word that it does not know behind the number, as it is: 1234567 `req/s` stay 1234567 req/s, where `reqps` are 1.23M. Take
    the id that stands in Grafana's list, or best none: the unit is inferred. A unit of one's own says so: `suffix:parcels`,
    `si:m/s`. In dashboards of others, whose editor takes any word for a unit, only slips of an id are found, `percentUnit`.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Stat(title="Waiting", expr="sum(queue_length)", unit="pcs"),),
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
                    panels=(Stat(title="Waiting", expr="sum(queue_length)", unit="suffix: pcs"),),
                ),
            ),
        )
    """
    from monitoring_as_code.model.panels.grafana_units import known_unit, known_units, misspelt_unit, near_unit

    for word in words(reading, "unit"):
        if known_unit(word.text):
            continue
        from monitoring_as_code.diagnostics.nearest import did_you_mean

        near = misspelt_unit(word.text) if reading.project.foreign else near_unit(word.text)
        if reading.project.foreign and near is None:
            continue
        # Of ids of a letter or two, every other one is near.
        meant = f"did you mean `{near}`?" if near else did_you_mean(word.text, known_units()) if len(word.text) > _SHORTEST else None
        own = f"write `suffix:{word.text}`, if it is a word to be shown behind the number"
        message = f"Grafana knows no unit `{word.text}`: it shows the number as it is, and this word behind it"
        yield Finding(message, word.place, f"{meant} Else {own}" if meant else own, declaration=word.part)


# An id of three letters is like many a word.
_SHORTEST = 3
