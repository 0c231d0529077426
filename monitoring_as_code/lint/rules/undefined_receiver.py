from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.declaration import Declaration
    from monitoring_as_code.model.routing import Receiver, Route, Routing


@rule(ERROR, whole_project=True)
def undefined_receiver(reading: Reading) -> Iterator[Finding]:
    """A route, or a scenario, names a receiver that nobody declares.

    Alertmanager refuses the whole configuration then, and goes on with the old one. Name the declaration itself instead of its text,
    `receiver=on_call`: then Python and your editor see that it is there.

    BAD:

        on_call = Receiver(name="on-call", integrations=(Slack(channel="#on-call"),))
        routing = Routing(receiver=on_call, routes=(Route(matchers=('severity="critical"',), receiver="on_call"),))

    GOOD:

        on_call = Receiver(name="on-call", integrations=(Slack(channel="#on-call"),))
        routing = Routing(receiver=on_call, routes=(Route(matchers=('severity="critical"',), receiver=on_call),))
    """
    declared = {receiver.name for receiver in _receivers(reading)}
    for name, at, declaration in _named(reading):
        if name not in declared:
            from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

            known = did_you_mean(name, declared) or (f"declared are {listed(sorted(declared), 'and')}" if declared else None)
            help_ = known or f'declare `Receiver(name="{name}", integrations=(...))`'
            yield Finding(f"no receiver `{name}` is declared", at, help_, declaration=declaration)


def _receivers(reading: Reading) -> tuple[Receiver, ...]:
    if reading.analysis.routing is None and not reading.scenarios:
        return ()
    from monitoring_as_code.model.routing import Receiver

    return reading.project.of(Receiver)


def _named(reading: Reading) -> Iterator[tuple[str, Place, Declaration]]:
    """The receivers that routes and scenarios name as text."""
    routing = reading.analysis.routing
    waiting: list[Routing | Route] = [] if routing is None else [routing]
    while waiting and routing is not None:
        part = waiting.pop(0)
        waiting.extend(part.routes)
        if isinstance(part.receiver, str):
            yield part.receiver, Place(part.origin, ("receiver",)), routing
    for scenario in reading.scenarios:
        for expectation in scenario.expect:
            for argument in ("receivers", "not_to"):
                for index, receiver in enumerate(expectation.__dict__.get(argument, ())):
                    if isinstance(receiver, str):
                        yield receiver, Place(expectation.origin, (argument, index)), scenario
