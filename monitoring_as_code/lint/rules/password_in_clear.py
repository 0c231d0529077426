from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.declaration import Part
    from monitoring_as_code.model.stack import Stack


@rule(ERROR, definitions_only=True)
def password_in_clear(reading: Reading) -> Iterator[Finding]:
    """A stack for production sends a password over a network without TLS.

    Whoever is on the way reads it: the password or the token that Prometheus logs in with at another server, Grafana's at a directory, and with a
    directory the password of everybody who logs in to Grafana. Where the network itself is encrypted, allow it, and say so in the reason.

    Hosts without a dot in their names are services of the stack's own networks, on one machine, and are not meant; neither are the machine
    itself and the Services of a cluster, `shop.backend.svc`.

    BAD:

        stack = Stack(
            name="shop",
            production=True,
            jobs=(ScrapeJob(name="shop", targets=("shop:80",)),),
            alertmanagers=("alertmanager:9093",),
            prometheus=PrometheusServer(
                remote_write=(
                    RemoteWrite(url="http://samples.example.com/w", username="shop", password_file="/run/secrets/samples"),
                ),
            ),
        )

    GOOD:

        stack = Stack(
            name="shop",
            production=True,
            jobs=(ScrapeJob(name="shop", targets=("shop:80",)),),
            alertmanagers=("alertmanager:9093",),
            prometheus=PrometheusServer(
                remote_write=(
                    RemoteWrite(url="https://samples.example.com/w", username="shop", password_file="/run/secrets/samples"),
                ),
            ),
        )
    """
    stack = reading.analysis.stack
    if stack is None or not stack.production:
        return
    for part, argument, host, whose in _told(stack):
        if _elsewhere(host):
            message = f"{whose} goes to `{host}` without TLS, and everybody on the way can read it"
            help_ = "leave out `use_ssl=False`" if argument == "use_ssl" else "ask by TLS: " + _BY_TLS.get(argument, "`https://`")
            yield Finding(message, Place(part.origin, (argument,)), help_)


_BY_TLS = {"targets": '`scheme="https"`'}


def _told(stack: Stack) -> Iterator[tuple[Part, str, str, str]]:
    """Who is told a password without TLS: where it stands, the argument, the host, and what is told."""
    from monitoring_as_code.model.grafana_server import Ldap, OAuth
    from monitoring_as_code.model.long_term import Mimir

    for job in stack.jobs:
        if job.scheme == "http" and (job.username is not None or job.bearer_token_file is not None):
            what = f"the {'token' if job.username is None else 'password'} of `{job.name}`"
            # One of them is enough to say so.
            yield from [(job, "targets", host, what) for target in job.targets if _elsewhere(host := target.rpartition(":")[0])][:1]
    for written in stack.prometheus.remote_write:
        if written.username is not None or written.bearer_token_file is not None:
            what = "the token of the remote write" if written.username is None else "the password of the remote write"
            yield from ((written, "url", host, what) for host in _plain(written.url))
    if isinstance(stack.long_term, Mimir) and stack.long_term.username is not None:
        yield from ((stack.long_term, "url", host, "the password of Mimir") for host in _plain(stack.long_term.url))
    auth = stack.grafana.auth
    if isinstance(auth, Ldap) and not auth.use_ssl:
        yield auth, "use_ssl", auth.host, "the password of everybody who logs in to Grafana"
    if isinstance(auth, OAuth):
        for argument, url in (("token_url", auth.token_url), ("api_url", auth.api_url)):
            what = "Grafana's secret" if argument == "token_url" else "the token of everybody who logs in to Grafana"
            yield from ((auth, argument, host, what) for host in _plain(url))


def _plain(url: str | None) -> Iterator[str]:
    """The host, if it is asked without TLS."""
    if url is not None and url.lower().startswith("http://"):
        host = url[len("http://") :].partition("/")[0].partition("?")[0]
        yield host if host.endswith("]") else host.rpartition(":")[0] or host


def _elsewhere(host: str) -> bool:
    """Whether a host is on another machine, as far as its name tells."""
    name = host.lower().rstrip(".")
    if ":" in name:
        return name not in ("[::1]", "::1")
    own = name == "host.docker.internal" or name.startswith("127.") or name.endswith(".localhost")
    return "." in name and not own and not f"{name}.".partition(".svc.")[1]
