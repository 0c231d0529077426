from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.stack import Stack


@rule(WARNING, definitions_only=True)
def plain_http_in_production(reading: Reading) -> Iterator[Finding]:
    """People log in to the Grafana of a stack for production without TLS, or are led past the proxy that would speak it.

    `grafana_url` is where links in notifications and docs lead to, and where people log in. With `http://`, everybody on the way reads their
    passwords and sessions. Where a `proxy` gets TLS its certificate, the address is the proxy's: `https://` and its domain. Without a `grafana_url`
    it is the address of Grafana's access point that people are led to; this machine, `http://localhost:3003`, has nobody on the way.

    BAD:

        stack = Stack(
            name="shop",
            production=True,
            jobs=(ScrapeJob(name="shop", targets=("shop:80",)),),
            alertmanagers=("alertmanager:9093",),
            grafana_url="http://grafana.shop.example",
        )

    GOOD:

        stack = Stack(
            name="shop",
            production=True,
            jobs=(ScrapeJob(name="shop", targets=("shop:80",)),),
            alertmanagers=("alertmanager:9093",),
            grafana_url="https://grafana.shop.example",
            proxy=Traefik(domain="grafana.shop.example", email="admin@shop.example"),
        )
    """
    stack = reading.analysis.stack
    if stack is None or not stack.production:
        return
    if stack.grafana_url is None:
        yield from _without_url(stack)
        return
    if stack.proxy is not None and stack.grafana_url == f"https://{stack.proxy.domain.lower()}":
        return  # without `urllib.parse`, which takes 2 ms to import
    from urllib.parse import urlsplit

    url = urlsplit(stack.grafana_url)
    place = Place(stack.origin, ("grafana_url",))
    if stack.proxy is not None and (url.scheme, url.hostname) != ("https", stack.proxy.domain.lower()):
        message = f"links to Grafana lead to `{stack.grafana_url}`, and not to the proxy, which answers at `https://{stack.proxy.domain}`"
        yield Finding(message, place, f"write `https://{stack.proxy.domain}`", ((Place(stack.proxy.origin, ("domain",)), "the proxy"),))
    elif url.scheme == "http":
        message = f"people log in to Grafana at `{stack.grafana_url}`, and everybody on the way can read their passwords"
        yield Finding(message, place, "give the stack a `proxy`, `Traefik` or `Nginx`, and its address, `https://...`")


def _without_url(stack: Stack) -> Iterator[Finding]:
    """Then people are led to Grafana by its access point."""
    from monitoring_as_code.naming import slug

    for point in stack.access_points:
        if slug(point.service) == "grafana" and point.url.lower().startswith("http://") and point.host_port is None:
            message = f"people log in to Grafana at `{point.url}`, and everybody on the way can read their passwords"
            yield Finding(
                message, Place(point.origin, ("url",)), "give the stack a `proxy`, `Traefik` or `Nginx`, and its address, `https://...`"
            )
