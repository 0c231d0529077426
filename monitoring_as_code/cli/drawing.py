"""Trees and columns on a terminal: colours and lines as far as it has them, and no line longer than it is wide."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from monitoring_as_code.diagnostics.display import visible, width

if TYPE_CHECKING:
    from monitoring_as_code.model.routing import Integration
    from monitoring_as_code.model.time_interval import TimeInterval

Style: TypeAlias = Literal["bold", "dim", "red", "green", "yellow", "cyan"]
_CODES: dict[Style, int] = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}
# What tells people where a message goes; never a secret's path.
_ADDRESS = {"slack": "channel", "email": "to", "webhook": "url", "telegram": "chat_id"}


class Pen:
    """Writes words for one terminal; `columns` is how wide it is."""

    def __init__(self, *, coloured: bool, boxes: bool, columns: int | None = None) -> None:
        self._coloured = coloured
        self.columns = columns or max(40, min(shutil.get_terminal_size((80, 24)).columns, 120))
        self.arrow = "→" if boxes else "->"
        self._branch, self._last, self._line = ("├─ ", "└─ ", "│  ") if boxes else ("|- ", "`- ", "|  ")

    def __call__(self, text: str, *styles: Style) -> str:
        """The text in these styles."""
        if not self._coloured or not text:
            return text
        return f"\x1b[{';'.join(str(_CODES[style]) for style in styles)}m{text}\x1b[0m"

    def fork(self, *, last: bool) -> tuple[str, str]:
        """What stands before a branch, and before all that is inside of it."""
        return (self._last, "   ") if last else (self._branch, self._line)

    def stem(self, *, more: bool) -> str:
        """What stands before a branch's own words, if there are `more` branches below it."""
        return f"{self._line} " if more else "    "

    def wrapped(self, items: Iterable[str], first: str, following: str | None = None, *styles: Style) -> Iterator[str]:
        """The items with commas between, in lines that begin with `first`, and with `following` from the second on."""
        words = [f"{visible(item)}," for item in items]
        if words:
            words[-1] = words[-1][:-1]
        yield from self._filled(words, first, following, *styles)

    def filled(self, text: str, first: str, following: str | None = None, *styles: Style) -> Iterator[str]:
        """The words of a text in lines that begin with `first`, and with `following` from the second on, by default as much room."""
        yield from self._filled(text.split(" "), first, following, *styles)

    def _filled(self, words: Iterable[str], first: str, following: str | None, *styles: Style) -> Iterator[str]:
        start = first
        line: list[str] = []
        room = 0
        for word in words:
            if line and width(start) + room + 1 + width(word) > self.columns:
                yield start + self(" ".join(line), *styles)
                start, line, room = following if following is not None else " " * width(first), [], 0
            room += width(word) + (1 if line else 0)
            line.append(word)
        if line:
            yield start + self(" ".join(line), *styles)

    def columned(self, rows: Sequence[Sequence[str]], indent: str = "  ") -> Iterator[str]:
        """The rows with their columns below each other; the last column is as long as it is."""
        widest = [max((width(cell) for cell in column), default=0) for column in zip(*rows, strict=True)]
        for row in rows:
            yield indent + "  ".join(cell + " " * (most - width(cell)) for cell, most in zip(row, widest, strict=True)).rstrip()


def channel(integration: Integration) -> str:
    """How a receiver is notified: `Slack #shop`."""
    address = integration.settings().get(_ADDRESS.get(integration.integration, ""))
    return visible(type(integration).__name__ + ("" if address is None else f" {address}"))


def span(interval: TimeInterval) -> str:
    """When an interval is: `22:00 to 24:00 on monday:friday`."""
    words = [" and ".join(f"{time.start} to {time.end}" for time in interval.times)]
    if interval.weekdays:
        words.append("on " + ", ".join(interval.weekdays))
    if interval.days_of_month:
        words.append("on days " + ", ".join(interval.days_of_month))
    if interval.months:
        words.append("in " + ", ".join(interval.months))
    if interval.years:
        words.append("in " + ", ".join(interval.years))
    return visible(" ".join([word for word in words if word] + [interval.location or "UTC"]))
