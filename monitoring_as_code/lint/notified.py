"""The texts of receivers, which are templates of Alertmanager."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.routing import Receiver
from monitoring_as_code.origin import Place
from monitoring_as_code.promql.template import Template, notification_template
from monitoring_as_code.routes import every_branch, route_tree

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.declaration import Part
    from monitoring_as_code.promql.ast import Span

# Alertmanager fills in neither an address nor a path.
_LITERAL = ("url",)


class Notified(NamedTuple):
    """A text of an integration with a template in it; `path` leads to the argument."""

    part: Part
    path: tuple[str | int, ...]
    text: str
    template: Template

    def place(self, span: Span) -> Place:
        """Characters of the text."""
        return Place(self.part.origin, self.path, span, self.text)


def receivers(reading: Reading) -> list[Receiver]:
    """Those that Alertmanager's configuration holds: declared, or given to a route."""
    found = list(reading.project.of(Receiver))
    routing = reading.analysis.routing
    for branch in () if routing is None else every_branch(route_tree(routing)):
        if isinstance(branch.declaration.receiver, Receiver) and branch.declaration.receiver not in found:
            found.append(branch.declaration.receiver)
    return found


def notified(reading: Reading) -> Iterator[Notified]:
    """Every text of every receiver that was given, and has a template in it."""
    for receiver in receivers(reading) if reading.rest else ():
        for part in receiver.integrations:
            for name, value in vars(part).items():
                if name.endswith("_file") or name in _LITERAL:
                    continue
                for path, text in _texts(name, value):
                    if "{{" in text:
                        yield Notified(part, path, text, notification_template(text))


def _texts(name: str, value: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield (name,), value
    elif isinstance(value, tuple | dict):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(each, str):
                yield (name, key), each
