"""What alerts say: no annotation is empty, and none shows that its template failed; neither does a label."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitoring_as_code.origin import Place
from monitoring_as_code.promql.durations import to_text
from monitoring_as_code.prove.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.prove.timelines import Played

# What Prometheus writes where a template fails, and what Go writes for a verb that does not fit.
_BROKEN = re.compile(r"<error |%![a-zA-Z]?\(|<no value>")
_CAUSE = re.compile(r"at <(.*?)>: (?:error calling \w+: )?(.*?)>?$", re.DOTALL)
_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def ill_spoken(played: Played) -> Iterator[Failure]:
    """Annotations and labels that are empty, or show that their template failed; each once."""
    told: set[tuple[int, str]] = set()
    for timeline in played.timelines.values():
        alert = timeline.alert
        for instance in timeline.instances:
            labels = dict(instance.labels)
            for time, state, said in zip(timeline.times, instance.states, instance.annotations, strict=True):
                texts = [("annotation", name, text) for name, text in (said or {}).items()]
                if state == "firing":
                    # A label that is empty is none.
                    texts += [("label", name, labels.get(name, "")) for name, template in alert.labels.items() if "{{" in template]
                for what, name, text in texts:
                    fault = _fault(text)
                    if fault and (id(alert), name) not in told:
                        told.add((id(alert), name))
                        expected = f"the {what} `{name}` of `{alert.name}` is rendered"
                        yield Failure(None, expected, f"at {to_text(time)} {fault}", "", alert, _place(alert, what, name, text))


def said(text: str) -> str:
    """What a rendered text is, in words."""
    return _fault(text) or f"it says {text!r}"


def _fault(text: str) -> str:
    """What is wrong with a rendered text; "" if nothing is."""
    if not text.strip():
        return "it is empty"
    if text.startswith("<error "):
        # The last part of what Go says is the cause; those before it name the template that Prometheus has made of the text.
        found = _CAUSE.search(text)
        return f"its template fails at `{found[1]}`: {found[2]}" if found is not None else f"its template fails: {text!r}"
    return f"it says {text!r}" if _BROKEN.search(text) else ""


def _place(alert: Alert, what: str, name: str, text: str) -> Place:
    """The template's own characters: the action that fails, if that can be told."""
    if what == "label":
        path: tuple[str | int, ...] = ("labels", name)
        template: str | None = alert.labels.get(name)
    elif name in alert.annotations:
        path, template = ("annotations", name), alert.annotations[name]
    else:
        path, template = (name,), getattr(alert, name, None)
    if not isinstance(template, str):
        return Place(alert.origin)  # what we write ourselves, such as the link to the dashboard
    return Place(alert.origin, path, _action(template, text), template)


def _action(template: str, text: str) -> tuple[int, int] | None:
    """The first action of a template whose part of the text is broken or empty."""
    actions = list(_ACTION.finditer(template))
    if len(actions) == 1:
        return actions[0].span()
    cause = _CAUSE.search(text)
    if cause is not None:
        return next((action.span() for action in actions if cause[1].strip("$.") in action.group()), None)
    pattern = ""
    end = 0
    for action in actions:
        pattern += re.escape(template[end : action.start()]) + "(.*?)"
        end = action.end()
    found = re.fullmatch(pattern + re.escape(template[end:]), text, re.DOTALL)
    if found is not None:
        for action, part in zip(actions, found.groups(), strict=True):
            if _fault(part):
                return action.span()
    return None
