"""Traffic, errors, duration: what users notice."""

from monitoring_as_code import Query, Row, TimeSeries, rate_interval

from .. import drawing, navigation, requests
from ..requests import Http

served = requests.http_requests.rate(rate_interval)

traffic = Row(
    title="Traffic, errors, duration",
    panels=(
        TimeSeries(
            title="Request rate by method",
            description="Requests by their method. A sudden rise without a rise in users is a retry storm or an attack.",
            expr=served.sum(by=(Http.method,)),
            stacked=True,
            no_value="No requests",
            width=8,
        ),
        TimeSeries(
            title="Error rate by service",
            description=(
                "Share of a service's requests that end with a status of 500 or above, the ten worst services. Good is below 1 %; at the "
                "line HighErrorRate fires. Click a service for its details."
            ),
            expr=requests.error_ratio.topk(10),
            alert=requests.high_error_rate,
            color_scheme="palette-classic-by-name",
            data_links=(navigation.to_service,),
            no_value="No requests",
            width=8,
        ),
        TimeSeries(
            title="Response time P95 by route",
            description=(
                "95 % of a route's requests are answered within this time, the ten slowest routes. Good is below half a second; at the line "
                "HighResponseTime fires."
            ),
            expr=requests.response_time_p95.topk(10),
            alert=requests.high_response_time,
            data_links=(navigation.to_service,),
            no_value="No requests",
            width=8,
        ),
        TimeSeries(
            title="Request rate by service",
            description="Requests of the ten busiest services. Good is what is usual at this time of the day; at the line HighRequestRate fires.",
            expr=requests.request_rate.topk(10),
            alert=requests.high_request_rate,
            color_scheme="palette-classic-by-name",
            data_links=(navigation.to_service,),
            no_value="No requests",
            width=12,
        ),
        TimeSeries(
            title="Responses by status",
            description=(
                "Responses by the class of their status. Good is green; a rise of 4xx is a client that does something wrong, a rise of 5xx "
                "is us."
            ),
            queries=(
                Query(expr=requests.http_requests.where(Http.status.matches("2..")).rate(rate_interval).sum(), legend="2xx"),
                Query(expr=requests.http_requests.where(Http.status.matches("3..")).rate(rate_interval).sum(), legend="3xx"),
                Query(expr=requests.http_requests.where(Http.status.matches("4..")).rate(rate_interval).sum(), legend="4xx"),
                Query(expr=requests.http_requests.where(Http.status.matches("5..")).rate(rate_interval).sum(), legend="5xx"),
            ),
            stacked=True,
            overrides=drawing.status_colors,
            no_value="No requests",
            width=12,
        ),
    ),
)
