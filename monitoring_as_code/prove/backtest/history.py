"""A recorded history, asked through Prometheus's HTTP API: Prometheus, Thanos, Mimir and VictoriaMetrics have it."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from monitoring_as_code.engines.access import Access, opener, reason_of
from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    import http.client
    from collections.abc import Iterable, Mapping

    from monitoring_as_code.prove.timelines import Labels


class HistoryUnreachable(Exception):  # noqa: N818 - what it says
    """Nothing can be asked of the server at all: one sentence, and what to do."""


class QueryRefused(Exception):  # noqa: N818 - what it says
    """One expression cannot be evaluated: what the server says."""


class TooMuch(Exception):  # noqa: N818 - what it says
    """The server can tell that much only in smaller pieces."""


class Course(NamedTuple):
    """One series of an answer: its labels, and its samples as times in milliseconds since 1970 and values."""

    labels: Labels
    samples: tuple[tuple[int, float], ...]


_TRIES = 3
# What servers say when they could answer for a shorter time.
_TOO_MUCH = (
    "too many samples",
    "maximum resolution",
    "timed out",
    "timeout",
    "deadline exceeded",
    "time range exceeds",
    "limit",
    "too many points",
    "too large",
    "cannot select more than",
    "not enough memory",
)


class History:
    """A server at a URL, which may have a path."""

    def __init__(self, url: str, access: Access | None = None) -> None:
        self.url = url.rstrip("/")
        self._access = access or Access({})
        self._opener = opener(self.url, self._access)
        self._queries = 0
        self._lock = threading.Lock()

    @property
    def queries(self) -> int:
        """How many requests were made so far."""
        return self._queries

    def range(self, query: str, start: int, end: int, step: int) -> list[Course]:
        """What an expression gives from `start` to `end`, both included, every `step`; all in milliseconds.

        Raises:
            HistoryUnreachable, QueryRefused, TooMuch: it does not say.
        """
        data = self._asked("/api/v1/query_range", {"query": query, "start": _text(start), "end": _text(end), "step": _text(step)})
        try:
            return [
                Course(
                    tuple(sorted(each["metric"].items())),
                    tuple((round(float(time) * 1000), float(value)) for time, value in each.get("values", ())),
                )
                for each in data["result"]
            ]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise HistoryUnreachable(f"{self.url} answers, but not as Prometheus does: {str(data)[:200]}") from None

    def metrics(self, names: Iterable[str], start: int, end: int) -> frozenset[str]:
        """Those of these names of which there are samples in about this time.

        Raises:
            HistoryUnreachable, QueryRefused, TooMuch: it does not say.
        """
        wanted = sorted(set(names))
        if not wanted:
            return frozenset()
        pattern = "|".join(wanted)
        parameters = {"match[]": f'{{__name__=~"{pattern}"}}', "start": _text(start), "end": _text(end)}
        found = self._asked("/api/v1/label/__name__/values", parameters, post=False)
        return frozenset(found) & frozenset(wanted) if isinstance(found, list) else frozenset(wanted)

    def _asked(self, path: str, parameters: Mapping[str, str], *, post: bool = True) -> Any:  # noqa: ANN401 - JSON
        import time
        import urllib.parse

        body = urllib.parse.urlencode(parameters)
        for left in reversed(range(_TRIES)):
            with self._lock:
                self._queries += 1
            status, text = self._answer(path, body, post=post)
            if status == 405 and post:  # a proxy that only passes GET
                return self._asked(path, parameters, post=False)
            if status in (429, 502, 503) and left and not _too_much(text):
                time.sleep(0.2 * 2 ** (_TRIES - left))
                continue
            return self._read(status, text)
        raise AssertionError  # pragma: no cover - the last try returns or raises

    def _answer(self, path: str, body: str, *, post: bool) -> tuple[int, str]:
        import urllib.error
        import urllib.request

        url = self.url + path
        request = (
            urllib.request.Request(url, body.encode(), {"Content-Type": "application/x-www-form-urlencoded"})  # noqa: S310 - the scheme is checked
            if post
            else urllib.request.Request(f"{url}?{body}")  # noqa: S310 - the same
        )
        for name, value in self._access.headers.items():
            request.add_header(name, value)
        try:
            with self._opener.open(request, timeout=self._access.timeout_seconds) as response:
                return int(response.status), _text_of(response)
        except urllib.error.HTTPError as error:
            if error.code in (301, 302, 303, 307, 308):
                to = error.headers.get("Location", "elsewhere")
                raise HistoryUnreachable(f"{self.url} sends us to {to}: give the URL that is meant") from None
            with error:
                return error.code, _text_of(error)
        except TimeoutError:
            raise TooMuch(f"it said nothing for {self._access.timeout_seconds:g} s") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                raise TooMuch(f"it said nothing for {self._access.timeout_seconds:g} s") from None
            raise HistoryUnreachable(f"{self.url} cannot be asked: {reason_of(reason)}") from None
        except Exception as error:
            import http.client

            if isinstance(error, http.client.HTTPException):
                raise HistoryUnreachable(f"{self.url} does not speak HTTP: {type(error).__name__}") from None
            raise

    def _read(self, status: int, text: str) -> Any:  # noqa: ANN401 - JSON
        try:
            answer = json.loads(text)
        except ValueError:
            answer = None
        if isinstance(answer, dict) and answer.get("status") == "success":
            return answer.get("data")
        said = str(answer.get("error")) if isinstance(answer, dict) and answer.get("error") else " ".join(text.split())[:200]
        if status in (401, 403):
            raise HistoryUnreachable(_UNAUTHORISED[status].format(url=self.url))
        if status == 404:
            raise HistoryUnreachable(f"{self.url} has no Prometheus API (404): the URL ends where `/api/v1` begins")
        if status in (400, 413, 422, 429, 500, 503, 504) and (_too_much(said) or status in (413, 504)):
            raise TooMuch(said)
        if status in (400, 422):
            raise QueryRefused(said)
        if status == 200:
            raise HistoryUnreachable(f"{self.url} answers, but not as Prometheus does: {said or 'nothing'}")
        raise HistoryUnreachable(f"{self.url} answers with {status}: {said or 'no word of why'}")


_UNAUTHORISED = {
    401: "{url} wants to know who asks (401): use --bearer-token-file, --basic-auth-file or --header-file",
    403: "{url} does not let this user read (403): use another --bearer-token-file, --basic-auth-file or --header-file",
}


def _text_of(response: http.client.HTTPResponse | Any) -> str:  # noqa: ANN401 - or an HTTPError, which has no such base
    content: bytes = response.read()
    return content.decode("utf-8", "replace")


def _too_much(said: str) -> bool:
    lower = said.lower()
    return any(each in lower for each in _TOO_MUCH)


def _text(milliseconds: int) -> str:
    """A time or a length in seconds, exact."""
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole}.{rest:03d}" if rest else str(whole)
