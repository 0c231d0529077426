"""Web sockets and the event bus: what moves through AutoWeave while it happens."""

from typing import Literal

from monitoring_as_code import Counter, Gauge, Histogram, Label, Labels, connections, events, label, messages, seconds, unit

from .requests import InService


class Messages(Labels):
    """Which way a message went."""

    direction: Label[Literal["incoming", "outgoing"]]
    type: Label[Literal["data"]]


class Published(Labels):
    """What an event is about, and who sent it."""

    topic: Label[str] = label(at_most=100)
    source: Label[str] = label(at_most=50)


class Topics(Labels):
    """What an event is about."""

    topic: Label[str] = label(at_most=100)


class Handled(Labels):
    """What an event is about, and who takes it."""

    topic: Label[str] = label(at_most=100)
    handler: Label[str] = label(at_most=100)


websocket_connections = Gauge(
    name="websocket_connections_active", help="Open web socket connections.", unit=connections, labels=InService, least=0
)

websocket_messages = Counter(name="websocket_messages_total", help="Web socket messages.", unit=messages, labels=Messages)

events_published = Counter(name="eventbus_events_published_total", help="Events published.", unit=events, labels=Published)

subscribers = Gauge(name="eventbus_subscribers_active", help="Subscribers to a topic.", unit=unit("subscribers"), labels=Topics, least=0)

event_processing_duration = Histogram(
    name="eventbus_processing_duration_seconds",
    help="Time that a handler takes for an event.",
    unit=seconds,
    labels=Handled,
    buckets=(0.001, 0.01, 0.1, 0.5, 1, 5),
)
