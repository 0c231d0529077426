"""promtool's notation of a series' samples, as its unit tests write them: `0+60x30`, `1 2 _x5 stale`.

Each item stands for one sample or several: `a` is one, `axn` is n + 1 of the same, `a+bxn` are n + 1 that rise by b, `_` and `_xn` are gaps,
and `stale` ends the series.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.ast import Span
from monitoring_as_code.promql.errors import PromQLSyntaxError

# promtool makes all of them before it evaluates anything.
MOST_SAMPLES = 1_000_000


class Run(NamedTuple):
    """Samples that one item of the notation stands for; `first` is None for a gap, and for the end that `stale` is."""

    first: float | None
    step: float
    length: int
    span: Span

    def samples(self) -> Iterator[float | None]:
        """They themselves, one after the other."""
        for index in range(self.length):
            yield None if self.first is None else self.first + self.step * index


@cache
def _item() -> re.Pattern[str]:
    number = r"(?:[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|[iI][nN][fF]|[nN][aA][nN])"
    return re.compile(rf"(?:(?P<blank>_)|(?P<stale>stale)|(?P<first>[+-]?{number})(?P<step>[+-]{number})?)(?:x(?P<times>[0-9]+))?")


def runs(text: str) -> list[Run]:
    """The items of a text.

    Raises:
        PromQLSyntaxError: promtool would refuse it, or has no series to make of it.

    >>> [list(run.samples()) for run in runs("1+2x2 _ 5x1")]
    [[1.0, 3.0, 5.0], [None], [5.0, 5.0]]
    """
    found: list[Run] = []
    total = 0
    for word in re.finditer(r"\S+", text):
        run = _run(word.group(), word.start())
        total += run.length
        if total > MOST_SAMPLES:
            message = f"these are more than {MOST_SAMPLES:,} samples"
            raise PromQLSyntaxError(message, run.span, "a sample is taken at every `interval`: give as many as the scenario lasts")
        found.append(run)
    if not found:
        message = "there are no samples"
        raise PromQLSyntaxError(message, Span(0, len(text)), "write them like `1 2 3` or `0+60x30`")
    return found


def samples(text: str, at_most: int) -> list[float | None]:
    """The first samples of a text, None where there is none.

    Raises:
        PromQLSyntaxError: as for `runs`.
    """
    return list(islice((sample for run in runs(text) for sample in run.samples()), at_most))


def _run(word: str, start: int) -> Run:
    found = _item().fullmatch(word)
    if found is None:
        raise _fault(word, start)
    span = Span(start, start + len(word))
    times = found["times"]
    if found["blank"]:
        return Run(None, 0.0, 1 if times is None else int(times), span)
    if found["stale"]:
        if times is not None:
            message = "a series ends once: `stale` is not repeated"
            raise PromQLSyntaxError(message, _characters(start, word, word.index("x")), "write `stale`, and `_` for what follows")
        return Run(None, 0.0, 1, span)
    if found["step"] is not None and times is None:
        message = "it is not said how often the value rises"
        raise PromQLSyntaxError(message, Span(start, start + len(word)), f"write it like `{word}x10`")
    step = 0.0 if found["step"] is None else float(found["step"])
    return Run(float(found["first"]), step, 1 if times is None else int(times) + 1, span)


def _fault(word: str, start: int) -> PromQLSyntaxError:
    """What is wrong with a word, at its first character that promtool would not take."""
    if word.startswith("{{"):
        return PromQLSyntaxError(
            "a native histogram cannot be given here", Span(start, start + len(word)), "give a classic histogram `observed(...)`"
        )
    known = _item().match(word)
    end = 0 if known is None else known.end()
    if word[end:].startswith("x"):
        what = "how often is said by a whole number behind `x`"
        return PromQLSyntaxError(what, _characters(start, word, end), "write it like `0+60x30`")
    if word[end:].startswith(("*", ",")):
        help_ = "items are separated by blanks" if word[end] == "," else "how often is said by `x`: `0+60x30`"
        return PromQLSyntaxError(f"`{word[end]}` means nothing here", _characters(start, word, end, end + 1), help_)
    message = f"`{word[end:]}` is no sample"
    return PromQLSyntaxError(message, _characters(start, word, end), "write numbers, `0+60x30`, `_` for a gap, or `stale`")


def _characters(start: int, word: str, first: int, end: int | None = None) -> Span:
    return Span(start + first, start + (len(word) if end is None else end))
