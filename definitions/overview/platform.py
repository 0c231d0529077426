"""The platform that the services run on: their states, the connections to users, the event bus."""

from monitoring_as_code import BarGauge, Row, TimeSeries, rate_interval

from .. import drawing, navigation, realtime, services
from ..requests import InService

platform = Row(
    title="Platform",
    panels=(
        BarGauge(
            title="Services by status",
            description="How many services are in each state of their life. Good is that nearly all are running; failed ones need somebody.",
            expr=services.services.sum(by=(services.ServiceStates.status,)),
            overrides=drawing.state_colors,
            no_value="No services",
            width=8,
        ),
        TimeSeries(
            title="Active WebSocket connections",
            description="Open web sockets, the ten services with the most. A sudden drop means that clients lost their connection.",
            expr=realtime.websocket_connections.sum(by=(InService.service,)).topk(10),
            color_scheme="palette-classic-by-name",
            data_links=(navigation.to_service,),
            no_value="No connections",
            width=8,
        ),
        TimeSeries(
            title="Event processing time P95",
            description="95 % of a topic's events are handled within this time, the ten slowest topics. Good is far below a second.",
            expr=realtime.event_processing_duration.quantile(0.95, rate_interval, by=(realtime.Handled.topic,)).topk(10),
            no_value="No events",
            width=8,
        ),
    ),
)
