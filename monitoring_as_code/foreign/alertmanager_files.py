"""Alertmanager's configuration as a routing with its receivers and time intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from monitoring_as_code.foreign.document import Document, Path, Unreadable
from monitoring_as_code.matchers import Matcher, MatcherSyntaxError, parse_matcher
from monitoring_as_code.model.declaration import InvalidDeclaration
from monitoring_as_code.model.fields import Text
from monitoring_as_code.model.routing import Inhibition, Integration, Receiver, Route, Routing, Smtp
from monitoring_as_code.model.time_interval import TimeInterval, TimeRange
from monitoring_as_code.promql.durations import milliseconds

if TYPE_CHECKING:
    from monitoring_as_code.model.declaration import Declaration
    from monitoring_as_code.yaml_text import Plain

# From the arguments of a routing to the keys of its file.
_ROOT: Mapping[str, Path] = {
    "name": ("route", "receiver"),
    "receiver": ("route", "receiver"),
    "group_by": ("route", "group_by"),
    "group_wait": ("route", "group_wait"),
    "group_interval": ("route", "group_interval"),
    "repeat_interval": ("route", "repeat_interval"),
}
_SMTP: Mapping[str, str] = {
    "smarthost": "smtp_smarthost",
    "sender": "smtp_from",
    "username": "smtp_auth_username",
    "password_file": "smtp_auth_password_file",
}
_CLASSES = {"slack": "Slack", "email": "Email", "pagerduty": "PagerDuty", "webhook": "Webhook", "msteamsv2": "MSTeams"}
_TIMES = ("group_wait", "group_interval", "repeat_interval")
# The deepest tree that is read, as deep as one that is declared.
_MOST_LEVELS = 50


class WrittenIntegration(Integration):
    """One way to notify, as it is written in a file: `texts` are its settings, without those that hold others."""

    integration: ClassVar[str] = ""

    texts: dict[Text, Text]

    def settings(self) -> dict[str, Plain]:
        """The settings that are texts."""
        return dict(self.texts)


def is_configuration(document: Document) -> bool:
    """Whether a document is a configuration of Alertmanager."""
    data = document.data
    return isinstance(data, dict) and isinstance(data.get("route"), dict) and isinstance(data.get("receivers"), list | None)


def read_configuration(document: Document, problems: list[Unreadable]) -> Iterator[Declaration]:
    """The receivers, time intervals and the routing of a configuration; what cannot be read of it is added to the problems."""
    data: dict[str, Any] = document.data
    reader = _Reader(document, problems)
    receivers = [reader.receiver(("receivers", index), each) for index, each in enumerate(data.get("receivers") or ())]
    yield from (each for each in receivers if each is not None)
    reader.receivers = {each.name for each in receivers if each is not None} if None not in receivers else None
    for key in ("time_intervals", "mute_time_intervals"):
        for index, each in enumerate(_items(data.get(key))):
            reader.interval((key, index), each)
    for spans in reader.intervals.values():
        yield from spans
    root = data["route"]
    if not _text(root.get("receiver")):
        reader.wrong(("route",), "the first route names no `receiver`")
    reader.named_receiver(("route",), root)
    said = data.get("global")
    overall: dict[str, Any] = said if isinstance(said, dict) else {}
    yield Routing.as_read(
        document.anchor((), _ROOT),
        name="routing",
        receiver=_text(root.get("receiver")) or "",
        group_by=_names(root.get("group_by")),
        resolve_timeout=_duration(overall.get("resolve_timeout")) or "5m",
        routes=reader.routes(("route", "routes"), root.get("routes")),
        inhibitions=tuple(reader.inhibitions(data.get("inhibit_rules"))),
        smtp=_smtp(document, overall, data),
        **{name: _duration(root.get(name)) or usual for name, usual in zip(_TIMES, ("30s", "5m", "4h"), strict=True)},
    )


class _Reader:
    def __init__(self, document: Document, problems: list[Unreadable]) -> None:
        self.document = document
        self.problems = problems
        self.intervals: dict[str, tuple[TimeInterval, ...]] = {}
        self.receivers: set[str] | None = None
        """Their names; None while they are not all known."""

    def receiver(self, path: Path, data: object) -> Receiver | None:
        name = _text(data.get("name")) if isinstance(data, dict) else None
        if not isinstance(data, dict) or not name:
            self.wrong(path, "a receiver has a `name`")
            return None
        integrations = [
            self._integration((*path, key, index), key.removesuffix("_configs"), each)
            for key, listed in data.items()
            if key.endswith("_configs")
            for index, each in enumerate(_items(listed))
        ]
        return Receiver.as_read(self.document.anchor(path), name=name, integrations=tuple(integrations))

    def _integration(self, path: Path, kind: str, data: object) -> Integration:
        settings = data if isinstance(data, dict) else {}
        made: type[WrittenIntegration] = type(_CLASSES.get(kind, kind.capitalize()), (WrittenIntegration,), {"integration": kind})
        texts = {str(name): text for name, each in settings.items() if (text := _text(each)) is not None}
        return made.as_read(
            self.document.anchor(path, {"texts": ()}), send_resolved=settings.get("send_resolved") not in (False, "false"), texts=texts
        )

    def interval(self, path: Path, data: object) -> None:
        """An interval of several spans becomes one for each: a route is mute in all of them, or active."""
        if not isinstance(data, dict) or not (name := _text(data.get("name"))):
            self.wrong(path, "a time interval has a `name`")
            return
        spans: list[TimeInterval] = []
        for index, span in enumerate(_items(data.get("time_intervals"))):
            given = span if isinstance(span, dict) else {}
            where = (*path, "time_intervals", index)
            times = tuple(
                TimeRange.as_read(self.document.anchor((*where, "times", number)), start=_clock(each, "start"), end=_clock(each, "end"))
                for number, each in enumerate(_items(given.get("times")))
            )
            fields = {field: _names(given.get(field)) for field in ("weekdays", "days_of_month", "months", "years")}
            location = _text(given.get("location"))
            try:  # what Alertmanager would refuse is said in the words of a declaration
                TimeInterval(
                    name=name, times=tuple(TimeRange(start=each.start, end=each.end) for each in times), location=location, **fields
                )
            except InvalidDeclaration as problem:
                self.wrong(where, str(problem).splitlines()[0])
                continue
            anchor = self.document.anchor(where, {"name": ()})
            spans.append(TimeInterval.as_read(anchor, name=name, times=times, location=location, **fields))
        self.intervals[name] = tuple(spans)

    def routes(self, path: Path, data: object, level: int = 1) -> tuple[Route, ...]:
        if level > _MOST_LEVELS:
            self.wrong(path, f"the routes are nested more than {_MOST_LEVELS} levels deep")
            return ()
        return tuple(self._route((*path, index), each, level) for index, each in enumerate(_items(data)) if isinstance(each, dict))

    def _route(self, path: Path, data: dict[str, Any], level: int) -> Route:
        matchers, names = self._matchers(path, data, "matchers", "")
        self.named_receiver(path, data)
        return Route.as_read(
            self.document.anchor(path, {**names, "name": ("receiver",), "continue_": ("continue",)}),
            receiver=_text(data.get("receiver")) or None,
            matchers=matchers,
            group_by=_names(data.get("group_by")) or None,
            continue_=data.get("continue") in (True, "true"),
            mute_time_intervals=self._named(path, data, "mute_time_intervals"),
            active_time_intervals=self._named(path, data, "active_time_intervals"),
            routes=self.routes((*path, "routes"), data.get("routes"), level + 1),
            **{name: _duration(data.get(name)) for name in _TIMES},
        )

    def named_receiver(self, path: Path, data: dict[str, Any]) -> None:
        """See that the receiver of a route is one of those of the file."""
        name = _text(data.get("receiver"))
        if name and self.receivers is not None and name not in self.receivers:
            self.wrong((*path, "receiver"), f"there is no receiver `{name}`")

    def inhibitions(self, data: object) -> Iterator[Inhibition]:
        for index, each in enumerate(_items(data)):
            if isinstance(each, dict):
                path: Path = ("inhibit_rules", index)
                source, of_source = self._matchers(path, each, "source", "source_")
                target, of_target = self._matchers(path, each, "target", "target_")
                anchor = self.document.anchor(path, {**of_source, **of_target})
                yield Inhibition.as_read(anchor, source=source, target=target, equal=_names(each.get("equal")))

    def _matchers(self, path: Path, data: dict[str, Any], argument: str, prefix: str) -> tuple[tuple[str, ...], dict[str, Path]]:
        """The matchers in every form that Alertmanager has had, and where they stand."""
        found: list[str] = []
        written = data.get(f"{prefix}matchers")
        if isinstance(written, dict):
            self.wrong((*path, f"{prefix}matchers"), f"`{prefix}matchers` is a list of texts, such as `- team=db`")
        for index, text in enumerate((written,) if isinstance(written, str) else _items(written)):
            for piece in _pieces(_text(text) or ""):
                try:
                    parse_matcher(piece)
                except MatcherSyntaxError as problem:
                    self.wrong((*path, f"{prefix}matchers", *(() if isinstance(written, str) else (index,))), str(problem))
                else:
                    found.append(piece)
        names: dict[str, Path] = {argument: (f"{prefix}matchers",)}
        for key, regex in ((f"{prefix}match", False), (f"{prefix}match_re", True)):
            given = data.get(key)
            for name, value in given.items() if isinstance(given, dict) else ():
                text = str(Matcher(str(name), "=~" if regex else "=", _text(value) or ""))
                try:
                    parse_matcher(text)
                except MatcherSyntaxError as problem:
                    self.wrong((*path, key, name), str(problem))
                    continue
                found.append(text)
                names = names if written else {argument: (key,)}
        return tuple(found), names

    def _named(self, path: Path, data: dict[str, Any], key: str) -> tuple[TimeInterval, ...]:
        found: list[TimeInterval] = []
        for index, each in enumerate(_items(data.get(key))):
            spans = self.intervals.get(_text(each) or "")
            if spans is None:
                self.wrong((*path, key, index), f"there is no time interval `{each}`")
            found += spans or ()
        return tuple(found)

    def wrong(self, path: Path, message: str) -> None:
        """Note what Alertmanager would refuse, and where."""
        node = self.document.node(path)
        start, end = (0, 0) if node is None else (node.start, node.end)
        at = self.document.location(start, end)
        at = at if at.end_line == at.line else self.document.location(start, start + 1)
        self.problems.append(Unreadable(message, at, "Alertmanager refuses the whole file"))


def _smtp(document: Document, overall: Mapping[str, Any], data: dict[str, Any]) -> Smtp | None:
    """The server of all, or that which a receiver names itself."""
    if _text(overall.get("smtp_smarthost")):
        fields = {argument: _text(overall.get(key)) for argument, key in _SMTP.items()}
        fields["sender"] = fields["sender"] or ""
        return Smtp.as_read(document.anchor(("global",), {argument: (key,) for argument, key in _SMTP.items()}), **fields)
    for index, receiver in enumerate(_items(data.get("receivers"))):
        mails = _items(receiver.get("email_configs")) if isinstance(receiver, dict) else []
        for number, mail in enumerate(mails):
            if isinstance(mail, dict) and _text(mail.get("smarthost")):
                anchor = document.anchor(("receivers", index, "email_configs", number))
                return Smtp.as_read(anchor, smarthost=_text(mail["smarthost"]), sender=_text(mail.get("from")) or "", password_file="")
    return None


def _pieces(text: str) -> Iterator[str]:
    """The matchers of a text, which may be several with commas between, in braces."""
    inner = text.strip()
    inner = inner[1:-1] if inner.startswith("{") and inner.endswith("}") else inner
    piece = ""
    for part in inner.split(","):
        piece = f"{piece},{part}" if piece else part
        if piece.replace('\\"', "").count('"') % 2 == 0:  # else the comma is inside of quotes
            if piece.strip():
                yield piece
            piece = ""
    if piece:
        yield piece


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(value: object) -> tuple[str, ...]:
    return tuple(text for each in (value if isinstance(value, list) else [value]) if (text := _text(each)))


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _clock(value: object, which: str) -> str:
    return (_text(value.get(f"{which}_time")) or "") if isinstance(value, dict) else ""


def _duration(value: object) -> str | None:
    text = _text(value)
    try:
        return text if text is not None and milliseconds(text) > 0 else None
    except ValueError:
        return None
