"""How long something takes."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from monitoring_as_code.model.metric import AnyMetric

F = TypeVar("F", bound="Callable[..., Any]")


class Timer:
    """Observes the time that a block takes, or each call of a function, in the metric's unit. The clock is monotonic.

    What is called may be async, or a generator: that takes until it has ended, and what is done with its parts is of its time.
    """

    __slots__ = ("_args", "_began", "_labels", "_metric", "_scale")

    def __init__(self, metric: Any, args: tuple[object, ...], labels: dict[str, Any], scale: float) -> None:  # noqa: ANN401 - it has `observe`
        self._metric = metric
        self._scale = scale
        self._args = args
        self._labels = labels

    def __enter__(self) -> None:
        self._began = perf_counter()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._metric.observe((perf_counter() - self._began) * self._scale, *self._args, **self._labels)

    async def __aenter__(self) -> None:
        self.__enter__()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: F) -> F:
        """The function, timed. Each call has a beginning of its own, since calls may overlap."""
        from functools import wraps
        from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction

        if isgeneratorfunction(function):

            def timed_parts(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
                began = perf_counter()
                try:
                    return (yield from function(*args, **kwargs))
                finally:
                    self._observe(perf_counter() - began)

            return wraps(function)(timed_parts)  # type: ignore[return-value]  # called as the function is
        if isasyncgenfunction(function):

            async def timed_parts_later(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
                began = perf_counter()
                parts = function(*args, **kwargs)
                try:
                    part = await anext(parts)
                    while True:  # what `yield from` does, which there is not for these
                        try:
                            sent = yield part
                        except GeneratorExit:
                            await parts.aclose()
                            raise
                        except BaseException as error:  # noqa: BLE001 - it is for who made the parts
                            part = await parts.athrow(error)
                        else:
                            part = await parts.asend(sent)
                except StopAsyncIteration:
                    return
                finally:
                    self._observe(perf_counter() - began)

            return wraps(function)(timed_parts_later)  # type: ignore[return-value]  # called as the function is
        if iscoroutinefunction(function):

            async def timed_later(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
                began = perf_counter()
                try:
                    return await function(*args, **kwargs)
                finally:
                    self._observe(perf_counter() - began)

            return wraps(function)(timed_later)  # type: ignore[return-value]  # called as the function is

        def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            began = perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self._observe(perf_counter() - began)

        return wraps(function)(timed)  # type: ignore[return-value]  # as above

    def _observe(self, taken: float) -> None:
        # Looked up only now: the function that this decorates may be older than the registry in use.
        self._metric.observe(taken * self._scale, *self._args, **self._labels)


def timing(metric: AnyMetric) -> Callable[..., Timer]:
    """What makes a metric's timers, whose labels it takes."""
    scale = in_unit_of(metric, 1.0)

    def time(*args: object, **labels: Any) -> Timer:
        return Timer(metric, args, labels, scale)

    return time


def in_unit_of(metric: AnyMetric, taken: float) -> float:
    """Some seconds, in the unit of a metric. One without a unit, or with one that is no time, gets them as they are."""
    from monitoring_as_code.units import seconds

    if metric.unit is None or metric.unit is seconds or not metric.unit.same_dimension(seconds):
        return taken
    top, bottom = metric.unit.scale
    return taken * bottom / top
