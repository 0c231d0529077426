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
    """Observes the time that a `with` block takes, or each call of a function, in the metric's unit. The clock is monotonic."""

    __slots__ = ("_args", "_began", "_labels", "_metric")

    def __init__(self, metric: AnyMetric, args: tuple[object, ...], labels: dict[str, Any]) -> None:
        self._metric = metric
        self._args = args
        self._labels = labels

    def __enter__(self) -> None:
        self._began = perf_counter()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._observe(perf_counter() - self._began)

    def __call__(self, function: F) -> F:
        """The function, timed. Each call has a beginning of its own, since calls may overlap."""
        from functools import wraps
        from inspect import iscoroutinefunction

        timed: Callable[..., Any]
        if iscoroutinefunction(function):

            @wraps(function)
            async def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
                began = perf_counter()
                try:
                    return await function(*args, **kwargs)
                finally:
                    self._observe(perf_counter() - began)
        else:

            @wraps(function)
            def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
                began = perf_counter()
                try:
                    return function(*args, **kwargs)
                finally:
                    self._observe(perf_counter() - began)

        return timed  # type: ignore[return-value]  # called as the function is

    def _observe(self, taken: float) -> None:
        metric: Any = self._metric
        metric.observe(in_unit_of(metric, taken), *self._args, **self._labels)


def in_unit_of(metric: AnyMetric, taken: float) -> float:
    """Some seconds, in the unit of a metric."""
    unit = metric.unit
    if unit is None:
        return taken
    from monitoring_as_code.units import seconds

    if unit is seconds or not unit.same_dimension(seconds):  # another dimension is a mistake that reading the page will show
        return taken
    top, bottom = unit.scale
    return taken * bottom / top
