"""The templates of routes, as Starlette and FastAPI have them: `/orders/{id}` in an application that is mounted below `/shop`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

# Deeper than anybody nests; a router that is mounted in itself has no end.
_DEEPEST = 10
# Routes are made when an application is; one that makes them for each request is not followed for ever.
_MOST = 10_000

_PARAMETER = re.compile(r"\{[^{}]*\}")


class Templates:
    """The templates of the routers that requests went through, each router read when its first request has gone through it."""

    def __init__(self) -> None:
        # By identity, and with what is meant, which keeps the identity from being given to something else.
        self._known: dict[int, tuple[object, tuple[str, ...]]] = {}

    def of(self, scope: Mapping[str, Any], path: str, root_path: str) -> str | None:
        """The template of the route that a request has taken; None if it took none.

        `path` and `root_path` are the request's when it came: mounts change them.
        """
        # Older ones only say the endpoint.
        taken = scope.get("route") or scope.get("endpoint")
        if taken is None:
            return scope.get("path_template")  # Litestar's
        known = self._known.get(id(taken))
        if known is None:
            known = self._learn(taken, scope.get("router"))
        templates = known[1]
        if len(templates) < 2:
            return templates[0] if templates else None
        # One application is mounted at two places, or one endpoint has two routes.
        paths = (path, path.removeprefix(root_path), path.removeprefix(scope.get("app_root_path") or root_path))
        return next((each for each in templates if any(_matches(each, one) for one in paths)), templates[0])

    def _learn(self, taken: object, router: object) -> tuple[object, tuple[str, ...]]:
        if len(self._known) > _MOST:
            self._known.clear()
        found: dict[int, tuple[object, dict[str, None]]] = {}
        for each, template in _below(router, "", 0):
            for named in (each, getattr(each, "endpoint", None)):
                if named is not None:
                    entry = found.setdefault(id(named), (named, {}))
                    if template is not None:
                        entry[1][template] = None
        self._known.update({key: (named, tuple(templates)) for key, (named, templates) in found.items()})
        if id(taken) not in self._known:
            template = _own(taken)
            self._known[id(taken)] = (taken, () if template is None else (template,))
        return self._known[id(taken)]


def _below(router: object, prefix: str, depth: int) -> Iterator[tuple[object, str | None]]:
    """Every route of a router with its template. One that only leads to other routes has none: who got no further took no route."""
    for route, as_seen in _seen(router) if depth < _DEEPEST else ():
        own = _own(as_seen) or ""
        if _routes(route):
            yield route, None
            yield from _below(route, prefix + own.removesuffix("/{path}"), depth + 1)
        else:
            yield route, prefix + own


def _seen(router: object) -> Iterator[tuple[object, object]]:
    """The routes as a request names them, and as they are seen from the router: what FastAPI includes, it includes below a prefix."""
    for route in _routes(router):
        contexts = getattr(route, "effective_route_contexts", None)
        if callable(contexts):
            for context in contexts():
                yield context.original_route, context.starlette_route or context
        else:
            yield route, route


def _routes(of: object) -> list[object]:
    routes = getattr(of, "routes", None)
    return list(routes) if isinstance(routes, list | tuple) else []


def _own(route: object) -> str | None:
    """`/orders/{id:int}` is `/orders/{id}`."""
    if _routes(route) and not isinstance(getattr(route, "path", None), str):
        return None  # Starlette's `Host`
    for name in ("path_format", "path"):
        found = getattr(route, name, None)
        if isinstance(found, str):
            return found
    return None


def _matches(template: str, path: str) -> bool:
    pieces = _PARAMETER.split(template)
    return re.fullmatch(".+".join(map(re.escape, pieces)), path) is not None
