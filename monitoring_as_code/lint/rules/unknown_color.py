from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.lint.words import words

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING)
def unknown_color(reading: Reading) -> Iterator[Finding]:
    """A colour, a colour scheme or a way to give colours is none that Grafana knows.

    The browser draws such a colour black or not at all, and Grafana takes another scheme than was meant. Colours are those of Grafana's
    palette such as `dark-red`, the names of CSS, `#1f60c4` and `rgb(...)`.

    BAD:

        queue_length = Gauge(name="queue_length", help="Jobs that wait.")
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            rows=(
                Row(
                    title="Jobs",
                    panels=(Heatmap(title="Waiting", expr="queue_length", calculate=True, scheme="Orange"),),
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
                    panels=(Heatmap(title="Waiting", expr="queue_length", calculate=True, scheme="Oranges"),),
                ),
            ),
        )
    """
    from monitoring_as_code.model.panels.grafana_names import color_modes, heatmap_schemes, knows_color, palette

    found = [(word, "colour", palette()) for word in words(reading, "color") if not knows_color(word.text)]
    found += [(word, "way to give colours", color_modes()) for word in words(reading, "color mode") if word.text not in color_modes()]
    found += [(word, "colour scheme", heatmap_schemes()) for word in words(reading, "scheme") if word.text not in heatmap_schemes()]
    for word, what, known in found:
        from monitoring_as_code.diagnostics.nearest import did_you_mean

        yield Finding(f"`{word.text}` is no {what} that Grafana knows", word.place, did_you_mean(word.text, known), declaration=word.part)
