"""What the parser says of a text that is not PromQL."""

from __future__ import annotations

from monitoring_as_code.promql.ast import Span


class PromQLSyntaxError(ValueError):
    """The first thing in a text that Prometheus would refuse.

    `message` is one sentence that says what is there, `span` the exact characters, `help` the way out ("" when there is none to name).
    """

    def __init__(self, message: str, span: Span, help: str = "") -> None:  # noqa: A002 (the word that diagnostics use)
        super().__init__(message)
        self.message = message
        self.span = span
        self.help = help

    def moved(self, by: int) -> PromQLSyntaxError:
        """The same error in a text that has `by` more characters before it."""
        return PromQLSyntaxError(self.message, Span(self.span.start + by, self.span.end + by), self.help)


def shown(text: str) -> str:
    """A piece of the text as a message quotes it: not longer than a line."""
    return text if len(text) <= 40 else text[:37] + "..."
