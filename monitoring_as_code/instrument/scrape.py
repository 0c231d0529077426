"""The answer to a scrape: the page of metrics in the form that the scraper asks for, as HTTP has it."""

from __future__ import annotations

from collections.abc import Iterator

from monitoring_as_code.light import NamedTuple

TEXT = "text/plain; version=0.0.4"
_OPEN_METRICS = "application/openmetrics-text"
_ESCAPINGS = ("allow-utf-8", "underscores", "dots", "values")


class Answer(NamedTuple):
    """An answer of HTTP. Its headers say how long the body of a `GET` is, also when this is a `HEAD`."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def scrape(method: str, accept: str, encodings: str) -> Answer:
    """What a scraper gets that sends these headers, `Accept` and `Accept-Encoding`."""
    if method not in ("GET", "HEAD"):
        return _said(405, "Method Not Allowed", b"metrics are read by GET\n", ("Allow", "GET, HEAD"))
    from monitoring_as_code.instrument.page import exposition

    try:
        body, content_type = exposition(wanted_form(accept))
    except NotADirectoryError:
        return _said(500, "Internal Server Error", b"the folder in PROMETHEUS_MULTIPROC_DIR is not there\n")
    headers = [("Content-Type", content_type), ("Vary", "Accept, Accept-Encoding")]
    if takes_gzip(encodings):
        import gzip

        # The lowest level: half as large again as the highest, at a quarter of its time. No clock in it: the same bytes for the same page.
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers.append(("Content-Encoding", "gzip"))
    headers.append(("Content-Length", str(len(body))))
    return Answer(200, "OK", tuple(headers), b"" if method == "HEAD" else body)


def _said(status: int, reason: str, body: bytes, *headers: tuple[str, str]) -> Answer:
    return Answer(status, reason, (*headers, ("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))), body)


def wanted_form(accept: str) -> str:
    """The best of the forms that a scraper takes, in plain words; the text format for one that takes none that there is.

    >>> wanted_form("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.9")
    'text/plain; version=0.0.4'
    """
    best, weight = TEXT, 0.0
    for kind, parameters, quality in _choices(accept):
        form = _form(kind, parameters)
        # Of two that are liked as much, the first is the one that is listed first.
        if form is not None and quality > weight:
            best, weight = form, quality
    return best


def takes_gzip(encodings: str) -> bool:
    """Whether a compressed answer is taken; `*` takes every encoding that is not named."""
    weights = {kind: quality for kind, _, quality in _choices(encodings)}
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _form(kind: str, parameters: dict[str, str]) -> str | None:
    version, escaping = parameters.get("version"), parameters.get("escaping")
    # Of what a client sends nothing gets into the answer that is not one of these.
    escaped = f"; escaping={escaping}" if escaping in _ESCAPINGS else ""
    if kind == _OPEN_METRICS and version in (None, "1.0.0"):
        return f"{_OPEN_METRICS}; version=1.0.0{escaped}"
    if kind == "text/plain" and version == "1.0.0":
        return f"text/plain; version=1.0.0{escaped}"
    if kind in ("text/plain", "text/*", "*/*") and version in (None, "0.0.4"):
        return TEXT
    return None


def _choices(header: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """Each that is listed, with its parameters and how much it is liked, from 0 to 1; one that cannot be read is not liked."""
    for choice in header.split(","):
        kind, *rest = (part.strip() for part in choice.split(";"))
        if kind:
            pairs = (part.partition("=") for part in rest)
            parameters = {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}
            yield kind.lower(), parameters, _quality(parameters.get("q", "1"))


def _quality(text: str) -> float:
    # RFC 9110: up to three decimals. `float` would take `inf` and `1_0`.
    whole, _, decimals = text.partition(".")
    if whole not in ("0", "1") or len(decimals) > 3 or (decimals and not (decimals.isascii() and decimals.isdigit())):
        return 0.0
    return min(float(text), 1.0)
