from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.declaration import Part
    from monitoring_as_code.model.routing import Integration, Receiver, Routing
    from monitoring_as_code.model.stack import ScrapeJob, Stack
    from monitoring_as_code.model.time_interval import TimeInterval

_WAY_OUT = (
    'or say `alertmanager = "secret"` below `[tool.mac.kubernetes]`: that is Alertmanager\'s own configuration, which says everything'
)


@rule(ERROR, definitions_only=True)
def lost_in_kubernetes(reading: Reading) -> Iterator[Finding]:
    """The routing or a scrape job says something that its resource in Kubernetes cannot say.

    With `kubernetes` in `[tool.mac]`, the routing is written as an AlertmanagerConfig, too. The Prometheus operator makes Alertmanager's
    configuration of it, but knows less than Alertmanager: a time interval has no time zone there, and there is no timeout after which an
    alert counts as resolved. Secrets are keys of one Secret, each named like the file; two files of one name would be one key. Where
    nothing else will do, `alertmanager = "secret"` writes Alertmanager's own configuration as a Secret instead. Jobs are written as
    ServiceMonitors, without what their targets are to know of who asks: a login has to be added there, and so have TLS and login of the stack's own
    servers with a `web`.

    BAD:

        # [tool.mac]
        # kubernetes = true
        nights = TimeInterval(name="nights", times=(TimeRange(start="00:00", end="06:00"),), location="Europe/Paris")
        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        routing = Routing(
            receiver=team, routes=(Route(matchers=('severity="info"',), receiver=team, mute_time_intervals=(nights,)),)
        )

    GOOD:

        # [tool.mac]
        # kubernetes = true
        nights = TimeInterval(name="nights", times=(TimeRange(start="01:00", end="07:00"),))
        team = Receiver(name="team", integrations=(Slack(channel="#team"),))
        routing = Routing(
            receiver=team, routes=(Route(matchers=('severity="info"',), receiver=team, mute_time_intervals=(nights,)),)
        )
    """
    settings = reading.project.config.kubernetes
    routing = reading.analysis.routing
    if settings is None:
        return
    yield from _logins(reading.analysis.stack)
    if routing is None:
        return
    from monitoring_as_code.lint.notified import receivers

    everyone = receivers(reading)
    yield from _secrets(routing, everyone)
    if settings.alertmanager == "resource":
        yield from _routing(routing)
        for interval in _intervals(reading, routing):
            yield from _interval(interval)
        for receiver in everyone:
            for integration in receiver.integrations:
                yield from _integration(receiver, integration)


def _logins(stack: Stack | None) -> Iterator[Finding]:
    for job in () if stack is None else stack.jobs:
        for argument in ("username", "bearer_token_file", "ca_file", "server_name"):
            if getattr(job, argument) is not None:
                message = f"`{job.name}` asks its targets with `{argument}`, which mac does not write into the ServiceMonitor"
                yield Finding(
                    message, Place(job.origin, (argument,)), "leave it out here, and add it to the resource by a patch", declaration=job
                )
                break
        else:
            if stack is not None:
                yield from _protected(stack, job)


def _protected(stack: Stack, job: ScrapeJob) -> Iterator[Finding]:
    """What a job gets from the `web` of the server that it scrapes."""
    from monitoring_as_code.model.topology import service_at, web_of

    for address in job.targets:
        service = service_at(stack, address)
        web = None if service is None else web_of(stack, service)
        if service is not None and web is not None:
            what = " and ".join(each for each in ("by TLS" if web.certificate_file else "", "with a login" if web.users else "") if each)
            message = f"`{job.name}` asks `{service}` {what}, as its `web` says, which mac does not write into the resource"
            help_ = "add it to the resource by a patch, and allow this, or leave the job out where there is Kubernetes"
            yield Finding(message, Place(job.origin, ("targets",)), help_, declaration=job)
            return


