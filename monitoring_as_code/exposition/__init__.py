"""What a /metrics page says: a reader of Prometheus's text format and of OpenMetrics.

A text that ends in `# EOF` is OpenMetrics; it may then have units, exemplars and times in seconds. `parse` takes what Prometheus takes, and
refuses what it refuses at the same line; `Page` goes on, and tells all that is wrong.
"""

from __future__ import annotations

from monitoring_as_code.exposition.grammar import KINDS, KINDS_OF_OPENMETRICS, Labels
from monitoring_as_code.exposition.page import Family, Fault, Page, Sample, Series

__all__ = [
    "KINDS",
    "KINDS_OF_OPENMETRICS",
    "ExpositionError",
    "Family",
    "Fault",
    "Labels",
    "Page",
    "Sample",
    "Series",
    "is_openmetrics",
    "parse",
]


class ExpositionError(ValueError):
    """The text is no exposition; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def is_openmetrics(end: str) -> bool:
    """Whether a text that ends so is OpenMetrics."""
    last = end.rstrip("\n")
    return last == "# EOF" or last.endswith("\n# EOF")


def parse(text: str) -> dict[str, Family]:
    r"""The families of a page by name, in its order, with their samples.

    Raises:
        ExpositionError: Prometheus would refuse the page.

    >>> parse('# TYPE up gauge\nup{job="a"} 1\n')["up"].samples
    [Sample(name='up', labels=(('job', 'a'),), value=1.0, line=2)]
    """
    page = Page(openmetrics=is_openmetrics(text))
    for series, values, value, line in page.samples(text.split("\n")):
        if page.refused:
            break
        series.family.samples.append(Sample(series.name, tuple(zip(series.labels, values, strict=True)), value, line))
    if page.first_refused is not None:
        raise ExpositionError(page.first_refused.message, page.first_refused.line)
    return page.families
