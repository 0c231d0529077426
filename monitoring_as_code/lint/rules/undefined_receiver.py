from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR, whole_project=True)
def undefined_receiver(reading: Reading) -> Iterator[Finding]:
    """A route names a receiver that nobody declares.

    Alertmanager refuses the whole configuration then, and goes on with the old one. Name the declaration itself instead of its text,
    `receiver=on_call`: then Python and your editor see that it is there.

    BAD:

        on_call = Receiver(name="on-call", integrations=(Slack(channel="#on-call"),))
        routing = Routing(receiver=on_call, routes=(Route(matchers=('severity="critical"',), receiver="on_call"),))

    GOOD:

        on_call = Receiver(name="on-call", integrations=(Slack(channel="#on-call"),))
        routing = Routing(receiver=on_call, routes=(Route(matchers=('severity="critical"',), receiver=on_call),))
    """
    routing = reading.analysis.routing
    if routing is None:
        return
    from monitoring_as_code.model.routing import Receiver, Route, Routing

    declared = {receiver.name for receiver in reading.project.of(Receiver)}
    waiting: list[Routing | Route] = [routing]
    while waiting:
        part = waiting.pop(0)
        waiting.extend(part.routes)
        if isinstance(part.receiver, str) and part.receiver not in declared:
            from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

            known = did_you_mean(part.receiver, declared) or (f"declared are {listed(sorted(declared), 'and')}" if declared else None)
            help_ = known or f'declare `Receiver(name="{part.receiver}", integrations=(...))`'
            yield Finding(f"no receiver `{part.receiver}` is declared", Place(part.origin, ("receiver",)), help_, declaration=routing)
