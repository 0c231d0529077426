from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def unexpanded_variable(reading: Reading) -> Iterator[Finding]:
    """The routing or a receiver names a variable of the environment, which Alertmanager does not fill in.

    It takes `${CHANNEL}` for the name itself, accepts the configuration, and fails at the first notification. A secret is read from a file;
    what differs between environments is an argument of your own Python.

    BAD:

        team = Receiver(name="team", integrations=(Slack(channel="${ALERTS_CHANNEL}"),))
        routing = Routing(receiver=team)

    GOOD:

        team = Receiver(name="team", integrations=(Slack(channel="#alerts"),))
        routing = Routing(receiver=team)
    """
    import re

    from monitoring_as_code.lint.notified import receivers
    from monitoring_as_code.promql.ast import Span

    routing = reading.analysis.routing
    if not reading.rest or routing is None:
        return
    # `$` alone is the end in a regular expression, a price, or a variable of a template; so a bare name is all there is, in capitals.
    variable = re.compile(r"\$\{\w+(?::?[-+=?][^}]*)?\}|\A\$[A-Z][A-Z0-9_]*\Z")
    parts = [*(way for receiver in receivers(reading) for way in receiver.integrations), *(() if routing.smtp is None else (routing.smtp,))]
    given = [(part, path, text) for part in parts for name, value in vars(part).items() for path, text in _texts(name, value)]
    given += [(each.part, (each.argument, each.position), each.text) for each in reading.routing_matchers]
    for part, path, text in given:
        for found in variable.finditer(text) if "$" in text else ():
            message = f"Alertmanager fills in no variables, so this stays `{found.group()}`"
            help_ = "write what it stands for, or a path of a file where the argument takes one"
            yield Finding(message, Place(part.origin, path, Span(*found.span()), text), help_)


def _texts(name: str, value: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The texts in a field, each with the way to it."""
    if isinstance(value, str):
        yield (name,), value
    elif isinstance(value, tuple | dict):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(each, str):
                yield (name, key), each
