from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def email_without_smtp(reading: Reading) -> Iterator[Finding]:
    """A receiver gets e-mail, and the routing does not say by which server.

    Alertmanager refuses the whole configuration then, even if no route leads to that receiver.

    BAD:

        team = Receiver(name="team", integrations=(Email(to="team@shop.example"),))
        routing = Routing(receiver="team")

    GOOD:

        team = Receiver(name="team", integrations=(Email(to="team@shop.example"),))
        routing = Routing(receiver="team", smtp=Smtp(smarthost="smtp.shop.example:587", sender="alerts@shop.example"))
    """
    from monitoring_as_code.lint.notified import receivers

    routing = reading.analysis.routing
    if routing is None or routing.smtp is not None:
        return
    for receiver in receivers(reading):
        for integration in receiver.integrations:
            if integration.integration == "email":
                message = f"`{receiver.name}` gets e-mail, but the routing has no `smtp` that says by which server"
                help_ = 'give the routing `smtp=Smtp(smarthost="...:587", sender="...")`'
                yield Finding(message, Place(integration.origin), help_, ((Place(routing.origin), "the routing"),), declaration=receiver)
                break