def _routing(routing: Routing) -> Iterator[Finding]:
    from monitoring_as_code.lint.alertmanager_config import RESOLVE_TIMEOUT

    if routing.resolve_timeout != RESOLVE_TIMEOUT:
        message = f"an AlertmanagerConfig cannot say `resolve_timeout`: in Kubernetes it would not be `{routing.resolve_timeout}`"
        yield Finding(message, Place(routing.origin, ("resolve_timeout",)), f"leave it out, {_WAY_OUT}")


def _intervals(reading: Reading, routing: Routing) -> list[TimeInterval]:
    from monitoring_as_code.model.time_interval import TimeInterval
    from monitoring_as_code.routes import every_branch, route_tree

    found = {id(interval): interval for interval in reading.project.of(TimeInterval)}
    for branch in every_branch(route_tree(routing)):
        found |= {id(interval): interval for interval in (*branch.mute_time_intervals, *branch.active_time_intervals)}
    return list(found.values())


def _interval(interval: TimeInterval) -> Iterator[Finding]:
    from monitoring_as_code.lint.alertmanager_config import FIRST_YEAR, LAST_YEAR

    if interval.location not in (None, "UTC"):
        message = f"an AlertmanagerConfig has no time zones: in Kubernetes `{interval.name}` would be in UTC, not in `{interval.location}`"
        yield Finding(message, Place(interval.origin, ("location",)), f"write the times in UTC, {_WAY_OUT}", declaration=interval)
    for index, years in enumerate(interval.years):
        if not all(FIRST_YEAR <= int(year) <= LAST_YEAR for year in years.split(":")):
            message = f"an AlertmanagerConfig takes years from {FIRST_YEAR} to {LAST_YEAR} only, not `{years}`"
            yield Finding(message, Place(interval.origin, ("years", index)), f"narrow them, {_WAY_OUT}", declaration=interval)


def _integration(receiver: Receiver, integration: Integration) -> Iterator[Finding]:
    from monitoring_as_code.lint.alertmanager_config import FIELDS, unsaid

    kind = type(integration).__name__
    place = Place(integration.origin)
    if integration.integration not in FIELDS:
        message = f"`{receiver.name}` is notified by {kind}, which mac cannot write as an AlertmanagerConfig"
        yield Finding(message, place, f"notify it in another way, {_WAY_OUT}", declaration=receiver)
    for setting in unsaid(integration):
        message = f"mac cannot write `{setting}` of {kind} as an AlertmanagerConfig"
        yield Finding(message, place, f"leave it out, {_WAY_OUT}", declaration=receiver)


def _secrets(routing: Routing, everyone: Iterable[Receiver]) -> Iterator[Finding]:
    """A key of a Secret is a file's name: it must be one that Kubernetes takes, and each file must have its own."""
    from monitoring_as_code.lint.alertmanager_config import secret_files, secret_key

    named: list[tuple[Part, str, str]] = [
        (integration, argument, path)
        for receiver in everyone
        for integration in receiver.integrations
        for argument, path in secret_files(integration)
    ]
    if routing.smtp is not None and routing.smtp.username is not None:
        named.append((routing.smtp, "password_file", routing.smtp.password_file))
    first: dict[str, tuple[Part, str, str]] = {}
    for part, argument, path in named:
        key = secret_key(path)
        place = Place(part.origin, (argument,))
        if not all(each.isascii() and (each.isalnum() or each in "-._") for each in key) or key in (".", "..") or len(key) > 253:
            message = f"`{key}` is no key of a Secret: letters, digits, `-`, `_` and `.`"
            yield Finding(message, place, "give the file another name: in Kubernetes the secret's key is called like it")
        other, other_argument, other_path = first.setdefault(key, (part, argument, path))
        if other_path != path:
            message = f"`{path}` and `{other_path}` would be one key of a Secret, `{key}`"
            related = ((Place(other.origin, (other_argument,)), "the other file"),)
            yield Finding(message, place, "give the files different names: in Kubernetes a secret's key is called like its file", related)
