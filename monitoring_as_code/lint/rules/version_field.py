from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.declaration import Declaration, Part


@rule(ERROR, definitions_only=True)
def version_field(reading: Reading) -> Iterator[Finding]:
    """A declaration says something that the oldest Prometheus or Alertmanager which must read it does not know.

    Both refuse a whole configuration with one key in it that they do not know: the old one stays in force, or the server does not start.
    Which versions must read what is emitted stands in pyproject.toml, as `prometheus-version` and `alertmanager-version` below
    `[tool.mac]`; without a word they are 2.42 and 0.25. Raise one once every server of that kind is newer, or ask with
    `mac lint --target alertmanager=0.28` what would be said then.

    BAD:

        team = Receiver(name="team", integrations=(Webhook(url="http://bot.shop.example/", timeout="5s"),))
        routing = Routing(receiver=team)

    GOOD:

        team = Receiver(name="team", integrations=(Webhook(url="http://bot.shop.example/"),))
        routing = Routing(receiver=team)
    """
    config = reading.project.config
    oldest = {"Prometheus": config.prometheus_version, "Alertmanager": config.alertmanager_version}
    for declaration, part in _configuring(reading):
        for argument, since in _newer(part):
            program, _, version = since.partition(" ")
            if _numbers(version) > _numbers(oldest[program]):
                what = f"`{argument}`" if argument else f"`{type(part).__name__}`"
                message = f"{what} needs {since}, but this must run on {oldest[program]}"
                place = Place(part.origin, (argument,) if argument else ())
                setting = f"`{program.lower()}-version` in pyproject.toml"
                yield Finding(
                    message, place, f"leave it out, or raise {setting} if no {program} is older", (), (id(part), argument), declaration
                )
                if not argument:
                    break  # what is said of it is as new


def _configuring(reading: Reading) -> Iterator[tuple[Declaration, Part]]:
    """What becomes Prometheus's or Alertmanager's configuration, with the declaration that it is a part of."""
    from monitoring_as_code.lint.notified import receivers
    from monitoring_as_code.model.alert import RuleGroup

    for receiver in receivers(reading):
        yield from ((receiver, each) for each in receiver.integrations)
    yield from ((group, group) for group in reading.project.of(RuleGroup))
    stack = reading.analysis.stack
    yield from () if stack is None else ((job, job) for job in stack.jobs)


def _newer(part: Part) -> Iterator[tuple[str, str]]:
    """The arguments that were given and are not of every version, with that since which they are; "" stands for the whole."""
    since = getattr(part, "since", "")
    if since:
        yield "", since
    for name in part.fields():
        since = part.field_since(name)
        if since and getattr(part, name) != getattr(type(part), name):
            yield name, since


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")[:2]))
