"""What services tell each other, and their users, while it happens."""

from monitoring_as_code import Row, TimeSeries, rate_interval

from .. import realtime
from ..requests import InService
from . import chosen

event_bus = Row(
    title="Event bus and web sockets",
    panels=(
        TimeSeries(
            title="Event bus activity",
            description="Events published, the ten busiest topics. A topic that falls silent has lost its source.",
            expr=realtime.events_published.where(chosen.instance).rate(rate_interval).sum(by=(realtime.Published.topic,)).topk(10),
            no_value="No events",
        ),
        TimeSeries(
            title="Events by source",
            description="Events published, the ten busiest sources. One that grows alone floods the others.",
            expr=realtime.events_published.where(chosen.instance).rate(rate_interval).sum(by=(realtime.Published.source,)).topk(10),
            no_value="No events",
        ),
        TimeSeries(
            title="Event processing time P95",
            description="95 % of the events are handled within this time, the ten slowest handlers. Good is far below a second.",
            expr=realtime.event_processing_duration.where(chosen.instance)
            .quantile(0.95, rate_interval, by=(realtime.Handled.topic, realtime.Handled.handler))
            .topk(10),
            no_value="No events",
        ),
        TimeSeries(
            title="Subscribers",
            description="Subscribers of the ten topics with the fewest. Good is one or more: with none, a topic is published to nobody.",
            expr=realtime.subscribers.where(chosen.instance).sum(by=(realtime.Topics.topic,)).bottomk(10),
            no_value="No topics",
        ),
        TimeSeries(
            title="WebSocket connections",
            description="Open web sockets, the ten services with the most. A sudden drop means that clients lost their connection.",
            expr=realtime.websocket_connections.where(chosen.service, chosen.instance).sum(by=(InService.service,)).topk(10),
            no_value="No connections",
        ),
        TimeSeries(
            title="WebSocket messages",
            description="Messages by their direction. Only incoming ones means that nobody is answered.",
            expr=realtime.websocket_messages.where(chosen.instance).rate(rate_interval).sum(by=(realtime.Messages.direction,)),
            no_value="No messages",
        ),
    ),
)
