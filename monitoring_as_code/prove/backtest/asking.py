"""Long queries in pieces that a server takes, several at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.prove.backtest.history import TooMuch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Future, ThreadPoolExecutor

    from monitoring_as_code.prove.backtest.history import History
    from monitoring_as_code.prove.timelines import Labels

    Samples = dict[Labels, list[tuple[int, float]]]

# Prometheus answers with 11,000 points of a series at most.
MOST_POINTS = 10_800
_LEAST_POINTS = 8
# Prometheus works on 20 queries at once; some are for those who look at dashboards meanwhile.
_AT_ONCE = 4


class Asker:
    """Asks a history; `advance` is told of each piece, and `expect` of how many pieces more there will be."""

    def __init__(self, history: History, advance: Callable[[], None], expect: Callable[[int], None]) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self._history = history
        self._advance = advance
        self._expect = expect
        self._pool: ThreadPoolExecutor = ThreadPoolExecutor(_AT_ONCE)
        self._most: dict[str, int] = {}
        """How many evaluations of an expression the server was found to take at a time."""

    def close(self) -> None:
        """Ask for nothing more; what is under way is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def course(self, query: str, spans: Iterable[tuple[int, int]], step: int, *, inner: int = 1) -> Samples:
        """What an expression gives in these times, both ends included, every `step` milliseconds: samples by their labels, in order.

        `inner` is how often the server has to evaluate it for each point.

        Raises:
            HistoryUnreachable, QueryRefused: it does not say.
        """
        most = max(1, MOST_POINTS // inner)
        pieces = [piece for span in spans for piece in _pieces(*span, step, most)]
        self._expect(len(pieces))
        asked: Sequence[Future[Samples]] = [self._pool.submit(self._piece, query, *piece, step, inner) for piece in pieces]
        found: Samples = {}
        try:
            for each in asked:
                for labels, samples in each.result().items():
                    found.setdefault(labels, []).extend(samples)
                self._advance()
        except BaseException:
            for each in asked:
                each.cancel()
            raise
        return found

    def _piece(self, query: str, start: int, end: int, step: int, inner: int) -> Samples:
        points = (end - start) // step + 1
        most = max(1, self._most.get(query, points * inner) // inner)
        if points > most:
            return self._parts(query, _pieces(start, end, step, most), step, inner)
        try:
            return {each.labels: list(each.samples) for each in self._history.range(query, start, end, step)}
        except TooMuch as error:
            if points * inner <= _LEAST_POINTS or points == 1:
                from monitoring_as_code.prove.backtest.history import QueryRefused

                raise QueryRefused(f"{error}, for {points} evaluation{'' if points == 1 else 's'} at a time, too") from None
            self._most[query] = points * inner // 2
        return self._parts(query, _pieces(start, end, step, (points + 1) // 2), step, inner)

    def _parts(self, query: str, pieces: Iterable[tuple[int, int]], step: int, inner: int) -> Samples:
        found: Samples = {}
        for start, end in pieces:
            for labels, samples in self._piece(query, start, end, step, inner).items():
                found.setdefault(labels, []).extend(samples)
        return found


def _pieces(start: int, end: int, step: int, most: int) -> list[tuple[int, int]]:
    """From `start` to `end` in pieces of so many points at most, both ends of each included."""
    length = most * step
    return [(first, min(first + length - step, end)) for first in range(start, end + 1, length)]
