"""Says the routes of Django's requests to the middleware around its application, which cannot see them.

In the settings: `MIDDLEWARE = ["monitoring_as_code.instrument.django.note_route", ...]`, first.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from monitoring_as_code.instrument.http import EXCHANGE


def note_route(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A middleware of Django's, for its ASGI and its WSGI applications."""
    if iscoroutinefunction(get_response):

        async def waited(request: Any) -> Any:  # noqa: ANN401
            response = await get_response(request)
            _note(request)
            return response

        return waited

    def called(request: Any) -> Any:  # noqa: ANN401
        response = get_response(request)
        _note(request)
        return response

    return called


# As Django asks: it is given whichever of both the application is, and nothing is moved to a thread for it.
note_route.sync_capable = True  # type: ignore[attr-defined]
note_route.async_capable = True  # type: ignore[attr-defined]


def _note(request: Any) -> None:  # noqa: ANN401
    match = request.resolver_match
    exchange = getattr(request, "scope", request.META).get(EXCHANGE)
    if match is not None and exchange is not None:
        exchange.route = f"/{match.route}"
